"""templating: Jinja: rendering, native types, lazy values, trust."""

from assible.templating.functions import LookupRunner
from assible.templating.scope import MISSING, OMIT, Scope
from assible.templating.templar import FILE_OPTIONS, Templar

__all__ = ["FILE_OPTIONS", "MISSING", "OMIT", "LookupRunner", "Scope", "Templar"]
