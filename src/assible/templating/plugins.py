"""Filters and tests as the compiled templates call them: views forced, failures named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from assible.exceptions import AssibleError, TemplateError, UndefinedVariableError
from assible.model.text import VaultedText
from assible.templating.undefined import Broken, Missing, marker
from assible.templating.views import LazyMapping, LazySequence, listed

OWN_PREFIXES: Final = ("ansible.builtin.", "ansible.legacy.", "assible.builtin.")
# These are asked about values that may not exist; everything else may rely on its arguments being there.
TAKES_UNDEFINED: Final = frozenset({"default", "d", "mandatory", "defined", "undefined", "type_debug", "ternary"})


def plain_name(name: str) -> str:
    """Return the short name of what ships with the engine; other names as they are."""
    for prefix in OWN_PREFIXES:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


# These look at a sealed value itself; the others see what is in it.
TAKES_VAULTED: Final = frozenset({"unvault", "vault_encrypted", "type_debug", "default", "d"})


class PluginTable(dict[str, Callable[..., Any]]):
    """Filters or tests by name, wrapped at first use; the given plugins stand above Jinja's own.

    Args:
        kind: ``filter`` or ``test``, for messages.
        plugins: The given plugins; values are read only when they are used.
        own: What Jinja brings along.
    """

    def __init__(self, kind: str, plugins: Mapping[str, Callable[..., Any]], own: Mapping[str, Any]) -> None:
        super().__init__()
        self._kind = kind
        self._plugins = plugins
        self._own = own

    def __missing__(self, name: str) -> Callable[..., Any]:
        wrapped = self[name] = guarded(self._kind, plain_name(name), self.raw(name))
        return wrapped

    def raw(self, name: str) -> Callable[..., Any]:
        """Return the function itself.

        Raises:
            KeyError: where there is none of that name.
        """
        for candidate in (name, plain_name(name)):
            function = self._plugins.get(candidate) or self._own.get(candidate)
            if function is not None:
                return function
        raise KeyError(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the wrapped function; the default where there is none."""
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def hint(self, name: str) -> str | None:
        """Suggest what an unknown name may have been meant to be."""
        from difflib import get_close_matches

        short = name.rpartition(".")[2]
        near = get_close_matches(short, {*self._plugins, *self._own}, n=3, cutoff=0.6)
        if near:
            return "did you mean " + " or ".join(repr(candidate) for candidate in sorted(near)) + "?"
        return f"is the collection that brings this {self._kind} installed?" if "." in name else None


def first_missing(arguments: Iterable[Any], broken_only: bool = False) -> Missing | None:
    """Return the first argument that stands for something missing; the call then gives it on instead of a result."""
    for argument in arguments:
        if isinstance(argument, Missing) and (not broken_only or type(argument) is Broken):
            return argument
    return None


def forced(arguments: Iterable[Any]) -> list[Any]:
    """Return arguments as functions may have them: no views."""
    return [
        argument.force() if type(argument) is LazyMapping or type(argument) is LazySequence else argument
        for argument in arguments
    ]


def _revealed(arguments: Iterable[Any]) -> list[Any]:
    """Return arguments without views, and what a filter has sealed as plain text."""
    return [str(value.reveal()) if type(value) is VaultedText else value for value in forced(arguments)]


def guarded(kind: str, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a filter or test: plain arguments, results that can be read twice, errors with a name.

    What is undefined passes through, so that a later ``default`` or ``is defined`` can deal with it.
    """
    broken_only = name in TAKES_UNDEFINED
    prepare = forced if name in TAKES_VAULTED else _revealed

    def call(*args: Any, **kwargs: Any) -> Any:
        args = tuple(prepare(args))
        missing = first_missing(args, broken_only)
        if kwargs:
            kwargs = dict(zip(kwargs, prepare(kwargs.values()), strict=True))
            if missing is None:
                missing = first_missing(kwargs.values(), broken_only)
        if missing is not None:
            return missing
        try:
            return listed(function(*args, **kwargs))
        except UndefinedVariableError as error:
            return marker(error)
        except RecursionError:
            raise
        except TemplateError as error:
            raise error if error.message.startswith(f"{kind} ") else failure(kind, name, error) from error
        except Exception as error:  # plugins are foreign code: whatever they raise is a failure of the template
            raise failure(kind, name, error) from error

    for attribute in ("jinja_pass_arg", "blocking", "__doc__"):
        if hasattr(function, attribute):
            setattr(call, attribute, getattr(function, attribute))
    call.__name__ = name
    return call


def failure(kind: str, name: str, error: Exception) -> TemplateError:
    """Say which plugin failed, and why."""
    reason = str(error) or type(error).__name__
    hint = error.hint if isinstance(error, AssibleError) else None
    origin = error.origin if isinstance(error, AssibleError) else None
    return TemplateError(f"{kind} {name!r} failed: {reason}", origin=origin, hint=hint)
