"""URIs: URLs and URNs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit


def _parts(value: Any) -> SplitResult | None:
    try:
        return urlsplit(str(value))
    except ValueError:
        return None


def uri(value: Any, schemes: Sequence[str] | None = None) -> bool:
    """Tell whether text is a URI, of one of the given schemes where there are any."""
    parts = _parts(value)
    return parts is not None and (not schemes or parts.scheme in schemes)


def url(value: Any, schemes: Sequence[str] | None = None) -> bool:
    """Tell whether text is a URL: it names a place, or is a file's."""
    parts = _parts(value)
    return uri(value, schemes) and parts is not None and bool(parts.netloc or parts.scheme.lower() == "file")


def urn(value: Any) -> bool:
    """Tell whether text is a URN."""
    return uri(value, ["urn"])
