"""``Templar``: templates that plugins render themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assible.content.filters import FILTERS
from assible.content.lookups import run_lookup
from assible.content.tests import TESTS
from assible.model.text import has_template_marker, trusted
from assible.templating.scope import Scope
from assible.templating.templar import Templar as OwnTemplar


class Templar:
    """Renders what a plugin trusts, over variables that it gives.

    Args:
        loader: Is not used.
        variables: By name; also `available_variables`.
    """

    def __init__(self, loader: Any = None, variables: Mapping[str, Any] | None = None) -> None:
        self.available_variables: Mapping[str, Any] = variables or {}
        self._templar = OwnTemplar(filters=FILTERS, tests=TESTS, lookup=run_lookup)

    def template(self, variable: Any, **options: Any) -> Any:
        """Render text, and all text inside of lists and mappings; the older options make no difference.

        Raises:
            TemplateError: It cannot be rendered.
        """
        return self._templar.render(trusted(variable), Scope((dict(self.available_variables),)))

    def is_template(self, data: Any) -> bool:
        """Tell whether there is anything to render."""
        if isinstance(data, str):
            return has_template_marker(data)
        if isinstance(data, Mapping):
            return any(self.is_template(value) for value in data.values())
        return isinstance(data, (list, tuple)) and any(self.is_template(value) for value in data)

    is_possibly_template = is_template
