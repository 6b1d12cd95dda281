"""The names of the public package ``six``, for code that once ran on Python 2, too."""

import builtins
import functools
import io
import operator
import sys
import types

from assible.ansible.module_utils.common.text.converters import to_bytes as _to_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, NoReturn, Optional
    from typing import Iterator as _Iterator

PY2 = False
PY3 = True
PY34 = True
MAXSIZE = sys.maxsize
string_types = (str,)
integer_types = (int,)
class_types = (type,)
text_type = str
binary_type = bytes
BytesIO = io.BytesIO
StringIO = io.StringIO
Iterator = object
callable = builtins.callable
next = advance_iterator = builtins.next
print_ = builtins.print
exec_ = builtins.exec
wraps = functools.wraps
unichr = chr
byte2int = operator.itemgetter(0)
indexbytes = operator.getitem
iterbytes = iter
int2byte = operator.methodcaller("to_bytes", 1, "big")
get_method_function = operator.attrgetter("__func__")
get_method_self = operator.attrgetter("__self__")
get_function_closure = operator.attrgetter("__closure__")
get_function_code = operator.attrgetter("__code__")
get_function_defaults = operator.attrgetter("__defaults__")
get_function_globals = operator.attrgetter("__globals__")
viewkeys = operator.methodcaller("keys")
viewvalues = operator.methodcaller("values")
viewitems = operator.methodcaller("items")


def iterkeys(d: "Any", **options: "Any") -> "_Iterator[Any]":
    """Iterate over keys."""
    return iter(d.keys(**options))


def itervalues(d: "Any", **options: "Any") -> "_Iterator[Any]":
    """Iterate over values."""
    return iter(d.values(**options))


def iteritems(d: "Any", **options: "Any") -> "_Iterator[Any]":
    """Iterate over items."""
    return iter(d.items(**options))


def iterlists(d: "Any", **options: "Any") -> "_Iterator[Any]":
    """Return an iterator over the lists of a mapping that has several values for a key."""
    return iter(d.lists(**options))


def b(s: str) -> bytes:
    """Return a literal as bytes."""
    return s.encode("latin-1")


def u(s: str) -> str:
    """Return a literal as text."""
    return s


def get_unbound_function(unbound: "Any") -> "Any":
    """Return the function behind a method of a class."""
    return unbound


def create_bound_method(func: "Any", obj: "Any") -> "Any":
    """Return a function as a method of an object."""
    return types.MethodType(func, obj)


def create_unbound_method(func: "Any", cls: "Any") -> "Any":
    """Return a function as a method of a class."""
    return func


def reraise(tp: "Any", value: "Optional[BaseException]", tb: "Any" = None) -> "NoReturn":
    """Raise an exception again, with its traceback."""
    error = tp() if value is None else value
    raise error.with_traceback(tb) if error.__traceback__ is not tb else error


def raise_from(value: BaseException, from_value: "Optional[BaseException]") -> "NoReturn":
    """Raise an exception that another one caused."""
    raise value from from_value


def with_metaclass(meta: "Any", *bases: "Any") -> "Any":
    """Return a class of a metaclass, to be inherited from."""

    class Temporary(type):
        def __new__(cls, name: str, these: "Any", namespace: "Any") -> "Any":
            return meta(name, bases, namespace)

        @classmethod
        def __prepare__(cls, name: str, these: "Any", **options: "Any") -> "Any":  # type: ignore[override]
            return meta.__prepare__(name, bases)

    return type.__new__(Temporary, "temporary_class", (), {})


def add_metaclass(metaclass: "Any") -> "Callable[[Any], Any]":
    """Make a decorator that creates a class anew with a metaclass."""

    def decorate(cls: "Any") -> "Any":
        namespace: "Dict[str, Any]" = dict(cls.__dict__)
        slots = namespace.get("__slots__")
        for name in [slots] if isinstance(slots, str) else slots or ():
            namespace.pop(name, None)
        namespace.pop("__dict__", None)
        namespace.pop("__weakref__", None)
        if hasattr(cls, "__qualname__"):
            namespace["__qualname__"] = cls.__qualname__
        return metaclass(cls.__name__, cls.__bases__, namespace)

    return decorate


def ensure_binary(s: "Any", encoding: str = "utf-8", errors: str = "strict") -> bytes:
    """Return text or bytes as bytes.

    Raises:
        TypeError: It is neither.
    """
    if not isinstance(s, (str, bytes)):
        raise TypeError("text or bytes are wanted, not {}".format(type(s)))
    encoded: bytes = _to_bytes(s, encoding, errors)
    return encoded


def ensure_text(s: "Any", encoding: str = "utf-8", errors: str = "strict") -> str:
    """Return text or bytes as text.

    Raises:
        TypeError: It is neither.
    """
    if isinstance(s, bytes):
        return s.decode(encoding, errors)
    if isinstance(s, str):
        return s
    raise TypeError("text or bytes are wanted, not {}".format(type(s)))


ensure_str = ensure_text


def python_2_unicode_compatible(cls: "Any") -> "Any":
    """Return a class as it is."""
    return cls
