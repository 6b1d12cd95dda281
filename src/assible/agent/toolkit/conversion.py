"""Making values of the types that an argument spec names."""

import os

from assible.agent.toolkit import sizes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

TRUE = frozenset(("y", "yes", "on", "1", "true", "t", 1, 1.0, True))
FALSE = frozenset(("n", "no", "off", "0", "false", "f", 0, 0.0, False))
NO_MAPPING = "a mapping is wanted: JSON, or key=value pairs"


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
        raise TypeError("a {} has no truth value".format(type(value).__name__))
    raise TypeError("{!r} is neither true nor false; these words are: {}".format(value, _truth_words()))


def _truth_words() -> str:
    return ", ".join(sorted(word for word in TRUE | FALSE if isinstance(word, str)))


def to_int(value: "Any") -> int:
    """Return a whole number."""
    if isinstance(value, int):
        return value
    try:
        return int(str(value).strip()) if not isinstance(value, float) else _whole(value)
    except (ValueError, OverflowError):
        pass
    try:
        return _whole(float(to_str(value)))
    except (ValueError, OverflowError):
        raise TypeError("{!r} is not a whole number".format(value))


def _whole(number: float) -> int:
    if number != int(number):
        raise ValueError(number)
    return int(number)


def to_float(value: "Any") -> float:
    """Return a number."""
    if isinstance(value, (int, float)):
        return float(value)
    try:
        return float(to_str(value)) if isinstance(value, (str, bytes)) else float(str(value))
    except ValueError:
        raise TypeError("{!r} is not a number".format(value))


def to_list(value: "Any") -> "List[Any]":
    """Return a list; text is split at commas."""
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return list(value.split(","))
    if isinstance(value, (int, float)):
        return [str(value)]
    raise TypeError("no list can be made of a {}".format(type(value).__name__))


def to_dict(value: "Any") -> "Dict[Any, Any]":
    """Return a mapping; text may be JSON, a Python literal, or ``key=value`` pairs."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        raise TypeError("no mapping can be made of a {}".format(type(value).__name__))
    text = value.strip()
    if text.startswith("{"):
        return _literal_dict(text)
    if "=" in text:
        return _key_values(text)
    raise TypeError(NO_MAPPING)


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
    raise TypeError("the text in braces is neither JSON nor a Python literal")


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
        raise TypeError(NO_MAPPING)
    if not all(equals for _, equals, _ in pairs):
        raise TypeError(NO_MAPPING)
    return {key.strip(): value for key, _, value in pairs}


def to_path(value: "Any") -> str:
    """Return a path with ``~`` and variables expanded."""
    return os.path.expanduser(os.path.expandvars(to_str(value)))


def to_json(value: "Any") -> str:
    """Return JSON text; text is taken for what it is."""
    if isinstance(value, (str, bytes)):
        return value.strip()  # type: ignore[return-value]  # bytes stay bytes
    if isinstance(value, (dict, list, tuple)):
        import json

        return json.dumps(value)
    raise TypeError("no JSON text can be made of a {}".format(type(value).__name__))


def to_bytes_count(value: "Any") -> int:
    """Return a number of bytes for ``10``, ``1.5K``, ``2GB``."""
    return _sized(value, bits=False)


def to_bits_count(value: "Any") -> int:
    """Return a number of bits for ``10``, ``1.5Kb``, ``2Gb``."""
    return _sized(value, bits=True)


def _sized(value: "Any", bits: bool) -> int:
    try:
        return sizes.parse(value, bits=bits)
    except ValueError as error:
        raise TypeError(str(error))


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
