"""The group module with the real programs, in a throw-away root."""

import copy

import pytest


def number(root, name):
    """Return a group's number in the root; None where there is no such group."""
    lines = (root.path / "etc/group").read_text().splitlines()
    return next((int(line.split(":")[2]) for line in lines if line.startswith(f"{name}:")), None)


@pytest.fixture
def run_unprivileged(root, run_in_root):
    """In the same root, as a user who may not change it."""
    inventory = copy.deepcopy(root.inventory)
    host = next(iter(inventory["all"]["hosts"].values()))
    host.update(ansible_become=True, ansible_become_user="nobody", ansible_become_method="sudo")
    target = type(run_in_root)(inventory)
    yield target
    target.session.close()


def test_a_group_is_made_changed_and_removed(root, run_in_root):
    asked = {"name": "assible-test-g", "gid": 4711}
    assert run_in_root("group", check=True, **asked)["changed"]
    assert number(root, "assible-test-g") is None
    assert run_in_root("group", **asked)["gid"] == 4711
    assert not run_in_root("group", **asked)["changed"]
    assert run_in_root("group", check=True, name="assible-test-g", gid=4712)["changed"]
    assert number(root, "assible-test-g") == 4711
    assert run_in_root("group", name="assible-test-g", gid=4712)["changed"]
    assert number(root, "assible-test-g") == 4712
    assert run_in_root("group", check=True, name="assible-test-g", state="absent")["changed"]
    assert run_in_root("group", name="assible-test-g", state="absent")["changed"]
    assert number(root, "assible-test-g") is None
    assert not run_in_root("group", name="assible-test-g", state="absent")["changed"]


def test_numbers_follow_limits_and_systems(root, run_in_root):
    assert run_in_root("group", name="assible-test-l", gid_min=5000, gid_max=5000)["gid"] == 5000
    assert run_in_root("group", name="assible-test-m", gid_min=5000, gid_max=5000)["failed"]
    assert run_in_root("group", name="assible-test-s", system=True)["gid"] < 1000


def test_a_number_is_used_twice_only_where_that_is_asked_for(root, run_in_root):
    assert run_in_root("group", name="assible-test-t", gid=0)["failed"]
    assert number(root, "assible-test-t") is None
    assert run_in_root("group", name="assible-test-t", gid=0, non_unique=True)["gid"] == 0


def test_a_main_group_goes_only_by_force(root, run_in_root):
    run_in_root("group", name="assible-test-main")
    run_in_root("user", name="assible-test-member", group="assible-test-main", create_home=False)
    assert run_in_root("group", name="assible-test-main", state="absent")["failed"]
    assert number(root, "assible-test-main") is not None
    assert run_in_root("group", name="assible-test-main", state="absent", force=True)["changed"]
    assert number(root, "assible-test-main") is None


def test_who_may_not_change_groups_is_told_so(root, run_unprivileged):
    assert "ermission" in run_unprivileged("group", name="assible-test-none")["msg"]
    assert number(root, "assible-test-none") is None
    assert not run_unprivileged("group", name="root")["changed"]


def test_a_name_that_cannot_be_is_refused(root, run_in_root):
    assert run_in_root("group", name="a:b")["failed"]
