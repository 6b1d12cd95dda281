"""Warnings and deprecations on the way into the running module's result.

State of the module's process: a forked child runs one module and ends.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

warnings: "List[str]" = []
deprecations: "List[Dict[str, Any]]" = []


def add_warning(text: str) -> None:
    """Keep a warning, once."""
    if text not in warnings:
        warnings.append(text)


def add_deprecation(note: "Dict[str, Any]") -> None:
    """Keep a note that something will go, once."""
    if note not in deprecations:
        deprecations.append(note)
