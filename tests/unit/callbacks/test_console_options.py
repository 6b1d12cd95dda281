"""The console's documented options, over events that are made up."""

from __future__ import annotations

import pytest

from assible.content.callbacks.colours import ROLES, code, paint
from assible.content.callbacks.console import Console, ConsoleOptions, console_options
from assible.content.callbacks.formats import ResultFormat
from assible.exceptions import SettingsError
from assible.model import events
from assible.model.result import HostStats
from assible.settings import Settings


def task(name: str = "t", **more) -> events.TaskStarted:
    return events.TaskStarted(task_id=1, name=name, action="ansible.builtin.command", path="/p.yml:3:7", **more)


def result(status: str = "ok", **data) -> events.HostResult:
    return events.HostResult(
        task_id=1,
        task="t",
        action="ansible.builtin.command",
        host="h",
        status=status,
        changed=status == "changed",
        ignored=False,
        data=data,
        duration_seconds=0.1,
    )


def shown(*told: events.Event, **options) -> str:
    out: list[str] = []
    console = Console(out.append, out.append, ConsoleOptions(**options))
    for event in told:
        console(event)
    return "".join(out)


def test_included_hosts_can_be_hidden_but_not_the_banner():
    told = (task("include"), events.Included(file="/x.yml", hosts=["a", "b"], task_id=1))
    assert "included: /x.yml for a, b\n" in shown(*told)
    assert "included" not in shown(*told, show_included=False)
    assert "TASK [include] ***" in shown(*told, show_included=False)


def test_each_hosts_start_is_told_where_that_is_wanted():
    told = (task(), events.HostStarted(task_id=1, host="a"))
    assert " [started TASK: t on a]\n" in shown(*told, show_host_starts=True)
    handler = (task(is_handler=True), events.HostStarted(task_id=1, host="a"))
    assert " [started HANDLER: t on a]\n" in shown(*handler, show_host_starts=True)


def test_only_a_console_that_shows_starts_asks_for_them():
    kinds = [Console(print, print, ConsoleOptions(show_host_starts=on)).kinds for on in (False, True)]
    assert [events.HostStarted in one for one in kinds] == [False, True]


def test_a_failed_tasks_path_is_told_where_that_is_wanted():
    text = shown(task(), result("failed", msg="no"), show_failed_path=True)
    assert "task path: /p.yml:3\nfatal: [h]: FAILED!" in text


def test_check_mode_is_marked_at_both_ends():
    told = (
        events.RunStarted(playbooks=["p.yml"], check=True),
        events.PlayStarted(name="p", hosts=["h"], check=True),
        events.RunStats(hosts={"h": HostStats(ok=1)}),
    )
    text = shown(*told, check_markers=True)
    assert text.count("\nDRY RUN ****") == 2
    assert "PLAY [p] [CHECK MODE] ***" in text
    assert "DRY RUN" not in shown(*told)


def test_custom_stats_stand_on_one_line_each():
    stats = events.RunStats(hosts={}, custom={"_run": {"one": 1, "two": ["a"]}, "h": {"x": 1}})
    text = shown(stats, show_custom_stats=True)
    assert text.endswith('\th: { "x": 1}\n\tRUN: { "one": 1, "two": [  "a" ]}\n\n')


def test_output_of_a_running_command_is_shown_in_whole_lines():
    def chunk(text: str, stream: str = "stdout") -> events.OutputChunk:
        return events.OutputChunk(host="h", task_id=1, stream=stream, text=text)

    text = shown(task(), chunk("one\ntw"), chunk("E", "stderr"), chunk("o\n"), result("changed"), live=True)
    assert text.split("\n")[2:] == ["h | one", "h | two", "h | E", "changed: [h]", ""]


def test_arguments_stand_in_the_title_where_the_event_has_them():
    assert "TASK [t a=1] ***" in shown(task(args="a=1"), show_args=True)
    assert "TASK [t] ***" in shown(task(args="a=1"))
    assert "TASK [t] ***" in shown(task(no_log=True), show_args=True)


def test_results_can_be_yaml():
    text = shown(task(), result("failed", msg="no", lines=[1]), format=ResultFormat(kind="yaml"))
    assert "fatal: [h]: FAILED! => \n    lines:\n    - 1\n    msg: 'no'\n" in text


def test_colours_come_from_the_settings():
    settings = Settings().replace(color_ok="rgb500", color_changed="color17", color_skip="gray3")
    options = console_options(settings, verbosity=0, colour=True, columns=79)
    out: list[str] = []
    console = Console(out.append, out.append, options)
    for event in (task(), result("ok"), result("changed"), result("skipped")):
        console(event)
    assert "\033[38;5;196mok: [h]\033[0m" in "".join(out)
    assert "\033[38;5;17mchanged: [h]" in "".join(out)
    assert "\033[38;5;235mskipping: [h]" in "".join(out)


def test_a_colour_that_does_not_exist_is_refused_with_the_names_of_all():
    with pytest.raises(SettingsError, match="pinkish") as caught:
        console_options(Settings().replace(color_ok="pinkish"), verbosity=0, colour=True, columns=79)
    assert "bright red" in str(caught.value.hint)


def test_every_role_has_a_colour_that_exists():
    assert all(code(name) for name in ROLES.values())
    assert paint("a\nb", "red") == "\033[0;31ma\033[0m\n\033[0;31mb\033[0m"
