"""The public API has types that a user's program can be checked against; events and methods do not change by accident."""

from __future__ import annotations

from pathlib import Path

from mypy import api as mypy

import assible

SCRIPT = Path(__file__).with_name("user_script.py")
ROOT = Path(__file__).resolve().parents[2]


def check(path: Path) -> tuple[str, int]:
    options = ["--strict", "--no-error-summary", "--config-file", str(ROOT / "pyproject.toml")]
    told, errors, code = mypy.run([*options, str(path)])
    return told + errors, code


def test_a_users_script_has_no_type_errors():
    assert check(SCRIPT) == ("", 0)


def test_a_users_mistake_is_a_type_error(tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text(SCRIPT.read_text().replace("result.exit_code\n", "result.no_such_name\n", 1))
    told, code = check(wrong)
    assert code == 1
    assert '"RunResult" has no attribute "no_such_name"' in told


def test_the_event_types_are_these():
    assert sorted(assible.events.event_kinds()) == [
        "deprecation",
        "handler_notified",
        "host_result",
        "host_started",
        "included",
        "job_polled",
        "loop_item",
        "no_hosts_matched",
        "no_hosts_remaining",
        "notice",
        "output_chunk",
        "play_started",
        "retry",
        "run_started",
        "run_stats",
        "task_error",
        "task_started",
        "warning",
    ]


def test_the_methods_of_both_sessions_are_the_same_but_for_starting_and_parts():
    def public(kind: type) -> set[str]:
        return {name for name in vars(kind) if not name.startswith("_")}

    only_async = {"callback_plugins", "flush_fact_cache", "parts", "start"}
    assert public(assible.AsyncSession) - public(assible.Session) == only_async
    assert public(assible.Session) <= public(assible.AsyncSession)
