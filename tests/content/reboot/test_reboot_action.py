"""The reboot action: what it asks for, and a target whose connection the command cuts."""

import pytest

from assible.content.actions import reboot as action
from assible.exceptions import ActionError

#: Changes what tells one boot from another, and ends the agent, which is what started it.
CUT = "/bin/sh -c 'echo {} > /tmp/boot; kill -9 $PPID'"


def test_wishes_have_their_defaults():
    wish = action.wishes({})
    assert (wish.reboot_seconds, wish.test_command, wish.message) == (600, "whoami", "Reboot initiated by Ansible")
    assert wish.search_paths == action.PATHS


def test_old_names_of_times_are_known():
    assert action.wishes({"reboot_timeout_sec": "5"}).reboot_seconds == 5


def test_a_command_of_ones_own_leaves_out_the_delay():
    assert action.wishes({"reboot_command": "x", "post_reboot_delay": 9}).post_delay == 0


@pytest.mark.parametrize(
    "args",
    [{"reboot_timeout": "soon"}, {"boot_time_command": ""}, {"reboot_command": 5}, {"search_paths": [1]}],
)
def test_wrong_wishes_are_refused(args):
    with pytest.raises(ActionError):
        action.wishes(args)


@pytest.fixture(scope="module")
def reboot(root, run_in_root):
    (root.path / "tmp/boot").write_text("first\n")

    def call(check=False, **args):
        return run_in_root(
            "reboot", check=check, **{"boot_time_command": "cat /tmp/boot", "reboot_timeout": 10, **args}
        )

    return call


def test_it_waits_for_another_boot(reboot, root):
    result = reboot(reboot_command=CUT.format("second"))
    assert (result["changed"], result["rebooted"]) == (True, True)
    assert (root.path / "tmp/boot").read_text() == "second\n"


def test_the_same_boot_is_not_enough(reboot):
    result = reboot(reboot_command=CUT.format("second"), reboot_timeout=1)
    assert result["failed"]
    assert "boot" in result["msg"]


def test_the_target_must_pass_its_test(reboot):
    result = reboot(reboot_command=CUT.format("third"), test_command="false", reboot_timeout=1)
    assert result["failed"]
    assert "test" in result["msg"]


def test_programs_are_looked_for(reboot, root):
    script = root.path / "opt/down/restart"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\necho fourth > /tmp/boot\necho $@ > /tmp/words\n")
    script.chmod(0o755)
    assert reboot(reboot_command="restart a 'b c'", search_paths=["/opt/none", "/opt/down"])["rebooted"]
    assert (root.path / "tmp/words").read_text() == "a b c\n"
    script.rename(script.with_name("shutdown"))
    (root.path / "tmp/boot").write_text("fifth\n")
    assert reboot(search_paths=["/opt/down"], pre_reboot_delay=120, msg="new kernel")["rebooted"]
    assert (root.path / "tmp/words").read_text() == "-r 2 new kernel\n"


def test_a_program_that_is_nowhere_fails(reboot):
    result = reboot(search_paths=["/opt/none"])
    assert (result["failed"], result["rebooted"]) == (True, False)


def test_a_command_that_fails_is_told(reboot):
    result = reboot(reboot_command="/bin/sh -c 'echo why >&2; exit 4'")
    assert (result["failed"], result["rebooted"]) == (True, False)
    assert "4" in result["msg"]
    assert "why" in result["msg"]


def test_a_boot_that_cannot_be_told_fails_before_anything_is_done(reboot, root):
    result = reboot(boot_time_command="false", reboot_command="/bin/touch /tmp/restarted")
    assert result["failed"]
    assert not (root.path / "tmp/restarted").exists()


def test_check_mode_restarts_nothing(reboot, root):
    result = reboot(check=True, reboot_command="/bin/touch /tmp/restarted")
    assert (result["changed"], result["rebooted"]) == (True, True)
    assert not (root.path / "tmp/restarted").exists()


def test_the_controller_is_never_restarted(run, tmp_path):
    result = run("reboot", reboot_command=f"/bin/touch {tmp_path}/restarted")
    assert (result["failed"], result["rebooted"]) == (True, False)
    assert not (tmp_path / "restarted").exists()
