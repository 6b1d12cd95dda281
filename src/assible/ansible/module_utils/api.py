"""Talk to services: options, limits of speed, and trying again (documented as ``module_utils.api``)."""

import functools
import random
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, Iterator, Optional


def rate_limit_argument_spec(spec: "Optional[Dict[str, Any]]" = None) -> "Dict[str, Any]":
    """Return the options of a limited caller, and those of a spec."""
    return dict({"rate": {"type": "int"}, "rate_limit": {"type": "int"}}, **(spec or {}))


def retry_argument_spec(spec: "Optional[Dict[str, Any]]" = None) -> "Dict[str, Any]":
    """Return the options of a caller that tries again, and those of a spec."""
    return dict({"retries": {"type": "int"}, "retry_pause": {"type": "float", "default": 1}}, **(spec or {}))


def basic_auth_argument_spec(spec: "Optional[Dict[str, Any]]" = None) -> "Dict[str, Any]":
    """Return the options of a caller that logs in, and those of a spec."""
    options: "Dict[str, Any]" = {
        "api_username": {"type": "str"},
        "api_password": {"type": "str", "no_log": True},
        "api_url": {"type": "str"},
        "validate_certs": {"type": "bool", "default": True},
    }
    return dict(options, **(spec or {}))


def rate_limit(rate: "Optional[int]" = None, rate_limit: "Optional[int]" = None) -> "Callable[..., Any]":
    """Make a decorator that lets a function be called ``rate`` times in ``rate_limit`` seconds, and waits otherwise."""
    interval = float(rate_limit) / float(rate) if rate is not None and rate_limit is not None else 0.0

    def decorate(function: "Callable[..., Any]") -> "Callable[..., Any]":
        last = [0.0]

        @functools.wraps(function)
        def limited(*args: "Any", **options: "Any") -> "Any":
            wait = interval - (time.monotonic() - last[0]) if last[0] else 0.0
            if wait > 0:
                time.sleep(wait)
            last[0] = time.monotonic()
            return function(*args, **options)

        return limited

    return decorate


def retry(retries: "Optional[int]" = None, retry_pause: float = 1) -> "Callable[..., Any]":
    """Make a decorator that calls a function until it returns something, ``retries`` times at most.

    Exceptions count as nothing. Without ``retries`` it is called once.
    """

    def decorate(function: "Callable[..., Any]") -> "Callable[..., Any]":
        @functools.wraps(function)
        def persistent(*args: "Any", **options: "Any") -> "Any":
            if retries is None:
                return function(*args, **options)
            for _ in range(retries):
                try:
                    result = function(*args, **options)
                except Exception:  # a foreign function: any failure is a reason to try again
                    result = None
                if result:
                    return result
                time.sleep(retry_pause)
            raise Exception("given up after {} attempts".format(retries))

        return persistent

    return decorate


def generate_jittered_backoff(retries: int = 10, delay_base: int = 3, delay_threshold: int = 60) -> "Iterator[int]":
    """Yield random pauses whose upper bound doubles each time, up to a threshold."""
    chance = random.SystemRandom()
    for attempt in range(retries):
        yield chance.randint(0, min(delay_threshold, delay_base * 2**attempt))


def retry_never(exception_or_result: "Any") -> bool:
    """Tell that nothing is worth another attempt."""
    return False


def retry_with_delays_and_condition(
    backoff_iterator: "Iterable[float]", should_retry_error: "Optional[Callable[[Any], bool]]" = None
) -> "Callable[..., Any]":
    """Make a decorator that calls a function again after each pause, while its exceptions are worth that.

    Args:
        backoff_iterator: The pauses; after the last of them comes the last call.
        should_retry_error: Tells whether an exception is worth another attempt; by default none is.
    """
    worth = should_retry_error or retry_never

    def decorate(function: "Callable[..., Any]") -> "Callable[..., Any]":
        @functools.wraps(function)
        def persistent(*args: "Any", **options: "Any") -> "Any":
            for delay in backoff_iterator:
                try:
                    return function(*args, **options)
                except Exception as error:  # a foreign function: its caller says which failures count
                    if not worth(error):
                        raise
                time.sleep(delay)
            return function(*args, **options)

        return persistent

    return decorate
