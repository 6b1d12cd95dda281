"""The expect module: which question comes first, and conversations with real programs."""

import time

import pytest

from assible.content.modules import expect as module

ASK = """#!/bin/sh
printf 'Name: '; read a
printf 'Name: '; read b
printf 'Password: '; stty -echo; read c; stty echo; echo
echo "got $a $b $c"
exit ${1:-0}
"""


def test_the_question_that_stands_first_counts():
    questions = module.Questions({"b": "B", "a": "A"})
    assert questions.find(b"xxabxx") == (3, b"A\n")


def test_a_list_answers_once_each():
    questions = module.Questions({"q": ["1", 2], "r": "always"})
    assert [questions.find(b"q")[1] for _ in range(2)] == [b"1\n", b"2\n"]
    assert questions.find(b"r")[1] == questions.find(b"r")[1]
    with pytest.raises(module.NoAnswerError):
        questions.find(b"q")


def test_no_question_is_no_answer():
    assert module.Questions({"q": "1"}).find(b"nothing") is None


@pytest.mark.parametrize("responses", [{"(": "x"}, {"q": {"a": "b"}}])
def test_wrong_responses_are_refused(responses):
    with pytest.raises(ValueError, match=r"regular|answer"):
        module.Questions(responses)


@pytest.fixture
def ask(tmp_path):
    path = tmp_path / "ask"
    path.write_text(ASK)
    path.chmod(0o755)
    return str(path)


def test_questions_are_answered(run, ask):
    result = run("expect", command=ask, responses={"(?i)name": ["x", "y"], "Password": "z"})
    assert result["stdout"] == "Name: Name: Password: \r\ngot x y z"
    assert (result["rc"], result["changed"], result["cmd"]) == (0, True, ask)


def test_answers_show_where_asked(run, ask):
    result = run("expect", command=ask, echo=True, responses={"Name": "n", "Password": "z"})
    assert result["stdout_lines"] == ["Name: n", "Name: n", "Password: ", "got n n z"]


def test_a_code_that_is_not_zero_fails(run, ask):
    result = run("expect", command=f"{ask} 3", responses={"Name": "n", "Password": "z"})
    assert (result["failed"], result["rc"]) == (True, 3)
    assert "got n n z" in result["stdout"]


def test_a_question_too_many_fails_and_ends_the_program(run, ask):
    result = run("expect", command=ask, responses={"Name": ["n"]})
    assert result["failed"]
    assert "Name" in result["msg"]


def test_silence_fails_and_ends_the_program(run, tmp_path):
    begun = time.monotonic()
    result = run(
        "expect", command=f"sh -c 'echo begun; sleep 30; touch {tmp_path}/late'", timeout=1, responses={"x": "y"}
    )
    assert result["failed"]
    assert (result["stdout"], "rc" in result) == ("begun", False)
    assert time.monotonic() - begun < 10


def test_much_output_does_not_hide_a_question(run):
    command = "sh -c 'seq 20000; printf \"More? \"; read a; seq 5; echo $a'"
    result = run("expect", command=command, responses={"More": "yes"})
    assert result["stdout_lines"][-1] == "yes"


def test_a_signal_is_a_negative_code(run):
    assert run("expect", command="sh -c 'kill -9 $$'", responses={"x": "y"})["rc"] == -9


def test_no_shell_is_used(run):
    assert run("expect", command="echo $HOME '|' cat", responses={"x": "y"})["stdout"] == "$HOME | cat"


def test_it_runs_elsewhere_and_not_at_all(run, tmp_path):
    assert run("expect", command="pwd", chdir=str(tmp_path), responses={"x": "y"})["stdout"] == str(tmp_path)
    skipped = run("expect", command="pwd", creates=str(tmp_path), responses={"x": "y"})
    assert (skipped["changed"], skipped["rc"]) == (False, 0)
    assert "skipped" in run("expect", command="pwd", removes=f"{tmp_path}/none", responses={"x": "y"})["stdout"]


def test_check_mode_runs_nothing(run, tmp_path):
    result = run("expect", check=True, command=f"touch {tmp_path}/x", responses={"x": "y"})
    assert result["skipped"]
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({"command": " "}, "no command"),
        ({"command": "no-such-program"}, "no-such-program"),
        ({"command": "pwd", "chdir": "/none"}, "/none"),
        ({"command": "pwd", "timeout": "soon"}, "soon"),
        ({"command": "sh -c 'x"}, "quotation"),
    ],
)
def test_what_makes_no_sense_fails(run, args, text):
    result = run("expect", responses={"x": "y"}, **args)
    assert result["failed"]
    assert text in result["msg"]
