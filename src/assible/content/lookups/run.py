"""What the run knows: environment, variables, hosts, settings."""

from __future__ import annotations

import re
from typing import Any, Final

from jinja2.runtime import Undefined

from assible.content.lookups.options import Option, read_options, text_term
from assible.content.lookups.plugin_options import plugin_option
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
    """Return the values of settings, or of a plugin's options; with ``show_origin`` each beside where it was set."""
    options = read_options(_CONFIG, call)
    kind, name = options["plugin_type"], options["plugin_name"]
    if bool(kind) != bool(name):
        raise TemplateError("'plugin_type' and 'plugin_name' go together: one of them is missing")
    values = []
    for term in terms:
        try:
            found = plugin_option(kind, name, text_term(term), call) if kind else _setting(text_term(term), call)
        except KeyError as error:
            if options["on_missing"] == "error":
                raise TemplateError(f"there is no setting {term!r}") from error
            if options["on_missing"] == "warn":
                call.context.warn(f"there is no setting {term!r}; it is left out")
            continue
        values.append(list(found) if options["show_origin"] else found[0])
    return values


def _setting(name: str, call: LookupCall) -> tuple[Any, str]:
    return call.context.setting(name), call.context.setting_origin(name)
