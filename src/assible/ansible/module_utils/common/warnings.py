"""Warnings from code that has no module at hand; they go into the result of the running module."""

from assible.agent.toolkit import notes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple


def warn(warning: str, help_text: "Optional[str]" = None, obj: "Any" = None) -> None:
    """Add a warning to the module's result."""
    notes.add_warning("{} {}".format(warning, help_text) if help_text else warning)


def error_as_warning(
    msg: "Optional[str]", exception: BaseException, help_text: "Optional[str]" = None, obj: "Any" = None
) -> None:
    """Add an exception to the module's result as a warning."""
    warn(": ".join(text for text in (msg, str(exception)) if text), help_text=help_text)


def deprecate(
    msg: str,
    version: "Optional[str]" = None,
    date: "Optional[str]" = None,
    collection_name: "Optional[str]" = None,
    deprecator: "Any" = None,
    help_text: "Optional[str]" = None,
    obj: "Any" = None,
) -> None:
    """Add a note that something will go to the module's result."""
    note = {"msg": msg, "version": version, "date": date, "collection_name": collection_name}
    notes.add_deprecation(dict(note, help_text=help_text) if help_text else note)


def get_warning_messages() -> "Tuple[str, ...]":
    """Return the warnings so far."""
    return tuple(notes.warnings)


def get_deprecation_messages() -> "Tuple[Dict[str, Any], ...]":
    """Return the notes so far."""
    return tuple(notes.deprecations)


def get_warnings() -> "List[str]":
    """Return the warnings so far."""
    return list(notes.warnings)


def get_deprecations() -> "List[Dict[str, Any]]":
    """Return the notes so far."""
    return list(notes.deprecations)
