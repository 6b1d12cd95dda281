"""What a lookup is: it turns terms into values, on the controller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class RenderContext(Protocol):
    """What lookups may ask of the run; the engine hangs one on each scope.

    A context may also have ``basedir`` (the playbook's directory; else the last search directory), ``env`` (the
    controller's environment; else the process's) and ``source_kind`` (the folder that ``first_found`` prefers:
    ``files``, ``templates``, ``vars`` or ``tasks``; else ``files``).
    """

    @property
    def search_dirs(self) -> tuple[str, ...]:
        """Return where ``files``, ``templates`` and ``vars`` are looked for, in order."""
        ...

    @property
    def templar(self) -> Any:
        """Return the templar of the run."""
        ...

    def read_file(self, path: str) -> bytes:
        """Return a file's content, decrypted where it is vaulted."""
        ...

    def warn(self, text: str) -> None: ...

    def match_hosts(self, pattern: str) -> list[str]:
        """Return the names of the hosts that match a pattern, in the order of the inventory."""
        ...

    def setting(self, name: str) -> Any:
        """Return a setting's value.

        Raises:
            KeyError: where there is no setting of that name.
        """
        ...

    def setting_origin(self, name: str) -> str:
        """Return where a setting's value was set; ``default`` where nothing sets it."""
        ...


@dataclass(frozen=True, slots=True)
class LookupCall:
    """One call of a lookup.

    Attributes:
        options: The options as they were given.
        scope: The variables that the calling template sees.
        context: What may be asked of the run.
        search_dirs: Where ``files``, ``templates`` and ``vars`` are looked for, in order.
        basedir: The playbook's directory.
        env: The environment of the controller.
    """

    options: Mapping[str, Any]
    scope: Any
    context: RenderContext
    search_dirs: tuple[str, ...]
    basedir: str
    env: Mapping[str, str]

    def render(self, value: Any) -> Any:
        """Render a source value in the caller's scope."""
        return self.context.templar.render(value, self.scope)

    def read_file(self, path: str, encoding: str = "utf-8") -> str:
        """Return a file's text, decrypted where it is vaulted."""
        return self.context.read_file(path).decode(encoding, "surrogateescape")


class Lookup(Protocol):
    """Gives values for terms. It may block: it is never called on the event loop."""

    def __call__(self, terms: list[Any], call: LookupCall) -> list[Any]: ...
