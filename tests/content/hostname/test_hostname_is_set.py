"""The hostname module in throw-away roots: by its file, and by a real systemd. This machine keeps its name."""

import copy
import os

import pytest


@pytest.fixture(autouse=True)
def the_machine_keeps_its_name():
    before = os.uname().nodename
    yield
    assert os.uname().nodename == before


def test_the_present_and_the_kept_name_are_set_once(root, run_in_root):
    (root.path / "etc/hostname").write_text("before\n")
    asked = {"name": "store.example.org", "use": "debian"}
    predicted = run_in_root("hostname", check=True, **asked)
    assert predicted["diff"] == {"before": "hostname = before\n", "after": "hostname = store.example.org\n"}
    assert (root.path / "etc/hostname").read_text() == "before\n"
    assert run_in_root("hostname", **asked)["ansible_facts"]["ansible_hostname"] == "store"
    assert (root.path / "etc/hostname").read_text() == "store.example.org\n"
    assert root.run("hostname") == "store.example.org\n"
    assert not run_in_root("hostname", **asked)["changed"]


@pytest.mark.parametrize("kept", [True, False])
def test_each_of_the_two_names_is_mended_alone(root, run_in_root, kept):
    run_in_root("hostname", name="one.example", use="debian")
    if kept:
        (root.path / "etc/hostname").write_text("other\n")
    else:
        root.run("hostname", "other")
    assert run_in_root("hostname", name="one.example", use="debian")["changed"]
    assert (root.run("hostname"), (root.path / "etc/hostname").read_text()) == ("one.example\n", "one.example\n")


def test_who_may_not_set_it_is_told_so(root, run_in_root):
    inventory = copy.deepcopy(root.inventory)
    host = next(iter(inventory["all"]["hosts"].values()))
    host.update(ansible_become=True, ansible_become_user="nobody", ansible_become_method="sudo")
    target = type(run_in_root)(inventory)
    before = root.run("hostname")
    assert target("hostname", name="stolen", use="debian")["failed"]
    assert root.run("hostname") == before
    target.session.close()


def test_systemd_sets_both_names_once(systemd_root, run_under_systemd):
    assert run_under_systemd("hostname", check=True, name="a.example")["changed"]
    assert run_under_systemd("hostname", name="a.example")["changed"]
    assert systemd_root.run("hostname") == "a.example\n"
    assert (systemd_root.path / "etc/hostname").read_text() == "a.example\n"
    assert not run_under_systemd("hostname", name="a.example")["changed"]
    assert run_under_systemd("hostname", name="x" * 65)["failed"]
