"""Values of any kind: truth, presence, type."""

from __future__ import annotations

from typing import Any

from jinja2.runtime import Undefined

from assible.exceptions import TemplateError
from assible.templating.undefined import Missing, fail, type_name


def to_bool(value: Any) -> bool:
    """Return the boolean that the usual words and numbers stand for; anything else is false."""
    if isinstance(value, str):
        return value.strip().lower() in ("yes", "on", "1", "true")
    return value is True or (isinstance(value, (int, float)) and value == 1)


def ternary(value: Any, true_val: Any, false_val: Any, none_val: Any = None) -> Any:
    """Return one of two values by the truth of a third; null may have its own."""
    if isinstance(value, Undefined):
        fail(value)
    if value is None and none_val is not None:
        return none_val
    return true_val if value else false_val


def mandatory(value: Any, msg: str | None = None) -> Any:
    """Return a value, or fail where it is undefined."""
    if not isinstance(value, Undefined):
        return value
    if msg is not None:
        raise TemplateError(str(msg))
    name = value._undefined_name if isinstance(value, Missing) else None
    raise TemplateError(f"the mandatory variable {name!r} is not defined" if name else "it is not defined")


def type_debug(value: Any) -> str:
    """Return the name of a value's type."""
    if isinstance(value, Undefined):
        return "Undefined"
    return "tuple" if isinstance(value, tuple) else type_name(value)
