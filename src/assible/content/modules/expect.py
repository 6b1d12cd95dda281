"""Run a program that asks, and answer (documented as ``ansible.builtin.expect``), on a terminal of its own."""

import datetime
import os
import re
import select
import shlex
import signal
import time

from assible.agent.toolkit import processes
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, NoReturn, Optional, Pattern, Tuple

SPEC: "Dict[str, Dict[str, Any]]" = {
    "command": {"type": "str", "required": True},
    "chdir": {"type": "path"},
    "creates": {"type": "path"},
    "removes": {"type": "path"},
    "responses": {"type": "dict", "required": True},
    "timeout": {"type": "raw", "default": 30},
    "echo": {"type": "bool", "default": False},
}
#: How much of the newest output is searched for a question, in bytes.
WINDOW_BYTES = 2000
READ_BYTES = 65536
#: Between a question and its answer: who asks for a password first prints, then throws away what was typed, and turns
#: the echo off.
PAUSE_SECONDS = 0.05


class NoAnswerError(Exception):
    """A question came once more than there are answers."""


class Questions(object):
    """What may be asked, and the answers."""

    def __init__(self, responses: "Dict[str, Any]") -> None:
        """Compile the patterns.

        Raises:
            ValueError: One of them is none, or an answer is no text.
        """
        self._entries: "List[Tuple[str, Pattern[bytes], Iterator[bytes]]]" = []
        for pattern, answers in responses.items():
            try:
                compiled = re.compile(str(pattern).encode("utf-8"), re.DOTALL)
            except re.error as error:
                raise ValueError("'{}' is no regular expression: {}".format(pattern, error))
            self._entries.append((str(pattern), compiled, _answers(answers)))

    def find(self, text: bytes) -> "Optional[Tuple[int, bytes]]":
        """Return where the first question in the text ends, and its answer; None where there is none.

        Raises:
            NoAnswerError: It has no answer left.
        """
        found = [(match.start(), index, match.end()) for index, match in self._matches(text)]
        if not found:
            return None
        _, index, end = min(found)
        answer = next(self._entries[index][2], None)
        if answer is None:
            raise NoAnswerError(self._entries[index][0])
        return end, answer

    def _matches(self, text: bytes) -> "Iterator[Tuple[int, Any]]":
        for index, (_, pattern, _) in enumerate(self._entries):
            match = pattern.search(text)
            if match:
                yield index, match


def _answers(value: "Any") -> "Iterator[bytes]":
    """Return the answers to one question: a list goes by, a text repeats."""
    if isinstance(value, dict):
        raise ValueError("an answer is a text or a list of texts")
    if isinstance(value, list):
        return iter([_line(one) for one in value])
    return iter(lambda: _line(value), None)


def _line(value: "Any") -> bytes:
    return str(value).rstrip("\n").encode("utf-8", "surrogateescape") + b"\n"


class Conversation(object):
    """A program on a terminal, and what it said.

    Attributes:
        rc: The exit code; None where it was ended because nothing came any more.
    """

    def __init__(self, argv: "List[str]", echo: bool) -> None:
        """Start the program.

        Raises:
            OSError: It cannot be started.
        """
        import pty

        reader, writer = os.pipe()
        os.set_inheritable(writer, False)
        self.output = b""
        self.rc: "Optional[int]" = None
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            _become(argv, echo, writer)
        os.close(writer)
        with os.fdopen(reader, "rb") as stream:
            problem = stream.read()
        if problem:
            self.close()
            raise OSError(int(problem), os.strerror(int(problem)))

    def run(self, questions: Questions, seconds: "Optional[float]") -> None:
        """Read and answer until the program ends, or says nothing for too long.

        Raises:
            NoAnswerError: A question came once more than there are answers.
        """
        seen = 0
        until = None if seconds is None else time.monotonic() + seconds
        while True:
            found = questions.find(self.output[max(seen, len(self.output) - WINDOW_BYTES) :])
            if found is not None:
                seen = max(seen, len(self.output) - WINDOW_BYTES) + found[0]
                self._answer(found[1])
                until = None if seconds is None else time.monotonic() + seconds
                if found[0]:
                    continue
            piece = self._read(until)
            if piece is None:
                return
            if not piece:
                self.rc = _exit_code(os.waitpid(self.pid, 0)[1])
                self.pid = 0
                return
            self.output += piece

    def _read(self, until: "Optional[float]") -> "Optional[bytes]":
        """Return the next piece: empty at the end, None where the time is over."""
        poll = select.poll()
        poll.register(self.terminal, select.POLLIN)
        rest = None if until is None else max(0, int((until - time.monotonic()) * 1000))
        if not poll.poll(rest):
            return None
        try:
            return os.read(self.terminal, READ_BYTES)
        except OSError:  # how Linux tells that nobody has the other side open
            return b""

    def _answer(self, text: bytes) -> None:
        time.sleep(PAUSE_SECONDS)
        try:
            while text:
                text = text[os.write(self.terminal, text) :]
        except OSError:
            pass  # it asked and went away; its output and exit code tell

    def close(self) -> None:
        """End the program, and let go of the terminal."""
        os.close(self.terminal)
        if self.pid:
            try:
                os.killpg(self.pid, signal.SIGHUP)
                os.killpg(self.pid, signal.SIGKILL)
            except OSError:
                pass
            os.waitpid(self.pid, 0)


def _become(argv: "List[str]", echo: bool, writer: int) -> "NoReturn":
    """Be the program, in the child; what keeps it from starting goes through the pipe."""
    try:
        if not echo:
            import termios

            settings = termios.tcgetattr(0)
            settings[3] &= ~termios.ECHO
            termios.tcsetattr(0, termios.TCSANOW, settings)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execv(argv[0], argv)
    except OSError as error:
        os.write(writer, str(error.errno).encode("ascii"))
    finally:
        os._exit(127)


def _exit_code(status: int) -> "Optional[int]":
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def seconds_of(module: Module) -> "Optional[float]":
    """Return how long to wait for output; None for ever."""
    value = module.params["timeout"]
    if value is None or value == "":
        return None
    try:
        return float(int(value))
    except (TypeError, ValueError):
        module.fail_json(msg="'timeout' is a number of seconds or null, not {}".format(value))
        raise


def skip(module: Module, command: str) -> None:
    """End the module where ``creates`` or ``removes`` say that nothing is to be done."""
    import glob

    creates, removes = module.params["creates"], module.params["removes"]
    reason = None
    if creates and glob.glob(creates):
        reason = "{} exists".format(creates)
    elif removes and not glob.glob(removes):
        reason = "{} does not exist".format(removes)
    if reason:
        module.exit_json(cmd=command, stdout="skipped, since " + reason, changed=False, rc=0)


def main() -> None:
    """Run the program and answer."""
    module = Module(argument_spec=SPEC)
    command = module.params["command"]
    seconds = seconds_of(module)
    if not command.strip():
        module.fail_json(rc=256, msg="no command given")
    if module.params["chdir"]:
        try:
            os.chdir(os.path.abspath(module.params["chdir"]))
        except OSError as error:
            module.fail_json(
                msg="the directory {} cannot be entered: {}".format(module.params["chdir"], error.strerror)
            )
    skip(module, command)
    try:
        questions = Questions(module.params["responses"])
        argv = shlex.split(command)
    except ValueError as error:
        module.fail_json(msg=str(error))
    converse(module, argv, questions, seconds)


def converse(module: Module, argv: "List[str]", questions: Questions, seconds: "Optional[float]") -> None:
    """Start the program, talk to it, and report."""
    program = processes.find_program(argv[0])
    if program is None:
        module.fail_json(msg="there is no program {} that could be run".format(argv[0]))
        return
    start = datetime.datetime.now()
    try:
        talk = Conversation([program, *argv[1:]], module.params["echo"])
    except OSError as error:
        module.fail_json(msg="{} cannot be started: {}".format(program, error.strerror))
        return
    try:
        talk.run(questions, seconds)
    except NoAnswerError as error:
        said = talk.output.decode("utf-8", "replace")
        module.fail_json(msg="'{}' was asked once more than there are answers; the output was: {}".format(error, said))
    finally:
        talk.close()
    report(module, talk, start)


def report(module: Module, talk: Conversation, start: datetime.datetime) -> None:
    """End the module with what the program said."""
    end = datetime.datetime.now()
    result = {
        "cmd": module.params["command"],
        "stdout": talk.output.decode("utf-8", "surrogateescape").rstrip("\r\n"),
        "rc": talk.rc,
        "start": str(start),
        "end": str(end),
        "delta": str(end - start),
        "changed": True,
    }  # type: Dict[str, Any]
    if talk.rc is None:
        del result["rc"]
        module.fail_json(msg="the program said nothing more that is expected, and the time is over", **result)
    if talk.rc:
        module.fail_json(msg="the program ended with the code {}".format(talk.rc), **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
