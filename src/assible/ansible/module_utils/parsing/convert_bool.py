"""Read booleans (documented names: ``boolean``, ``BOOLEANS``, ``BOOLEANS_TRUE``, ``BOOLEANS_FALSE``)."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BOOLEANS_TRUE = frozenset(("y", "yes", "on", "1", "true", "t", 1, 1.0, True))
BOOLEANS_FALSE = frozenset(("n", "no", "off", "0", "false", "f", 0, 0.0, False))
BOOLEANS = BOOLEANS_TRUE | BOOLEANS_FALSE


def boolean(value: "Any", strict: bool = True) -> bool:
    """Return the boolean that a value spells.

    Args:
        strict: Refuse what spells none; otherwise that is false.

    Raises:
        TypeError: It spells none.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    word = value.lower().strip() if isinstance(value, str) else value
    try:
        if word in BOOLEANS_TRUE:
            return True
        if word in BOOLEANS_FALSE or not strict:
            return False
    except TypeError:  # it cannot be hashed: a list or a mapping
        if not strict:
            return False
    raise TypeError("{!r} is not a valid boolean; valid ones are {}".format(value, ", ".join(map(repr, BOOLEANS))))
