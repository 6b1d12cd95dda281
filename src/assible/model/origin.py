"""Where a value was written."""

from __future__ import annotations

from typing import NamedTuple


class Origin(NamedTuple):
    """A position in a source: a file path or a description such as ``<command line>``.

    Attributes:
        path: File path, or a description in angle brackets for what is not a file.
        line: Line, counted from 1; 0 where only the file is known.
        column: Column, counted from 1; 0 where only the line is known.
    """

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        text = self.path
        if self.line:
            text += f":{self.line}"
            if self.column:
                text += f":{self.column}"
        return text
