"""Checking a module's parameters against its argument spec: the documented types, defaults and rules.

A spec is data: option name -> ``type``, ``elements``, ``choices``, ``aliases``, ``default``, ``required``,
``fallback``, ``no_log``, ``options`` and the rules between them. `check` returns everything
it found; it never raises for bad input.
"""

import os

from assible.agent.toolkit import report, rules
from assible.agent.toolkit.conversion import FALSE, TRUE, convert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

PASSWORD_WORDS = frozenset(("pass", "passwd", "password", "passphrase", "passwrd"))
RULES = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")

FILE_OPTIONS: "Dict[str, Dict[str, Any]]" = {
    "mode": {"type": "raw"},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "seuser": {"type": "str"},
    "serole": {"type": "str"},
    "selevel": {"type": "str"},
    "setype": {"type": "str"},
    "attributes": {"type": "str", "aliases": ["attr"]},
}


class FallbackNotFound(Exception):
    """A fallback has no value."""


class Problem(str):
    """One mistake in words, and its kind: the name that ``module_utils.errors`` has for it, without ``Error``."""

    kind = ""


class Checked(object):
    """What came of checking parameters.

    Attributes:
        params: The parameters with types, defaults and canonical names; aliases stay beside them as they were given.
        errors: What is wrong, the first mistake first.
        unsupported: Options that the spec does not know: their names from the outermost on, and the spec.
        warnings: What is odd but works.
        deprecations: Options that will go: ``msg``, ``version``, ``date``, ``collection_name``.
        secrets: Values that must not be shown.
    """

    __slots__ = ("deprecations", "errors", "params", "secrets", "unsupported", "warnings")

    def __init__(self, params: "Dict[str, Any]") -> None:
        self.params = params
        self.errors: "List[Problem]" = []
        self.unsupported: "List[Tuple[Tuple[str, ...], Dict[str, Any]]]" = []
        self.warnings: "List[str]" = []
        self.deprecations: "List[Dict[str, Any]]" = []
        self.secrets: "Set[str]" = set()

    def fault(self, kind: str, text: str) -> None:
        """Add a mistake."""
        problem = Problem(text)
        problem.kind = kind
        self.errors.append(problem)


def with_file_options(spec: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return a spec with the options that every file module has; its own come first."""
    unsafe = {"type": "bool", "default": False, "fallback": (env_fallback, ["ANSIBLE_UNSAFE_WRITES"])}
    return dict(FILE_OPTIONS, unsafe_writes=unsafe, **spec) if spec else dict(FILE_OPTIONS, unsafe_writes=unsafe)


def env_fallback(*names: str, **options: "Any") -> str:
    """Return the first of the named environment variables that is set.

    Raises:
        FallbackNotFound: None of them is.
    """
    for name in names:
        if name in os.environ:
            return os.environ[name]
    raise FallbackNotFound


def check(
    spec: "Dict[str, Any]", params: "Dict[str, Any]", module: str = "", wanted: "Optional[Dict[str, Any]]" = None
) -> Checked:
    """Check parameters against a spec.

    Args:
        spec: The argument spec.
        params: What the task gave, without internal ``_ansible_*`` keys.
        module: The module's name, for messages.
        wanted: What each of `RULES` says.
    """
    checked = Checked(dict(params))
    _check_level(spec, checked.params, checked, (), wanted or {})
    for names, known in _grouped(checked.unsupported):
        checked.fault("Unsupported", _unsupported_text(module, names, known))
    return checked


def _check_level(
    spec: "Dict[str, Any]",
    params: "Dict[str, Any]",
    checked: Checked,
    path: "Tuple[str, ...]",
    wanted: "Dict[str, Any]",
) -> None:
    """Check one mapping in place: the parameters themselves, or a suboption."""
    given = _resolve_aliases(spec, params, checked, path)
    _note_deprecated(spec, given, checked, path)
    apply_fallbacks(spec, params)
    checked.secrets |= secrets_in(spec, params)
    _note_unsupported(spec, params, given, checked, path)
    _check_rules(RULES[:1], wanted, params, checked, path)
    _apply_defaults(spec, params)
    checked.secrets |= secrets_in(spec, params)
    _check_required(spec, params, checked, path)
    failed = _convert_all(spec, params, checked, path)
    _check_choices(spec, params, checked, path, failed)
    _check_rules(RULES[1:], wanted, params, checked, path)
    for name in spec:
        params.setdefault(name, None)
    for name, option in spec.items():
        if name not in failed:
            _check_suboptions(name, option, params, checked, path)


def secrets_in(spec: "Dict[str, Any]", params: "Dict[str, Any]") -> "Set[str]":
    """Return the values of secret options, those of suboptions included, in whatever form they are given."""
    found: "Set[str]" = set()
    for name, option in spec.items():
        value = next((params[one] for one in (name, *(option.get("aliases") or ())) if one in params), None)
        if value is None:
            continue
        if option.get("no_log") is True:
            found |= report.secret_values(value)
        if option.get("options"):
            for item in value if isinstance(value, list) else [value]:
                found |= secrets_in(option["options"], _as_mapping(item))
    return found


def _as_mapping(value: "Any") -> "Dict[str, Any]":
    """Return a mapping, however it is written; an empty one for what is none."""
    try:
        return convert("dict", value)  # type: ignore[no-any-return]
    except (TypeError, ValueError):
        return {}


def exposed(spec: "Dict[str, Any]", params: "Dict[str, Any]") -> "List[str]":
    """Return warnings about options that sound like passwords, and whose spec does not say whether they are secret."""
    return [
        "The module does not say whether its option {} is secret; it is not hidden.".format(name)
        for name, option in spec.items()
        if params.get(name) is not None and option.get("no_log") is None and _sounds_secret(name, option)
    ]


def _sounds_secret(name: str, option: "Dict[str, Any]") -> bool:
    if "pass" not in name.lower() or option.get("type") == "bool":
        return False
    words = name.lower().replace("-", "_").replace(" ", "_").split("_")
    joined = {words[index] + words[index + 1] for index in range(len(words) - 1)}
    return bool(PASSWORD_WORDS & (set(words) | joined))


def _found_in(path: "Tuple[str, ...]") -> str:
    return " found in {}".format(" -> ".join(path)) if path else ""


def _resolve_aliases(
    spec: "Dict[str, Any]", params: "Dict[str, Any]", checked: Checked, path: "Tuple[str, ...]"
) -> "Dict[str, str]":
    """Give every alias's value to its option; return alias -> option for the aliases that were used."""
    used: "Dict[str, str]" = {}
    for name, option in spec.items():
        aliases = [alias for alias in option.get("aliases") or () if alias in params]
        for alias in aliases:
            used[alias] = name
        if aliases and name in params:
            text = "{} was given twice: by this name and by its alias {}."
            checked.warnings.append(text.format(_dotted(path, name), aliases[-1]))
        if aliases:
            params[name] = params[aliases[-1]]
        for old in option.get("deprecated_aliases") or ():
            if old.get("name") in params:
                text = "the alias '{}' will go; the module's page names its successor".format(old["name"])
                checked.deprecations.append(_deprecation(text, old))
    return used


def _deprecation(text: str, source: "Dict[str, Any]") -> "Dict[str, Any]":
    return {
        "msg": text,
        "version": source.get("version"),
        "date": source.get("date"),
        "collection_name": source.get("collection_name"),
    }


def _note_deprecated(
    spec: "Dict[str, Any]", given: "Dict[str, str]", checked: Checked, path: "Tuple[str, ...]"
) -> None:
    present = set(given.values()) | set(checked.params if not path else ())
    for name, option in spec.items():
        version, date = option.get("removed_in_version"), option.get("removed_at_date")
        if (version is None and date is None) or name not in present:
            continue
        text = "the option '{}' will go; the module's page tells what takes its place".format(_dotted(path, name))
        source = {"version": version, "date": date, "collection_name": option.get("removed_from_collection")}
        checked.deprecations.append(_deprecation(text, source))


def _dotted(path: "Tuple[str, ...]", name: str) -> str:
    return ".".join((*path, name))


def apply_fallbacks(spec: "Dict[str, Any]", params: "Dict[str, Any]") -> None:
    for name, option in spec.items():
        fallback = option.get("fallback")
        if name in params or not fallback or fallback[0] is None:
            continue
        words: "List[Any]" = []
        named: "Dict[str, Any]" = {}
        for part in fallback[1:]:
            if isinstance(part, dict):
                named = part
            else:
                words = list(part)
        try:
            params[name] = fallback[0](*words, **named)
        except Exception as error:  # a module's own function; one that says "not found" by its name has no value
            if type(error).__name__ not in ("FallbackNotFound", "AnsibleFallbackNotFound"):
                raise


def _apply_defaults(spec: "Dict[str, Any]", params: "Dict[str, Any]") -> None:
    for name, option in spec.items():
        if name in params:
            continue
        if option.get("default") is not None:
            params[name] = option["default"]
        elif option.get("apply_defaults") and option.get("options") is not None:
            params[name] = {}


def _note_unsupported(
    spec: "Dict[str, Any]",
    params: "Dict[str, Any]",
    given: "Dict[str, str]",
    checked: Checked,
    path: "Tuple[str, ...]",
) -> None:
    unknown = sorted(str(name) for name in params if name not in spec and name not in given)
    checked.unsupported.extend(((*path, name), spec) for name in unknown)


def _grouped(
    unsupported: "List[Tuple[Tuple[str, ...], Dict[str, Any]]]",
) -> "List[Tuple[str, Dict[str, Any]]]":
    """Return the names that one level does not know together, and that level's spec."""
    levels: "Dict[Tuple[str, ...], Tuple[List[str], Dict[str, Any]]]" = {}
    for names, spec in unsupported:
        levels.setdefault(names[:-1], ([], spec))[0].append(".".join(names))
    return [(", ".join(names), spec) for names, spec in levels.values()]


def _unsupported_text(module: str, names: str, spec: "Dict[str, Any]") -> str:
    aliases = sorted(alias for option in spec.values() for alias in option.get("aliases") or ())
    known = ", ".join(sorted(spec)) + (" ({})".format(", ".join(aliases)) if aliases else "")
    return "Unsupported parameters for ({}) module: {}. Supported parameters include: {}.".format(module, names, known)


def _check_required(
    spec: "Dict[str, Any]", params: "Dict[str, Any]", checked: Checked, path: "Tuple[str, ...]"
) -> None:
    missing = [name for name, option in spec.items() if option.get("required") and name not in params]
    for name, option in spec.items():
        if option.get("required") and option.get("default") is not None:
            checked.fault("Alias", "the option '{}' is required, and has a default".format(name))
    if missing:
        names = ", ".join(sorted(missing))
        checked.fault("Required", "missing required arguments: {}{}".format(names, _found_in(path)))


def _convert_all(
    spec: "Dict[str, Any]", params: "Dict[str, Any]", checked: Checked, path: "Tuple[str, ...]"
) -> "Set[str]":
    """Convert every value to its option's type; return the names of those that could not be."""
    failed: "Set[str]" = set()
    for name, option in spec.items():
        if name not in params:
            continue
        value = params[name]
        if value is None and not option.get("required") and option.get("default") is None:
            continue
        try:
            params[name] = convert(option.get("type") or "str", value)
            if option.get("elements") and isinstance(params[name], list):
                params[name] = _convert_elements(name, option, params[name], checked, path)
        except (TypeError, ValueError) as error:
            failed.add(name)
            _note_conversion(checked, name, option, value, error, path)
    return failed


def _convert_elements(
    name: str, option: "Dict[str, Any]", items: "List[Any]", checked: Checked, path: "Tuple[str, ...]"
) -> "List[Any]":
    """Return the elements that can be converted; the others are mistakes."""
    wanted = option["elements"]
    converted = []
    for item in items:
        try:
            converted.append(convert(wanted, item))
        except (TypeError, ValueError) as error:
            text = "an element of '{}'{}, a {}, cannot be made {}: {}"
            words = (name, _found_in(path), type(item).__name__, _type_name(wanted), error)
            checked.fault("Element", text.format(*words))
    return converted


def _note_conversion(
    checked: Checked,
    name: str,
    option: "Dict[str, Any]",
    value: "Any",
    error: Exception,
    path: "Tuple[str, ...]",
) -> None:
    text = "the value of '{}'{}, a {}, cannot be made {}: {}"
    wanted = _type_name(option.get("type") or "str")
    checked.fault("ArgumentType", text.format(name, _found_in(path), type(value).__name__, wanted, error))


def _type_name(wanted: "Any") -> str:
    return wanted if isinstance(wanted, str) else getattr(wanted, "__name__", str(wanted))


def _check_choices(
    spec: "Dict[str, Any]", params: "Dict[str, Any]", checked: Checked, path: "Tuple[str, ...]", failed: "Set[str]"
) -> None:
    for name, option in spec.items():
        choices = option.get("choices")
        if choices is None or name in failed or name not in params:
            continue
        value = params[name]
        if isinstance(value, list):
            wrong = [str(item) for item in value if item not in choices]
            if wrong:
                text = "value of {} may hold: {}; these are none of them: {}{}"
                listed = ", ".join(str(choice) for choice in choices)
                checked.fault("ArgumentValue", text.format(name, listed, ", ".join(wrong), _found_in(path)))
        elif value not in choices:
            params[name] = _boolean_choice(value, choices)
            if params[name] not in choices:
                listed = ", ".join(str(choice) for choice in choices)
                text = "value of {} must be one of: {}, got: {}{}"
                checked.fault("ArgumentValue", text.format(name, listed, value, _found_in(path)))


def _boolean_choice(value: "Any", choices: "Sequence[Any]") -> "Any":
    """Return the choice that YAML took for a truth value (``yes`` for True), where only one can be meant."""
    words = {"True": TRUE, "False": FALSE}.get(value) if isinstance(value, str) else None
    meant = [choice for choice in choices if isinstance(choice, str) and words and choice.lower() in words]
    return meant[0] if len(meant) == 1 else value


def _check_rules(
    names: "Sequence[str]",
    wanted: "Dict[str, Any]",
    params: "Dict[str, Any]",
    checked: Checked,
    path: "Tuple[str, ...]",
) -> None:
    for name in names:
        kind, find, describe = rules.TABLE[name]
        for text in describe(find(wanted[name], params)) if wanted.get(name) else ():
            checked.fault(kind, text + _found_in(path))


def _check_suboptions(
    name: str, option: "Dict[str, Any]", params: "Dict[str, Any]", checked: Checked, path: "Tuple[str, ...]"
) -> None:
    spec = option.get("options")
    value = params.get(name)
    if value is None and option.get("apply_defaults") and spec is not None:
        value = params[name] = {}
    if spec is None or value is None or "dict" not in (option.get("type"), option.get("elements")):
        return
    items = value if isinstance(value, list) else [value]
    wanted = {rule: option.get(rule) for rule in RULES}
    copies = [dict(item) for item in items]
    for item in copies:
        _check_level(spec, item, checked, (*path, name), wanted)
    params[name] = copies if isinstance(value, list) else copies[0]
