"""What the oldest Pythons needed (``get_exception``, ``literal_eval``)."""

import sys
from ast import literal_eval

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


def get_exception() -> "Optional[BaseException]":
    """Return the exception that is being handled."""
    return sys.exc_info()[1]


__all__ = ["get_exception", "literal_eval"]
