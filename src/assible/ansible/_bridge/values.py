"""Values between programs and sources: what is text, what is a template, what a vault hides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assible.exceptions import VaultError
from assible.model.origin import Origin
from assible.model.text import SourceDict, SourceList, SourceText, TemplateText, VaultedText, is_templated

ORIGIN = Origin("<python>")


def as_data(value: Any) -> Any:
    """Return a value of a source as plain data: no templates, and opened what a vault hides and a secret opens."""
    if isinstance(value, VaultedText):
        try:
            return str(value.reveal())
        except VaultError:
            return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {as_data(key): as_data(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_data(item) for item in value]
    return value


def revealed(value: Any) -> Any:
    """Return a value with what a vault hides opened; templates stay what they are."""
    if isinstance(value, VaultedText):
        return value.reveal()
    if not is_templated(value):
        return value
    if isinstance(value, SourceDict):
        return SourceDict({key: revealed(item) for key, item in value.items()}, value.origin, value.key_places, True)
    if isinstance(value, SourceList):
        return SourceList([revealed(item) for item in value], value.origin, True)
    return value


def as_source(value: Any) -> Any:
    """Return a program's data as a source: only what it trusts is a template."""
    if type(value) is str:
        return SourceText(value, ORIGIN)
    if isinstance(value, Mapping):
        items = {(SourceText(k, ORIGIN) if type(k) is str else k): as_source(item) for k, item in value.items()}
        origin = getattr(value, "origin", None) or ORIGIN
        return SourceDict(items, origin, getattr(value, "key_places", None), any(map(is_templated, items.values())))
    if isinstance(value, (list, tuple, set, frozenset)):
        elements = [as_source(item) for item in value]
        return SourceList(elements, getattr(value, "origin", None) or ORIGIN, any(map(is_templated, elements)))
    return value


def is_trusted(value: Any) -> bool:
    """Tell whether a value would be rendered if it held a template."""
    return isinstance(value, (SourceText, TemplateText))
