"""Sizes that people write, such as ``1.5K`` or ``2 Gb``, and numbers in the form that people read."""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

#: Unit -> the power of two that it stands for, largest first.
POWERS = {"Y": 80, "Z": 70, "E": 60, "P": 50, "T": 40, "G": 30, "M": 20, "K": 10, "B": 0}
RANGES: "Dict[str, int]" = {unit: 1 << power for unit, power in POWERS.items()}
WORDS = {
    "B": "",
    "K": "kilo",
    "M": "mega",
    "G": "giga",
    "T": "tera",
    "P": "peta",
    "E": "exa",
    "Z": "zetta",
    "Y": "yotta",
}
_NUMBER = re.compile(r"(?a)(\d*\.?\d*)\s*([A-Za-z]+)?")


def parse(text: "Any", unit: "Optional[str]" = None, bits: bool = False) -> int:
    """Return the whole number that a size means.

    Args:
        text: A number, a unit or nothing after it.
        unit: The unit where none is written.
        bits: Read ``b`` and ``bit`` as the unit; otherwise ``B`` and ``byte``.

    Raises:
        ValueError: It is no size, or one of the other kind.
    """
    match = _NUMBER.fullmatch(str(text))
    try:
        number = float(match.group(1)) if match else None
    except ValueError:
        number = None
    if match is None or number is None:
        raise ValueError("{!r} does not begin with a number".format(text))
    written = match.group(2) or unit
    if written is None:
        return round(number)
    prefix = written[0].upper()
    if prefix not in RANGES:
        raise ValueError("{!r} has a unit that is none of {}".format(text, ", ".join(RANGES)))
    if len(written) > 1 and not _fits(written, prefix, bits):
        raise ValueError("{!r} is no number of {}".format(text, "bits" if bits else "bytes"))
    return round(number * RANGES[prefix])


def _fits(written: str, prefix: str, bits: bool) -> bool:
    """Tell whether a unit of several letters is one of the kind that is asked for."""
    letter, word = ("b", "bit") if bits else ("B", "byte")
    if prefix == "B":
        return written.lower() == word
    return written.lower() == WORDS[prefix] + word or (len(written) == 2 and written[1] == letter)


def describe(size: "Any", bits: bool = False, unit: "Optional[str]" = None) -> str:
    """Return a size in words, such as ``1.50 KB``; in the largest unit that fits where none is named."""
    base = "bits" if bits else "Bytes"
    chosen, factor = "B", 1
    for letter, value in RANGES.items():
        if (unit is None and size >= value) or (unit is not None and unit.upper() == letter):
            chosen, factor = letter, value
            break
    name = base if chosen == "B" else chosen + base[0]
    return "{:.2f} {}".format(size / float(factor), name)
