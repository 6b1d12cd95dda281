"""Moments and their texts."""

from __future__ import annotations

from datetime import UTC, datetime
from time import time
from typing import Any

from assible.exceptions import TemplateError


def strftime(string_format: str, second: Any = None, utc: bool = False) -> str:
    """Return a moment, given in seconds since 1970 or else the present one, in a format."""
    try:
        seconds = time() if second is None else float(second)
    except (TypeError, ValueError) as error:
        raise TemplateError("the moment is not a number of seconds") from error
    moment = datetime.fromtimestamp(seconds, UTC) if utc else datetime.fromtimestamp(seconds)
    return moment.strftime(string_format)


def to_datetime(text: str, format: str = "%Y-%m-%d %H:%M:%S") -> datetime:
    """Return the moment that a text means in a format."""
    return datetime.strptime(text, format)
