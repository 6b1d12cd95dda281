"""What the run knows: environment, variables, hosts, settings."""

from __future__ import annotations

import re
from typing import Any, Final

from jinja2.runtime import Undefined

from assible.content.lookups.options import Option, read_options, text_term
from assible.exceptions import TemplateError, UndefinedVariableError
from assible.registry.lookup import LookupCall
from assible.templating.scope import MISSING
from assible.templating.undefined import fail
from assible.templating.views import plain

_CONFIG: Final = {
    "on_missing": Option("str", "error", ("error", "skip", "warn")),
    "plugin_type": Option("str"),
    "plugin_name": Option("str"),
    "show_origin": Option("bool", False),
}


def env(terms: list[Any], call: LookupCall) -> list[Any]:
    """Return environment variables of the controller; those that are not set give the default."""
    default = read_options({"default": Option("raw", "")}, call)["default"]
    return [_environment_variable(text_term(term), default, call) for term in terms]


def _environment_variable(term: str, default: Any, call: LookupCall) -> Any:
    words = term.split()
    value = call.env.get(words[0] if words else "", default)
    if isinstance(value, Undefined):
        fail(value)
    return value


def variables(terms: list[Any], call: LookupCall) -> list[Any]:
    """Return variables by names that may be computed."""
    default = read_options({"default": Option("raw", MISSING)}, call)["default"]
    return [_variable(term, default, call) for term in terms]


def _variable(term: Any, default: Any, call: LookupCall) -> Any:
    name = text_term(term)
    if call.scope.find(name) is not MISSING:
        return plain(call.context.templar.variable(name, call.scope))
    if default is MISSING:
        raise UndefinedVariableError(f"there is no variable {name!r}")
    return fail(default) if isinstance(default, Undefined) else default


def varnames(terms: list[Any], call: LookupCall) -> list[str]:
    """Return the names of the variables that regular expressions match, expression by expression."""
    read_options({}, call)
    names = list(call.scope.names())
    return [name for term in terms for name in names if re.search(text_term(term), name)]


def inventory_hostnames(terms: list[Any], call: LookupCall) -> list[str]:
    """Return the names of the hosts that patterns match."""
    read_options({}, call)
    flat = [pattern for term in terms for pattern in (term if isinstance(term, list) else [term])]
    return call.context.match_hosts(",".join(map(text_term, flat)))


def config(terms: list[Any], call: LookupCall) -> list[Any]:
    """Return the values of settings."""
    options = read_options(_CONFIG, call)
    if options["plugin_type"] or options["plugin_name"]:
        raise TemplateError("settings of plugins cannot be looked up", hint="read the variable that sets the option")
    if options["show_origin"]:
        raise TemplateError("the origin of a setting cannot be looked up", hint="leave 'show_origin' out")
    values = []
    for term in terms:
        try:
            values.append(call.context.setting(text_term(term)))
        except KeyError as error:
            if options["on_missing"] == "error":
                raise TemplateError(f"there is no setting {term!r}") from error
            if options["on_missing"] == "warn":
                call.context.warn(f"there is no setting {term!r}; it is left out")
    return values
