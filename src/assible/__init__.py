"""IT automation that runs Ansible content, with a typed Python API.

Everything public is imported when it is first used: ``import assible`` itself costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assible._names import bind as _bind_classic_names
from assible._version import __version__

if TYPE_CHECKING:
    from assible import exceptions
    from assible.api import (
        AsyncSession,
        HostsFailedError,
        Inventory,
        Play,
        Result,
        RunHandle,
        RunResult,
        Session,
        Subscription,
        Task,
        run,
        run_module,
        template,
    )
    from assible.exceptions import AssibleError, PlaybookError
    from assible.model import events

_API = frozenset(
    {
        "AsyncSession", "HostsFailedError", "Inventory", "Play", "Result", "RunHandle", "RunResult", "Session",
        "Subscription", "Task", "run", "run_module", "template",
    }
)  # fmt: skip

__all__ = [
    "AssibleError",
    "AsyncSession",
    "HostsFailedError",
    "Inventory",
    "Play",
    "PlaybookError",
    "Result",
    "RunHandle",
    "RunResult",
    "Session",
    "Subscription",
    "Task",
    "__version__",
    "events",
    "exceptions",
    "run",
    "run_module",
    "template",
]


_bind_classic_names()


def __getattr__(name: str) -> Any:
    if name in _API:
        from assible import api

        return getattr(api, name)
    if name == "events":
        from assible.model import events

        return events
    if name in ("AssibleError", "PlaybookError"):
        from assible import exceptions

        return getattr(exceptions, name)
    raise AttributeError(f"module 'assible' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
