"""Modules and commands in forked children of the warm agent, so that none of them can harm it."""

import errno
import json
import os
import stat
import sys
import time

from assible.agent import current, processes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, FrozenSet, List, Optional, Tuple

    from assible.agent.importer import MemoryFinder

DEFAULT_OUTPUT_LIMIT = 64 * 1024 * 1024
READ_BYTES = 256 * 1024
EXCERPT_BYTES = 64 * 1024
EXEC_FAILED = 127
# A write of this size into a pipe is never mixed with another child's.
LESSON_BYTES = 4096
#: What a child writes behind its result, and before its exit code, when it leaves or stays for the next call; a result
#: is JSON and never holds them.
LEAVING = b"\0left"
STAYING = b"\0stay"
WORD_BYTES = len(LEAVING) + 1
JSON_ARGS_MARK = b"<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>"
_FALLBACK_TMP = ("/tmp", "/var/tmp", "/dev/shm", "/run/user")
_STREAMS = ("out", "err", "res")


class Job(object):
    """A forked child that is running, and what it has written so far.

    Attributes:
        has_left: Whether the child has said that it leaves, for which its process may take a moment longer.
        has_stayed: Whether the child has said that it waits for the next call.
        problem: Why it was ended before its time: ``timeout``, ``cancelled``, ``too_much_output``; else None.
        readers: Open pipe -> the stream that it is.
        stdin: ``[descriptor, data that is still to be written]`` while there is any, else None.
        worker: The process that has the job, where it may take another one afterwards.
    """

    __slots__ = (
        "channel",
        "chunks",
        "deadline",
        "has_left",
        "has_stayed",
        "limit",
        "pid",
        "problem",
        "readers",
        "request_id",
        "size",
        "started",
        "status",
        "stdin",
        "stream",
        "tmp",
        "worker",
    )

    def __init__(self, channel: int, header: "Dict[str, Any]") -> None:
        self.channel = channel
        self.request_id = header["id"]
        self.stream = bool(header.get("stream"))
        self.limit = header.get("limit") or DEFAULT_OUTPUT_LIMIT
        self.started = time.time()
        self.deadline = time.monotonic() + header["timeout"] if header.get("timeout") else None
        self.chunks: "Dict[str, List[bytes]]" = {name: [] for name in _STREAMS}
        self.size = 0
        self.has_left = self.has_stayed = False
        self.pid = 0
        self.status: "Optional[int]" = None
        self.problem: "Optional[str]" = None
        self.readers: "Dict[int, str]" = {}
        self.stdin: "Optional[List[Any]]" = None
        self.tmp: "Optional[str]" = None
        self.worker: "Optional[Any]" = None

    def end(self, problem: str) -> None:
        """Kill the child and everything below it."""
        if self.status is None:
            self.problem = self.problem or problem
            processes.kill_tree(self.pid)

    def read(self, descriptor: int) -> "Optional[bytes]":
        """Read once; return None when nothing more can be had now, ``b""`` at the end."""
        try:
            return os.read(descriptor, READ_BYTES)
        except BlockingIOError:
            return None

    def take(self, name: str, data: bytes) -> None:
        """Keep what was read, and end a child that writes more than is allowed."""
        self.size += len(data)
        if self.size > self.limit:
            self._shorten()
            self.end("too_much_output")
        elif not (self.stream and name != "res"):
            self.chunks[name].append(data)
        if name == "res" and self.status is None and data[-WORD_BYTES:-1] in (LEAVING, STAYING):
            self.status = data[-1] << 8
            self.has_left = data[-WORD_BYTES:-1] == LEAVING
            self.has_stayed = not self.has_left

    def _shorten(self) -> None:
        """Keep only the beginning of what a child wrote that wrote too much: nobody can use the rest."""
        for name, chunks in self.chunks.items():
            self.chunks[name] = [b"".join(chunks[:2])[:EXCERPT_BYTES]]

    def outcome(self) -> "Tuple[Dict[str, Any], bytes]":
        """Return the reply's header and body."""
        parts = [b"".join(self.chunks[name]) for name in _STREAMS]
        if parts[2][-WORD_BYTES:-1] in (LEAVING, STAYING):
            parts[2] = parts[2][:-WORD_BYTES]
        header = {
            "t": "done",
            "id": self.request_id,
            "rc": exit_code(self.status or 0),
            "sizes": [len(part) for part in parts],
            "seconds": time.time() - self.started,
            "problem": self.problem,
        }
        return header, b"".join(parts)


def exit_code(status: int) -> int:
    """Return an exit code; negative for the number of the signal that ended the process."""
    if os.WIFSIGNALED(status):
        return -os.WTERMSIG(status)
    return os.WEXITSTATUS(status)


def launch(channel: int, header: "Dict[str, Any]", stdin: bytes, child: "Callable[[], int]", close: "List[int]") -> Job:
    """Fork; the child runs ``child`` and leaves with what it returns.

    Args:
        channel: Where the reply goes.
        header: The request: ``env``, ``cwd``, ``umask``, ``timeout``, ``limit``, ``stream``.
        stdin: Data for the child's stdin; with none it is /dev/null.
        child: What the child does.
        close: The agent's own descriptors, which no child may keep.
    """
    job = Job(channel, header)
    pipes = make_pipes()
    feed = os.pipe() if stdin else None
    job.pid = os.fork()
    if job.pid == 0:
        _become_child(header, pipes, feed, child, close)
    job.readers = keep_readers(pipes)
    if feed:
        os.close(feed[0])
        os.set_blocking(feed[1], False)
        job.stdin = [feed[1], memoryview(stdin)]
    return job


def make_pipes() -> "List[Tuple[int, int]]":
    """Return a pipe for each of a child's streams."""
    return [os.pipe() for _ in _STREAMS]


def keep_readers(pipes: "List[Tuple[int, int]]") -> "Dict[int, str]":
    """Close the child's ends; return the agent's, each with its stream's name."""
    readers = {}
    for name, (reader, writer) in zip(_STREAMS, pipes):  # Python 3.6 has no strict=
        os.close(writer)
        os.set_blocking(reader, False)
        readers[reader] = name
    return readers


def _become_child(
    header: "Dict[str, Any]",
    pipes: "List[Tuple[int, int]]",
    feed: "Optional[Tuple[int, int]]",
    child: "Callable[[], int]",
    close: "List[int]",
) -> None:
    """Turn the fork into a process of its own, do the work, and never return."""

    def work() -> int:
        stand_alone(pipes, feed, close)
        settle(header)
        return child()

    leave_with(work)


def leave_with(work: "Callable[[], int]") -> None:
    """Do the work of a forked child, and leave the process with the exit code that it returns."""
    code = 1
    try:
        code = exit_code_of(work)
    except BaseException:  # foreign code may raise anything; the report is its stderr, as in any process
        _print_traceback()
    finally:
        try:
            flush()
        except (OSError, ValueError, AttributeError):
            pass
        say(LEAVING, code & 0xFF)
        os._exit(code & 0xFF)


def exit_code_of(work: "Callable[[], int]") -> int:
    """Do some work; return the exit code that it returns or leaves with."""
    try:
        return work()
    except SystemExit as error:
        return _system_exit_code(error)


def stand_alone(pipes: "List[Tuple[int, int]]", feed: "Optional[Tuple[int, int]]", close: "List[int]") -> None:
    """Make the forked child a process like any other: its own session, signals and standard streams."""
    os.setsid()
    processes.reset_signals()
    _connect(pipes, feed)
    for descriptor in close:
        os.close(descriptor)


def say(word: bytes, code: int) -> None:
    """Tell the agent the exit code: it need not wait until the system has taken this process apart."""
    if current.result_fd is not None:
        try:
            os.write(current.result_fd, word + bytes((code,)))
        except OSError:
            pass


def _connect(pipes: "List[Tuple[int, int]]", feed: "Optional[Tuple[int, int]]") -> None:
    source = feed[0] if feed else os.open(os.devnull, os.O_RDONLY)
    os.dup2(source, 0)
    os.dup2(pipes[0][1], 1)
    os.dup2(pipes[1][1], 2)
    os.close(source)
    current.result_fd = pipes[2][1]
    for reader, writer in pipes:
        os.close(reader)
        if writer != current.result_fd:
            os.close(writer)
    if feed:
        os.close(feed[1])


def settle(header: "Dict[str, Any]") -> None:
    """Give the child the environment, umask and directory that its request names."""
    current.live = bool(header.get("stream"))
    environment = header.get("env")
    if environment:
        os.environ.update(environment)
        if "TZ" in environment:
            time.tzset()
    if header.get("umask") is not None:
        os.umask(header["umask"])
    if header.get("cwd"):
        os.chdir(os.path.expanduser(header["cwd"]))


def _system_exit_code(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code
    sys.stderr.write("{}\n".format(error.code))
    return 1


def _print_traceback() -> None:
    import traceback

    traceback.print_exc()


def flush() -> None:
    """Do what is to be done at the end of a program."""
    if "atexit" in sys.modules:
        sys.modules["atexit"]._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()


class Modules(object):
    """The bundles that the controller has sent, and how a module of each style is started."""

    def __init__(self, finder: "MemoryFinder") -> None:
        self._finder = finder
        self._bundles: "Dict[str, List[List[Any]]]" = {}
        self._warm: "set[str]" = set()

    def store(self, header: "Dict[str, Any]", body: bytes) -> None:
        """Keep sources and bundles.

        The compressed body holds ``sources``, each ``[hash, size]``, then ``code``, each ``[hash, name, size]``.
        """
        import zlib

        data = zlib.decompress(body) if body else b""
        start = 0
        for digest, size in header.get("sources", ()):
            self._finder.sources[digest] = data[start : start + size]
            start += size
        for digest, name, size in header.get("code", ()):
            self._finder.compiled[(digest, name)] = data[start : start + size]
            start += size
        bundle = header.get("bundle")
        if bundle:
            self._bundles[bundle["id"]] = bundle["entries"]

    def known(self) -> "FrozenSet[str]":
        """Return the bundles that a child which is forked now can run."""
        return frozenset(self._warm)

    def learn(self, names: "List[str]") -> None:
        """Import what modules had to import, so that the next process finds it there."""
        for name in names:
            if name and name not in sys.modules:
                _import_quietly(name)
        _freeze()

    def prepare(self, header: "Dict[str, Any]", body: bytes, tmp: str) -> "Callable[[], int]":
        """Do in the warm parent what all runs of a module share; return what the forked child does.

        Raises:
            KeyError: The bundle was never sent.
        """
        entries = self._bundles[header["bundle"]]
        style = header["style"]
        if style in ("native", "python"):
            table = {name: (digest, package) for name, digest, package, _ in entries}
            if header["bundle"] not in self._warm:
                self._warm.add(header["bundle"])
                self._warm_up(entries, table, style, header["main"])
            runner = _run_native if style == "native" else _run_python
            return lambda: runner(self._finder, table, header, body)
        (name, digest, _, _) = entries[0]
        argv = write_executable(self._finder.sources[digest], header, tmp, name)
        return lambda: execute(argv)

    def _warm_up(self, entries: "List[List[Any]]", table: "Dict[str, Tuple[str, bool]]", style: str, main: str) -> None:
        """Compile everything once, and import what is ours: its import has no effects that a module could feel."""
        from assible.agent import importer

        if style == "python":
            importer.add_site_directories()
        base = self._finder.table
        for name, digest, package, warm in entries:
            if warm and base.get(name, (digest,))[0] == digest:
                base[name] = (digest, package)
        for name, _, _, warm in entries:
            if warm:
                _import_quietly(name)
        self._finder.table = dict(base, **table)
        for name in table:
            self._compile(name)
        self._finder.table = base
        _freeze()

    def _compile(self, name: str) -> None:
        try:
            self._finder.get_code(name)
        except (SyntaxError, ValueError):  # the child meets it again and reports it
            pass


def _import_quietly(name: str) -> None:
    try:
        __import__(name)
    except Exception:  # the child meets it again and reports it as the module's own failure
        sys.modules.pop(name, None)


def _enter(finder: "MemoryFinder", table: "Dict[str, Tuple[str, bool]]", header: "Dict[str, Any]", body: bytes) -> None:
    for name, entry in table.items():
        known = finder.table.get(name)
        if known is not None and known[0] != entry[0]:
            sys.modules.pop(name, None)
    finder.table = dict(finder.table, **table)
    current.args = header.get("args") or {}
    current.body = body
    current.name = header["main"]
    current.tmp = header.get("tmp")


def _run_native(
    finder: "MemoryFinder", table: "Dict[str, Tuple[str, bool]]", header: "Dict[str, Any]", body: bytes
) -> int:
    _enter(finder, table, header, body)
    name = header["main"]
    known = len(sys.modules)
    try:
        __import__(name)
        sys.modules[name].main()
    finally:
        if len(sys.modules) > known:
            teach(list(sys.modules)[known:])
    return 0


def teach(names: "List[str]") -> None:
    """Tell the agent which parts of the standard library this run had to import."""
    new = [name for name in names if is_standard(sys.modules[name])]
    if new and current.lessons_fd is not None:
        os.write(current.lessons_fd, (",".join(new) + ",").encode("ascii", "replace")[:LESSON_BYTES])


def is_standard(module: "Any") -> bool:
    """Tell whether a module belongs to the standard library: its import has no effects on others."""
    path = getattr(module, "__file__", None)
    if path is None:
        return getattr(module, "__name__", "") in sys.builtin_module_names
    return path.startswith(os.path.dirname(os.__file__) + os.sep) and "-packages" + os.sep not in path


def _freeze() -> None:
    """Keep the collector from touching what is there already: its pages stay shared with every forked child."""
    gc = sys.modules.get("gc") or __import__("gc")
    if hasattr(gc, "freeze"):
        gc.freeze()


def _run_python(
    finder: "MemoryFinder", table: "Dict[str, Tuple[str, bool]]", header: "Dict[str, Any]", body: bytes
) -> int:
    _enter(finder, table, header, body)
    name = header["main"]
    for path in reversed(os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        if path and path not in sys.path:
            sys.path.insert(0, path)
    code = finder.get_code(name)
    main = type(sys)("__main__")
    main.__file__ = code.co_filename
    main.__loader__ = finder  # type: ignore[assignment]
    main.__package__ = name.rpartition(".")[0]
    sys.modules["__main__"] = main
    sys.argv = [code.co_filename]
    exec(code, main.__dict__)
    return 0


def execute(argv: "List[str]") -> int:
    """Replace the forked child by a program; report why where that fails, as a shell does."""
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        reason = {"errno": error.errno, "text": os.strerror(error.errno or 0), "program": argv[0]}
        os.write(current.result_fd or 2, json.dumps({"exec_error": reason}).encode("ascii"))
    return EXEC_FAILED


def write_executable(source: bytes, header: "Dict[str, Any]", tmp: str, name: str) -> "List[str]":
    """Write a module that is a program, and its arguments, into a private directory; return its command line.

    A script is started through the interpreter on its first line, so that a noexec file system does not matter.
    """
    arguments = json.dumps(header.get("args") or {})
    style = header["style"]
    if style == "json_args":
        source = source.replace(JSON_ARGS_MARK, arguments.encode("utf-8"))
    path = os.path.join(tmp, name.rpartition(".")[2] or "module")
    write_private(path, source, 0o700)
    argv = [] if style == "binary" else _interpreter(source, header)
    argv.append(path)
    if style != "json_args":
        text = _key_value(header.get("args") or {}) if style == "old" else arguments
        argv.append(os.path.join(tmp, "args"))
        write_private(argv[-1], text.encode("utf-8", "surrogateescape"), 0o600)
    return argv


def write_private(path: str, data: bytes, mode: int) -> None:
    """Write a new file that only its owner can open."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)


def _interpreter(source: bytes, header: "Dict[str, Any]") -> "List[str]":
    if header.get("interpreter"):
        return list(header["interpreter"])
    if not source.startswith(b"#!"):
        return []
    words = source[2:].partition(b"\n")[0].decode("utf-8", "replace").split()
    if words and os.path.basename(words[-1]).startswith("python"):
        return [sys.executable]
    return words


def _key_value(args: "Dict[str, Any]") -> str:
    import shlex

    return " ".join("{}={}".format(key, shlex.quote(str(value))) for key, value in args.items())


def make_private_directory(parent: "Optional[str]" = None, prefix: str = "assible-") -> str:
    """Create a new directory that only its owner can enter, under ``parent`` or the first place that can be written.

    Raises:
        OSError: No place can be written.
    """
    parents = [os.path.expanduser(parent)] if parent else temporary_parents()
    failure = OSError(errno.ENOENT, "no directory for temporary files can be written")
    for place in parents:
        if parent:
            os.makedirs(place, 0o700, exist_ok=True)
        path = os.path.join(place, prefix + os.urandom(8).hex())
        try:
            os.mkdir(path, 0o700)
            return path
        except OSError as error:
            failure = error
    raise failure


def temporary_parents() -> "List[str]":
    """Return the places for temporary files, best first."""
    named = [os.environ[name] for name in ("TMPDIR", "TEMP", "TMP") if os.environ.get(name)]
    return named + list(_FALLBACK_TMP) + [os.path.expanduser("~")]


def remove_tree(path: str) -> None:
    """Remove a file or a directory with all that it holds; what is already gone is no error.

    Links are removed and never followed, and nothing on another file system is touched.

    Raises:
        OSError: Something cannot be removed, or another file system is mounted inside.
    """
    try:
        _remove_below(path, os.lstat(path).st_dev)
    except FileNotFoundError:
        pass


def _remove_below(path: str, device: int) -> None:
    info = os.lstat(path)
    if not stat.S_ISDIR(info.st_mode):  # its device tells nothing: on an overlay it is that of a layer
        os.unlink(path)
        return
    if info.st_dev != device:
        raise OSError(errno.EXDEV, "another file system is mounted there", path)
    for name in os.listdir(path):
        _remove_below(os.path.join(path, name), device)
    os.rmdir(path)
