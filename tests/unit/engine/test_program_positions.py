"""Where a host goes after a task went well or failed."""

from __future__ import annotations

import pytest

from assible.engine.program import Position, Step, advance, compile_nodes, enter
from assible.model.play import Block, Keywords, Task


def task(name: str, *tags: str) -> Task:
    return Task(
        action="ansible.builtin.debug",
        written_action="debug",
        args={},
        name=name,
        origin=None,
        scope=Keywords(),
        inherited=Keywords(),
        search_file="",
        tags=frozenset(tags),
    )


def everything(_: Task) -> bool:
    return True


def walk(nodes, failing=(), parent=None):
    """Run a program with the given tasks failing; return the names in order, and how it ended."""
    step = enter(compile_nodes(nodes, everything), parent)
    names = []
    rescues = 0
    while step.position is not None:
        name = str(step.position.task.name)
        names.append(name)
        step = advance(step.position, name not in failing)
        rescues += step.rescued
    return names, step.failed, rescues


def block(tasks, rescue=(), always=()):
    return Block(tasks=tuple(tasks), rescue=tuple(rescue), always=tuple(always))


A, B, C, D, E = (task(name) for name in "ABCDE")


def test_tasks_run_in_order():
    assert walk([A, B, C]) == (["A", "B", "C"], False, 0)


def test_a_failure_outside_of_blocks_ends_the_play():
    assert walk([A, B, C], failing="B") == (["A", "B"], True, 0)


def test_an_empty_program_is_through_at_once():
    assert enter(compile_nodes([], everything)) == Step(None)


def test_rescue_is_passed_over_when_nothing_fails():
    assert walk([block([A], [B], [C]), D]) == (["A", "C", "D"], False, 0)


def test_a_failure_goes_to_rescue_then_always_then_on():
    assert walk([block([A, B], [C], [D]), E], failing="A") == (["A", "C", "D", "E"], False, 1)


def test_a_failure_without_rescue_runs_always_and_then_counts():
    assert walk([block([A, B], always=[C]), D], failing="A") == (["A", "C"], True, 0)


def test_a_failing_rescue_runs_always_and_then_counts():
    assert walk([block([A], [B], [C]), D], failing="AB") == (["A", "B", "C"], True, 1)


def test_a_failing_always_counts():
    assert walk([block([A], [B], [C]), D], failing="C") == (["A", "C"], True, 0)


def test_an_inner_failure_is_rescued_by_the_outer_block_after_the_inner_always():
    inner = block([A], always=[B])
    assert walk([block([inner, C], [D]), E], failing="A") == (["A", "B", "D", "E"], False, 1)


def test_nested_blocks_that_end_together_run_each_always_once():
    inner = block([A], always=[B])
    assert walk([block([inner], always=[C]), D]) == (["A", "B", "C", "D"], False, 0)


def test_a_failure_in_an_include_is_rescued_around_the_include():
    outer = enter(compile_nodes([block([A], [B]), C], everything)).position
    assert outer is not None
    assert walk([D, E], failing="D", parent=outer) == (["D", "B", "C"], False, 1)


def test_an_include_leads_back_behind_itself():
    outer = enter(compile_nodes([A, B], everything)).position
    assert walk([D], parent=outer) == (["D", "B"], False, 0)


def test_an_empty_include_leads_straight_on():
    outer = enter(compile_nodes([A, B], everything)).position
    assert isinstance(outer, Position)
    step = enter(compile_nodes([], everything), outer, 1)
    assert step.position is not None
    assert step.position.task.name == "B"


def test_positions_sort_in_playbook_order_with_includes_in_their_place():
    program = compile_nodes([A, B, C], everything)
    first = enter(program).position
    assert first is not None
    second = advance(first, True).position
    inside = enter(compile_nodes([D, E], everything), first, 1).position
    inside_other = enter(compile_nodes([D], everything), first, 2).position
    assert second is not None
    assert inside is not None
    assert inside_other is not None
    assert first.order < inside.order < inside_other.order < second.order


@pytest.mark.parametrize(("section", "expected"), [("rescue", True), ("always", False), ("block", False)])
def test_a_position_knows_whether_it_is_in_a_rescue(section, expected):
    program = compile_nodes([block([A], [B], [C])], everything)
    place = {"block": 0, "rescue": 1, "always": 2}[section]
    assert Position(program, place, (place,)).in_rescue is expected


def test_a_block_whose_tasks_are_all_deselected_keeps_its_always():
    program = compile_nodes([block([task("x")], [task("y", "keep")], [task("z", "keep")])], lambda t: "keep" in t.tags)
    assert [t.name for t in program.tasks] == ["z"]
