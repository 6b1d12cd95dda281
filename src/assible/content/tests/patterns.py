"""Regular expressions as tests."""

from __future__ import annotations

import re
from typing import Any, Final

from assible.exceptions import TemplateError

_METHODS: Final = ("search", "match", "fullmatch")


def regex(
    value: Any = "", pattern: Any = "", ignorecase: bool = False, multiline: bool = False, match_type: str = "search"
) -> bool:
    """Tell whether a regular expression matches, anywhere unless asked otherwise."""
    if match_type not in _METHODS:
        raise TemplateError(f"'match_type' has no value {match_type!r}", hint="it is one of " + ", ".join(_METHODS))
    flags = (re.IGNORECASE if ignorecase else 0) | (re.MULTILINE if multiline else 0)
    return getattr(re.compile(str(pattern), flags), match_type)(str(value)) is not None


def match(value: Any, pattern: Any = "", ignorecase: bool = False, multiline: bool = False) -> bool:
    """Tell whether a regular expression matches at the start."""
    return regex(value, pattern, ignorecase, multiline, "match")


def search(value: Any, pattern: Any = "", ignorecase: bool = False, multiline: bool = False) -> bool:
    """Tell whether a regular expression matches anywhere."""
    return regex(value, pattern, ignorecase, multiline, "search")
