"""The standard library's ``import_module``."""

from importlib import import_module

__all__ = ["import_module"]
