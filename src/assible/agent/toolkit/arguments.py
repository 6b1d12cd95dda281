"""Checking a module's parameters against its argument spec: the documented types, defaults and rules.

A spec is data: option name -> ``type``, ``elements``, ``choices``, ``aliases``, ``default``, ``required``,
``fallback``, ``no_log``, ``options`` and the rules between them. `check` returns everything
it found; it never raises for bad input.
"""

import os

from assible.agent.toolkit import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Set, Tuple

TRUE = frozenset(("y", "yes", "on", "1", "true", "t", 1, 1.0, True))
FALSE = frozenset(("n", "no", "off", "0", "false", "f", 0, 0.0, False))
UNITS = {"Y": 80, "Z": 70, "E": 60, "P": 50, "T": 40, "G": 30, "M": 20, "K": 10, "B": 0}
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


class Checked(object):
    """What came of checking parameters.

    Attributes:
        params: The parameters with types, defaults and canonical names; aliases that were given stay beside them.
        errors: What is wrong, in words, the first mistake first.
        warnings: What is odd but works.
        deprecations: Options that will go: ``msg``, ``version``, ``date``, ``collection_name``.
        secrets: Values that must not be shown.
    """

    __slots__ = ("deprecations", "errors", "params", "secrets", "unsupported", "warnings")

    def __init__(self, params: "Dict[str, Any]") -> None:
        self.params = params
        self.errors: "List[str]" = []
        self.unsupported: "List[Tuple[str, Dict[str, Any]]]" = []
        self.warnings: "List[str]" = []
        self.deprecations: "List[Dict[str, Any]]" = []
        self.secrets: "Set[str]" = set()


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
    spec: "Dict[str, Any]", params: "Dict[str, Any]", module: str = "", rules: "Optional[Dict[str, Any]]" = None
) -> Checked:
    """Check parameters against a spec.

    Args:
        spec: The argument spec.
        params: What the task gave, without internal ``_ansible_*`` keys.
        module: The module's name, for messages.
        rules: `RULES` by name.
    """
    checked = Checked(dict(params))
    _check_level(spec, checked.params, checked, (), rules or {})
    for path, known in checked.unsupported:
        checked.errors.append(_unsupported_text(module, path, known))
    return checked


def _check_level(
    spec: "Dict[str, Any]",
    params: "Dict[str, Any]",
    checked: Checked,
    path: "Tuple[str, ...]",
    rules: "Dict[str, Any]",
) -> None:
    """Check one mapping in place: the parameters themselves, or a suboption."""
    given = _resolve_aliases(spec, params, checked, path)
    _note_deprecated(spec, given, checked, path)
    _apply_fallbacks(spec, params)
    _apply_defaults(spec, params)
    for name, option in spec.items():
        if option.get("no_log") is True and params.get(name) is not None:
            checked.secrets |= report.secret_values(params[name])
    _note_unsupported(spec, params, given, checked, path)
    _check_exclusive(rules.get("mutually_exclusive"), params, checked, path)
    _check_required(spec, params, checked, path)
    failed = _convert_all(spec, params, checked, path)
    _check_choices(spec, params, checked, path, failed)
    _check_rules(rules, params, checked, path)
    for name in spec:
        params.setdefault(name, None)
    for name, option in spec.items():
        _mirror_aliases(name, option, params)
        if name not in failed:
            _check_suboptions(name, option, params, checked, path)


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
            checked.warnings.append("Both option {} and its alias {} are set.".format(_dotted(path, name), aliases[-1]))
        if aliases:
            params[name] = params[aliases[-1]]
        for old in option.get("deprecated_aliases") or ():
            if old.get("name") in params:
                text = "Alias '{}' is deprecated. See the module docs for more information".format(old["name"])
                checked.deprecations.append(_deprecation(text, old))
    return used


def _mirror_aliases(name: str, option: "Dict[str, Any]", params: "Dict[str, Any]") -> None:
    """Let an alias that was given hold the converted value too."""
    for alias in option.get("aliases") or ():
        if alias in params:
            params[alias] = params[name]


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
        text = "Param '{}' is deprecated. See the module docs for more information".format(_dotted(path, name))
        source = {"version": version, "date": date, "collection_name": option.get("removed_from_collection")}
        checked.deprecations.append(_deprecation(text, source))


def _dotted(path: "Tuple[str, ...]", name: str) -> str:
    return ".".join((*path, name))


def _apply_fallbacks(spec: "Dict[str, Any]", params: "Dict[str, Any]") -> None:
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
    if unknown:
        checked.unsupported.append((", ".join(_dotted(path, name) for name in unknown), spec))


def _unsupported_text(module: str, names: str, spec: "Dict[str, Any]") -> str:
    aliases = sorted(alias for option in spec.values() for alias in option.get("aliases") or ())
    known = ", ".join(sorted(spec)) + (" ({})".format(", ".join(aliases)) if aliases else "")
    return "Unsupported parameters for ({}) module: {}. Supported parameters include: {}.".format(module, names, known)


def _check_exclusive(
    groups: "Optional[Iterable[Any]]", params: "Dict[str, Any]", checked: Checked, path: "Tuple[str, ...]"
) -> None:
    groups = list(groups or ())
    if groups and all(isinstance(name, str) for name in groups):
        groups = [groups]
    clashes = ["|".join(group) for group in groups if sum(name in params for name in group) > 1]
    if clashes:
        checked.errors.append("parameters are mutually exclusive: {}{}".format(", ".join(clashes), _found_in(path)))


def _check_required(
    spec: "Dict[str, Any]", params: "Dict[str, Any]", checked: Checked, path: "Tuple[str, ...]"
) -> None:
    missing = [name for name, option in spec.items() if option.get("required") and name not in params]
    if missing:
        names = ", ".join(sorted(missing))
        checked.errors.append("missing required arguments: {}{}".format(names, _found_in(path)))


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
                params[name] = [_element(name, option, item) for item in params[name]]
        except (TypeError, ValueError) as error:
            failed.add(name)
            checked.errors.append(_conversion_text(name, option, value, error, path))
    return failed


class _ElementError(ValueError):
    """An element of a list does not fit; its message is complete."""


def _element(name: str, option: "Dict[str, Any]", item: "Any") -> "Any":
    wanted = option["elements"]
    try:
        return convert(wanted, item)
    except (TypeError, ValueError) as error:
        if wanted == "dict" and option.get("options") is not None:
            raise _ElementError(str(error))
        raise _ElementError(
            "Elements value for option '{}' is of type {} and we were unable to convert to {}: {}".format(
                name, type(item).__name__, _type_name(wanted), error
            )
        )


def _conversion_text(
    name: str, option: "Dict[str, Any]", value: "Any", error: Exception, path: "Tuple[str, ...]"
) -> str:
    if isinstance(error, _ElementError):
        return str(error) + _found_in(path)
    where = " found in '{}'.".format(" -> ".join(path)) if path else ""
    return "argument '{}' is of type {}{} and we were unable to convert to {}: {}".format(
        name, type(value).__name__, where, _type_name(option.get("type") or "str"), error
    )


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
        if value is None and option.get("default") is None and not option.get("required"):
            continue
        if isinstance(value, list):
            wrong = [str(item) for item in value if item not in choices]
            if wrong:
                text = "value of {} must be one or more of: {}. Got no match for: {}{}"
                listed = ", ".join(str(choice) for choice in choices)
                checked.errors.append(text.format(name, listed, ", ".join(wrong), _found_in(path)))
        elif value not in choices:
            params[name] = _boolean_choice(value, choices)
            if params[name] not in choices:
                listed = ", ".join(str(choice) for choice in choices)
                text = "value of {} must be one of: {}, got: {}{}"
                checked.errors.append(text.format(name, listed, value, _found_in(path)))


def _boolean_choice(value: "Any", choices: "Sequence[Any]") -> "Any":
    """Return the choice that YAML took for a truth value (``yes`` for True), where only one can be meant."""
    words = {"True": TRUE, "False": FALSE}.get(str(value))
    meant = [choice for choice in choices if isinstance(choice, str) and words and choice.lower() in words]
    return meant[0] if len(meant) == 1 else value


def _check_rules(rules: "Dict[str, Any]", params: "Dict[str, Any]", checked: Checked, path: "Tuple[str, ...]") -> None:
    for group in rules.get("required_together") or ():
        present = sum(name in params for name in group)
        if 0 < present < len(group):
            text = "parameters are required together: {}{}"
            checked.errors.append(text.format(", ".join(group), _found_in(path)))
    for group in rules.get("required_one_of") or ():
        if not any(name in params for name in group):
            text = "one of the following is required: {}{}"
            checked.errors.append(text.format(", ".join(group), _found_in(path)))
    for rule in rules.get("required_if") or ():
        _check_required_if(rule, params, checked, path)
    for name, wanted in (rules.get("required_by") or {}).items():
        wanted = [wanted] if isinstance(wanted, str) else wanted
        missing = [other for other in wanted if params.get(other) is None]
        if params.get(name) is not None and missing:
            text = "missing parameter(s) required by '{}': {}{}"
            checked.errors.append(text.format(name, ", ".join(missing), _found_in(path)))


def _check_required_if(
    rule: "Sequence[Any]", params: "Dict[str, Any]", checked: Checked, path: "Tuple[str, ...]"
) -> None:
    name, value, wanted = rule[:3]
    any_is_enough = len(rule) > 3 and bool(rule[3])
    if name not in params or params[name] != value:
        return
    missing = [other for other in wanted if other not in params]
    if missing and (not any_is_enough or len(missing) == len(wanted)):
        text = "{} is {} but {} of the following are missing: {}{}"
        quantity = "any" if any_is_enough else "all"
        checked.errors.append(text.format(name, value, quantity, ", ".join(missing), _found_in(path)))


def _check_suboptions(
    name: str, option: "Dict[str, Any]", params: "Dict[str, Any]", checked: Checked, path: "Tuple[str, ...]"
) -> None:
    spec = option.get("options")
    value = params.get(name)
    wanted = option.get("type") or "str"
    if spec is None or value is None or not (wanted == "dict" or option.get("elements") == "dict"):
        return
    items = value if isinstance(value, list) else [value]
    rules = {rule: option.get(rule) for rule in RULES}
    copies = [dict(item) for item in items]
    for item in copies:
        _check_level(spec, item, checked, (*path, name), rules)
    params[name] = copies if isinstance(value, list) else copies[0]
    _mirror_aliases(name, option, params)


def convert(wanted: "Any", value: "Any") -> "Any":
    """Return a value as the wanted type.

    Raises:
        TypeError: It cannot be one.
        ValueError: It looks like one, and is not.
    """
    if callable(wanted):
        return wanted(value)
    converter = CONVERTERS.get(wanted)
    if converter is None:
        raise ValueError("there is no type {!r}".format(wanted))
    return converter(value)


def to_str(value: "Any") -> str:
    """Return text; None is the empty one."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return "" if value is None else str(value)


def to_bool(value: "Any") -> bool:
    """Return a truth value for the words and numbers that mean one."""
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else value
    try:
        if word in TRUE:
            return True
        if word in FALSE:
            return False
    except TypeError:
        raise TypeError("{} cannot be converted to a bool".format(type(value)))
    raise TypeError(
        "The value '{}' is not a valid boolean. Valid booleans include: {}".format(
            value, ", ".join(sorted(repr(word) for word in TRUE | FALSE if not isinstance(word, bool)))
        )
    )


def to_int(value: "Any") -> int:
    """Return a whole number."""
    if isinstance(value, int):
        return value
    try:
        number = float(value) if isinstance(value, float) else int(str(value).strip())
    except ValueError:
        raise TypeError('"{!r}" cannot be converted to an int'.format(value))
    if number != int(number):
        raise TypeError('"{!r}" cannot be converted to an int'.format(value))
    return int(number)


def to_float(value: "Any") -> float:
    """Return a number."""
    if isinstance(value, (int, float)):
        return float(value)
    try:
        return float(to_str(value)) if isinstance(value, (str, bytes)) else float(str(value))
    except ValueError:
        raise TypeError("{} cannot be converted to a float".format(type(value)))


def to_list(value: "Any") -> "List[Any]":
    """Return a list; text is split at commas."""
    if isinstance(value, list):
        return value
    if isinstance(value, (tuple, set, frozenset)):
        return list(value)
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    if isinstance(value, (int, float)):
        return [str(value)]
    raise TypeError("{} cannot be converted to a list".format(type(value)))


def to_dict(value: "Any") -> "Dict[Any, Any]":
    """Return a mapping; text may be JSON, a Python literal, or ``key=value`` pairs."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        raise TypeError("{} cannot be converted to a dict".format(type(value)))
    text = value.strip()
    if text.startswith("{"):
        return _literal_dict(text)
    if "=" in text:
        return _key_values(text)
    raise TypeError("dictionary requested, could not parse JSON or key=value")


def _literal_dict(text: str) -> "Dict[Any, Any]":
    import ast
    import json

    for parse in (json.loads, ast.literal_eval):
        try:
            value = parse(text)
        except (ValueError, SyntaxError):
            continue
        if isinstance(value, dict):
            return value
    raise TypeError("unable to evaluate string as dictionary")


def _key_values(text: str) -> "Dict[str, str]":
    """Read ``a=1, b="2 3"``: pairs apart by commas or blanks, values plain or quoted."""
    import shlex

    words = shlex.shlex(text, posix=True)
    words.whitespace = ", \t\r\n"
    words.whitespace_split = True
    words.commenters = ""
    try:
        pairs = [word.partition("=") for word in words]
    except ValueError:
        raise TypeError("dictionary requested, could not parse JSON or key=value")
    if not all(equals for _, equals, _ in pairs):
        raise TypeError("dictionary requested, could not parse JSON or key=value")
    return {key.strip(): value for key, _, value in pairs}


def to_path(value: "Any") -> str:
    """Return a path with ``~`` and variables expanded."""
    return os.path.expanduser(os.path.expandvars(to_str(value)))


def to_json(value: "Any") -> str:
    """Return JSON text; text is taken for what it is."""
    if isinstance(value, (str, bytes)):
        return to_str(value).strip()
    if isinstance(value, (dict, list, tuple)):
        import json

        return json.dumps(value)
    raise TypeError("{} cannot be converted to a json string".format(type(value)))


def to_bytes_count(value: "Any") -> int:
    """Return a number of bytes for ``10``, ``1.5K``, ``2GB``."""
    return _sized(value, "B", "Byte")


def to_bits_count(value: "Any") -> int:
    """Return a number of bits for ``10``, ``1.5Kb``, ``2Gb``."""
    return _sized(value, "b", "Bit")


def _sized(value: "Any", letter: str, kind: str) -> int:
    text = str(value).strip()
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
    unit = text[len(digits) :].strip()
    words = {"bit": "b", "bits": "b", "byte": "B", "bytes": "B"}
    for word, short in words.items():
        if unit.lower().endswith(word):
            unit = unit[: -len(word)] + short
    power = UNITS.get((unit[:1] or "B").upper())
    fits = unit in ("", letter) or (len(unit) == 1 and unit.upper() != "B") or (len(unit) == 2 and unit[1] == letter)
    try:
        number = float(digits)
    except ValueError:
        fits = False
    if power is None or not fits:
        raise TypeError("{} cannot be converted to a {} value".format(type(value), kind))
    return round(number * (1 << power))


def _raw(value: "Any") -> "Any":
    return value


CONVERTERS: "Dict[str, Callable[[Any], Any]]" = {
    "str": to_str,
    "bool": to_bool,
    "int": to_int,
    "float": to_float,
    "list": to_list,
    "dict": to_dict,
    "path": to_path,
    "raw": _raw,
    "json": to_json,
    "jsonarg": to_json,
    "bytes": to_bytes_count,
    "bits": to_bits_count,
}
