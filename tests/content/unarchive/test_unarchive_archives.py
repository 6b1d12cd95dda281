"""``unarchive``: archives of all kinds, from the controller and on the target."""

import os
import subprocess
import zipfile
from types import SimpleNamespace

import pytest

from assible.content.modules import unarchive

TAR_OPTIONS = {"t.tar": "-cf", "t.tar.gz": "-czf", "t.tar.bz2": "-cjf", "t.tar.xz": "-cJf", "t.tar.zst": "--zstd -cf"}


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    """The same tree in every kind of archive."""
    folder = tmp_path_factory.mktemp("archives")
    tree = folder / "tree" / "top"
    (tree / "sub").mkdir(parents=True)
    (tree / "a.txt").write_text("a\n")
    (tree / "sp ace é.txt").write_text("s\n")
    (tree / "sub" / "run.sh").write_text("#!/bin/sh\n")
    (tree / "sub" / "run.sh").chmod(0o755)
    (tree / "link").symlink_to("a.txt")
    os.utime(tree / "a.txt", (1577836800, 1577836800))
    for name, options in TAR_OPTIONS.items():
        subprocess.run(["tar", *options.split(), str(folder / name), "top"], cwd=folder / "tree", check=True)
    subprocess.run(["zip", "-qry", str(folder / "t.zip"), "top"], cwd=folder / "tree", check=True)
    return folder


@pytest.fixture
def unpack(run, archives, tmp_path):
    def unpack(name, check=False, **args):
        return run("unarchive", check=check, src=str(archives / name), dest=str(tmp_path), **args)

    return unpack


@pytest.mark.parametrize("name", [*TAR_OPTIONS, "t.zip"])
@pytest.mark.parametrize("place", [{}, {"remote_src": True}])
def test_every_kind_is_unpacked_once(unpack, tmp_path, name, place):
    first = unpack(name, list_files=True, **place)
    assert first["changed"], first
    assert sorted(first["files"]) == ["top/", "top/a.txt", "top/link", "top/sp ace é.txt", "top/sub/", "top/sub/run.sh"]
    assert (tmp_path / "top/sub/run.sh").stat().st_mode & 0o777 == 0o755
    assert os.readlink(tmp_path / "top/link") == "a.txt"
    assert not unpack(name, **place)["changed"]


def test_the_result_tells_how_and_where(unpack, tmp_path):
    assert (unpack("t.tar.gz")["handler"], unpack("t.tar.bz2")["handler"]) == ("TgzArchive", "TarArchive")
    result = unpack("t.zip")
    assert (result["handler"], result["dest"], result["state"]) == ("ZipArchive", str(tmp_path), "directory")


@pytest.mark.parametrize("name", ["t.tar", "t.zip"])
def test_a_changed_or_missing_file_is_unpacked_again(unpack, tmp_path, name):
    unpack(name)
    (tmp_path / "top/a.txt").write_text("b\n")
    assert unpack(name)["changed"]
    assert (tmp_path / "top/a.txt").read_text() == "a\n"
    (tmp_path / "top/sub/run.sh").unlink()
    assert unpack(name)["changed"]


def test_a_zip_archive_shows_what_differs(unpack, tmp_path):
    assert ">f++++++.?? top/a.txt\n" in unpack("t.zip", check=True)["diff"]["prepared"]
    unpack("t.zip")
    os.utime(tmp_path / "top/a.txt")
    assert unpack("t.zip", check=True)["diff"]["prepared"] == ".f..t....?? top/a.txt\n"
    (tmp_path / "top/a.txt").write_text("longer\n")
    assert unpack("t.zip")["diff"]["prepared"].startswith(".fcst")


def test_check_mode_predicts_zip_and_skips_tar(unpack, tmp_path):
    assert unpack("t.zip", check=True)["changed"]
    assert unpack("t.tar", check=True)["skipped"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["t.tar.gz", "t.zip"])
def test_all_of_it_gets_the_mode_that_is_asked_for(unpack, tmp_path, name):
    assert unpack(name, mode="u=rwX,go=")["changed"]
    assert (tmp_path / "top").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "top/a.txt").stat().st_mode & 0o777 == 0o600
    assert not unpack(name, mode="u=rwX,go=")["changed"]


@pytest.mark.parametrize("name", ["t.tar", "t.zip"])
def test_parts_are_left_out_or_chosen(unpack, tmp_path, name):
    pattern = "top/sub" if name == "t.tar" else "top/sub/*"
    assert "top/sub/run.sh" not in unpack(name, exclude=[pattern], list_files=True)["files"]
    assert not (tmp_path / "top/sub/run.sh").exists()
    assert unpack(name, include=["top/sub/run.sh"], list_files=True)["files"] == ["top/sub/run.sh"]
    assert (tmp_path / "top/sub/run.sh").exists()
    assert unpack(name, include=["a"], exclude=["b"])["failed"]
    assert unpack(name, include=["nowhere"])["failed"]


def test_a_newer_file_is_kept(unpack, tmp_path):
    unpack("t.zip")
    (tmp_path / "top/a.txt").write_text("mine\n")
    assert not unpack("t.zip", keep_newer=True)["changed"]
    unpack("t.tar", keep_newer=True)
    assert (tmp_path / "top/a.txt").read_text() == "mine\n"


def test_further_options_reach_the_program(unpack, tmp_path):
    result = unpack("t.tar", extra_opts=["--strip-components=1"], list_files=True)
    assert "a.txt" in result["files"]
    assert (tmp_path / "a.txt").exists()
    assert not unpack("t.tar", extra_opts=["--strip-components=1"])["changed"]


def test_what_is_there_makes_unpacking_needless(unpack, tmp_path):
    assert unpack("t.tar", creates=str(tmp_path))["skipped"]
    assert unpack("t.tar", remote_src=True, creates=str(tmp_path))["skipped"]


def test_a_large_archive_is_streamed_first(run, tmp_path):
    (tmp_path / "big").write_bytes(os.urandom(5 * 1024 * 1024))
    subprocess.run(["tar", "-cf", "big.tar", "big"], cwd=tmp_path, check=True)
    (tmp_path / "out").mkdir()
    assert run("unarchive", src=str(tmp_path / "big.tar"), dest=str(tmp_path / "out"))["changed"]
    assert (tmp_path / "out/big").stat().st_size == 5 * 1024 * 1024
    again = {"src": str(tmp_path / "big.tar"), "dest": str(tmp_path / "out"), "creates": str(tmp_path / "out/big")}
    assert run("unarchive", **again)["skipped"]


def test_a_path_that_leads_out_of_the_directory_is_not_followed(run, tmp_path):
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../evil.txt", "x")
    (tmp_path / "in").mkdir()
    run("unarchive", src=str(tmp_path / "evil.zip"), dest=str(tmp_path / "in"))
    assert not (tmp_path / "evil.txt").exists()


@pytest.mark.parametrize("content", [b"", b"junk\n", b"\x1f\x8b\x08junk", b"PK\x03\x04junk"])
def test_what_is_no_archive_is_refused(run, tmp_path, content):
    (tmp_path / "bad").write_bytes(content)
    assert run("unarchive", src=str(tmp_path / "bad"), dest=str(tmp_path))["failed"]


@pytest.mark.parametrize(
    "args",
    [
        {"src": "/nowhere.tar", "dest": "/tmp"},
        {"src": "/nowhere.tar", "dest": "/tmp", "remote_src": True},
        {"src": "/tmp", "dest": "/tmp"},
        {"dest": "/tmp"},
        {"src": "x", "dest": "/tmp", "copy": False, "remote_src": True},
        {"src": "http://127.0.0.1:1/x.tar", "dest": "/tmp", "remote_src": True},
    ],
)
def test_what_makes_no_sense_fails(run, args):
    assert run("unarchive", **args)["failed"]


def test_a_directory_that_is_missing_fails(run, archives, tmp_path):
    assert run("unarchive", src=str(archives / "t.tar"), dest=str(tmp_path / "none"))["failed"]


DIFF = """top/a.txt: Mode differs
top/a.txt: Uid differs
top/a.txt: Mod time differs
tar: top/b: Warning: Cannot stat: No such file or directory
tar: Exiting with failure status due to previous errors
"""


@pytest.mark.parametrize(
    ("params", "is_root", "left"),
    [({}, True, 4), ({"mode": "0600"}, True, 3), ({}, False, 3), ({"owner": "x"}, True, 3)],
)
def test_differences_count_unless_an_option_settles_them(params, is_root, left):
    assert len(unarchive.differences(DIFF, params, is_root)) == left


def test_names_lead_over_all_directories_above_them():
    assert unarchive.with_parents(["a/b/c.txt", "a/", "./d"]) == ["a", "a/b", "a/b/c.txt", "./d"]


def test_times_come_from_the_extra_field_where_there_is_one():
    info = SimpleNamespace(extra=b"\x01\x00\x02\x00xxUT\x05\x00\x01\x00\x00\x00\x01", date_time=(2020, 1, 1, 0, 0, 0))
    assert unarchive.time_of(info) == 1 << 24
