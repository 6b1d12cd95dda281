"""The levels of precedence: whatever subset of them sets a variable, the highest wins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assible.engine.variables import (
    PRECEDENCE,
    HostVariables,
    MergingScope,
    PlayVariables,
    TaskLayers,
)
from assible.model.play import Keywords, Role, Task
from assible.model.text import SourceDict
from assible.templating.scope import MISSING

#: Where a variable can be set, lowest first: the documented levels that the engine puts together.
LEVELS = (
    "role defaults", "inventory low", "inventory high", "facts", "play vars", "prompts", "vars_files", "role vars",
    "block vars", "task vars", "include_vars", "set_fact", "include params", "extra vars", "magic", "host magic",
)  # fmt: skip


def layers(values: Mapping[str, Any]) -> tuple[TaskLayers, HostVariables]:
    """Build a task, a play and a host in which the given levels set ``x``."""

    def at(level: str) -> dict[str, Any]:
        return {"x": values[level]} if level in values else {}

    role = Role("r", "/r", defaults=at("role defaults"), vars=at("role vars"))
    scope = Keywords(
        vars=tuple(layer for layer in (at("task vars"), at("block vars")) if layer),
        params=(at("include params"),) if "include params" in values else (),
        role=role,
    )
    task = Task(
        action="a", written_action="a", args={}, name="", origin=None, scope=scope, inherited=scope, search_file=""
    )
    play = PlayVariables(magic=at("magic"), extra=at("extra vars"), play_vars=at("play vars"), prompts=at("prompts"))
    host = HostVariables(
        inventory=(at("inventory high"), at("inventory low")),
        facts=at("facts"),
        set_facts=at("set_fact"),
        include_vars=at("include_vars"),
        vars_files=(at("vars_files"),),
        magic=at("host magic"),
    )
    return TaskLayers(task, play), host


@given(st.sets(st.sampled_from(LEVELS)))
def test_the_highest_level_that_sets_a_variable_wins(chosen):
    task_layers, host = layers({level: level for level in chosen})
    expected = max(chosen, key=LEVELS.index) if chosen else MISSING
    assert task_layers.scope(host, None).find("x") == expected


@given(st.sets(st.sampled_from(LEVELS), min_size=1))
def test_under_merge_the_mappings_of_all_levels_add_up(chosen):
    values = {level: SourceDict({"all": level, level: True}) for level in chosen}
    task_layers, host = layers(values)
    scope = MergingScope(task_layers.scope(host, None).layers)
    found = scope.find("x")
    assert found["all"] == max(chosen, key=LEVELS.index)
    assert set(found) == {"all", *chosen}


def test_the_table_goes_from_low_to_high():
    levels = [source.level for source in PRECEDENCE]
    assert levels == sorted(levels)


def test_a_loop_variable_stands_above_everything():
    task_layers, host = layers({level: level for level in LEVELS})
    assert task_layers.scope(host, None).child({"x": "item"}).find("x") == "item"


def test_vars_shows_every_name_once():
    task_layers, host = layers({"set_fact": 1, "extra vars": 2})
    view = task_layers.scope(host, None).find("vars")
    assert list(view).count("x") == 1
    assert "x" in view
    assert "nothing" not in view
