"""The group module: which command it comes to, and what it leaves alone. No group is made."""

import pytest

from assible.content.modules import group

DEFAULTS = {name: spec.get("default") for name, spec in group.SPEC.items()}


class Given:
    def __init__(self, **params):
        self.params = {**DEFAULTS, "name": "g", **params}

    def get_bin_path(self, name, required=False):
        return name

    def fail_json(self, msg, **result):
        raise AssertionError(msg)


@pytest.mark.parametrize(
    ("params", "present", "argv"),
    [
        ({}, None, "groupadd g"),
        ({"gid": 7, "non_unique": True, "system": True}, None, "groupadd -g 7 -o -r g"),
        ({"gid_min": 5, "gid_max": 9}, None, "groupadd -K GID_MIN=5 -K GID_MAX=9 g"),
        ({"local": True}, None, "lgroupadd g"),
        ({}, 7, None),
        ({"gid": 7}, 7, None),
        ({"gid": 8}, 7, "groupmod -g 8 g"),
        ({"state": "absent"}, None, None),
        ({"state": "absent", "force": True}, 7, "groupdel -f g"),
    ],
)
def test_the_command_makes_the_change_that_is_needed(params, present, argv):
    assert group.command(Given(**params), present) == (argv and argv.split())


def test_a_group_that_is_there_is_left_alone(run):
    result = run("group", name="root")
    assert (result["changed"], result["gid"]) == (False, 0)


def test_check_mode_predicts(run):
    assert run("group", check=True, name="assible-test-none")["changed"]
    assert group.gid_of("assible-test-none") is None
    assert not run("group", check=True, name="assible-test-none", state="absent")["changed"]


def test_bad_input_fails(run):
    assert "gid" in run("group", check=True, name="assible-test-none", non_unique=True)["msg"]
