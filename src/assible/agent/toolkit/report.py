"""A module's result on its way out: secrets masked, anything made JSON."""

import json
import os
import sys

from assible.agent import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Set

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
STARS = "********"


def emit(result: "Dict[str, Any]") -> None:
    """Write a result to the agent, or to stdout where there is none."""
    text = to_text(result)
    if current.result_fd is None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
        return
    view = memoryview(text.encode("utf-8", "surrogatepass"))
    while view:
        view = view[os.write(current.result_fd, view) :]


def to_text(result: "Dict[str, Any]") -> str:
    """Return a result as JSON."""
    return json.dumps(result, default=_plain)


def masked(value: "Any", secrets: "Iterable[str]") -> "Any":
    """Return a value without the secrets: hidden where it is one, starred where it holds one.

    Keys of mappings stay as they are.
    """
    ordered = sorted((secret for secret in set(secrets) if secret), key=len, reverse=True)
    return _masked(value, ordered) if ordered else value


def _masked(value: "Any", secrets: "List[str]") -> "Any":
    if isinstance(value, dict):
        return {key: _masked(item, secrets) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked(item, secrets) for item in value]
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if isinstance(value, str):
        return _masked_text(value, secrets)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and str(value) in secrets:
        return HIDDEN
    return value


def _masked_text(text: str, secrets: "List[str]") -> str:
    for secret in secrets:
        if text == secret:
            return HIDDEN
        text = text.replace(secret, STARS)
    return text


def secret_values(value: "Any") -> "Set[str]":
    """Return every text and number inside a value that must not be shown; truth values are never secret."""
    if isinstance(value, dict):
        return set().union(*(secret_values(item) for item in value.values())) if value else set()
    if isinstance(value, (list, tuple, set)):
        return set().union(*(secret_values(item) for item in value)) if value else set()
    if value is None or isinstance(value, bool):
        return set()
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    text = str(value)
    return {text} if text else set()


def _plain(value: "Any") -> "Any":
    """Return something that JSON has for a value that it has not."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "items"):
        return dict(value.items())
    if hasattr(value, "__iter__"):
        return list(value)
    return str(value)
