"""The assemble action and module."""

import pytest


@pytest.fixture
def parts(tmp_path):
    folder = tmp_path / "parts"
    folder.mkdir()
    for name, text in (("2", "two"), ("1", "one\n"), (".h", "hidden"), ("3.x", "three\n")):
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("on_target", [True, False])
@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"ignore_hidden": True}, "one\ntwo\nthree\n"),
        ({"delimiter": r"--\n"}, "hidden\n--\none\n--\ntwo\n--\nthree\n"),
        ({"regexp": "x$"}, "three\n"),
    ],
)
def test_fragments_are_joined_by_name_once(run, tmp_path, parts, on_target, asked, text):
    args = {"src": str(parts), "dest": str(tmp_path / "f"), "remote_src": on_target, **asked}
    assert run("assemble", check=True, **args)["changed"]
    assert not (tmp_path / "f").exists()
    assert run("assemble", **args)["changed"]
    assert (tmp_path / "f").read_text() == text
    assert not run("assemble", **args)["changed"]


@pytest.mark.parametrize("on_target", [True, False])
def test_bad_input_fails(run, tmp_path, parts, on_target):
    args = {"dest": str(tmp_path / "f"), "remote_src": on_target}
    assert "Regexp" in run("assemble", src=str(parts), regexp="(", **args)["msg"]
    assert run("assemble", src=str(tmp_path / "none"), **args)["failed"]
    assert "directory" in run("assemble", src=str(parts / "1"), **args)["msg"]
