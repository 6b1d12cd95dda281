"""The Python front door, the only place where the parts are put together."""

from assible.api.plays import Play, Task, template
from assible.api.result import HostsFailedError, Result, RunResult
from assible.api.session import AsyncSession, RunHandle, Session, run, run_module
from assible.api.subscriptions import Subscription
from assible.hosts.inventory import Inventory

__all__ = [
    "AsyncSession",
    "HostsFailedError",
    "Inventory",
    "Play",
    "Result",
    "RunHandle",
    "RunResult",
    "Session",
    "Subscription",
    "Task",
    "run",
    "run_module",
    "template",
]
