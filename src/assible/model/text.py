"""Values that come from source files, and what is trusted about them.

Trust is a type. Only what a person wrote in a playbook, a variables file or an inventory becomes one of these
types; text that comes from a host, a fact or a lookup stays plain ``str`` and is never rendered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from assible.model.origin import Origin

TEMPLATE_MARKERS = ("{{", "{%", "{#")


class SourceText(str):
    """A string written in a source file: trusted, and it knows where it stands."""

    __slots__ = ("origin",)
    origin: Origin | None

    def __new__(cls, value: str, origin: Origin | None = None) -> SourceText:
        self = super().__new__(cls, value)
        self.origin = origin
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (str(self), self.origin))


class TemplateText(SourceText):
    """A string from a source that holds a Jinja marker. Only this type is ever rendered."""

    __slots__ = ()

    def __new__(cls, value: str, origin: Origin | None = None) -> TemplateText:
        self = str.__new__(cls, value)
        self.origin = origin
        return self


class VaultedText:
    """An encrypted scalar (``!vault``): decrypted when it is read, never shown.

    ``reveal()`` returns the decrypted value as source text (a `TemplateText` where it holds markers) and keeps it.

    Raises:
        VaultError: from ``reveal`` where no known secret opens it.
    """

    __slots__ = ("_decrypt", "_value", "ciphertext", "origin")

    def __init__(self, ciphertext: str, decrypt: Callable[[str], str], origin: Origin | None = None) -> None:
        self.ciphertext = ciphertext
        self.origin = origin
        self._decrypt = decrypt
        self._value: SourceText | None = None

    def reveal(self) -> SourceText:
        if self._value is None:
            self._value = source_text(self._decrypt(self.ciphertext), self.origin)
        return self._value

    def __repr__(self) -> str:
        return "<vaulted text>"


class SourceDict(dict[Any, Any]):
    """A mapping from a source: its place, its keys' places, and whether anything inside must be rendered.

    Attributes:
        origin: Where the mapping starts.
        key_places: ``(line, column)`` of each key.
        templated: True where a `TemplateText` or `VaultedText` stands anywhere inside.
    """

    __slots__ = ("key_places", "origin", "templated")

    def __init__(
        self,
        items: Mapping[Any, Any] | Iterable[tuple[Any, Any]] = (),
        origin: Origin | None = None,
        key_places: Mapping[Any, tuple[int, int]] | None = None,
        templated: bool = False,
    ) -> None:
        super().__init__(items)
        self.origin = origin
        self.key_places = key_places or {}
        self.templated = templated

    def key_origin(self, key: object) -> Origin | None:
        """Return where a key stands; the mapping's own place where the key has none."""
        place = self.key_places.get(key)
        if place is None or self.origin is None:
            return self.origin
        return Origin(self.origin.path, *place)


class SourceList(list[Any]):
    """A sequence from a source; see `SourceDict`."""

    __slots__ = ("origin", "templated")

    def __init__(self, items: Iterable[Any] = (), origin: Origin | None = None, templated: bool = False) -> None:
        super().__init__(items)
        self.origin = origin
        self.templated = templated


def has_template_marker(text: str) -> bool:
    """Tell whether text holds ``{{``, ``{%`` or ``{#``."""
    return "{" in text and ("{{" in text or "{%" in text or "{#" in text)


def source_text(text: str, origin: Origin | None = None) -> SourceText:
    """Return trusted text: a `TemplateText` where it holds a marker, else a `SourceText`."""
    return TemplateText(text, origin) if has_template_marker(text) else SourceText(text, origin)


def is_templated(value: object) -> bool:
    """Tell whether a value must be rendered before use. Constant time for values from sources.

    Plain ``dict`` and ``list`` come from hosts or Python and hold no templates; use `trusted` to convert such data.
    """
    kind = type(value)
    if kind is TemplateText or kind is VaultedText:
        return True
    if kind is SourceDict or kind is SourceList:
        return value.templated  # type: ignore[attr-defined, no-any-return]  # both kinds have it
    return False


def trusted(value: object, origin: Origin | None = None) -> Any:
    """Convert plain data that a person supplied (JSON inventory, API arguments, ``-e``) into source values.

    Strings become `SourceText`/`TemplateText`, containers `SourceDict`/`SourceList`; what is already a source value
    stays as it is.
    """
    kind = type(value)
    if kind is str:
        return source_text(value, origin)  # type: ignore[arg-type]  # kind says it is a str
    if isinstance(value, (SourceDict, SourceList)):
        return value
    if isinstance(value, Mapping):
        items = {(str(k) if isinstance(k, str) else k): trusted(v, origin) for k, v in value.items()}
        return SourceDict(items, origin, templated=any(is_templated(v) for v in items.values()))
    if isinstance(value, (list, tuple)):
        elements = [trusted(v, origin) for v in value]
        return SourceList(elements, origin, templated=any(is_templated(v) for v in elements))
    return value
