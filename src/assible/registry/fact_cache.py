"""Fact caches: the Protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class FactCache(Protocol):
    """Keeps facts by host, between runs. May be called from several threads."""

    def get(self, host: str) -> Mapping[str, Any] | None:
        """Return what is kept of a host; None where that is nothing, or too old."""
        ...

    def set(self, host: str, facts: Mapping[str, Any]) -> None:
        """Add facts to what is kept of a host."""
        ...

    def delete(self, host: str) -> None:
        """Forget a host."""
        ...
