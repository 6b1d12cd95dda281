"""The short form of task arguments: ``src=a dest="b c" free form``."""

from __future__ import annotations

import re
from typing import Final

from assible.exceptions import PlaybookError
from assible.model.origin import Origin

FREE_FORM: Final = "_raw_params"

# Options that may stand inside the command line of a free-form module; every other word belongs to the command.
COMMAND_OPTIONS: Final = frozenset(
    {"creates", "removes", "chdir", "executable", "warn", "stdin", "stdin_add_newline", "strip_empty_ends"}
)

_BLOCKS: Final = (("{{", "}}"), ("{%", "%}"), ("{#", "#}"))
_ESCAPE: Final = re.compile(
    r"\\(?:U[0-9a-fA-F]{8}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|N\{[^}]+\}|[\\'\"abfnrtv])",
)
_ESCAPED_EQUALS: Final = re.compile(r"\\{1,2}=")
_EQUALS: Final = re.compile(r"(?<!\\)=")


def parse_key_values(text: str, *, free_form: bool = False, origin: Origin | None = None) -> dict[str, str]:
    r"""Parse ``key=value`` words; what is none of them is kept under ``_raw_params``.

    Values lose their outer quotes and have escapes such as ``\n`` and ``\u00e9`` decoded; the free form is kept as it
    was written, spaces and all.

    Args:
        text: The arguments.
        free_form: The module takes a command line: only the words in `COMMAND_OPTIONS` are options.
        origin: Where the arguments stand, for errors.

    Raises:
        PlaybookError: A quote or a template block is not closed.
    """
    options: dict[str, str] = {}
    rest: list[str] = []
    for word in split_arguments(text, origin=origin):
        decoded = _decode_escapes(word)
        equals = _EQUALS.search(decoded, 1)
        key = decoded[: equals.start()].strip() if equals else ""
        if equals is None or (free_form and key not in COMMAND_OPTIONS):
            rest.append(_ESCAPED_EQUALS.sub("=", word))
        else:
            options[key] = _unquote(decoded[equals.end() :].strip())
    if rest and text:
        options[FREE_FORM] = join_arguments(rest)
    return options


def split_arguments(text: str, *, origin: Origin | None = None) -> list[str]:
    r"""Split text at spaces and line ends, outside quotes and template blocks.

    The words keep what separated them, so that `join_arguments` gives the text back: further spaces and line ends
    stand at the end of the word before them. A backslash that stands alone joins its line to the next.

    Raises:
        PlaybookError: A quote or a template block is not closed.
    """
    splitter = _Splitter()
    lines = text.split("\n")
    for number, line in enumerate(lines):
        splitter.add_line(line, is_last=number == len(lines) - 1)
    if splitter.is_open:
        raise PlaybookError(
            "The arguments have a quotation mark or a template block that is not closed.",
            origin=origin,
            hint="Close it, or write the arguments as a YAML mapping.",
        )
    return splitter.words


def join_arguments(words: list[str]) -> str:
    """Join words that `split_arguments` has made."""
    parts: list[str] = []
    for word in words:
        if parts and not parts[-1].endswith("\n"):
            parts.append(" ")
        parts.append(word)
    return "".join(parts)


class _Splitter:
    """Gathers words line by line; knows which quote and which blocks are open."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._quote = ""
        self._depths = [0] * len(_BLOCKS)

    @property
    def is_open(self) -> bool:
        return bool(self._quote) or any(self._depths)

    def add_line(self, line: str, is_last: bool) -> None:
        continued = False
        for index, token in enumerate(line.split(" ")):
            if token == "\\" and not self._quote:
                continued = True
            elif not token:
                self._add_space(index)
            else:
                self._add_token(token, index)
        if not is_last and not continued:
            self._extend("\n")

    def _add_space(self, index: int) -> None:
        if index:
            self._extend(" ")
        elif not self.words:
            self.words.append("")

    def _add_token(self, token: str, index: int) -> None:
        was_open = self.is_open
        self._quote = _quote_after(token, self._quote)
        for block, (opening, closing) in enumerate(_BLOCKS):
            depth = self._depths[block] + token.count(opening) - token.count(closing)
            self._depths[block] = max(depth, 0)
        if was_open:
            self._extend(f" {token}" if index else token)
        else:
            self.words.append(token)

    def _extend(self, text: str) -> None:
        if self.words:
            self.words[-1] += text
        else:
            self.words.append(text)


def _quote_after(token: str, quote: str) -> str:
    """Return the quotation mark that is open after a token; a mark after a backslash counts for nothing."""
    before = ""
    for character in token:
        if character in "\"'" and before != "\\":
            if not quote:
                quote = character
            elif quote == character:
                quote = ""
        before = character
    return quote


def _decode_escapes(text: str) -> str:
    return _ESCAPE.sub(_decode_escape, text) if "\\" in text else text


def _decode_escape(match: re.Match[str]) -> str:
    try:
        return match[0].encode("ascii").decode("unicode_escape")
    except UnicodeError:  # no character of that name or number
        return match[0]


def _unquote(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text
