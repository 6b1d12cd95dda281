"""Values of INI inventories: Python literals where they are valid ones, else text."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Any, Final

from assible.model.origin import Origin
from assible.model.text import SourceList, is_templated, source_text, trusted

_NO_LITERAL: Final = re.compile(r"[A-Za-z_][\w./:@-]*|\d+(?:\.\d+){2,}")
_INTEGER: Final = re.compile(r"0|[1-9]\d*")
_WORDS: Final = {"True": True, "False": False, "None": None}


def literal(text: str, origin: Origin) -> Any:
    """Return what a text is as a Python literal (number, string, container, True, None); else the text itself."""
    if _INTEGER.fullmatch(text):
        return int(text)
    if text in _WORDS:
        return _WORDS[text]
    if not text or _NO_LITERAL.fullmatch(text):
        return source_text(text, origin)
    try:
        return _trusted_literal(_evaluate(text), origin)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return source_text(text, origin)


def _evaluate(text: str) -> Any:
    if "\\" not in text and not text[0].isdigit():
        return ast.literal_eval(text)
    with warnings.catch_warnings():  # the compiler complains of odd escapes and numbers
        warnings.simplefilter("ignore")
        return ast.literal_eval(text)


def _trusted_literal(value: Any, origin: Origin) -> Any:
    """Convert a literal's value; refuse the kinds that no variable has."""
    if isinstance(value, (bytes, complex)) or value is Ellipsis:
        raise ValueError(value)
    if isinstance(value, (list, tuple, set)):
        elements = [_trusted_literal(element, origin) for element in value]
        return SourceList(elements, origin, any(map(is_templated, elements)))
    return trusted(value, origin)
