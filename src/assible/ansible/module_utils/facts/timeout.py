"""Ending what takes too long (documented: ``timeout``, ``TimeoutError``)."""

import functools
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional

GATHER_TIMEOUT: "Optional[int]" = None
DEFAULT_GATHER_TIMEOUT = 10


class TimeoutError(Exception):
    """It took too long."""


def timeout(seconds: "Any" = None, error_message: str = "it took too long") -> "Callable[..., Any]":
    """Make a decorator after whose seconds a call raises `TimeoutError`; what was called goes on unseen.

    Args:
        seconds: None is the limit for facts. A function is decorated at once.
    """

    def decorate(function: "Callable[..., Any]") -> "Callable[..., Any]":
        @functools.wraps(function)
        def limited(*args: "Any", **options: "Any") -> "Any":
            limit = (GATHER_TIMEOUT or DEFAULT_GATHER_TIMEOUT) if seconds is None or callable(seconds) else seconds
            return _call(function, args, options, limit, error_message)

        return limited

    return decorate(seconds) if callable(seconds) else decorate


def _call(function: "Callable[..., Any]", args: "Any", options: "Any", limit: float, message: str) -> "Any":
    outcome: "Dict[str, Any]" = {}

    def work() -> None:
        try:
            outcome["value"] = function(*args, **options)
        except BaseException as error:  # handed on to who called
            outcome["error"] = error

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(limit)
    if thread.is_alive():
        raise TimeoutError("{} after {} seconds".format(message, limit))
    if "error" in outcome:
        raise outcome["error"]
    return outcome["value"]
