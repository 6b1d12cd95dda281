"""The systemd_service module: what it reads, a real systemd, and a system where none runs."""

import pytest

from assible.content.modules import systemd_service as module


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("a", "a.service"),
        ("a.timer", "a.timer"),
        ("a@b", "a@.service"),
        ("a@b.c.socket", "a@.socket"),
        ("a@", "a@.service"),
    ],
)
def test_the_file_of_a_unit(name, file):
    assert module.unit_file(name) == file


def test_what_show_tells_is_read():
    text = "Id=a.service\nExecStart={ path=/a ; argv[]=/a b=c\n d ; }\nAfter=\nDescription={odd\nLoadState=loaded"
    told = module.parse_show(text)
    assert told["Id"] == "a.service"
    assert told["ExecStart"] == "{ path=/a ; argv[]=/a b=c\n d ; }"
    assert told["After"] == ""


def test_a_brace_in_another_value_means_nothing():
    assert module.parse_show("Description={odd\nLoadState=loaded\n")["LoadState"] == "loaded"


@pytest.fixture(scope="module")
def unit(systemd_root, run_under_systemd):
    text = "[Service]\nExecStart=/bin/sleep 100\n[Install]\nWantedBy=multi-user.target\n"
    (systemd_root.path / "lib/systemd/system/sleeper.service").write_text(text)
    (systemd_root.path / "lib/systemd/user/mine.service").write_text(text.replace("multi-user", "default"))
    systemd_root.run("systemctl", "daemon-reload")

    def call(check=False, **args):
        return run_under_systemd("systemd_service", check=check, **args)

    return call


def is_active(root, name="sleeper"):
    return root.run("sh", "-c", f"systemctl is-active {name} || true").strip()


def test_a_unit_is_started_once(unit, systemd_root):
    args = {"name": "sleeper", "state": "started"}
    assert unit(check=True, **args)["changed"]
    assert is_active(systemd_root) == "inactive"
    assert unit(**args)["changed"]
    assert is_active(systemd_root) == "active"
    assert not unit(**args)["changed"]


def test_a_restart_gives_a_new_process(unit, systemd_root):
    before = systemd_root.run("systemctl", "show", "-p", "MainPID", "sleeper")
    assert unit(name="sleeper", state="restarted")["changed"]
    assert systemd_root.run("systemctl", "show", "-p", "MainPID", "sleeper") != before


def test_a_unit_is_stopped_once(unit, systemd_root):
    assert unit(name="sleeper", state="stopped")["changed"]
    assert is_active(systemd_root) == "inactive"
    assert not unit(name="sleeper", state="stopped")["changed"]


def test_a_unit_is_enabled_once(unit, systemd_root):
    link = systemd_root.path / "etc/systemd/system/multi-user.target.wants/sleeper.service"
    assert unit(check=True, name="sleeper", enabled=True)["changed"]
    assert not link.is_symlink()
    assert [unit(name="sleeper", enabled=True)["changed"] for _ in range(2)] == [True, False]
    assert link.is_symlink()
    assert [unit(name="sleeper", enabled=False)["changed"] for _ in range(2)] == [True, False]


def test_a_masked_unit_cannot_be_started(unit):
    assert [unit(name="sleeper", masked=True)["changed"] for _ in range(2)] == [True, False]
    assert "masked" in unit(name="sleeper", state="started")["msg"]
    assert unit(name="sleeper", masked=False, state="started")["changed"]


def test_units_of_all_users_are_enabled(unit, systemd_root):
    link = systemd_root.path / "etc/systemd/user/default.target.wants/mine.service"
    assert [unit(name="mine", enabled=True, scope="global")["changed"] for _ in range(2)] == [True, False]
    assert link.is_symlink()
    assert "not known" in unit(name="mine", state="started", scope="global")["msg"]


def test_a_user_without_a_bus_is_told_so(unit):
    result = unit(name="mine", state="started", scope="user")
    assert result["failed"]
    assert "bus" in result["stderr"]


def test_the_name_may_begin_with_a_dash(unit):
    assert unit(name="-.mount")["status"]["Where"] == "/"


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({"name": "nothing", "state": "started"}, "nothing"),
        ({"name": "a*", "state": "started"}, "wildcard"),
        ({"enabled": True}, "name"),
    ],
)
def test_what_makes_no_sense_fails(unit, args, text):
    result = unit(**args)
    assert result["failed"]
    assert text in result["msg"]


def test_units_are_enabled_and_masked_where_systemd_does_not_run(root, run_in_root):
    link = root.path / "etc/systemd/system/multi-user.target.wants/cron.service"
    for enabled in (False, True):
        assert run_in_root("systemd_service", name="cron.service", enabled=enabled)["changed"]
        assert not run_in_root("systemd_service", name="cron.service", enabled=enabled)["changed"]
        assert link.is_symlink() == enabled
    changes = [
        run_in_root("systemd_service", name="cron", masked=masked)["changed"] for masked in (True, True, False, False)
    ]
    assert changes == [True, False, True, False]


def test_nothing_is_started_where_systemd_does_not_run(run_in_root):
    assert "does not run" in run_in_root("systemd_service", name="cron", state="started")["msg"]
    assert run_in_root("systemd_service", name="nothing.service", enabled=True)["failed"]
