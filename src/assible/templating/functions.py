"""The functions that every template may call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from jinja2 import pass_context
from jinja2.utils import Cycler, Joiner, Namespace, generate_lorem_ipsum

from assible.exceptions import AssibleError, PluginNotFoundError, TemplateError, UndefinedVariableError
from assible.templating.plugins import first_missing, plain_name
from assible.templating.scope import OMIT, Scope
from assible.templating.undefined import Missing

# A template that names one of these may wait for a file, a process or the network.
BLOCKING_FUNCTIONS: Final = frozenset({"lookup", "query", "q"})
ERROR_MODES: Final = ("strict", "warn", "ignore")


class LookupRunner(Protocol):
    """Runs the lookup of that name; gives its values in order."""

    def __call__(self, name: str, terms: list[Any], options: dict[str, Any], scope: Scope) -> list[Any]: ...


def now(utc: bool = False, fmt: str | None = None) -> datetime | str:
    """Return the current time without a zone, or its text where a format is given."""
    moment = datetime.now(UTC).replace(tzinfo=None) if utc else datetime.now()
    return moment.strftime(fmt) if fmt else moment


def undef(hint: str | None = None) -> Missing:
    """Return a value that must be overridden: using it is an error."""
    return Missing(hint or "this variable must be set")


def standard_functions() -> dict[str, Any]:
    """Return the globals that need no run."""
    return {
        "omit": OMIT,
        "now": now,
        "undef": undef,
        "range": range,
        "dict": dict,
        "lipsum": generate_lorem_ipsum,
        "cycler": Cycler,
        "joiner": Joiner,
        "namespace": Namespace,
    }


def lookup_functions(run: LookupRunner | None) -> dict[str, Callable[..., Any]]:
    """Return ``lookup``, ``query`` and ``q`` over what runs lookups."""

    @pass_context
    def query(context: Any, name: Any, /, *terms: Any, **options: Any) -> Any:
        """Return the list of a lookup's values."""
        options.pop("wantlist", None)
        return _values(run, context.scope, name, terms, options) or []

    @pass_context
    def lookup(context: Any, name: Any, /, *terms: Any, **options: Any) -> Any:
        """Return a lookup's values: text joined by commas, one value as it is, or a list where asked for."""
        wants_list = bool(options.pop("wantlist", False))
        values = _values(run, context.scope, name, terms, options)
        if wants_list:
            return values or []
        return None if values is None else _single(values)

    # The default of a lookup may be undefined on purpose: it fails only where it is needed.
    lookup.takes_undefined = query.takes_undefined = True  # type: ignore[attr-defined]
    return {"lookup": lookup, "query": query, "q": query}


def _values(
    run: LookupRunner | None, scope: Scope, name: Any, terms: tuple[Any, ...], options: dict[str, Any]
) -> list[Any] | None:
    """Run a lookup; None where it failed and may."""
    missing = first_missing((name, *terms, *(value for key, value in options.items() if key != "default")))
    if missing is not None:
        raise missing.error()
    errors = options.pop("errors", "strict")
    if errors not in ERROR_MODES:
        hint = "it is one of " + ", ".join(ERROR_MODES)
        raise TemplateError(f"'errors' of lookup {name!r} has no such mode", hint=hint)
    if run is None:
        raise TemplateError("lookups are not available here")
    try:
        return run(plain_name(str(name)), list(terms), options, scope)
    except (UndefinedVariableError, RecursionError):
        raise
    except PluginNotFoundError as error:
        raise TemplateError(error.message, hint=error.hint) from error
    except Exception as error:  # a lookup may be foreign code; the template says what a failure means
        if errors == "strict":
            raise _lookup_failure(name, error) from error
        if errors == "warn" and scope.context is not None:
            scope.context.warn(str(_lookup_failure(name, error)))
        return None


def _single(values: list[Any]) -> Any:
    if len(values) == 1:
        return values[0]
    if values and all(isinstance(value, str) for value in values):
        return ",".join(values)
    return values


def _lookup_failure(name: Any, error: Exception) -> TemplateError:
    if isinstance(error, TemplateError) and error.message.startswith("lookup "):
        return error
    details: Mapping[str, Any] = {"hint": error.hint, "origin": error.origin} if isinstance(error, AssibleError) else {}
    return TemplateError(f"lookup {name!r} failed: {str(error) or type(error).__name__}", **details)
