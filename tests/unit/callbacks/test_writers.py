"""The writers minimal, oneline, json, junit, tree, profile and the log file, over one recorded run."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from assible.content.callbacks.choose import BESIDE, STDOUT, Screen, beside_writer, stdout_writer
from assible.content.callbacks.console import ConsoleOptions
from assible.content.callbacks.json_lines import JsonLines
from assible.content.callbacks.junit import Junit, JunitOptions
from assible.content.callbacks.logfile import LogFile
from assible.content.callbacks.minimal import Minimal, MinimalOptions
from assible.content.callbacks.profile import Profile
from assible.content.callbacks.tree import Tree
from assible.exceptions import SettingsError
from assible.model import events
from assible.settings import Settings


def written(writer_of, told) -> str:
    out: list[str] = []
    writer = writer_of(out.append)
    for event in told:
        if events.wants(type(event), writer.kinds):
            writer(event)
    return "".join(out)


def minimal(told, **options) -> list[str]:
    return written(lambda out: Minimal(out, out, MinimalOptions(**options)), told).split("\n")


def result(**changes) -> events.HostResult:
    base = events.HostResult(
        task_id=1,
        task="t",
        action="ansible.builtin.shell",
        host="h",
        status="changed",
        changed=True,
        ignored=False,
        data={"rc": 0, "stdout": "out", "stderr": "err", "msg": ""},
        duration_seconds=1.5,
    )
    return replace(base, **changes)


def test_minimal_shows_a_commands_output_as_it_came():
    assert minimal([result()]) == ["h | CHANGED | rc=0 >>", "outerr", ""]


def test_minimal_shows_the_message_of_a_failed_command():
    data = {"rc": 3, "stdout": "a", "stderr": "", "msg": "no."}
    assert minimal([result(status="failed", data=data)]) == ["h | FAILED | rc=3 >>", "ano.", ""]


def test_minimal_says_only_that_a_host_was_skipped():
    assert minimal([result(status="skipped", data={"skip_reason": "x"})]) == ["h | SKIPPED", ""]


def test_minimal_shows_other_results_as_json():
    told = [result(action="ansible.builtin.ping", status="ok", data={"ping": "pong", "failed": False})]
    assert minimal(told) == ["h | SUCCESS => {", '    "ping": "pong"', "}", ""]


def test_minimal_shows_debug_without_what_it_always_says():
    told = [result(action="ansible.builtin.debug", status="ok", data={"msg": "hi", "changed": False}, verbose=True)]
    assert minimal(told) == ["h | SUCCESS => {", '    "msg": "hi"', "}", ""]


def test_minimal_shows_a_success_for_each_host_of_an_include():
    told = [events.Included(file="x.yml", hosts=["a", "b"])]
    assert "".join(minimal(told)) == 'a | SUCCESS => {    "changed": false}b | SUCCESS => {    "changed": false}'


def test_oneline_keeps_everything_on_one_line():
    assert minimal([result(data={"rc": 0, "stdout": "a\nb"})], one_line=True) == [
        "h | CHANGED | rc=0 | (stdout) a\\nb",
        "",
    ]
    data = {"rc": 1, "stdout": "a", "stderr": "b", "msg": "m"}
    assert minimal([result(status="failed", data=data)], one_line=True) == [
        "h | FAILED | rc=1 | (stdout) a (stderr) b",
        'h | FAILED! => {"msg": "m","rc": 1,"stderr": "b","stdout": "a"}',
        "",
    ]


def test_minimal_shows_output_of_running_commands_where_that_is_wanted():
    told = [events.OutputChunk(host="h", task_id=1, stream="stdout", text="a\nb"), result()]
    assert minimal(told, live=True)[:2] == ["h | a", "h | b"]
    assert minimal(told)[0] == "h | CHANGED | rc=0 >>"


def test_json_writes_every_event_on_one_line(recorded):
    told, _ = recorded
    lines = written(JsonLines, told).splitlines()
    assert [json.loads(line)["number"] for line in lines] == [
        event.number for event in told if type(event) not in events.ON_DEMAND
    ]


def test_json_writes_output_of_running_commands_where_that_is_wanted(recorded):
    told, _ = recorded
    kinds = {json.loads(line)["kind"] for line in written(lambda out: JsonLines(out, live=True), told).splitlines()}
    assert "output_chunk" in kinds


def junit(told, tmp_path, **options):
    for event in told:
        if isinstance(event, events.RunStarted):
            writer = Junit(JunitOptions(directory=str(tmp_path / "deep" / "junit"), **options), print)
        if events.wants(type(event), writer.kinds):
            writer(event)
    (file,) = (tmp_path / "deep" / "junit").iterdir()
    assert re.fullmatch(r"site-\d+\.\d+\.xml", file.name)
    return ElementTree.parse(file).getroot()


def cases(root) -> dict[str, ElementTree.Element]:
    return {case.get("name"): case for case in root.iter("testcase")}


def test_junit_counts_what_the_run_did(recorded, tmp_path):
    root = junit(recorded[0], tmp_path)
    suite = root.find("testsuite")
    assert (suite.get("name"), suite.get("skipped"), suite.get("failures"), suite.get("errors")) == (
        "site",
        "2",
        "3",
        "0",
    )
    assert int(suite.get("tests")) == len(cases(root))


def test_junit_names_cases_by_host_play_task_and_arguments(recorded, tmp_path):
    found = cases(junit(recorded[0], tmp_path))
    case = found["[h1] everything: say msg=hello"]
    assert re.fullmatch(r".*/site\.yml:\d+", case.get("classname"))
    assert json.loads(case.find("system-out").text)["msg"] == "hello"


def test_junit_says_why_a_task_was_skipped_or_failed(recorded, tmp_path):
    found = cases(junit(recorded[0], tmp_path))
    assert found["[h1] everything: skipped msg=no"].find("skipped").text == "Conditional result was False"
    assert found["[h2] second: last msg=bye"].find("failure").get("message") == "bye"


def test_junit_hides_the_arguments_of_secret_tasks_and_of_all_where_asked(recorded, tmp_path):
    names = cases(junit(recorded[0], tmp_path))
    assert "[h1] everything: secret" in names
    hidden = cases(junit(recorded[0], tmp_path / "hidden", hide_arguments=True))
    assert "[h1] everything: say" in hidden


@pytest.mark.parametrize(
    ("options", "failures"),
    [({"fail_on_ignore": True}, 5), ({"fail_on_change": True}, 11), ({"case_prefix": "say"}, 3)],
)
def test_junit_has_the_documented_options_for_what_fails(recorded, tmp_path, options, failures):
    suite = junit(recorded[0], tmp_path, **options).find("testsuite")
    assert int(suite.get("failures")) == failures


def test_junit_can_make_one_class_of_each_file_relative_to_a_directory(recorded, tmp_path):
    folder = recorded[0][0].playbooks[0].rpartition("/")[0]
    found = cases(junit(recorded[0], tmp_path, task_class=True, relative_to=folder))
    assert found["[h1] everything: say msg=hello"].get("classname") == "site"


def test_junit_is_xml_whatever_a_task_says(tmp_path):
    told = [
        events.RunStarted(playbooks=["site.yml"]),
        events.TaskStarted(task_id=1, name="<&\"'\x07", action="a", path=""),
        result(task="<&\"'\x07", status="failed", data={"msg": "<x>\x00]]>"}),
        events.RunStats(hosts={}, time=1.5),
    ]
    (case,) = cases(junit(told, tmp_path)).values()
    assert case.find("failure").get("message") == "<x>]]>"


def test_tree_keeps_each_hosts_last_result(recorded, tmp_path):
    written(lambda out: Tree(str(tmp_path / "tree"), out), recorded[0])
    files = {file.name: json.loads(file.read_text()) for file in (tmp_path / "tree").iterdir()}
    assert files == {"h1": {"changed": False, "msg": "handled"}, "h2": {"changed": False, "msg": "bye"}}


def test_tree_says_what_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("")
    assert "[WARNING]: the result of h" in written(lambda out: Tree(str(tmp_path / "file"), out), [result()])


def test_profile_tells_the_slowest_tasks_and_hosts_first():
    told = [
        events.RunStarted(playbooks=[], time=10),
        events.TaskStarted(task_id=1, name="quick", action="a", path="", time=10),
        result(host="a", duration_seconds=0.5, time=10.5),
        events.TaskStarted(task_id=2, name="slow", action="a", path="", time=10.5),
        result(task_id=2, host="a", duration_seconds=1.0, time=11.5),
        result(task_id=2, host="b", duration_seconds=3.0, time=13.5),
        events.RunStats(hosts={}, time=13.5),
    ]
    lines = [line.split() for line in written(Profile, told).splitlines() if line]
    assert lines == [
        ["TIME:", "3.50", "s,", "2", "tasks,", "2", "hosts"],
        ["seconds", "hosts", "mean", "slowest", "host", "task"],
        ["3.00", "2", "2.00", "b", "3.00", "slow"],
        ["0.50", "1", "0.50", "a", "0.50", "quick"],
        ["seconds", "tasks", "host"],
        ["3.00", "1", "b"],
        ["1.50", "2", "a"],
    ]


def log(told, tmp_path, **options) -> list[str]:
    path = tmp_path / "log"
    with LogFile(str(path), ConsoleOptions(colour=True), **options) as writer:
        for event in told:
            if events.wants(type(event), writer.kinds):
                writer(event)
    return path.read_text().splitlines()


def test_the_log_file_holds_what_the_console_says_with_times(recorded, tmp_path):
    lines = log(recorded[0], tmp_path)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} p=\d+ u=\S+ n=ansible INFO\| PLAY \[everything\] \*+", lines[0]
    )
    assert lines[-1].endswith(" ")
    assert "INFO| h2  " in lines[-1]
    assert "\033" not in "".join(lines)


def test_the_log_file_can_be_json(recorded, tmp_path):
    lines = log(recorded[0], tmp_path, as_json=True)
    assert json.loads(lines[0])["kind"] == "run_started"


def test_the_log_file_is_appended_to_and_may_be_filtered(recorded, tmp_path):
    first = log(recorded[0], tmp_path)
    assert log(recorded[0], tmp_path, out=False) == first


def test_a_log_file_that_cannot_be_written_is_a_settings_error(tmp_path):
    with pytest.raises(SettingsError, match="log file"):
        LogFile(str(tmp_path / "missing" / "log"), ConsoleOptions())


def test_every_writer_that_ships_takes_a_whole_run(recorded, tmp_path):
    settings = Settings().replace(tree_dir=str(tmp_path / "t"), junit_output_dir=str(tmp_path / "j"))
    for name in (*STDOUT, *BESIDE):
        out: list[str] = []
        screen = Screen(out.append, out.append, live=True)
        writer = stdout_writer(name, settings, screen) or beside_writer(f"ansible.builtin.{name}", settings, screen)
        for event in recorded[0]:
            if events.wants(type(event), writer.kinds):
                writer(event)
        assert bool(out) == (name not in ("junit", "tree")), name
        assert "hunter2" not in "".join(out)


def test_a_writer_that_does_not_ship_is_none():
    assert stdout_writer("dense", Settings(), Screen(print, print)) is None
    assert beside_writer("timer", Settings(), Screen(print, print)) is None
