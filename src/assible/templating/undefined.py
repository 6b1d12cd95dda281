"""Values that stand for a failure until somebody uses them.

A template often names a variable in a branch that is not taken, or hands it to ``default``. So what could not be
read becomes a marker, and raises only when it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NoReturn

from jinja2 import StrictUndefined
from jinja2.runtime import Undefined
from jinja2.utils import missing

from assible.exceptions import TemplateError, UndefinedVariableError
from assible.model.origin import Origin
from assible.model.text import SourceText
from assible.templating.scope import OMIT


class Missing(StrictUndefined):
    """A variable, attribute or element that does not exist: any use raises, an attribute of it is itself."""

    __slots__ = ("origin",)
    origin: Origin | None

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[Exception] = UndefinedVariableError,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(hint, obj, name)
        self.origin = origin

    def error(self) -> TemplateError:
        """Make the error that a use of this marker raises."""
        return UndefinedVariableError(self._undefined_message, origin=self.origin)

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        if self._undefined_obj is missing:
            return f"{self._undefined_name!r} is undefined"
        return f"object of type {type_name(self._undefined_obj)!r} has no attribute {self._undefined_name!r}"

    def _fail_with_undefined_error(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise self.error()

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        return self

    def __getitem__(self, key: Any) -> Any:
        return self

    # The operators of the parent class are bound to the parent's failure, so each is bound again to this one.
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _fail_with_undefined_error
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _fail_with_undefined_error
    __pow__ = __rpow__ = __pos__ = __neg__ = __call__ = _fail_with_undefined_error
    __lt__ = __le__ = __gt__ = __ge__ = __int__ = __float__ = __complex__ = _fail_with_undefined_error
    __iter__ = __str__ = __len__ = __eq__ = __ne__ = __bool__ = __hash__ = __contains__ = _fail_with_undefined_error

    def __repr__(self) -> str:
        return f"<missing: {self._undefined_message}>"


class Broken(Missing):
    """A value whose template failed for another reason; not even ``default`` or ``is defined`` accept it."""

    __slots__ = ("_error",)
    _error: TemplateError

    def __init__(self, error: TemplateError) -> None:
        super().__init__(error.message, origin=error.origin)
        self._error = error

    def error(self) -> TemplateError:
        return type(self._error)(self._error.message, origin=self._error.origin, hint=self._error.hint)


def marker(error: TemplateError) -> Missing:
    """Return the marker that stands for a value whose rendering raised the error."""
    if isinstance(error, UndefinedVariableError):
        return Missing(error.message, origin=error.origin)
    return Broken(error)


def fail(value: Undefined) -> NoReturn:
    """Raise the error of an undefined value, ours or Jinja's own (an inline ``if`` without an ``else``)."""
    if isinstance(value, Missing):
        raise value.error()
    raise UndefinedVariableError(value._undefined_message)


_TYPE_NAMES: Final = ((SourceText, "str"), (Mapping, "dict"), (list, "list"))


def type_name(value: Any) -> str:
    """Name a value's type as a template's author knows it."""
    for kind, name in _TYPE_NAMES:
        if isinstance(value, kind):
            return name
    return "omit" if value is OMIT else type(value).__name__
