"""Putting a file together from the fragments in a directory."""

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional


def join(
    directory: str,
    read: "Callable[[str], bytes]",
    delimiter: "Optional[str]" = None,
    pattern: "Optional[str]" = None,
    ignore_hidden: bool = False,
) -> bytes:
    """Return the fragments one after the other, by name; each begins on a line of its own.

    Args:
        directory: Where they are.
        read: Reads one.
        delimiter: Goes between them; ``\\n`` and its like mean what they say.
        pattern: What a fragment's name must hold.
        ignore_hidden: Leave out names that begin with a dot.

    Raises:
        ValueError: The pattern is none.
        OSError: A fragment cannot be read.
    """
    try:
        fits = re.compile(pattern).search if pattern else None
    except re.error as error:
        raise ValueError('Invalid Regexp ({}) in "{}"'.format(error, pattern))
    between = _delimiter(delimiter)
    contents = []
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        if (fits and not fits(name)) or (ignore_hidden and name.startswith(".")) or not os.path.isfile(path):
            continue
        contents.append(read(path))
    ended = [content if content.endswith(b"\n") else content + b"\n" for content in contents[:-1]]
    return between.join(ended + contents[-1:])


def _delimiter(text: "Optional[str]") -> bytes:
    if not text:
        return b""
    raw = text.encode("utf-8", "surrogateescape").decode("unicode_escape").encode("latin-1", "replace")
    return raw if raw.endswith(b"\n") else raw + b"\n"
