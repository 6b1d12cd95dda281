"""Lazy views of containers that hold templates, and the way back to plain values.

Invariant: a plain ``dict``, ``list`` or ``tuple`` never holds a view. Views stand only where a container from a source
was read, and are forced before anything but a template sees them.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, Sequence, ValuesView
from datetime import date, datetime
from typing import Any, Final, Protocol

from jinja2.runtime import Undefined

from assible.exceptions import TemplateError
from assible.model.text import SourceDict, SourceList, SourceText, VaultedText
from assible.templating.scope import MISSING, OMIT, Scope
from assible.templating.undefined import Missing, fail


class CellRenderer(Protocol):
    """Renders one raw value; what fails becomes a marker, so this never raises a template error."""

    def cell(self, value: Any, scope: Scope) -> Any: ...


class LazyMapping(Mapping[Any, Any]):
    """A mapping from a source whose values are rendered when they are read."""

    __slots__ = ("_cells", "_forced", "_renderer", "_scope", "_source")

    def __init__(self, source: SourceDict, scope: Scope, renderer: CellRenderer) -> None:
        self._source = source
        self._scope = scope
        self._renderer = renderer
        self._cells: dict[Any, Any] = {}
        self._forced: dict[Any, Any] | None = None

    def __getitem__(self, key: Any) -> Any:
        value = self._cells.get(key, MISSING)
        if value is MISSING:
            value = self._cells[key] = self._renderer.cell(self._source[key], self._scope)
        return value

    def __iter__(self) -> Iterator[Any]:
        return iter(self._source)

    def __len__(self) -> int:
        return len(self._source)

    def __contains__(self, key: object) -> bool:
        return key in self._source

    def force(self) -> dict[Any, Any]:
        """Return everything rendered, as plain containers; what could not be rendered stays as a marker."""
        if self._forced is None:
            self._forced = {key: force(self[key]) for key in self._source}
        return self._forced

    def __eq__(self, other: object) -> bool:
        return bool(self.force() == force(other))

    __hash__ = None  # type: ignore[assignment]  # as a dict

    def __or__(self, other: Any) -> Any:
        return self.force() | force(other)

    def __ror__(self, other: Any) -> Any:
        return other | self.force()

    def __repr__(self) -> str:
        return repr(plain(self.force()))


class LazySequence(Sequence[Any]):
    """A sequence from a source whose elements are rendered when they are read."""

    __slots__ = ("_cells", "_forced", "_renderer", "_scope", "_source")

    def __init__(self, source: SourceList, scope: Scope, renderer: CellRenderer) -> None:
        self._source = source
        self._scope = scope
        self._renderer = renderer
        self._cells: list[Any] = [MISSING] * len(source)
        self._forced: list[Any] | None = None

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [force(self[position]) for position in range(*index.indices(len(self._cells)))]
        value = self._cells[index]
        if value is MISSING:
            value = self._cells[index] = self._renderer.cell(self._source[index], self._scope)
        return value

    def __len__(self) -> int:
        return len(self._cells)

    def force(self) -> list[Any]:
        """Return everything rendered, as plain containers; what could not be rendered stays as a marker."""
        if self._forced is None:
            self._forced = [force(element) for element in self]
        return self._forced

    def __eq__(self, other: object) -> bool:
        return bool(self.force() == force(other))

    __hash__ = None  # type: ignore[assignment]  # as a list

    def __add__(self, other: Any) -> Any:
        return self.force() + force(other)

    def __radd__(self, other: Any) -> Any:
        return other + self.force()

    def __mul__(self, times: Any) -> Any:
        return self.force() * times

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return repr(plain(self.force()))


def force(value: Any) -> Any:
    """Return a view's plain containers; anything else as it is."""
    kind = type(value)
    if kind is LazyMapping or kind is LazySequence:
        return value.force()
    return value


def listed(value: Any) -> Any:
    """Return a list of what can be read only once or changes under the reader: iterators and dictionary views."""
    if isinstance(value, (Iterator, KeysView, ItemsView, ValuesView)):
        return list(value)
    return value


_ATOMS: Final = frozenset({str, int, float, bool, type(None), SourceText, datetime, date, type(OMIT)})


def plain(value: Any, keep_markers: bool = False) -> Any:
    """Return plain Python all the way down, without the entries that are `OMIT`.

    Args:
        value: What a template gave.
        keep_markers: Leave markers and `OMIT` where they are, for a value that is still inside a template.

    Raises:
        UndefinedVariableError: where an undefined value stands anywhere inside.
        TemplateError: where something stands inside that is not data.
    """
    kind = type(value)
    if kind in _ATOMS:
        return value
    reader = _READERS.get(kind)
    return reader(value, keep_markers) if reader is not None else _plain_other(value, keep_markers)


def _plain_mapping(value: Mapping[Any, Any], keep: bool) -> Any:
    items = {key: element if type(element) in _ATOMS else plain(element, keep) for key, element in value.items()}
    return items if keep else {key: element for key, element in items.items() if element is not OMIT}


def _plain_elements(value: Any, keep: bool) -> Any:
    elements = [element if type(element) in _ATOMS else plain(element, keep) for element in value]
    return elements if keep else [element for element in elements if element is not OMIT]


def _plain_source(value: Any, keep: bool) -> Any:
    """Hand out a container from a source: by construction it is data, so there is nothing to convert."""
    return value


def _plain_view(value: Any, keep: bool) -> Any:
    return value if keep else plain(value.force())


def _plain_vaulted(value: VaultedText, keep: bool) -> Any:
    """Open what a filter has sealed: it comes out as data, never as a template."""
    return value if keep else str(value.reveal())


def _plain_bytes(value: bytes, keep: bool) -> str:
    return value.decode("utf-8", "surrogateescape")


_READERS: Final[dict[type, Callable[[Any, bool], Any]]] = {
    dict: _plain_mapping,
    list: _plain_elements,
    tuple: _plain_elements,
    set: _plain_elements,
    frozenset: _plain_elements,
    SourceDict: _plain_source,
    SourceList: _plain_source,
    LazyMapping: _plain_view,
    LazySequence: _plain_view,
    VaultedText: _plain_vaulted,
    bytes: _plain_bytes,
}


def _plain_other(value: Any, keep: bool) -> Any:
    if isinstance(value, Undefined):
        if not keep:
            fail(value)
        return value if isinstance(value, Missing) else Missing(value._undefined_message)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        # A computed mapping (the variables of a host) stays one while templates look into it.
        return value if keep else _plain_mapping(value, keep)
    if isinstance(value, (list, tuple, Iterator, KeysView, ItemsView, ValuesView)):
        return _plain_elements(value, keep)
    if isinstance(value, Sequence) and not isinstance(value, range):
        return value if keep else _plain_elements(value, keep)
    if keep or isinstance(value, (int, float, date)):
        return value
    raise TemplateError(
        f"a template gave a value of type {type(value).__name__!r}, which is not data",
        hint="call it, or turn it into a list or a string with a filter",
    )


def text_of(value: Any) -> str:
    """Return the text of one part of a template that has several parts."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]  # kind says so
    if value is None or value is OMIT:
        return ""
    if isinstance(value, Undefined):
        # Jinja's own undefined, of an inline "if" without "else", is the empty text; ours raises.
        return str(value)
    if kind in _READERS:
        value = plain(value)
    return str(value)


def joined(values: Iterable[Any]) -> Any:
    """Put a template's parts together: one gives its own value, several give text, and None counts for nothing."""
    parts = [part for part in values if part is not None]
    if len(parts) == 1:
        return parts[0]
    return "".join([text_of(part) for part in parts]) if parts else None
