"""What goes wrong inside a template, told as errors of this package with their places."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import TracebackType
from typing import Final, TypeVar

import jinja2.exceptions

from assible.exceptions import AssibleError, TemplateError, TemplateSyntaxError, UndefinedVariableError
from assible.model.origin import Origin
from assible.templating.environment import ScopedEnvironment, ScopedTemplate
from assible.templating.plugins import PluginTable

Result = TypeVar("Result")
_UNKNOWN_PLUGIN: Final = re.compile(r"No (filter|test) named '([^']*)'")


def translated(environment: ScopedEnvironment, text: str, work: Callable[[], Result]) -> Result:
    """Run a parsing or compiling step; its errors become errors of this room."""
    try:
        return work()
    except jinja2.exceptions.TemplateSyntaxError as error:
        raise _syntax_error(error, environment, getattr(text, "origin", None)) from error


def _syntax_error(
    error: jinja2.exceptions.TemplateSyntaxError, environment: ScopedEnvironment | None, origin: Origin | None
) -> TemplateSyntaxError:
    message = (error.message or "it cannot be parsed").rstrip(".")
    unknown = _UNKNOWN_PLUGIN.match(message)
    if unknown is None:
        return TemplateSyntaxError(f"the template is not valid Jinja: {message}", origin=origin)
    kind, name = unknown.groups()
    table = getattr(environment, f"{kind}s", None)
    hint = table.hint(name) if isinstance(table, PluginTable) else None
    return TemplateSyntaxError(f"there is no {kind} {name!r}", origin=origin, hint=hint)


def located(error: Exception, origin: Origin | None) -> TemplateError:
    """Make whatever a template raised an error of this room; the innermost place stays."""
    if isinstance(error, TemplateError):
        if error.origin is None:
            error.origin = origin
        return error
    if isinstance(error, jinja2.exceptions.TemplateSyntaxError):
        place = Origin(error.filename, error.lineno) if error.filename else origin
        return _syntax_error(error, None, place)
    if isinstance(error, jinja2.exceptions.UndefinedError):
        return UndefinedVariableError(str(error), origin=origin)
    if isinstance(error, AssibleError):
        return TemplateError(error.message, origin=error.origin or origin, hint=error.hint)
    unknown = _UNKNOWN_PLUGIN.match(str(error))
    if unknown:
        return TemplateError(f"there is no {unknown[1]} {unknown[2]!r}", origin=origin)
    if isinstance(error, jinja2.exceptions.TemplateNotFound):
        return TemplateError(str(error), origin=origin)
    return TemplateError(f"the template failed: {str(error) or type(error).__name__}", origin=origin)


def template_place(trace: TracebackType | None) -> Origin | None:
    """Return the innermost line of a template file that a traceback passed through."""
    place = None
    while trace is not None:
        template = trace.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, ScopedTemplate) and template.filename:
            line = template.get_corresponding_lineno(trace.tb_lineno) + template.lines_before
            place = Origin(template.filename, line)
        trace = trace.tb_next
    return place
