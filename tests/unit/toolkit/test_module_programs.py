"""Running programs from a module."""

import os
import re
import shutil
import time

import pytest

from assible.agent import current
from assible.agent.toolkit import processes
from assible.agent.toolkit.module import Module


@pytest.fixture(params=["spawn", "popen"])
def way(request, monkeypatch):
    """Both ways to start a program: the short one, and the one for every case."""
    if request.param == "popen":
        monkeypatch.setattr(processes, "_may_spawn", lambda environment: False)
    return request.param


@pytest.fixture
def module(way, monkeypatch):
    monkeypatch.setattr(current, "args", {})
    return Module(argument_spec={})


def test_exit_code_and_both_outputs(module):
    assert module.run_command(["sh", "-c", "echo out; echo err >&2; exit 3"]) == (3, "out\n", "err\n")


def test_a_program_that_a_signal_ended_has_a_negative_exit_code(module):
    assert module.run_command(["sh", "-c", "kill -9 $$"])[0] == -9


def test_a_line_is_split_into_words_and_no_shell_sees_it(module):
    assert module.run_command("echo 'a  b' ; echo $0 | cat")[1] == "a  b ; echo $0 | cat\n"


def test_a_shell_sees_the_line_where_that_is_asked_for(module):
    assert module.run_command("echo a | tr a b", use_unsafe_shell=True)[1] == "b\n"


def test_words_for_a_shell_are_quoted(module):
    assert module.run_command(["echo", "a  b;"], use_unsafe_shell=True)[1] == "a  b;\n"


def test_the_shell_may_be_chosen(module):
    bash = shutil.which("bash") or pytest.skip("there is no other shell")
    assert module.run_command("echo ${BASH_VERSION:+bash}", use_unsafe_shell=True, executable=bash)[1] == "bash\n"


def test_input_is_given_with_a_newline_or_as_it_is(module):
    assert module.run_command("cat", data="x")[1] == "x\n"
    assert module.run_command("cat", data="x", binary_data=True)[1] == "x"
    assert module.run_command("cat", data=b"")[1] == "\n"


def test_without_input_a_program_reads_nothing(module):
    assert module.run_command("cat") == (0, "", "")


def test_large_input_and_output_pass_at_the_same_time(module):
    data = "x" * 3_000_000
    assert module.run_command("cat", data=data, binary_data=True)[1] == data


def test_a_program_that_does_not_read_its_input_is_no_error(module):
    assert module.run_command("true", data="x" * 1_000_000)[0] == 0


def test_the_directory(module, tmp_path):
    assert module.run_command("pwd", cwd=str(tmp_path))[1] == f"{tmp_path}\n"
    assert module.run_command("pwd", cwd=str(tmp_path / "none"))[1] == f"{os.getcwd()}\n"


def test_a_directory_that_is_not_there_fails_where_that_is_asked_for(module, tmp_path, capsys):
    with pytest.raises(SystemExit):
        module.run_command("pwd", cwd=str(tmp_path / "none"), ignore_invalid_cwd=False)
    assert "the working directory" in capsys.readouterr().out


def test_the_environment(module, monkeypatch):
    monkeypatch.setenv("KEPT", "kept")
    module.run_command_environ_update = {"A": "module"}
    line = "echo $KEPT $A $B"
    assert module.run_command(line, use_unsafe_shell=True)[1] == "kept module\n"
    assert module.run_command(line, use_unsafe_shell=True, environ_update={"A": "call", "B": 5})[1] == "kept call 5\n"


def test_a_program_is_looked_for_in_the_prefix_first(module, tmp_path):
    tool = tmp_path / "assible-tool"
    tool.write_text("#!/bin/sh\necho found\n")
    tool.chmod(0o755)
    assert module.run_command("assible-tool", path_prefix=str(tmp_path))[1] == "found\n"


def test_the_umask(module):
    assert module.run_command("umask", use_unsafe_shell=True, umask=0o027)[1] == "0027\n"


def test_home_and_variables_in_words_are_expanded_where_that_is_wanted(module, monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert module.run_command(["echo", "~/x", "$HOME"])[1] == "/home/me/x /home/me\n"
    assert module.run_command(["echo", "~/x", "$HOME"], expand_user_and_vars=False)[1] == "~/x $HOME\n"


def test_output_is_text_or_bytes(module):
    words = ["printf", r"\303\244\377"]
    assert module.run_command(words)[1] == "ä\udcff"
    assert module.run_command(words, encoding=None)[1] == b"\xc3\xa4\xff"
    assert module.run_command(words, encoding="latin-1")[1] == "Ã¤ÿ"
    assert module.run_command(words, errors="replace")[1] == "ä\ufffd"


def test_a_failing_program_fails_the_module_where_that_is_asked_for(module, capsys):
    with pytest.raises(SystemExit) as caught:
        module.run_command(["sh", "-c", "echo bad >&2; exit 4"], check_rc=True)
    assert caught.value.code == 1
    assert re.search(r'"msg": "bad".*"failed": true|"failed": true.*"msg": "bad"', capsys.readouterr().out)


def test_a_program_that_is_not_there_fails_the_module(module, capsys):
    with pytest.raises(SystemExit):
        module.run_command(["/no/such/program"])
    text = capsys.readouterr().out
    assert '"rc": 2' in text
    assert "/no/such/program" in text


def test_a_program_that_is_not_there_raises_where_that_is_asked_for(module):
    with pytest.raises(FileNotFoundError):
        module.run_command(["no-such-program"], handle_exceptions=False)


def test_a_prompt_that_nobody_will_answer_ends_the_program(module):
    began = time.monotonic()
    code, stdout, stderr = module.run_command(
        "printf 'Password: '; read x", use_unsafe_shell=True, prompt_regex="Password:"
    )
    assert (code, stdout) == (257, "Password: ")
    assert "waits for an answer" in stderr
    assert time.monotonic() - began < 5


def test_a_prompt_that_is_answered_is_none(module):
    line = "printf 'Password: '; read x; echo got $x"
    assert module.run_command(line, use_unsafe_shell=True, prompt_regex="Password:", data="y")[1] == "Password: got y\n"


def test_what_stays_in_the_background_is_not_waited_for(module):
    began = time.monotonic()
    assert module.run_command("echo now; sleep 6 &", use_unsafe_shell=True)[:2] == (0, "now\n")
    assert time.monotonic() - began < 4


def test_the_callback_gets_the_started_process(module):
    seen = []
    module.run_command("true", before_communicate_callback=lambda process: seen.append(process.pid))
    assert len(seen) == 1


def test_descriptors_are_handed_on_only_where_they_are_named(module):
    reader, writer = os.pipe()
    try:
        line = f"echo x > /proc/self/fd/{writer}"
        assert module.run_command(line, use_unsafe_shell=True)[0] != 0
        assert module.run_command(line, use_unsafe_shell=True, pass_fds=[writer])[0] == 0
    finally:
        os.close(reader)
        os.close(writer)


def test_no_descriptors_and_no_processes_are_left(module):
    before = os.listdir("/proc/self/fd")
    module.run_command("true")
    module.run_command("cat", data="x")
    assert os.listdir("/proc/self/fd") == before


def test_programs_are_found_in_the_system_directories_too(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(processes, "SYSTEM_DIRECTORIES", (str(tmp_path / "sbin"),))
    (tmp_path / "sbin").mkdir()
    tool = tmp_path / "sbin" / "assible-tool"
    tool.write_text("")
    assert processes.find_program("assible-tool") is None
    tool.chmod(0o755)
    assert processes.find_program("assible-tool") == str(tool)
    assert processes.find_program(str(tool)) == str(tool)
