"""Modes, digests, and putting files in their place."""

import errno
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assible.agent.toolkit import files


@pytest.mark.parametrize(
    ("mode", "present", "is_directory", "result"),
    [
        (0o644, 0, False, 0o644),
        ("644", 0, False, 0o644),
        ("0755", 0, False, 0o755),
        ("0o600", 0, False, 0o600),
        ("4755", 0, False, 0o4755),
        ("u=rw,g=r,o=", 0o777, False, 0o640),
        ("u+x", 0o644, False, 0o744),
        ("a-w", 0o666, False, 0o444),
        ("ugo=r", 0o777, False, 0o444),
        ("g-wx,o-rwx", 0o777, False, 0o740),
        ("u=rwX,g=rX", 0o600, False, 0o640),
        ("a+X", 0o700, False, 0o711),
        ("a+X", 0o600, True, 0o711),
        ("a+X", 0o600, False, 0o600),
        ("g=u", 0o750, False, 0o770),
        ("o=g", 0o751, False, 0o755),
        ("u+s,g+s", 0o755, False, 0o6755),
        ("o+t", 0o777, True, 0o1777),
        ("u+r-w+x", 0o200, False, 0o500),
        ("+x", 0o644, False, 0o755),
        ("u=rwx,g=rx,o=rx", 0o2700, True, 0o755),
        ("g-s", 0o2755, True, 0o755),
    ],
)
def test_modes_in_numbers_and_symbols(mode, present, is_directory, result):
    assert oct(files.parse_mode(mode, present, is_directory)) == oct(result)


def test_symbols_without_a_user_leave_the_umask_alone():
    assert files.parse_mode("+w", 0o444, False, umask=0o022) == 0o644


@pytest.mark.parametrize("mode", ["u+z", "x=r", "rw", "u", "u=rw;g=r", "99"])
def test_what_is_no_mode_is_refused(mode):
    with pytest.raises(ValueError):
        files.parse_mode(mode, 0o644, False)


@given(st.integers(0, 0o777), st.integers(0, 0o777))
def test_a_mode_written_in_symbols_is_the_mode(mode, present):
    names = [
        (shift, "".join(sign for bit, sign in ((4, "r"), (2, "w"), (1, "x")) if mode >> shift & bit))
        for shift in (6, 3, 0)
    ]
    text = ",".join(f"{user}={signs}" for user, (_, signs) in zip("ugo", names, strict=True))
    assert files.parse_mode(text, present, False) == mode


def test_digests(tmp_path):
    (tmp_path / "f").write_bytes(b"abc")
    assert files.digest(str(tmp_path / "f")) == "a9993e364706816aba3e25717850c26c9cd0d89d"
    assert files.digest(str(tmp_path / "f"), "md5") == "900150983cd24fb0d6963f7d28e17f72"
    assert files.digest(str(tmp_path / "none")) is None
    with pytest.raises(IsADirectoryError):
        files.digest(str(tmp_path))
    with pytest.raises(ValueError, match="none-such"):
        files.digest(str(tmp_path / "f"), "none-such")


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def pair(tmp_path):
    new, old = tmp_path / "new", tmp_path / "old"
    new.write_text("new")
    new.chmod(0o600)
    old.write_text("old")
    old.chmod(0o640)
    return new, old


def test_the_new_file_takes_the_old_ones_place_and_mode(pair):
    new, old = pair
    files.move(str(new), str(old))
    assert (old.read_text(), mode_of(old), new.exists()) == ("new", 0o640, False)


def test_the_new_file_keeps_its_own_mode_where_that_is_wanted(pair):
    new, old = pair
    files.move(str(new), str(old), keep_attributes=False)
    assert mode_of(old) == 0o600


def test_a_file_in_a_new_place_gets_what_the_umask_gives(pair, tmp_path):
    before = os.umask(0o027)
    try:
        files.move(str(pair[0]), str(tmp_path / "fresh"))
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "fresh") == 0o640


def test_nothing_is_lost_where_the_new_place_is_not_there(pair, tmp_path):
    with pytest.raises(OSError):
        files.move(str(pair[0]), str(tmp_path / "none" / "f"))
    assert pair[0].read_text() == "new"


class OtherFileSystem:
    """A rename that refuses to leave its file system; inside of one directory it works."""

    def __init__(self, refuse_all=False):
        self.refuse_all = refuse_all
        self.rename = os.rename

    def __call__(self, source, target):
        if self.refuse_all or ("draft" not in source and ".ansible_tmp" not in source):
            raise OSError(errno.EXDEV if not self.refuse_all else errno.EBUSY, "refused")
        self.rename(source, target)


def test_a_file_from_another_file_system_is_copied_and_then_renamed(pair, monkeypatch):
    new, old = pair
    monkeypatch.setattr(files.os, "rename", OtherFileSystem())
    files.move(str(new), str(old))
    assert (old.read_text(), mode_of(old)) == ("new", 0o640)
    assert sorted(path.name for path in old.parent.iterdir()) == ["old"]


def test_a_file_that_cannot_be_replaced_is_an_error_that_leaves_no_draft(pair, monkeypatch):
    new, old = pair
    monkeypatch.setattr(files.os, "rename", OtherFileSystem(refuse_all=True))
    with pytest.raises(OSError):
        files.move(str(new), str(old))
    assert old.read_text() == "old"
    assert sorted(path.name for path in old.parent.iterdir()) == ["new", "old"]


def test_a_file_that_cannot_be_replaced_is_written_into_where_that_is_allowed(pair, monkeypatch):
    new, old = pair
    inode = old.stat().st_ino
    monkeypatch.setattr(files.os, "rename", OtherFileSystem(refuse_all=True))
    files.move(str(new), str(old), unsafe=True)
    assert (old.read_text(), old.stat().st_ino) == ("new", inode)


def test_a_backup_has_the_content_and_the_mode(pair):
    copy = files.backup(str(pair[1]))
    assert copy.startswith(f"{pair[1]}.{os.getpid()}.")
    assert copy.endswith("~")
    with open(copy) as stream:
        assert stream.read() == "old"
    assert stat.S_IMODE(os.stat(copy).st_mode) == 0o640


def test_there_is_no_backup_of_what_is_not_there(tmp_path):
    assert files.backup(str(tmp_path / "none")) == ""


def test_states_of_files(tmp_path):
    (tmp_path / "f").write_text("x")
    (tmp_path / "l").symlink_to("f")
    (tmp_path / "two").write_text("x")
    os.link(tmp_path / "two", tmp_path / "h")
    states = {name: files.describe(str(tmp_path / name)).get("state") for name in ("f", "l", "h", "", "none")}
    assert states == {"f": "file", "l": "link", "h": "hard", "": "directory", "none": None}


def test_users_and_groups_by_name_and_number():
    assert files.user_number("root") == files.user_number("0") == files.user_number(0) == 0
    assert files.group_number("0") == 0
    for lookup in (files.user_number, files.group_number):
        with pytest.raises(LookupError, match="assible-nobody"):
            lookup("assible-nobody")
    assert files.user_name(4_000_000_000 - 7) == str(4_000_000_000 - 7)


def test_the_mount_point_of_what_is_not_there_is_that_of_its_directory(tmp_path):
    assert files.mount_point(str(tmp_path / "none")) == files.mount_point(str(tmp_path))
    assert files.mount_point("/") == "/"
