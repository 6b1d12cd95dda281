"""The user module with the real programs, in a throw-away root: made, changed, removed, refused."""

import copy
import os

import pytest


def entry(root, name, file="passwd"):
    """Return a user's line of a file of the root, split; None where there is none."""
    lines = (root.path / "etc" / file).read_text().splitlines()
    return next((line.split(":") for line in lines if line.startswith(f"{name}:")), None)


@pytest.fixture
def name(request, run_in_root):
    """A user's name of the test's own; the user is gone afterwards."""
    yield f"assible-test-{abs(hash(request.node.name)) % 10**6}"
    run_in_root("user", name=f"assible-test-{abs(hash(request.node.name)) % 10**6}", state="absent", remove=True)


@pytest.fixture
def run_unprivileged(root, run_in_root):
    """In the same root, as a user who may not change it."""
    inventory = copy.deepcopy(root.inventory)
    host = next(iter(inventory["all"]["hosts"].values()))
    host.update(ansible_become=True, ansible_become_user="nobody", ansible_become_method="sudo")
    target = type(run_in_root)(inventory)
    yield target
    target.session.close()


def test_a_user_is_made_once_as_asked_for(root, run_in_root, name):
    asked = {"name": name, "uid": 4711, "comment": "A, B", "shell": "/bin/sh", "groups": ["games"], "umask": "027"}
    assert run_in_root("user", check=True, **asked)["changed"]
    assert entry(root, name) is None
    assert run_in_root("user", **asked)["changed"]
    assert entry(root, name)[2:] == ["4711", entry(root, name)[3], "A, B", f"/home/{name}", "/bin/sh"]
    assert os.stat(root.path / "home" / name).st_mode & 0o777 == 0o750
    assert not run_in_root("user", **asked)["changed"]


@pytest.mark.parametrize(
    ("asked", "file", "field", "value"),
    [
        ({"comment": "New"}, "passwd", 4, "New"),
        ({"shell": "/bin/sh"}, "passwd", 6, "/bin/sh"),
        ({"uid": 4800}, "passwd", 2, "4800"),
        ({"password": "$6$salt$hash"}, "shadow", 1, "$6$salt$hash"),
        ({"expires": 86400 * 30000}, "shadow", 7, "30000"),
        ({"password_expire_max": 30}, "shadow", 4, "30"),
        ({"password_expire_min": 3}, "shadow", 3, "3"),
        ({"password_expire_warn": 5}, "shadow", 5, "5"),
        ({"password_expire_account_disable": 6}, "shadow", 6, "6"),
    ],
)
def test_what_differs_is_changed_once(root, run_in_root, name, asked, file, field, value):
    run_in_root("user", name=name, shell="/bin/bash")
    before = entry(root, name, file)
    assert run_in_root("user", check=True, name=name, **asked)["changed"]
    assert entry(root, name, file) == before
    assert run_in_root("user", name=name, **asked)["changed"]
    assert entry(root, name, file)[field] == value
    assert not run_in_root("user", name=name, **asked)["changed"]


def test_groups_are_set_added_and_emptied(root, run_in_root, name):
    def groups():
        return sorted(
            line.split(":")[0]
            for line in (root.path / "etc/group").read_text().splitlines()
            if name in line.split(":")[3].split(",")
        )

    run_in_root("user", name=name, groups=["games"])
    assert groups() == ["games"]
    assert run_in_root("user", name=name, groups=["mail"], append=True)["changed"]
    assert groups() == ["games", "mail"]
    assert run_in_root("user", name=name, groups=["mail"])["changed"]
    assert groups() == ["mail"]
    assert run_in_root("user", name=name, groups=[])["changed"]
    assert groups() == []


def test_a_password_is_locked_and_unlocked(root, run_in_root, name):
    run_in_root("user", name=name, password="$6$salt$hash")
    assert run_in_root("user", name=name, password_lock=True)["changed"]
    assert entry(root, name, "shadow")[1] == "!$6$salt$hash"
    assert not run_in_root("user", name=name, password_lock=True)["changed"]
    assert run_in_root("user", name=name, password_lock=False)["changed"]
    assert entry(root, name, "shadow")[1] == "$6$salt$hash"


def test_a_home_moves_with_its_content(root, run_in_root, name):
    run_in_root("user", name=name)
    (root.path / "home" / name / "kept").write_text("x")
    assert run_in_root("user", name=name, home=f"/srv/{name}", move_home=True)["changed"]
    assert (root.path / "srv" / name / "kept").read_text() == "x"
    assert not (root.path / "home" / name).exists()


def test_a_key_is_made_once_and_is_the_users_own(root, run_in_root, name):
    asked = {"name": name, "generate_ssh_key": True, "ssh_key_type": "ed25519", "ssh_key_comment": "c"}
    made = run_in_root("user", **asked)
    assert made["ssh_public_key"].startswith("ssh-ed25519 ")
    info = (root.path / "home" / name / ".ssh" / "id_ed25519").stat()
    assert (info.st_mode & 0o777, str(info.st_uid)) == (0o600, entry(root, name)[2])
    assert not run_in_root("user", **asked)["changed"]


def test_removing_takes_the_home_only_where_that_is_asked_for(root, run_in_root, name):
    run_in_root("user", name=name)
    assert run_in_root("user", check=True, name=name, state="absent")["changed"]
    assert entry(root, name)
    assert run_in_root("user", name=name, state="absent")["changed"]
    assert entry(root, name) is None
    assert (root.path / "home" / name).is_dir()
    run_in_root("user", name=name)
    run_in_root("user", name=name, state="absent", remove=True)
    assert not (root.path / "home" / name).exists()
    assert not run_in_root("user", name=name, state="absent")["changed"]


@pytest.mark.parametrize("asked", [{"uid": 0}, {"group": "none-such"}, {"groups": ["none-such"]}, {"name": "a:b"}])
def test_what_cannot_be_fails_and_leaves_no_user(root, run_in_root, name, asked):
    assert run_in_root("user", **{"name": name, **asked})["failed"]
    assert entry(root, name) is None


def test_who_may_not_change_users_is_told_so(root, run_unprivileged):
    result = run_unprivileged("user", name="assible-test-none")
    assert result["failed"]
    assert "ermission" in result["msg"]
    assert not run_unprivileged("user", name="root", create_home=False)["changed"]
