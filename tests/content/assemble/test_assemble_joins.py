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


@pytest.mark.parametrize("on_target", [True, False])
def test_an_empty_fragment_is_a_line_of_its_own(run, tmp_path, on_target):
    (tmp_path / "p").mkdir()
    for name, text in (("1", ""), ("2", "two"), ("3", "")):
        (tmp_path / "p" / name).write_text(text)
    run("assemble", src=str(tmp_path / "p"), dest=str(tmp_path / "f"), remote_src=on_target, delimiter="#")
    assert (tmp_path / "f").read_text() == "\n#\ntwo\n#\n"


def test_what_the_check_says_is_told(run, tmp_path, parts):
    told = run("assemble", src=str(parts), dest=str(tmp_path / "f"), validate="grep -c one %s")
    assert told["validation"] == {"rc": 0, "stdout": "1\n", "stderr": ""}
    refused = run("assemble", src=str(parts), dest=str(tmp_path / "f"), validate="grep none %s", regexp="1")
    assert refused["failed"]
