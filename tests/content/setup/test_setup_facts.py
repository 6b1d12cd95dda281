"""Facts: what is gathered, what is chosen, and what facts.d adds."""

import os

import pytest

from assible.agent.toolkit.facts import collect, distribution, hardware, reading, virtual

MINIMAL = {name for name, one in collect.COLLECTORS.items() if one.is_minimal}


def facts_of(run, **args):
    return run("setup", **args)["ansible_facts"]


def test_all_facts_are_those_of_this_machine(run):
    found = facts_of(run)
    assert found["ansible_kernel"] == os.uname().release
    assert found["ansible_user_uid"] == os.geteuid()
    assert found["ansible_processor_nproc"] == len(os.sched_getaffinity(0))
    assert found["ansible_lo"]["ipv4"]["address"] == "127.0.0.1"
    assert found["ansible_lo"]["ipv4"]["netmask"] == "255.0.0.0"
    assert found["ansible_env"]["PATH"]
    assert found["module_setup"] is True


def test_a_filter_keeps_what_matches_with_or_without_the_prefix(run):
    assert set(facts_of(run, filter=["ansible_kernel", "machine"])) == {"ansible_kernel", "ansible_machine"}


def test_facts_d_adds_files_programs_and_ini(run, tmp_path):
    (tmp_path / "plain.fact").write_text('{"a": 1}')
    (tmp_path / "old.fact").write_text("[section]\nkey = value\n")
    (tmp_path / "program.fact").write_text("#!/bin/sh\necho '[\"made\"]'\n")
    (tmp_path / "program.fact").chmod(0o755)
    (tmp_path / "broken.fact").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "broken.fact").chmod(0o755)
    found = facts_of(run, gather_subset=["!all", "!min", "local"], fact_path=str(tmp_path))["ansible_local"]
    assert found["plain"] == {"a": 1}
    assert found["old"] == {"section": {"key": "value"}}
    assert found["program"] == ["made"]
    assert "broken.fact" in found["broken"]


def test_an_unknown_subset_is_told_with_those_that_exist(run):
    message = run("setup", gather_subset=["nosuch"])["msg"]
    assert "'nosuch'" in message
    assert "hardware" in message


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ([], set(collect.COLLECTORS)),
        (["all"], set(collect.COLLECTORS)),
        (["!all"], MINIMAL),
        (["min"], MINIMAL),
        (["!hardware"], MINIMAL),
        (["!all", "!min"], set()),
        (["network"], MINIMAL | {"network"}),
        (["!all", "!min", "network"], {"platform", "distribution", "network"}),
        (["!all", "!min", "mounts"], {"platform", "hardware"}),
        (["all", "!hardware", "!network"], set(collect.COLLECTORS) - {"hardware", "network"}),
        (["!all", "!min", "interfaces", "!network"], {"platform", "distribution", "network"}),
    ],
)
def test_subsets_choose_collectors_and_what_these_need(asked, expected):
    assert set(collect.choose(asked)) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"os-release": 'ID=ubuntu\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\n'},
            ("Ubuntu", "22.04", "22", "jammy", "Debian"),
        ),
        (
            {
                "os-release": 'ID="rocky"\nVERSION_ID="9.3"\n',
                "redhat-release": "Rocky Linux release 9.3 (Blue Onyx)",
            },
            ("Rocky", "9.3", "9", "Blue Onyx", "RedHat"),
        ),
        (
            {
                "os-release": 'ID="rhel"\nVERSION_ID="8.6"\n',
                "redhat-release": "Red Hat Enterprise Linux release 8.6 (Ootpa)",
            },
            ("RedHat", "8.6", "8", "Ootpa", "RedHat"),
        ),
        (
            {"os-release": "ID=alpine\nVERSION_ID=3.18.4\n", "alpine-release": "3.18.4"},
            ("Alpine", "3.18.4", "3", "NA", "Alpine"),
        ),
        (
            {"os-release": 'ID="amzn"\nVERSION_ID="2023"\n'},
            ("Amazon", "2023", "2023", "NA", "RedHat"),
        ),
        (
            {"os-release": 'ID=odd\nNAME="Odd Linux"\nVERSION_ID="1"\nID_LIKE="fedora rhel"\n'},
            ("Odd Linux", "1", "1", "NA", "RedHat"),
        ),
    ],
)
def test_distributions_are_known(monkeypatch, files, expected):
    monkeypatch.setattr(reading, "text", lambda path, default="": files.get(os.path.basename(path), default))
    found = distribution.collect()
    keys = ("distribution", "distribution_version", "distribution_major_version", "distribution_release", "os_family")
    assert tuple(found[key] for key in keys) == expected


def test_processors_are_counted_by_socket_core_and_thread(monkeypatch):
    block = (
        "processor\t: {}\nvendor_id\t: V\nmodel name\t: M\nphysical id\t: {}\nsiblings\t: 4\n"
        "core id\t: {}\ncpu cores\t: 2\n\n"
    )
    text = "".join(block.format(n, n // 4, n % 2) for n in range(8))
    monkeypatch.setattr(reading, "lines", lambda path: text.splitlines())
    found = hardware.processor()
    assert (found["processor_count"], found["processor_cores"], found["processor_threads_per_core"]) == (2, 2, 2)
    assert found["processor_vcpus"] == 8


def test_a_container_is_told_by_its_groups(monkeypatch):
    monkeypatch.setattr(reading, "text", lambda path, default="": "0::/docker/abc" if "cgroup" in path else "")
    assert virtual.containers()[0] == ("docker", ["docker", "container"])


def test_a_file_system_that_does_not_answer_has_a_note_instead_of_sizes(monkeypatch):
    import threading

    never = threading.Event()

    def hang(mount):
        never.wait(5)
        raise OSError("gone")

    monkeypatch.setattr(hardware.os, "statvfs", hang)
    assert "note" in hardware.sizes_of("/", 0.05)
    never.set()


def test_one_collector_that_fails_costs_a_warning_alone():
    class Told:
        warnings = []

        def warn(self, text):
            self.warnings.append(text)

    def fail(module, facts):
        raise OSError("no such thing")

    before = collect.COLLECTORS["fips"].gather
    collect.COLLECTORS["fips"].gather = fail
    try:
        found = collect.gather(Told(), ["!all", "!min", "fips", "loadavg"])
    finally:
        collect.COLLECTORS["fips"].gather = before
    assert set(found) == {"loadavg"}
    assert "fips" in Told.warnings[0]
    assert "no such thing" in Told.warnings[0]
