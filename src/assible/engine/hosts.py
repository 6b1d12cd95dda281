"""A host's state in a play."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from assible.engine.program import Position
from assible.engine.variables import HostVariables
from assible.model.play import Role


@dataclass(slots=True, eq=False)
class HostRun:
    """One host in one play.

    Attributes:
        position: The task it runs next; None when it is through, or out.
        failed: It failed without rescue; `unreachable` likewise.
        fails_along: It fails because another host did: that is not counted.
        ended: A ``meta`` action took it out of the play in good order.
        notified: Indexes of the handlers that wait for the next flush.
        finished_roles: Keys of the roles that it went through.
        active_roles: Roles in which it has run a task.
    """

    name: str
    variables: HostVariables
    position: Position | None = None
    failed: bool = False
    unreachable: bool = False
    fails_along: bool = False
    ended: bool = False
    notified: set[int] = field(default_factory=set)
    finished_roles: dict[tuple[Any, ...], Role] = field(default_factory=dict)
    active_roles: set[Role] = field(default_factory=set)

    @property
    def is_active(self) -> bool:
        return self.position is not None
