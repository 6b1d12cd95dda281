"""``Templar``: templates that plugins and programs render themselves.

Only what is trusted is rendered: text of playbooks and variables files, and what `trust_as_template` marks.

``assible.template`` is also a function of Assible's own API. Importing this module puts it in the function's place in
the package, as Python does with every submodule; so the module can be called, and does what the function does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

from assible.ansible._bridge.values import is_trusted
from assible.ansible.errors import AnsibleUndefinedVariable, for_programs
from assible.content.filters import FILTERS
from assible.content.lookups import run_lookup
from assible.content.tests import TESTS
from assible.exceptions import UndefinedVariableError, UsageError
from assible.model.origin import Origin
from assible.model.text import TemplateText, has_template_marker, source_text
from assible.templating.scope import Scope
from assible.templating.templar import Templar as OwnTemplar

_ORIGIN: Final = Origin("<python>")
_NOT_GIVEN: Final[Any] = object()


def trust_as_template(value: Any) -> Any:
    """Return text as a template that is rendered where it is used. What a host or a user gave must never come here.

    Raises:
        TypeError: It is no text.
    """
    if not isinstance(value, str):
        raise TypeError(f"only text can be trusted as a template, not {type(value).__name__}")
    return source_text(str(value), getattr(value, "origin", None) or _ORIGIN)


def is_trusted_as_template(value: Any) -> bool:
    """Tell whether text would be rendered."""
    return is_trusted(value)


class Templar:
    """Renders what a plugin or program trusts, over variables that it gives.

    Args:
        loader: Gives the base directory of lookups.
        variables: By name; also `available_variables`.
    """

    def __init__(self, loader: Any = None, variables: Mapping[str, Any] | None = None) -> None:
        self.available_variables: Mapping[str, Any] = variables or {}
        self._loader = loader
        self._templar = OwnTemplar(filters=FILTERS, tests=TESTS, lookup=run_lookup)

    @property
    def _available_variables(self) -> Mapping[str, Any]:
        return self.available_variables

    @property
    def basedir(self) -> str:
        """The loader's base directory."""
        return str(self._loader.get_basedir()) if self._loader is not None else "."

    def _scope(self, more: Mapping[str, Any] | None = None) -> Scope:
        layers = (dict(self.available_variables),)
        return Scope((dict(more), *layers) if more else layers)

    def template(
        self,
        variable: Any,
        convert_bare: Any = _NOT_GIVEN,
        preserve_trailing_newlines: bool = True,
        escape_backslashes: bool = True,
        fail_on_undefined: bool = True,
        overrides: Mapping[str, Any] | None = None,
        convert_data: Any = _NOT_GIVEN,
        disable_lookups: Any = _NOT_GIVEN,
    ) -> Any:
        """Render what is trusted: text, and all text inside of lists and mappings.

        Args:
            preserve_trailing_newlines: Leave line ends that stand at the end.
            fail_on_undefined: Without it, text that reads what does not exist is returned as it is.
            convert_bare: As ``convert_data`` and ``disable_lookups`` of no effect, as in Ansible.

        Raises:
            AnsibleError: It cannot be rendered.
            AnsibleOptionsError: ``overrides`` are given: the delimiters of templates are Ansible's.
        """
        with for_programs():
            if overrides:
                raise UsageError("a templar has no overrides of delimiters", hint="use jinja2 for other templates")
            value = self._rendered(variable, fail_on_undefined)
        if not preserve_trailing_newlines and isinstance(value, str):
            return value.rstrip("\n")
        return value

    do_template = template

    def _rendered(self, value: Any, fail_on_undefined: bool) -> Any:
        if isinstance(value, TemplateText):
            try:
                return self._templar.render(value, self._scope())
            except UndefinedVariableError:
                if fail_on_undefined:
                    raise
                return str(value)
        if isinstance(value, str):
            return str(value)
        if isinstance(value, Mapping):
            return {key: self._rendered(item, fail_on_undefined) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._rendered(item, fail_on_undefined) for item in value]
        with_templates = hasattr(value, "reveal")
        return self._templar.render(value, self._scope()) if with_templates else value

    def evaluate_expression(
        self, expression: str, *, local_variables: Mapping[str, Any] | None = None, escape_backslashes: bool = True
    ) -> Any:
        """Return what an expression gives (without delimiters).

        Raises:
            AnsibleError: It cannot be evaluated, or is not trusted.
        """
        with for_programs():
            return self._templar.evaluate(_trusted(expression), self._scope(local_variables))

    resolve_variable_expression = evaluate_expression

    def evaluate_conditional(self, conditional: Any) -> bool:
        """Tell whether a condition holds.

        Raises:
            AnsibleError: It cannot be evaluated, or is not trusted.
        """
        if isinstance(conditional, bool):
            return conditional
        with for_programs():
            return self._templar.condition(_trusted(conditional), self._scope())

    def is_template(self, data: Any) -> bool:
        """Tell whether there is anything to render."""
        if isinstance(data, str):
            return is_trusted(data) and has_template_marker(data)
        if isinstance(data, Mapping):
            return any(self.is_template(value) for value in data.values())
        return isinstance(data, (list, tuple)) and any(self.is_template(value) for value in data)

    def is_possibly_template(self, data: Any, overrides: Mapping[str, Any] | None = None) -> bool:
        """Tell whether text holds what begins a template."""
        return isinstance(data, str) and has_template_marker(data)

    @contextmanager
    def set_temporary_context(
        self,
        *,
        searchpath: str | Sequence[str] | None = None,
        available_variables: Mapping[str, Any] | None = None,
        **overrides: Any,
    ) -> Iterator[None]:
        """Have other variables for a while.

        Raises:
            AnsibleOptionsError: Something else is to change.
        """
        _only_variables(searchpath, overrides)
        before = self.available_variables
        if available_variables is not None:
            self.available_variables = available_variables
        try:
            yield
        finally:
            self.available_variables = before

    def copy_with_new_env(
        self,
        *,
        searchpath: str | Sequence[str] | None = None,
        available_variables: Mapping[str, Any] | None = None,
        **overrides: Any,
    ) -> Templar:
        """Return another templar, with other variables.

        Raises:
            AnsibleOptionsError: Something else is to change.
        """
        _only_variables(searchpath, overrides)
        return Templar(self._loader, self.available_variables if available_variables is None else available_variables)


def _trusted(text: str) -> str:
    if not is_trusted(text):
        raise UsageError(
            "an expression is evaluated only if it is trusted", hint="use ansible.template.trust_as_template"
        )
    return text


def _only_variables(searchpath: Any, overrides: Mapping[str, Any]) -> None:
    if searchpath or overrides:
        with for_programs():
            raise UsageError("of a templar's surroundings only the variables can be changed")


class _Template(ModuleType):
    """The module, which is also what `assible.template` is."""

    def __call__(self, text: str) -> TemplateText:
        """Mark text as a template, to be rendered where it is used."""
        return TemplateText(text, _ORIGIN)


sys.modules[__name__].__class__ = _Template

__all__ = ["AnsibleUndefinedVariable", "Templar", "is_trusted_as_template", "trust_as_template"]
