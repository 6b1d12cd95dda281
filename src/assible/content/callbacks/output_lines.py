"""Whole lines from the pieces in which the output of running commands comes."""

from __future__ import annotations

from assible.model.events import OutputChunk


class OutputLines:
    """Keeps what is not a whole line yet, for each host and stream."""

    def __init__(self) -> None:
        self._pieces: dict[tuple[str, str], str] = {}

    def take(self, event: OutputChunk) -> list[str]:
        """Return the lines that a piece completes, each with its host."""
        key = (event.host, event.stream)
        *lines, rest = (self._pieces.pop(key, "") + event.text).split("\n")
        if rest:
            self._pieces[key] = rest
        return [self._line(event.host, line) for line in lines]

    def end(self, host: str) -> list[str]:
        """Return what a host's command left without an end of line."""
        if not self._pieces:
            return []
        rests = [self._pieces.pop((host, stream), "") for stream in ("stdout", "stderr")]
        return [self._line(host, rest) for rest in rests if rest]

    @staticmethod
    def _line(host: str, text: str) -> str:
        return f"{host} | {text.removesuffix(chr(13))}"
