"""What events guarantee: their schema, their order, and that a result can be rebuilt from them."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from pathlib import Path

import jsonschema
import pytest

from assible.api.result import RunResult
from assible.exceptions import AssibleError
from assible.model import events
from assible.model.event_schema import event_schema
from assible.model.text import VaultedText

VALIDATOR = jsonschema.Draft202012Validator(event_schema())


def test_the_published_schema_is_what_the_types_say():
    page = Path(__file__).resolve().parents[3] / "docs" / "reference" / "events.schema.json"
    assert json.loads(page.read_text()) == event_schema(), "run `make docs` and commit what it writes"


def test_every_event_fits_the_schema_as_json(recorded):
    told, _ = recorded
    for event in told:
        VALIDATOR.validate(json.loads(json.dumps(event.as_dict())))


def test_the_recorded_run_holds_nearly_every_kind(recorded):
    told, _ = recorded
    missing = set(events.event_kinds()) - {event.kind for event in told}
    assert missing <= {"deprecation", "job_polled", "no_hosts_remaining", "notice", "task_error", "warning"}


def test_an_event_of_the_wrong_shape_does_not_fit_the_schema():
    data = events.HostStarted(task_id=1, host="h").as_dict()
    for broken in ({**data, "host": 1}, {**data, "more": 1}, {k: v for k, v in data.items() if k != "host"}):
        assert not VALIDATOR.is_valid(broken)


def test_numbers_grow_by_one_from_one(recorded):
    told, _ = recorded
    assert [event.number for event in told] == list(range(1, len(told) + 1))


def test_a_run_begins_with_its_start_and_ends_with_its_counters(recorded):
    told, _ = recorded
    kinds = [event.kind for event in told if event.kind not in ("warning", "deprecation", "notice")]
    assert (kinds[0], kinds[-1]) == ("run_started", "run_stats")


def test_a_task_is_told_before_all_that_belongs_to_it(recorded):
    told, _ = recorded
    begun: set[int] = set()
    for event in told:
        if isinstance(event, events.TaskStarted):
            begun.add(event.task_id)
        elif getattr(event, "task_id", 0):
            assert event.task_id in begun


def test_a_host_gets_exactly_one_result_of_each_task_that_it_began(recorded):
    told, _ = recorded
    begun = Counter((e.task_id, e.host) for e in told if isinstance(e, events.HostStarted))
    ended = Counter((e.task_id, e.host) for e in told if isinstance(e, events.HostResult))
    for event in told:
        if isinstance(event, events.Included):
            ended.update((event.task_id, host) for host in event.hosts)
    assert begun == ended
    assert set(ended.values()) == {1}


def test_items_retries_and_output_come_before_the_result(recorded):
    told, _ = recorded
    ended: set[tuple[int, str]] = set()
    for event in told:
        if isinstance(event, events.HostResult):
            ended.add((event.task_id, event.host))
        elif isinstance(event, (events.LoopItem, events.Retry, events.OutputChunk, events.HostStarted)):
            assert (event.task_id, event.host) not in ended


def test_a_result_is_rebuilt_from_the_events_alone(recorded):
    told, result = recorded
    rebuilt = RunResult.from_events(iter(told))
    assert (rebuilt.stats, rebuilt.custom_stats, rebuilt.host_results) == (
        result.stats,
        result.custom_stats,
        result.host_results,
    )


def test_a_result_is_rebuilt_from_lines_of_json(recorded):
    told, result = recorded
    lines = [json.dumps(event.as_dict()) for event in told]
    rebuilt = RunResult.from_events(events.event_from_dict(json.loads(line)) for line in lines)
    assert rebuilt.stats == result.stats
    assert rebuilt.exit_code == result.exit_code
    for ours, theirs in itertools.zip_longest(rebuilt.host_results, result.host_results):
        assert (ours.host, ours.task, ours.status, ours.data) == (
            theirs.host,
            theirs.task,
            theirs.status,
            events.plain(theirs.data),
        )


def test_nothing_that_no_log_hides_is_in_any_event(recorded):
    told, _ = recorded
    assert "hunter2" not in json.dumps([event.as_dict() for event in told])


def test_output_chunks_hold_what_the_command_said(recorded):
    told, _ = recorded
    chunks = [e for e in told if isinstance(e, events.OutputChunk) and e.host == "h1"]
    names = {e.task_id: e.name for e in told if isinstance(e, events.TaskStarted)}
    of_talks = [(c.stream, c.text) for c in chunks if names[c.task_id] == "talks"]
    assert "".join(text for stream, text in of_talks if stream == "stdout") == "a\nb"
    assert "".join(text for stream, text in of_talks if stream == "stderr") == "c"


def test_a_streamed_command_has_its_whole_output_in_its_result(recorded):
    _, result = recorded
    (talks,) = result.results(task="talks", host="h1")
    assert (talks.data["stdout"], talks.data["stderr"]) == ("a\nb", "c")


def test_an_event_of_another_version_is_refused():
    data = {**events.HostStarted(task_id=1, host="h").as_dict(), "version": 99}
    with pytest.raises(ValueError, match="99"):
        events.event_from_dict(data)


def test_who_asks_for_all_events_is_not_told_those_on_demand():
    assert not events.wants(events.OutputChunk, (events.Event,))
    assert events.wants(events.OutputChunk, (events.Event, events.OutputChunk))
    assert events.wants(events.HostResult, (events.Event,))


def test_plain_data_shows_nothing_of_a_vaulted_value():
    def fail(text: str) -> str:
        raise AssibleError("it was decrypted")

    assert "secret" not in str(events.plain({"a": VaultedText("secret", fail)}))
