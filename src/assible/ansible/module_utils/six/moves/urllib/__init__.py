"""The standard library's ``urllib``; ``request`` and ``robotparser`` are imported when they are asked for."""

from importlib import import_module
from urllib import error, parse, response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def __getattr__(name: str) -> "ModuleType":
    if name not in ("request", "robotparser"):
        raise AttributeError(name)
    return import_module("urllib." + name)


__all__ = ["error", "parse", "response"]
