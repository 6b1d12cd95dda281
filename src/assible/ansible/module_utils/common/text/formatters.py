"""Sizes in words (documented: ``human_to_bytes``, ``bytes_to_human``, ``lenient_lowercase``)."""

from assible.agent.toolkit import sizes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional

SIZE_RANGES = sizes.RANGES
VALID_UNITS = {
    unit: ((word + "byte", (unit + "B") if word else "B"), (word + "bit", (unit + "b") if word else "b"))
    for unit, word in sizes.WORDS.items()
}


def human_to_bytes(number: "Any", default_unit: "Optional[str]" = None, isbits: bool = False) -> int:
    """Return the number that words such as ``1.5K`` mean.

    Args:
        default_unit: The unit where none is written.
        isbits: Read bits (``Kb``, ``kilobit``) instead of bytes.

    Raises:
        ValueError: They are no size.
    """
    return sizes.parse(number, default_unit, isbits)


def bytes_to_human(size: "Any", isbits: bool = False, unit: "Optional[str]" = None) -> str:
    """Return a size in words, such as ``1.50 KB``; in ``unit`` where that is named."""
    return sizes.describe(size, isbits, unit)


def lenient_lowercase(lst: "List[Any]") -> "List[Any]":
    """Return a list with its texts in lower case; other values stay."""
    return [value.lower() if hasattr(value, "lower") else value for value in lst]
