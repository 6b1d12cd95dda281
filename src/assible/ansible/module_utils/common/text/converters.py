"""Convert between text and bytes (documented names: ``to_text``, ``to_bytes``, ``to_native``, ``jsonify``)."""

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

_NONSTRINGS = ("simplerepr", "passthru", "empty", "strict")
#: Ways to treat what cannot be converted that keep undecodable bytes.
_SURROGATES = (None, "surrogate_or_strict", "surrogate_or_replace", "surrogate_then_replace")
_STRICT = ("surrogate_or_strict", "surrogate_or_replace")


def to_bytes(
    obj: "Any", encoding: str = "utf-8", errors: "Optional[str]" = None, nonstring: str = "simplerepr"
) -> "Any":
    """Return bytes.

    Args:
        errors: As for ``str.encode``, or ``surrogate_or_strict``, ``surrogate_or_replace``,
            ``surrogate_then_replace``; surrogates that stand for undecodable bytes become these again.
        nonstring: What to do with other types: ``simplerepr`` (their text), ``passthru``, ``empty`` or ``strict``.

    Raises:
        TypeError: It is no string, and ``nonstring`` is ``strict``.
    """
    if isinstance(obj, bytes):
        return obj
    if isinstance(obj, str):
        return _encode(obj, encoding, errors)
    other = _other(obj, nonstring, b"")
    return other if other is not None else _encode(str(obj), encoding, errors)


def _encode(text: str, encoding: str, errors: "Optional[str]") -> bytes:
    if errors not in _SURROGATES:
        return text.encode(encoding, str(errors))
    try:
        return text.encode(encoding, "surrogateescape")
    except UnicodeEncodeError:
        if errors in _STRICT:
            raise
        return text.encode(encoding, "replace")


def to_text(
    obj: "Any", encoding: str = "utf-8", errors: "Optional[str]" = None, nonstring: str = "simplerepr"
) -> "Any":
    """Return text; arguments as for `to_bytes`."""
    if isinstance(obj, str):
        return obj
    if isinstance(obj, bytes):
        return obj.decode(encoding, "surrogateescape" if errors in _SURROGATES else str(errors))
    other = _other(obj, nonstring, "")
    return other if other is not None else str(obj)


to_native = to_text


def _other(obj: "Any", nonstring: str, empty: "Any") -> "Any":
    if nonstring not in _NONSTRINGS:
        raise TypeError("nonstring is one of {}, not {}".format(", ".join(_NONSTRINGS), nonstring))
    if nonstring == "passthru":
        return obj
    if nonstring == "empty":
        return empty
    if nonstring == "strict":
        raise TypeError("a string is wanted, not {}".format(type(obj).__name__))
    return None


def jsonify(data: "Any", **options: "Any") -> str:
    """Return data as JSON; bytes in it are decoded."""
    return json.dumps(container_to_text(data), default=_sequence, **options)


def _sequence(value: "Any") -> "Any":
    if isinstance(value, (set, frozenset)):
        return list(value)
    raise TypeError("{} cannot be turned into JSON".format(type(value).__name__))


def container_to_text(data: "Any", encoding: str = "utf-8", errors: str = "surrogate_or_strict") -> "Any":
    """Return data with all bytes in it decoded."""
    return _walk(data, lambda value: to_text(value, encoding, errors) if isinstance(value, bytes) else value)


def container_to_bytes(data: "Any", encoding: str = "utf-8", errors: str = "surrogate_or_strict") -> "Any":
    """Return data with all text in it encoded."""
    return _walk(data, lambda value: to_bytes(value, encoding, errors) if isinstance(value, str) else value)


json_dict_unicode_to_bytes = container_to_bytes
json_dict_bytes_to_unicode = container_to_text


def _walk(data: "Any", leaf: "Any") -> "Any":
    if isinstance(data, dict):
        return {_walk(key, leaf): _walk(value, leaf) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return type(data)(_walk(value, leaf) for value in data)
    return leaf(data)
