"""Actions: what a task does. The Protocol, and what an action is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from assible.engine.context import find_source
from assible.exceptions import ActionError
from assible.model.play import Task
from assible.templating.scope import Scope

if TYPE_CHECKING:
    from assible.engine.execute import TaskRun
    from assible.engine.hosts import HostRun
    from assible.engine.run import Run
    from assible.transport.connection import Connection


class Action(Protocol):
    """What a task does on one host: arguments in, result data out.

    Raises:
        ActionError: The task fails on this host.
        TransportError: The host is unreachable.
        Cancellation stops what runs on the target.
    """

    async def __call__(self, call: ActionCall) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class ActionKind:
    """An action with what the engine must know about it.

    Attributes:
        is_local: It neither reaches a target nor waits: its hosts are served one after the other without a task each.
        once: It runs on one host for all (``add_host``, ``pause``).
        raw_args: Arguments that it renders itself.
        options: The names it accepts; None where it checks itself.
        is_include: It brings tasks; only what it does not bring is told item by item.
        supports_check: Whether it runs in check mode; the result is a skip where it does not.
    """

    run: Action
    is_local: bool = False
    once: bool = False
    raw_args: frozenset[str] = frozenset()
    options: frozenset[str] | None = None
    supports_check: bool = True
    is_include: bool = False


class ActionCall:
    """One run of an action: its arguments, rendered, and what it may use."""

    __slots__ = ("args", "host", "run", "scope", "target_host", "task_run")

    def __init__(self, task_run: TaskRun, host: HostRun, scope: Scope, args: dict[str, Any], target_host: str) -> None:
        self.task_run = task_run
        self.run: Run = task_run.run
        self.host = host
        self.scope = scope
        self.args = args
        self.target_host = target_host

    @property
    def task(self) -> Task:
        return self.task_run.task

    @property
    def check_mode(self) -> bool:
        return self.task_run.check_mode(self.scope)

    @property
    def diff(self) -> bool:
        return self.task_run.diff(self.scope)

    def render(self, value: Any) -> Any:
        """Render a value of the task's own."""
        return self.run.services.templar.render(value, self.scope)

    def find(self, name: str, kind: str) -> str:
        """Find a file on the controller; see `engine.context.find_source`."""
        return find_source(name, kind, self.task_run.context.search_dirs)

    async def connection(self) -> Connection:
        """Return the open connection to the target, at the task's privilege level."""
        return await self.run.connect(self)

    async def module(
        self,
        name: str,
        args: Mapping[str, Any],
        *,
        body: bytes = b"",
        check_mode: bool | None = None,
    ) -> dict[str, Any]:
        """Run a module on the target and return its result.

        Args:
            body: Data for the module, beside its arguments.
            check_mode: Overrides the task's.
        """
        return await self.run.run_module(self, name, args, body=body, check_mode=check_mode)

    def require(self, *names: str) -> None:
        """Fail the task where an argument is missing."""
        missing = [name for name in names if self.args.get(name) is None]
        if missing:
            raise ActionError(f"missing required arguments: {', '.join(missing)}")


def check_options(action: str, args: Mapping[str, Any], allowed: frozenset[str], required: Sequence[str] = ()) -> None:
    """Fail the task where an argument is not one of the action's, or is missing.

    Raises:
        ActionError: With the names, never the values.
    """
    unknown = sorted(str(name) for name in args if name not in allowed)
    if unknown:
        raise ActionError(
            f"Unsupported parameters for ({action}) module: {', '.join(unknown)}. "
            f"Supported parameters include: {', '.join(sorted(allowed - {'_raw_params'}))}."
        )
    missing = [name for name in required if name not in args]
    if missing:
        raise ActionError(f"missing required arguments: {', '.join(missing)}")
