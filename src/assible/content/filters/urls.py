"""URLs and their parts."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote_plus, urlsplit

from assible.exceptions import TemplateError

PARTS: Final = ("fragment", "hostname", "netloc", "password", "path", "port", "query", "scheme", "username")


def urldecode(text: str) -> str:
    """Return text with its percent sequences and plus signs decoded."""
    return unquote_plus(text)


def split_url(url: str, query: str = "") -> Any:
    """Return the parts of a URL, or the one asked for."""
    if query and query not in PARTS:
        raise TemplateError(f"a URL has no part {query!r}", hint="its parts are " + ", ".join(PARTS))
    found = urlsplit(url)
    return getattr(found, query) if query else {part: getattr(found, part) for part in PARTS}
