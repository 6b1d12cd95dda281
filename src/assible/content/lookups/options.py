"""The declared options of a lookup: names, kinds, defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from assible.exceptions import TemplateError
from assible.language.keyvalue import FREE_FORM, parse_key_values
from assible.registry.lookup import LookupCall

_TRUE: Final = frozenset({"yes", "on", "1", "true", "y", "t", "1.0"})
_FALSE: Final = frozenset({"no", "off", "0", "false", "n", "f", "0.0"})


class Option(NamedTuple):
    """One option: what it is, what it is otherwise, and what may be chosen."""

    kind: str = "raw"
    default: Any = None
    choices: tuple[str, ...] = ()


def _as_bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("it is not a boolean")
    return word in _TRUE


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _as_dict(value: Any) -> dict[Any, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("it is not a dictionary")
    return dict(value)


_CONVERTERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "raw": lambda value: value,
    "str": str,
    "int": int,
    "float": float,
    "bool": _as_bool,
    "list": _as_list,
    "dict": _as_dict,
}


def read_options(
    table: Mapping[str, Option], call: LookupCall, given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return every option of a table: as given, converted, or its default.

    Options that the lookup does not have are left out with a warning.
    """
    given = call.options if given is None else given
    for name in given:
        if name not in table:
            call.context.warn(f"the lookup has no option {name!r}; it is left out")
    return {name: _read(name, option, given) for name, option in table.items()}


def _read(name: str, option: Option, given: Mapping[str, Any]) -> Any:
    value = given.get(name)
    if value is None:
        return option.default
    try:
        converted = _CONVERTERS[option.kind](value)
    except (TypeError, ValueError) as error:
        raise TemplateError(f"the option {name!r} is not of the kind {option.kind!r}") from error
    if option.choices and converted not in option.choices:
        raise TemplateError(f"the option {name!r} has no such choice", hint="it is one of " + ", ".join(option.choices))
    return converted


def split_term(term: Any, table: Mapping[str, Option]) -> tuple[str, dict[str, str]]:
    """Split a term of the old form, ``key option=value ...``, into its key and its options.

    Raises:
        TemplateError: where it is no text, or names an option that the lookup does not have.
    """
    text = text_term(term)
    if "=" not in text:
        return text, {}
    options = parse_key_values(text)
    key = options.pop(FREE_FORM, "")
    unknown = sorted(set(options) - set(table))
    if unknown:
        raise TemplateError("the lookup has no option " + ", ".join(map(repr, unknown)))
    return key, options


def text_term(term: Any) -> str:
    """Return a term that must be text."""
    if isinstance(term, str):
        return term
    raise TemplateError(f"a term is text, not a value of type {type(term).__name__!r}")
