"""Parts of checking parameters that other code uses (documented as ``module_utils.common.parameters``)."""

from assible.agent.toolkit import arguments, conversion, report
from assible.agent.toolkit.arguments import FallbackNotFound, env_fallback
from assible.agent.toolkit.module import INTERNAL
from assible.ansible.module_utils.common.validation import check_type_raw, check_type_str
from assible.ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE, BOOLEANS_TRUE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, Set

AnsibleFallbackNotFound = FallbackNotFound
PASS_VARS = INTERNAL
PASS_BOOLS = tuple(name for name, (_, default) in INTERNAL.items() if default is False)
DEFAULT_TYPE_VALIDATORS: "Dict[str, Callable[[Any], Any]]" = dict(
    conversion.CONVERTERS, str=check_type_str, raw=check_type_raw
)


def set_fallbacks(argument_spec: "Dict[str, Any]", parameters: "Dict[str, Any]") -> "Set[str]":
    """Give options without a value that of their fallback; return the secret ones among these values."""
    before = set(parameters)
    arguments.apply_fallbacks(argument_spec, parameters)
    secrets: "Set[str]" = set()
    for name in set(parameters) - before:
        if argument_spec[name].get("no_log"):
            secrets |= report.secret_values(parameters[name])
    return secrets


def list_no_log_values(argument_spec: "Dict[str, Any]", params: "Dict[str, Any]") -> "Set[str]":
    """Return the values of secret options, those of suboptions included.

    Raises:
        TypeError: Suboptions are not given as a mapping.
    """
    secrets: "Set[str]" = set()
    for name, option in argument_spec.items():
        value = params.get(name)
        if value is None:
            continue
        if option.get("no_log"):
            secrets |= report.secret_values(value)
        if option.get("options") is not None and "dict" in (option.get("type"), option.get("elements")):
            for inner in value if isinstance(value, list) else [value]:
                secrets |= list_no_log_values(option["options"], conversion.to_dict(inner))
    return secrets


_list_no_log_values = list_no_log_values


def remove_values(value: "Any", no_log_strings: "Iterable[Any]") -> "Any":
    """Return data with secrets masked."""
    return report.masked(value, {conversion.to_str(secret) for secret in no_log_strings})


def sanitize_keys(obj: "Any", no_log_strings: "Iterable[Any]", ignore_keys: "Iterable[str]" = frozenset()) -> "Any":
    """Return data with secrets masked in the keys of mappings; their values stay as they are.

    Args:
        ignore_keys: Keys that stay, too.
    """
    ordered = [conversion.to_str(secret) for secret in no_log_strings]
    return _sanitized(obj, ordered, frozenset(ignore_keys))


def _sanitized(obj: "Any", secrets: "Any", ignored: "Any") -> "Any":
    if isinstance(obj, dict):
        return {_key(key, secrets, ignored): _sanitized(value, secrets, ignored) for key, value in obj.items()}
    if isinstance(obj, (list, tuple, set)):
        return type(obj)(_sanitized(item, secrets, ignored) for item in obj)
    return obj


def _key(key: "Any", secrets: "Any", ignored: "Any") -> "Any":
    if key in ignored or not isinstance(key, (str, bytes)) or str(key).startswith("_ansible"):
        return key
    return report.masked(key, secrets)


__all__ = [
    "BOOLEANS_FALSE",
    "BOOLEANS_TRUE",
    "DEFAULT_TYPE_VALIDATORS",
    "PASS_BOOLS",
    "PASS_VARS",
    "AnsibleFallbackNotFound",
    "env_fallback",
    "list_no_log_values",
    "remove_values",
    "sanitize_keys",
    "set_fallbacks",
]
