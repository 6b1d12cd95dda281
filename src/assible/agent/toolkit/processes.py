"""Programs that a module runs."""

import errno
import os
import shlex
import subprocess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence, Union

READ_BYTES = 65536
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
    places = [place for place in directories if place]
    places += [place for place in os.environ.get("PATH", "").split(os.pathsep) if place]
    for place in places + [place for place in SYSTEM_DIRECTORIES if place not in places]:
        path = os.path.join(place, name)
        if _is_executable(path):
            return path
    return None


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
    """Run a program to its end.

    Args:
        argv: Words, or a command line for ``shell``.
        shell: The shell that runs a command line.
        data: What it reads on stdin; None is an empty input.
        cwd: Working directory.
        environment: The whole environment; None for this process's own.
        umask: Its umask.
        close_fds: Whether other descriptors are closed.
        pass_fds: Descriptors that it keeps.
        prompt: Tells from the output so far whether the program asks for something; it is then ended with rc 257.
        before: Called with the started process.
    """
    options: "Dict[str, Any]" = {"cwd": cwd, "env": environment, "close_fds": close_fds, "pass_fds": tuple(pass_fds)}
    if isinstance(argv, str):
        options.update(shell=True, executable=shell)
    if umask is not None:
        options["preexec_fn"] = lambda: os.umask(umask) and None
    stdin = subprocess.DEVNULL if data is None and prompt is None else subprocess.PIPE
    try:
        process = subprocess.Popen(argv, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    except (OSError, ValueError) as error:
        return Finished(argv, getattr(error, "errno", None) or errno.EINVAL, error=error)
    if before is not None:
        before(process)
    if prompt is None:
        stdout, stderr = process.communicate(data)
        return Finished(argv, process.returncode, stdout, stderr)
    return _watch(process, argv, data, prompt)


def _watch(
    process: "subprocess.Popen[bytes]",
    argv: "Union[str, List[str]]",
    data: "Optional[bytes]",
    prompt: "Callable[[bytes], bool]",
) -> Finished:
    """Read the output as it comes, and end a program that asks for input nobody will give."""
    import selectors

    assert process.stdin
    assert process.stdout
    assert process.stderr
    if data:
        process.stdin.write(data)
        process.stdin.close()
    collected = {process.stdout: b"", process.stderr: b""}
    with selectors.DefaultSelector() as selector:
        for stream in collected:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                piece = os.read(key.fd, READ_BYTES)
                collected[key.fileobj] += piece  # type: ignore[index]
                if not piece:
                    selector.unregister(key.fileobj)
            if data is None and prompt(collected[process.stdout]):
                process.kill()
                process.wait()
                message = b"A prompt was encountered while running a command, but no input data was specified"
                return Finished(argv, 257, collected[process.stdout], message)
    process.stdin.close()
    return Finished(argv, process.wait(), collected[process.stdout], collected[process.stderr])


def _is_executable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)
