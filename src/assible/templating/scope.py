"""Variables in layers, as a template sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final


class _Sentinel:
    """A value that is only ever compared by identity."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name

    def __copy__(self) -> _Sentinel:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> _Sentinel:
        return self


MISSING: Final[Any] = _Sentinel("<missing>")
OMIT: Final[Any] = _Sentinel("<<Omit>>")


class Scope:
    """Variables in layers, highest precedence first.

    A name is looked up from the top; its value is rendered when it is read, once per scope.

    Attributes:
        layers: The mappings, highest precedence first. They are read, never changed.
        rendered: Values that were read already, by name; filled by the templar.
        context: What lookups may ask of the run, or None where there is no run.
    """

    __slots__ = ("context", "layers", "rendered")

    def __init__(self, layers: tuple[Mapping[str, Any], ...], context: Any = None) -> None:
        self.layers = layers
        self.rendered: dict[str, Any] = {}
        self.context = context

    def find(self, name: str) -> Any:
        """Return the raw value from the first layer that has the name, or `MISSING`."""
        for layer in self.layers:
            value = layer.get(name, MISSING)
            if value is not MISSING:
                return value
        return MISSING

    def child(self, *layers: Mapping[str, Any]) -> Scope:
        """Return a scope with the given layers on top; nothing that was rendered here is taken over."""
        return Scope((*layers, *self.layers), self.context)

    def names(self) -> Iterator[str]:
        """Yield every name once, in order of precedence."""
        seen: set[str] = set()
        for layer in self.layers:
            for name in layer:
                if name not in seen:
                    seen.add(name)
                    yield name
