"""Dates in UTC (documented names of ansible-core 2.17 to 2.20)."""

from datetime import datetime, timezone

UTC = timezone.utc


def utcfromtimestamp(timestamp: float) -> datetime:
    """Return a date with its time zone."""
    return datetime.fromtimestamp(timestamp, UTC)


def utcnow() -> datetime:
    """Return now, with its time zone."""
    return datetime.now(UTC)
