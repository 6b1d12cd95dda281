"""Blocks, as programs and plugins read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Block:
    """Tasks that belong together."""

    def __init__(self, block: Sequence[Any] = (), name: str = "") -> None:
        self.block = list(block)
        self.rescue: list[Any] = []
        self.always: list[Any] = []
        self.name = name

    def get_tasks(self) -> list[Any]:
        """Return the tasks."""
        return [*self.block, *self.rescue, *self.always]

    def has_tasks(self) -> bool:
        """Tell whether there are any tasks."""
        return bool(self.get_tasks())

    def get_name(self) -> str:
        """Return the block's name."""
        return self.name

    def __repr__(self) -> str:
        return f"BLOCK({self.name or len(self.block)})"


__all__ = ["Block"]
