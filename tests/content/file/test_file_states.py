"""The file module: every state, again, in check mode."""

import os
import stat

import pytest


def mode(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def test_touch_creates_once(run, tmp_path):
    path = tmp_path / "f"
    asked = {"path": str(path), "state": "touch", "mode": "0640"}
    keep = {"modification_time": "preserve", "access_time": "preserve"}
    assert run("file", **asked)["changed"]
    assert mode(path) == 0o640
    assert not run("file", **asked, **keep)["changed"]


def test_times_can_be_given(run, tmp_path):
    path = tmp_path / "f"
    path.write_text("")
    asked = {"path": str(path), "modification_time": "2001-02-03", "modification_time_format": "%Y-%m-%d"}
    result = run("file", **asked)
    assert result["diff"]["after"]["mtime"] == os.stat(path).st_mtime
    assert not run("file", **asked)["changed"]


def test_directories_are_made_with_their_parents_and_mode(run, tmp_path):
    path = tmp_path / "a" / "b"
    asked = {"path": str(path), "state": "directory", "mode": "0710"}
    assert run("file", **asked)["changed"]
    assert mode(path) == mode(path.parent) == 0o710
    assert not run("file", **asked)["changed"]


def test_recurse_reaches_everything_below(run, tmp_path):
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "d" / "e" / "f").write_text("")
    asked = {"path": str(tmp_path / "d"), "state": "directory", "mode": "u=rwX,go=", "recurse": True}
    assert run("file", **asked)["changed"]
    assert (mode(tmp_path / "d" / "e"), mode(tmp_path / "d" / "e" / "f")) == (0o700, 0o600)
    assert not run("file", **asked)["changed"]


def test_a_loop_of_links_ends(run, tmp_path):
    (tmp_path / "d").mkdir()
    os.symlink(".", tmp_path / "d" / "self")
    assert not run("file", path=str(tmp_path / "d"), state="directory", mode="0750", recurse=True).get("failed")


def test_a_link_is_made_changed_and_kept(run, tmp_path):
    (tmp_path / "x").write_text("")
    (tmp_path / "y").write_text("")
    link = {"path": str(tmp_path / "l"), "state": "link"}
    assert run("file", **link, src="x")["changed"]
    assert not run("file", **link, src="x")["changed"]
    assert run("file", **link, src="y")["diff"]["before"]["src"] == "x"
    assert os.readlink(tmp_path / "l") == "y"


def test_a_link_to_nothing_needs_force(run, tmp_path):
    link = {"path": str(tmp_path / "l"), "state": "link", "src": "none"}
    assert "force" in run("file", **link)["msg"]
    assert run("file", **link, force=True)["changed"]


def test_a_full_directory_is_never_turned_into_a_link(run, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "f").write_text("kept")
    assert run("file", path=str(tmp_path / "d"), state="link", src=str(tmp_path), force=True)["failed"]
    assert (tmp_path / "d" / "f").read_text() == "kept"


def test_a_hard_link_is_made_once(run, tmp_path):
    (tmp_path / "x").write_text("")
    asked = {"path": str(tmp_path / "h"), "state": "hard", "src": str(tmp_path / "x")}
    assert run("file", **asked)["changed"]
    assert os.stat(tmp_path / "x").st_nlink == 2
    assert not run("file", **asked)["changed"]


def test_absent_removes_a_tree_and_tells_what_it_held(run, tmp_path):
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "d" / "f").write_text("")
    result = run("file", path=str(tmp_path / "d"), state="absent")
    assert result["diff"]["before"]["path_content"]["files"] == [str(tmp_path / "d" / "f")]
    assert not (tmp_path / "d").exists()
    assert not run("file", path=str(tmp_path / "d"), state="absent")["changed"]


def test_absent_removes_a_link_and_not_what_it_leads_to(run, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "f").write_text("kept")
    for name in ("l", "l/"):
        os.symlink("d", tmp_path / "l")
        assert run("file", path=f"{tmp_path}/{name}", state="absent")["changed"]
        assert not (tmp_path / "l").is_symlink()
    assert (tmp_path / "d" / "f").read_text() == "kept"


@pytest.mark.parametrize(
    "asked",
    [
        {"path": "new", "state": "touch"},
        {"path": "new", "state": "directory"},
        {"path": "new", "state": "link", "src": "f"},
        {"path": "f", "state": "absent"},
        {"path": "f", "mode": "0600"},
    ],
)
def test_check_mode_predicts_and_changes_nothing(run, tmp_path, asked):
    (tmp_path / "f").write_text("x")
    (tmp_path / "f").chmod(0o644)
    assert run("file", check=True, **{**asked, "path": str(tmp_path / asked["path"])})["changed"]
    assert os.listdir(tmp_path) == ["f"]
    assert mode(tmp_path / "f") == 0o644


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"state": "file"}, "is absent"),
        ({"state": "odd"}, "must be one of"),
        ({"state": "link"}, "wants a 'src'"),
        ({"state": "touch", "recurse": True}, "recurse"),
        ({"state": "touch", "src": "x"}, "src needs"),
        ({"state": "touch", "modification_time": "never"}, "never"),
        ({"state": "touch", "mode": "u=q"}, "mode"),
    ],
)
def test_what_makes_no_sense_fails_and_leaves_nothing(run, tmp_path, asked, words):
    assert words in run("file", path=str(tmp_path / "f"), **asked)["msg"]
    assert os.listdir(tmp_path) == []
