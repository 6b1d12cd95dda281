"""What is made equal before two runs are compared, and what is left different."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("assible_parity_normalise", Path(__file__).with_name("normalise.py"))
assert _spec is not None
assert _spec.loader is not None
normalise = sys.modules.setdefault("assible_parity_normalise", importlib.util.module_from_spec(_spec))
if not hasattr(normalise, "output_lines"):
    _spec.loader.exec_module(normalise)

PATHS = normalise.Paths("/tmp/here/case", "/tmp/here/home")
TASK = "TASK [command] ****"


def entry(**changes):
    return {"task": "t", "action": "command", "host": "h1", "status": "ok", "item": None, "data": {}, **changes}


def test_hosts_below_one_banner_come_in_the_order_of_their_names():
    assert normalise.output_lines(f"{TASK}\nok: [h2]\nok: [h1]\n") == [TASK, "ok: [h1]", "ok: [h2]"]


def test_the_items_of_one_host_keep_their_order():
    text = f"{TASK}\nok: [h1] => (item=2)\nok: [h2] => (item=2)\nok: [h1] => (item=1)\n"
    told = normalise.output_lines(text)
    assert told[1:] == ["ok: [h1] => (item=2)", "ok: [h1] => (item=1)", "ok: [h2] => (item=2)"]


def test_hosts_of_different_tasks_are_not_mixed():
    told = normalise.output_lines(f"{TASK}\nok: [h2]\n\n{TASK}\nok: [h1]\n")
    assert told == [TASK, "ok: [h2]", TASK, "ok: [h1]"]


def test_lines_of_data_and_the_ignored_mark_stay_with_their_host():
    text = f'{TASK}\nfatal: [h2]: FAILED! => {{"msg": "x"}}\n...ignoring\nok: [h1] => {{\n    "msg": "a"\n}}\n'
    told = normalise.output_lines(text)
    assert told[1:4] == ["ok: [h1] => {", '    "msg": "a"', "}"]
    assert told[-1] == "...ignoring"


def test_error_reports_between_results_are_dropped():
    text = f"{TASK}\nok: [h1]\n[ERROR]: something\nOrigin: here\n\n7   source\n\nok: [h2]\n"
    assert normalise.output_lines(text) == [TASK, "ok: [h1]", "ok: [h2]"]


def test_the_words_of_a_failure_are_masked_in_the_output_but_not_that_there_are_words():
    with_words = normalise.output_lines('fatal: [h1]: FAILED! => {"changed": false, "msg": "own words"}')
    without = normalise.output_lines('fatal: [h1]: FAILED! => {"changed": false}')
    assert with_words == ['fatal: [h1]: FAILED! => {"changed": false, "msg": "<masked>"}']
    assert with_words != without


def test_the_message_of_a_task_that_went_well_is_compared():
    one, other = ([f'ok: [h1] => {{"msg": "{text}"}}'] for text in ("a", "b"))
    assert normalise.output_lines(one[0]) != normalise.output_lines(other[0])


def test_a_meta_banner_that_is_repeated_for_each_host_counts_once():
    text = "TASK [meta] ***\nskipping: [h1]\nTASK [meta] ***\nskipping: [h2]\n"
    assert normalise.output_lines(text) == ["TASK [meta] ***", "skipping: [h1]", "skipping: [h2]"]


def test_the_banner_of_another_task_counts_each_time():
    assert normalise.output_lines(f"{TASK}\n\n{TASK}\n") == [TASK, TASK]


def test_a_banner_that_holds_a_path_has_stars_of_no_length():
    assert normalise.output_lines("TASK [CASE_DIR/a.yml] ******")[0] == "TASK [CASE_DIR/a.yml] ***"


@pytest.mark.parametrize("key", ["start", "end", "delta", "ansible_job_id", "mtime", "pid"])
def test_what_differs_from_run_to_run_is_masked(key):
    assert normalise.value({key: "1"}) == {key: normalise.MASK}


def test_what_is_empty_on_one_side_is_not_masked():
    assert normalise.value({"end": ""}) != normalise.value({"end": "now"})


def test_failures_inside_registered_data_lose_their_words_alone():
    masked = normalise.value({"results": [{"failed": True, "msg": "own", "rc": 1}, {"failed": False, "msg": "kept"}]})
    assert masked == {"results": [{"failed": True, "msg": normalise.MASK, "rc": 1}, {"failed": False, "msg": "kept"}]}


def test_the_message_of_fail_is_compared():
    data = {"failed": True, "msg": "of the author"}
    assert normalise.result(entry(action="fail", status="failed", data=data), PATHS)[-1] == {"msg": "of the author"}


def test_the_message_of_an_assertion_that_cannot_be_evaluated_is_not_compared():
    told = normalise.result(entry(action="assert", status="failed", data={"failed": True, "msg": "x"}), PATHS)
    assert told[-1] == {"msg": normalise.MASK}


def test_items_of_a_failed_loop_lose_their_words():
    data = {"failed": True, "msg": "One or more items failed", "results": [{"failed": True, "msg": "x", "rc": 1}]}
    told = normalise.result(entry(status="failed", data=data), PATHS)
    assert told[-1]["results"] == [{"msg": normalise.MASK, "rc": 1}]


def test_paths_of_the_run_become_words():
    told = normalise.result(entry(data={"path": "/tmp/here/case/x", "home": "/tmp/here/home"}), PATHS)
    assert told[-1] == {"path": "CASE_DIR/x", "home": "HOME_DIR"}


def test_results_of_one_host_keep_their_order_and_hosts_are_sorted():
    results = [entry(host="h2"), entry(task="b"), entry(task="a")]
    told = normalise.normalise(normalise.Told(0, "", results, {}), PATHS)
    assert [(one[0], one[1]) for one in told["results"]] == [("b", "h1"), ("a", "h1"), ("t", "h2")]


def test_includes_are_left_to_the_output():
    told = normalise.normalise(normalise.Told(0, "", [entry(action="include_tasks")], {}), PATHS)
    assert told["results"] == []


def test_what_is_compared_is_plain_data():
    told = normalise.normalise(normalise.Told(2, f"{TASK}\nok: [h1]\n", [entry()], {"h1": {"ok": 1}}), PATHS)
    assert json.loads(json.dumps(told)) == told
