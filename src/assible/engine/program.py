"""A play as a program: a flat row of tasks, the blocks around them, and a pure step from one place to the next.

A host's place in a play is a `Position`, a value. `advance` says where a host goes after a task went well or failed:
into a rescue, through an always section, out of an included file, or out of the play. Strategies only decide in
which order hosts take their steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from assible.model.play import Block, Node, Task

_BLOCK, _RESCUE, _ALWAYS = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A block's extent in a program: indexes where its sections start, and where it ends."""

    parent: Region | None
    parent_section: int
    start: int
    rescue: int
    always: int
    end: int

    def section_end(self, section: int) -> int:
        return (self.rescue, self.always, self.end)[section]


class Program:
    """A flat row of tasks and, for each, the innermost block around it with the section it stands in."""

    __slots__ = ("places", "tasks")

    def __init__(self, tasks: Sequence[Task], places: Sequence[tuple[Region | None, int]]) -> None:
        self.tasks = list(tasks)
        self.places = list(places)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a host stands: the task it runs next.

    Attributes:
        index: Of the task in the program.
        order: Sorts positions in playbook order, included files at the place of their include.
        failing: Blocks that have failed and whose always section is on the way.
        parent: The include that brought this program, in the program around it.
    """

    program: Program
    index: int
    order: tuple[int, ...]
    failing: frozenset[Region] = frozenset()
    parent: Position | None = None

    @property
    def task(self) -> Task:
        return self.program.tasks[self.index]

    def __hash__(self) -> int:
        return hash((id(self.program), self.order))

    @property
    def in_rescue(self) -> bool:
        """Whether a rescue section stands around the task."""
        place: tuple[Region | None, int] = self.program.places[self.index]
        region, section = place
        while region is not None:
            if section == _RESCUE:
                return True
            section = region.parent_section
            region = region.parent
        return self.parent is not None and self.parent.in_rescue


class Step(NamedTuple):
    """Where a host goes next.

    Attributes:
        position: None when the host is through with the play, or out of it.
        rescued: A rescue section begins.
        failed: The failure was not rescued: the host is out.
    """

    position: Position | None
    rescued: bool = False
    failed: bool = False


DONE: Final = Step(None)
OUT: Final = Step(None, failed=True)


def compile_nodes(nodes: Iterable[Node], selects: Callable[[Task], bool]) -> Program:
    """Flatten nodes to a program, with only the tasks that the run's tags select."""
    tasks: list[Task] = []
    places: list[tuple[Region | None, int]] = []
    _flatten(_selected(nodes, selects), tasks, places, None, _BLOCK, 0)
    return Program(tasks, places)


def _selected(nodes: Iterable[Node], selects: Callable[[Task], bool]) -> list[Node]:
    kept: list[Node] = []
    for node in nodes:
        if isinstance(node, Task):
            if selects(node):
                kept.append(node)
            continue
        tasks = _selected(node.tasks, selects)
        always = _selected(node.always, selects)
        if tasks:
            rescue = _selected(node.rescue, selects)
            kept.append(
                Block(
                    tasks=tuple(tasks), rescue=tuple(rescue), always=tuple(always), name=node.name, origin=node.origin
                )
            )
        elif always:
            kept.append(Block(tasks=tuple(always), name=node.name, origin=node.origin))
    return kept


def _size(nodes: Sequence[Node]) -> int:
    return sum(1 if isinstance(n, Task) else _size(n.tasks) + _size(n.rescue) + _size(n.always) for n in nodes)


def _flatten(
    nodes: Sequence[Node],
    tasks: list[Task],
    places: list[tuple[Region | None, int]],
    region: Region | None,
    section: int,
    base: int,
) -> None:
    for node in nodes:
        if isinstance(node, Task):
            tasks.append(node)
            places.append((region, section))
            continue
        start = len(tasks)
        rescue = start + _size(node.tasks)
        always = rescue + _size(node.rescue)
        inner = Region(region, section, start, rescue, always, always + _size(node.always))
        for part, kind in ((node.tasks, _BLOCK), (node.rescue, _RESCUE), (node.always, _ALWAYS)):
            _flatten(part, tasks, places, inner, kind, base)


def enter(program: Program, parent: Position | None = None, sequence: int = 0) -> Step:
    """Return the first position of a program; of one that is empty, what follows its parent.

    Args:
        sequence: Orders several programs that the same include brings.
    """
    order = (0,) if parent is None else (*parent.order, sequence, 0)
    if not program.tasks:
        return DONE if parent is None else advance(parent, True)
    return Step(Position(program, 0, order, frozenset(), parent))


def advance(position: Position, went_well: bool) -> Step:
    """Say where a host goes after its task went well, or failed."""
    region, section = position.program.places[position.index]
    if went_well:
        return _arrive(position, region, section, position.index + 1, position.failing)
    return _fail(position, region, section, position.failing)


def _arrive(position: Position, region: Region | None, section: int, index: int, failing: frozenset[Region]) -> Step:
    """Go on at an index, leaving the sections that end there."""
    while region is not None and index == region.section_end(section):
        if section != _ALWAYS and region.always < region.end:
            return _at(position, region.always, failing)
        if region in failing:
            return _fail(position, region.parent, region.parent_section, failing - {region})
        index = region.end
        section = region.parent_section
        region = region.parent
    if index < len(position.program.tasks):
        return _at(position, index, failing)
    return DONE if position.parent is None else advance(position.parent, True)


def _fail(position: Position, region: Region | None, section: int, failing: frozenset[Region]) -> Step:
    """Go where a failure leads: the nearest rescue, the always sections on the way, or out."""
    while region is not None:
        if section == _BLOCK and region.rescue < region.always:
            return Step(_at(position, region.rescue, failing).position, rescued=True)
        if section != _ALWAYS and region.always < region.end:
            return _at(position, region.always, failing | {region})
        failing = failing - {region}
        section = region.parent_section
        region = region.parent
    return OUT if position.parent is None else advance(position.parent, False)


def _at(position: Position, index: int, failing: frozenset[Region]) -> Step:
    return Step(Position(position.program, index, (*position.order[:-1], index), failing, position.parent))
