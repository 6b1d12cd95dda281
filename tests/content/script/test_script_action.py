"""The script action."""

import pytest

from assible.content.actions.script import first_word
from assible.exceptions import ActionError


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "my script.sh"
    path.write_text('#!/bin/sh\necho "$# $1 $(pwd)"; touch ran; exit ${2:-0}\n')
    return path


def test_a_script_runs_with_its_words_in_its_directory(run, tmp_path, script):
    result = run("script", cmd=f"'{script}' 'a b'", chdir=str(tmp_path))
    assert (result["changed"], result["rc"], result["stdout"]) == (True, 0, f"1 a b {tmp_path}\n")


def test_a_script_that_fails_fails_the_task(run, tmp_path, script):
    assert run("script", cmd=f"'{script}' a 3", chdir=str(tmp_path))["rc"] == 3


def test_creates_and_removes_decide_whether_it_runs(run, tmp_path, script):
    line = {"cmd": f"'{script}'", "chdir": str(tmp_path)}
    assert run("script", **line, creates=str(script))["skipped"]
    assert run("script", **line, removes=str(tmp_path / "none"))["skipped"]
    assert run("script", check=True, **line, creates=str(tmp_path / "none"))["changed"]
    assert not (tmp_path / "ran").exists()


def test_an_interpreter_can_be_chosen(run, tmp_path):
    (tmp_path / "s").write_text("import sys; print(sys.argv[1:])")
    assert run("script", cmd=f"{tmp_path}/s 1", executable="/usr/bin/python3")["stdout"] == "['1']\n"


def test_bad_input_fails(run, tmp_path):
    assert "needs the path" in run("script")["msg"]
    assert "absolute" in run("script", cmd="x", chdir="rel")["msg"]
    assert "no file" in run("script", cmd=f"{tmp_path}/none")["msg"]


@pytest.mark.parametrize(
    ("line", "words"),
    [("a b c", ("a", "b c")), ("'a b' $c", ("a b", "$c")), (r"a\ b", ("a b", "")), ('x"y"z "w"', ("xyz", '"w"'))],
)
def test_the_rest_of_the_line_stays_as_it_is(line, words):
    assert first_word(line) == words


def test_a_lonely_quote_is_an_error():
    with pytest.raises(ActionError, match="quotation"):
        first_word("'a")
