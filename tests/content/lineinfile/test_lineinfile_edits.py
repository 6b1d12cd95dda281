"""The lineinfile module."""

import os

import pytest


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "f"
    path.write_text("a=1\nb=2\na=3\nend")
    return path


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        ({"line": "new"}, "a=1\nb=2\na=3\nend\nnew\n"),
        ({"regexp": "^a=", "line": "a=9"}, "a=1\nb=2\na=9\nend"),
        ({"search_string": "b=", "line": "b=9"}, "a=1\nb=9\na=3\nend"),
        ({"regexp": "^(b)=(.)", "line": r"\2=\1", "backrefs": True}, "a=1\n2=b\na=3\nend"),
        ({"line": "x", "insertbefore": "BOF"}, "x\na=1\nb=2\na=3\nend"),
        ({"line": "x", "insertafter": "^a="}, "a=1\nb=2\na=3\nx\nend"),
        ({"line": "x", "insertafter": "^a=", "firstmatch": True}, "a=1\nx\nb=2\na=3\nend"),
        ({"line": "x", "insertbefore": "^a=", "firstmatch": True}, "x\na=1\nb=2\na=3\nend"),
        ({"line": "x", "insertafter": "nothing"}, "a=1\nb=2\na=3\nend\nx\n"),
        ({"regexp": "^a", "state": "absent"}, "b=2\nend"),
        ({"line": "b=2", "state": "absent"}, "a=1\na=3\nend"),
    ],
)
def test_an_edit_is_made_once(run, file, asked, after):
    result = run("lineinfile", path=str(file), **asked)
    assert result["changed"]
    assert result["diff"][0]["after"] == file.read_text() == after
    assert not run("lineinfile", path=str(file), **asked)["changed"]


def test_back_references_need_a_match(run, file):
    asked = {"path": str(file), "regexp": "^(z)", "line": r"\1", "backrefs": True}
    assert not run("lineinfile", **asked)["changed"]


def test_the_file_can_be_created_with_its_mode(run, tmp_path):
    assert run("lineinfile", path=str(tmp_path / "d" / "f"), line="x", create=True, mode="0600")["changed"]
    assert (tmp_path / "d" / "f").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "d" / "f").read_text() == "x\n"


def test_check_mode_changes_nothing(run, file):
    assert run("lineinfile", check=True, path=str(file), line="new")["changed"]
    assert file.read_text() == "a=1\nb=2\na=3\nend"


def test_validation_keeps_bad_content_out(run, file):
    assert run("lineinfile", path=str(file), line="new", validate="grep zzz %s")["failed"]
    assert file.read_text() == "a=1\nb=2\na=3\nend"
    assert os.listdir(file.parent) == ["f"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "wants a 'line'"),
        ({"state": "absent"}, "state=absent wants"),
        ({"line": "x", "backrefs": True}, "wants a 'regexp'"),
        ({"line": "x", "regexp": "("}, "regular expression"),
        ({"line": "x", "insertafter": "a", "insertbefore": "b"}, "mutually exclusive"),
        ({"line": "x", "path": "none"}, "there is no file"),
        ({"line": "x", "path": "."}, "is a directory"),
    ],
)
def test_what_makes_no_sense_fails(run, file, asked, words):
    path = str(file) if "path" not in asked else str(file.parent / asked["path"])
    assert words in run("lineinfile", **{**asked, "path": path})["msg"]
