"""Facts: what is gathered, what is chosen, and what facts.d adds."""

from __future__ import annotations

import os
import platform
import sys

import pytest

import assible


@pytest.fixture(scope="module")
def session():
    hosts = {"all": {"hosts": {"h": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}}}}
    with assible.Session(inventory=hosts) as session:
        yield session


def gather(session, **args):
    (result,) = session.run_module("setup", args).results()
    assert result.status == "ok", result.data
    return result.data["ansible_facts"]


def test_all_facts_are_those_of_this_machine(session):
    found = gather(session)
    assert found["ansible_kernel"] == os.uname().release
    assert found["ansible_python_version"] == platform.python_version()
    assert found["ansible_user_uid"] == os.geteuid()
    assert found["ansible_processor_nproc"] == len(os.sched_getaffinity(0))
    assert found["ansible_lo"]["ipv4"]["address"] == "127.0.0.1"
    assert found["module_setup"] is True


def test_a_filter_keeps_what_matches_with_or_without_the_prefix(session):
    assert set(gather(session, filter=["ansible_kernel", "machine"])) == {"ansible_kernel", "ansible_machine"}


def test_facts_d_adds_files_programs_and_ini(session, tmp_path):
    (tmp_path / "plain.fact").write_text('{"a": 1}')
    (tmp_path / "old.fact").write_text("[section]\nkey = value\n")
    (tmp_path / "program.fact").write_text("#!/bin/sh\necho '[\"made\"]'\n")
    (tmp_path / "program.fact").chmod(0o755)
    (tmp_path / "broken.fact").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "broken.fact").chmod(0o755)
    local = gather(session, gather_subset=["!all", "!min", "local"], fact_path=str(tmp_path))["ansible_local"]
    assert local["plain"] == {"a": 1}
    assert local["old"] == {"section": {"key": "value"}}
    assert local["program"] == ["made"]
    assert "broken.fact" in local["broken"]


def test_an_unknown_subset_is_told_with_those_that_exist(session):
    (result,) = session.run_module("setup", {"gather_subset": ["nosuch"]}).results()
    assert result.status == "failed"
    assert "'nosuch'" in result.data["msg"]
    assert "hardware" in result.data["msg"]
