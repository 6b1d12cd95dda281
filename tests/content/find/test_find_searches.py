"""The find module."""

import os
import time

import pytest


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    root = tmp_path_factory.mktemp("tree")
    (root / "sub").mkdir()
    (root / "a.txt").write_text("needle in here\n")
    (root / "sub" / "b.log").write_text("x" * 3000)
    (root / ".hidden").write_text("h")
    os.symlink("a.txt", root / "link")
    (root / "sub" / "b.log").chmod(0o600)
    (root / "a.txt").chmod(0o644)
    past = time.time() - 10 * 86400
    os.utime(root / "sub" / "b.log", (past, past))
    return root


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["a.txt"]),
        ({"recurse": True}, ["a.txt", "b.log"]),
        ({"recurse": True, "depth": 1}, ["a.txt"]),
        ({"hidden": True}, [".hidden", "a.txt"]),
        ({"file_type": "any"}, ["a.txt", "link", "sub"]),
        ({"file_type": "link"}, ["link"]),
        ({"recurse": True, "patterns": "*.log"}, ["b.log"]),
        ({"recurse": True, "patterns": r"^\w\.txt$", "use_regex": True}, ["a.txt"]),
        ({"recurse": True, "excludes": "*.log"}, ["a.txt"]),
        ({"recurse": True, "contains": ".*dle"}, ["a.txt"]),
        ({"recurse": True, "contains": "in here", "read_whole_file": True}, ["a.txt"]),
        ({"recurse": True, "contains": "in here"}, []),
        ({"recurse": True, "age": "1w"}, ["b.log"]),
        ({"recurse": True, "age": "-1d"}, ["a.txt"]),
        ({"recurse": True, "size": "2k"}, ["b.log"]),
        ({"recurse": True, "size": "-2k"}, ["a.txt"]),
        ({"recurse": True, "mode": "0600"}, ["b.log"]),
        ({"recurse": True, "mode": "g=r", "exact_mode": False}, ["a.txt"]),
        ({"recurse": True, "limit": 1}, ["a.txt"]),
    ],
)
def test_what_passes_every_test_is_found(run, tree, asked, names):
    result = run("find", paths=[str(tree)], **asked)
    assert sorted(os.path.basename(one["path"]) for one in result["files"]) == names
    assert result["matched"] == len(names)


def test_what_is_no_directory_is_skipped(run, tree):
    result = run("find", paths=[str(tree / "none"), str(tree)])
    assert list(result["skipped_paths"]) == [str(tree / "none")]
    assert result["matched"] == 1


@pytest.mark.parametrize("asked", [{"age": "x"}, {"size": "x"}, {"mode": "q"}, {"patterns": "(", "use_regex": True}])
def test_bad_input_fails(run, tree, asked):
    assert run("find", paths=[str(tree)], **asked)["failed"]


def test_a_limit_below_one_is_refused(run, tmp_path):
    assert "limit" in run("find", paths=str(tmp_path), limit=0)["msg"]
