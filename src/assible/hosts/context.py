"""What inventory sources are given besides the inventory they fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from assible.exceptions import InventoryError
from assible.hosts.vars_files import VarsFiles, Warn
from assible.registry.inventory_source import InventorySource

Evaluate = Callable[[str, Mapping[str, Any]], Any]
Render = Callable[[Any, Mapping[str, Any]], Any]


class Files(VarsFiles, Protocol):
    """Reads inventory files; `language.files.SourceFiles` is one."""

    def text(self, path: str) -> str:
        """Return a file's content as text."""

    def decrypt(self, ciphertext: str) -> str:
        """Open an encrypted scalar."""


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of a source.

    Attributes:
        files: Reads files.
        warn: Told of what is odd in a source.
        evaluate: Evaluates a Jinja expression over variables; needed by constructed inventories.
        render: Renders a template over variables; needed by constructed and generated inventories.
        find_source: Finds further plugins by name for ``plugin: name`` files.
        facts: Gives what is cached of a host's facts.
        extra_vars: Variables of the command line, for sources that use them.
        use_extra_vars: Sources use them unless they say otherwise.
        yaml_extensions: Endings that YAML sources may have, besides none.
        show_script_errors: Tell what successful scripts write to their error stream.
    """

    files: Files
    warn: Warn
    evaluate: Evaluate | None = None
    render: Render | None = None
    find_source: Callable[[str], InventorySource | None] = lambda name: None
    facts: Callable[[str], Mapping[str, Any]] | None = None
    extra_vars: Mapping[str, Any] = field(default_factory=dict)
    use_extra_vars: bool = False
    yaml_extensions: Sequence[str] = (".yaml", ".yml", ".json")
    show_script_errors: bool = True

    def evaluator(self) -> Evaluate:
        """Return the function that evaluates expressions.

        Raises:
            InventoryError: There is none.
        """
        if self.evaluate is None:
            raise InventoryError("This inventory source needs expressions, which cannot be evaluated here.")
        return self.evaluate

    def renderer(self) -> Render:
        """Return the function that renders templates.

        Raises:
            InventoryError: There is none.
        """
        if self.render is None:
            raise InventoryError("This inventory source needs templates, which cannot be rendered here.")
        return self.render
