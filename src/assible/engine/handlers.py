"""Handlers: who is notified of what, and the program that a flush runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from assible.engine.hosts import HostRun
from assible.engine.program import Position, Program, advance, compile_nodes
from assible.model.play import Node, Task


class Handlers:
    """The handlers of a play, in the order in which they run; roles that are included later add theirs."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.program = Program((), ())
        self._known: set[int] = set()
        self.add(nodes)

    def add(self, nodes: Iterable[Node]) -> None:
        """Append handlers, each once."""
        added = compile_nodes(nodes, lambda task: True)
        for task, place in zip(added.tasks, added.places, strict=True):
            if id(task) not in self._known:
                self._known.add(id(task))
                self.program.tasks.append(task)
                self.program.places.append(place)

    def find(self, name: str, shown: Callable[[Task], str]) -> list[int]:
        """Return the indexes of what a notification means: the handler of that name, and all that listen to it.

        Of several handlers of one name the last block's or role's counts, and the first one in there.

        Args:
            shown: Gives a handler's rendered name, without its role.
        """
        found: list[int] = []
        for index in range(len(self.program.tasks) - 1, -1, -1):
            if found and not self._are_together(index, found[0]):
                break
            if self._is_named(self.program.tasks[index], name, shown):
                found[:] = [index]
        found.extend(
            index for index, task in enumerate(self.program.tasks) if name in task.listen and index not in found
        )
        return found

    def _are_together(self, one: int, other: int) -> bool:
        tasks, places = self.program.tasks, self.program.places
        return tasks[one].scope.role is tasks[other].scope.role and places[one][0] is places[other][0]

    @staticmethod
    def _is_named(task: Task, name: str, shown: Callable[[Task], str]) -> bool:
        own = shown(task)
        if not own:
            return False
        role = task.scope.role
        return name == own or (role is not None and name in (f"{role.name} : {own}", f"{role.fqcn} : {own}"))

    def flush(self, host: HostRun, parent: Position) -> Position | None:
        """Return where a host begins to run its notified handlers; None where there are none."""
        if not host.notified:
            return None
        order = (*parent.order, 0, min(host.notified))
        return Position(self.program, min(host.notified), order, frozenset(), parent)

    def forced(self, host: HostRun, failed_at: Position) -> Position | None:
        """Return where a failed host runs its handlers under ``force_handlers``: at the next flush of the play."""
        top = failed_at
        while top.parent is not None:
            top = top.parent
        tasks = top.program.tasks
        flush = next((i for i in range(top.index, len(tasks)) if is_flush(tasks[i])), len(tasks))
        return Position(self.program, min(host.notified), (flush, 0, min(host.notified)))

    def begin(self, host: HostRun, position: Position) -> None:
        """Note that a host runs a handler: it is no longer notified of it."""
        if position.program is self.program:
            host.notified.discard(position.index)

    def settle(self, host: HostRun, left: Position | None, position: Position | None) -> Position | None:
        """Return the next handler that the host was notified of, or what follows the flush.

        A handler that is notified by one that stands after it runs in another round.

        Args:
            left: Where the host stood before.
        """
        flushing = self._around(position) or self._around(left)
        if flushing is None:
            return position
        if position is not None and position.program is not self.program and self._around(position):
            return position  # in the tasks that a handler includes
        standing = position if position is not None and position.program is self.program else None
        if standing is not None and standing.index in host.notified:
            return position
        if host.notified:
            later = [index for index in host.notified if standing is not None and index > standing.index]
            index = min(later or host.notified)
            order = (*flushing.order[:-2], flushing.order[-2] + (not later), index)
            return Position(self.program, index, order, frozenset(), flushing.parent)
        if standing is None:
            return position
        return None if flushing.parent is None else advance(flushing.parent, True).position

    def hold(self, position: Position) -> bool:
        """Tell whether a position is at a handler or in what one includes."""
        return self._around(position) is not None

    def _around(self, position: Position | None) -> Position | None:
        """Return the handler that a position stands at or inside of."""
        while position is not None and position.program is not self.program:
            position = position.parent
        return position


def is_flush(task: Task) -> bool:
    """Tell whether a task is ``meta: flush_handlers``."""
    return task.action == "ansible.builtin.meta" and task.args.get("_raw_params") == "flush_handlers"
