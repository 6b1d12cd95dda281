"""The user module: which words its programs get. No user is made."""

import os
import pwd

import pytest

from assible.content.modules import user

DEFAULTS = {name: spec.get("default") for name, spec in user.SPEC.items()}


class Given:
    check_mode = True

    def __init__(self, **params):
        self.params = {**DEFAULTS, "name": "assible-test-u", **params}
        self.commands = []

    def get_bin_path(self, name, required=False):
        self.commands.append(name)
        return name

    def fail_json(self, msg, **result):
        raise AssertionError(msg)


class Recorded(user.Work):
    def __init__(self, module):
        super().__init__(module)
        self.commands = []

    def run(self, program, *words):
        self.changed = True
        self.commands.append(" ".join((program, *words)))


def account(**fields):
    one = user.Account("assible-test-u", False)
    one.exists, one.uid, one.gid, one.comment, one.home, one.shell = True, 1000, 1000, "c", "/home/u", "/bin/sh"
    one.shadow = ["u", "$6$a$b", "1", "0", "99999", "7", "", "", ""]
    for name, value in fields.items():
        setattr(one, name, value)
    return one


@pytest.mark.parametrize(
    ("params", "command"),
    [
        ({}, "useradd -m assible-test-u"),
        ({"create_home": False, "system": True}, "useradd -M -r assible-test-u"),
        ({"uid": 5, "non_unique": True, "group": "root"}, "useradd -u 5 -o -g root -m assible-test-u"),
        ({"comment": "x", "shell": "/bin/sh"}, "useradd -c x -s /bin/sh -m assible-test-u"),
        ({"expires": 0.0}, "useradd -e 1970-01-01 -m assible-test-u"),
        ({"password": "$6$a$b", "password_lock": True}, "useradd -p !$6$a$b -m assible-test-u"),
        ({"skeleton": "/s", "umask": "027"}, "useradd -m -k /s -K UMASK=027 assible-test-u"),
        ({"uid_min": 5}, "useradd -m -K UID_MIN=5 assible-test-u"),
    ],
)
def test_a_user_is_made_with_what_is_asked_for(params, command):
    work = Recorded(Given(**params))
    user.create(work)
    assert work.commands == [command]


@pytest.mark.parametrize(
    ("params", "commands"),
    [
        ({"uid": 1000, "comment": "c", "shell": "/bin/sh", "home": "/home/u"}, []),
        ({"uid": 1001}, ["usermod -u 1001"]),
        ({"group": "root"}, ["usermod -g root"]),
        ({"comment": "d", "home": "/h", "move_home": True}, ["usermod -c d -d /h -m"]),
        ({"groups": ["daemon"]}, ["usermod -G daemon"]),
        ({"groups": ["daemon"], "append": True}, ["usermod -a -G daemon"]),
        ({"groups": []}, []),
        ({"password": "$6$a$b"}, []),
        ({"password": "$6$a$c"}, ["usermod -p $6$a$c"]),
        ({"password": "$6$a$c", "update_password": "on_create"}, []),
        ({"password_lock": True}, ["usermod -L"]),
        ({"password_lock": False}, []),
        ({"expires": 86400.0}, ["usermod -e 1970-01-02"]),
        ({"expires": -1.0}, []),
        ({"password_expire_max": 99999}, []),
        ({"password_expire_max": 30, "password_expire_warn": 3}, ["chage -M 30 -W 3"]),
    ],
)
def test_only_what_differs_is_changed(params, commands):
    work = Recorded(Given(**params))
    user.modify(work, account())
    assert work.commands == [f"{command} assible-test-u" for command in commands]


def test_a_user_that_is_there_is_described(run):
    root = pwd.getpwnam("root")
    result = run("user", name="root", create_home=False)
    assert (result["changed"], result["uid"], result["home"]) == (False, 0, root.pw_dir)


def test_check_mode_predicts(run):
    assert run("user", check=True, name="assible-test-none")["changed"]
    assert not run("user", check=True, name="assible-test-none", state="absent")["changed"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"groups": ["assible-test-none"]}, "there is no group assible-test-none"),
        ({"append": True}, "groups"),
        ({"umask": "022", "local": True}, "umask"),
    ],
)
def test_bad_input_fails(run, asked, words):
    assert words in run("user", check=True, name="assible-test-none", **asked)["msg"]


def test_a_home_is_made_from_the_skeleton(tmp_path):
    (tmp_path / "skel").mkdir()
    (tmp_path / "skel" / ".rc").write_text("x")
    work = Recorded(Given(skeleton=str(tmp_path / "skel"), umask="077"))
    user._make_home(work, account(uid=os.getuid(), gid=os.getgid()), str(tmp_path / "home"))
    assert (tmp_path / "home" / ".rc").read_text() == "x"
    assert os.stat(tmp_path / "home").st_mode & 0o777 == 0o700
