"""The replace module."""

import pytest


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        ({"regexp": "^k=(.)", "replace": r"K=\1"}, "K=1\n[x]\nK=2\n[y]\nK=3\n"),
        ({"regexp": "^k", "replace": "K", "after": "x]"}, "k=1\n[x]\nK=2\n[y]\nK=3\n"),
        ({"regexp": "^k", "replace": "K", "before": r"\[y"}, "K=1\n[x]\nK=2\n[y]\nk=3\n"),
        ({"regexp": "^k", "replace": "K", "after": "x]", "before": r"\[y"}, "k=1\n[x]\nK=2\n[y]\nk=3\n"),
        ({"regexp": "^k.*\n"}, "[x]\n[y]\n"),
    ],
)
def test_matches_are_replaced_once(run, tmp_path, asked, after):
    path = tmp_path / "f"
    path.write_text("k=1\n[x]\nk=2\n[y]\nk=3\n")
    assert run("replace", path=str(path), **asked)["changed"]
    assert path.read_text() == after
    assert not run("replace", path=str(path), **asked)["changed"]


def test_check_mode_changes_nothing(run, tmp_path):
    (tmp_path / "f").write_text("a")
    assert run("replace", check=True, path=str(tmp_path / "f"), regexp="a", replace="b")["diff"]["after"] == "b"
    assert (tmp_path / "f").read_text() == "a"


def test_bad_patterns_and_missing_files_fail(run, tmp_path):
    (tmp_path / "f").write_text("a")
    assert "does not work" in run("replace", path=str(tmp_path / "f"), regexp="(")["msg"]
    assert "no file" in run("replace", path=str(tmp_path / "g"), regexp="a")["msg"]
