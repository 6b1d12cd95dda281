"""Programs that a module runs."""

import errno
import os
import select
import shlex
import signal

from assible.agent import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from typing import Any, Callable, Dict, List, Optional, Sequence, Union

READ_BYTES = 65536
#: How long a program that has ended may leave its output open without a word.
SILENCE_MILLISECONDS = 1000
#: Signals that Python ignores, and programs do not expect to find ignored.
RESTORED = tuple(getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ") if hasattr(signal, name))
PROMPTED = 257
PROMPTED_TEXT = b"the program waits for an answer, and none was given"
SYSTEM_DIRECTORIES = ("/sbin", "/usr/sbin", "/usr/local/sbin")


class Finished(object):
    """A program that has ended. ``error`` is the `OSError` that kept it from starting, else None."""

    __slots__ = ("argv", "error", "rc", "stderr", "stdout")

    def __init__(
        self,
        argv: "Union[str, List[str]]",
        rc: int,
        stdout: bytes = b"",
        stderr: bytes = b"",
        error: "Optional[Exception]" = None,
    ) -> None:
        self.argv = argv
        self.rc = rc
        self.stdout = stdout
        self.stderr = stderr
        self.error = error


def find_program(name: str, directories: "Sequence[str]" = ()) -> "Optional[str]":
    """Return the path of a program: in the given directories, then ``PATH``, then the system directories."""
    if os.sep in name:
        return name if _is_executable(name) else None
    for place in _places(directories):
        path = os.path.join(place, name)
        if _is_executable(path):
            return path
    return None


def _places(directories: "Sequence[str]") -> "List[str]":
    places = [place for place in directories if place]
    places += [place for place in os.environ.get("PATH", "").split(os.pathsep) if place]
    return places + [place for place in SYSTEM_DIRECTORIES if place not in places]


def missing_text(name: str, directories: "Sequence[str]" = ()) -> str:
    """Say that a program is nowhere to be found."""
    return "the program {} is missing; looked in {}".format(name, os.pathsep.join(_places(directories)))


def split(command: "Union[str, bytes]") -> "List[str]":
    """Split a command line into words, as a shell does.

    Raises:
        ValueError: A quotation mark has no partner.
    """
    if isinstance(command, bytes):
        command = command.decode("utf-8", "surrogateescape")
    return shlex.split(command)


def expand(word: str) -> str:
    """Expand ``~`` and variables; an unknown variable stays as it is written."""
    return os.path.expandvars(os.path.expanduser(word)) if ("$" in word or "~" in word) else word


def run(
    argv: "Union[str, List[str]]",
    shell: "Optional[str]" = None,
    data: "Optional[bytes]" = None,
    cwd: "Optional[str]" = None,
    environment: "Optional[Dict[str, str]]" = None,
    umask: "Optional[int]" = None,
    close_fds: bool = True,
    pass_fds: "Sequence[int]" = (),
    prompt: "Optional[Callable[[bytes], bool]]" = None,
    before: "Optional[Callable[[Any], Any]]" = None,
) -> Finished:
    """Run a program to its end: it has ended, and its output too, or nothing more came of that for a second.

    Args:
        argv: Words, or a command line for ``shell``.
        shell: The shell that runs a command line.
        data: What it reads on stdin; None is an empty input.
        cwd: Working directory.
        environment: The whole environment; None for this process's own.
        umask: Its umask.
        close_fds: Whether it loses all other descriptors.
        pass_fds: Descriptors that it keeps.
        prompt: Tells from its output whether it waits for input nobody will give; it is then ended.
        before: Called with the started `subprocess.Popen`.
    """
    words = [shell or "/bin/sh", "-c", argv] if isinstance(argv, str) else argv
    wants_input = data is not None or prompt is not None
    is_plain = cwd is None and umask is None and before is None and close_fds and not pass_fds
    try:
        if is_plain and _may_spawn(environment):
            program = _spawn(words, environment, wants_input)
        else:
            program = _open(words, environment, wants_input, cwd, umask, close_fds, pass_fds)
    except (OSError, ValueError) as error:
        return Finished(argv, getattr(error, "errno", None) or errno.EINVAL, error=error)
    if before is not None:
        before(program.process)
    return _converse(program, argv, data, prompt)


class _Program(object):
    """A running program and the pipes to it; ``stdin`` is -1 where it has none, and when it is closed."""

    __slots__ = ("pid", "process", "rc", "stderr", "stdin", "stdout")

    def __init__(
        self, pid: int, stdin: int, stdout: int, stderr: int, process: "Optional[subprocess.Popen[bytes]]" = None
    ) -> None:
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.process = process
        self.rc: "Optional[int]" = None

    def poll(self, options: int) -> "Optional[int]":
        """Return the exit code, negative for a signal; None while it runs and ``options`` say not to wait."""
        if self.rc is None:
            try:
                pid, status = os.waitpid(self.pid, options)
            except ChildProcessError:  # someone else has collected it
                pid, status = self.pid, 0
            if pid:
                self.rc = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
                if self.process is not None:
                    self.process.returncode = self.rc
        return self.rc

    def feed(self, data: bytes) -> bytes:
        """Write what the pipe takes; return what is left, nothing where the program does not read."""
        try:
            return data[os.write(self.stdin, data[:READ_BYTES]) :]
        except BlockingIOError:
            return data
        except OSError:
            return b""

    def close_stdin(self) -> None:
        """Let the program see the end of its input."""
        if self.stdin >= 0:
            if self.process is not None and self.process.stdin:
                self.process.stdin.close()
            else:
                os.close(self.stdin)
            self.stdin = -1

    def close(self) -> None:
        """Close all pipes."""
        self.close_stdin()
        if self.process is not None:
            for stream in (self.process.stdout, self.process.stderr):
                if stream:
                    stream.close()
        else:
            os.close(self.stdout)
            os.close(self.stderr)


def _may_spawn(environment: "Optional[Dict[str, str]]") -> bool:
    """Tell whether the short way to start a program is open: it searches along this process's own ``PATH``."""
    return hasattr(os, "posix_spawnp") and (environment is None or environment.get("PATH") == os.environ.get("PATH"))


def _spawn(words: "List[str]", environment: "Optional[Dict[str, str]]", wants_input: bool) -> _Program:
    """Start a program without copying this process first. Descriptors that Python opened are not handed on."""
    pipes = [os.pipe(), os.pipe()]
    actions: "List[Any]" = []
    if wants_input:
        pipes.append(os.pipe())
        actions.append((os.POSIX_SPAWN_DUP2, pipes[2][0], 0))
    else:
        actions.append((os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0))
    actions += [(os.POSIX_SPAWN_DUP2, pipes[0][1], 1), (os.POSIX_SPAWN_DUP2, pipes[1][1], 2)]
    mine, theirs = [pipes[0][0], pipes[1][0]], [pipes[0][1], pipes[1][1]]
    if wants_input:
        mine.append(pipes[2][1])
        theirs.append(pipes[2][0])
    try:
        pid = os.posix_spawnp(
            words[0],
            words,
            os.environ if environment is None else environment,
            file_actions=actions,
            setsigdef=RESTORED,
            setpgroup=0,  # its own group: it is ended with all that it started, and without what ran before it
        )
    except BaseException:
        for descriptor in mine:
            os.close(descriptor)
        raise
    finally:
        for descriptor in theirs:
            os.close(descriptor)
    return _Program(pid, mine[2] if wants_input else -1, mine[0], mine[1])


def _open(
    words: "List[str]",
    environment: "Optional[Dict[str, str]]",
    wants_input: bool,
    cwd: "Optional[str]",
    umask: "Optional[int]",
    close_fds: bool,
    pass_fds: "Sequence[int]",
) -> _Program:
    import subprocess

    process = subprocess.Popen(
        words,
        bufsize=0,
        stdin=subprocess.PIPE if wants_input else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=environment,
        close_fds=close_fds,
        pass_fds=tuple(pass_fds),
        start_new_session=True,
        preexec_fn=None if umask is None else lambda: os.umask(umask) and None,
    )
    assert process.stdout
    assert process.stderr
    stdin = process.stdin.fileno() if process.stdin else -1
    return _Program(process.pid, stdin, process.stdout.fileno(), process.stderr.fileno(), process)


def _converse(
    program: _Program,
    argv: "Union[str, List[str]]",
    data: "Optional[bytes]",
    prompt: "Optional[Callable[[bytes], bool]]",
) -> Finished:
    """Feed a program and read it, both as it comes.

    What a program leaves running in the background may keep its output open; after a second of silence nobody waits
    for that. A program that asks for input nobody will give is ended.
    """
    collected: "Dict[int, List[bytes]]" = {program.stdout: [], program.stderr: []}
    outputs = collected[program.stdout], collected[program.stderr]
    watched = {program.stdout: 1, program.stderr: 2} if current.live else {}
    poll = select.poll()
    for descriptor in collected:
        poll.register(descriptor, select.POLLIN)
    rest = data or b""
    if rest:
        os.set_blocking(program.stdin, False)
        poll.register(program.stdin, select.POLLOUT)
    elif prompt is None or data is not None:
        program.close_stdin()
    while collected:
        events = poll.poll(SILENCE_MILLISECONDS)
        if not events and program.poll(os.WNOHANG) is not None:
            break
        for descriptor, _ in events:
            if descriptor in collected:
                _read(descriptor, collected, poll, watched)
                continue
            rest = program.feed(rest)
            if not rest:
                poll.unregister(descriptor)
                program.close_stdin()
        if prompt is not None and not data and prompt(b"".join(outputs[0])):
            os.kill(program.pid, signal.SIGKILL)
            program.poll(0)
            program.close()
            return Finished(argv, PROMPTED, b"".join(outputs[0]), PROMPTED_TEXT)
    code = program.poll(0) or 0
    program.close()
    return Finished(argv, code, b"".join(outputs[0]), b"".join(outputs[1]))


def _read(descriptor: int, collected: "Dict[int, List[bytes]]", poll: "select.poll", watched: "Dict[int, int]") -> None:
    piece = os.read(descriptor, READ_BYTES)
    if piece:
        collected[descriptor].append(piece)
        if watched:
            _show(watched[descriptor], piece)
    else:
        poll.unregister(descriptor)
        del collected[descriptor]


def _show(descriptor: int, piece: bytes) -> None:
    """Hand a piece to whoever watches; that nobody does any more is no reason to stop."""
    try:
        while piece:
            piece = piece[os.write(descriptor, piece) :]
    except OSError:
        pass


def _is_executable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)
