"""The standard library's ``selectors``."""

import selectors

__all__ = ["selectors"]
