"""Processes that run modules of ours, one after the other.

No module runs in the agent itself. But a process that is forked for each of them pays for the fork, for its own copies
of the pages that it touches and for its end, which together cost more than most modules' work. So a module may promise,
with ``KEEPS_CLEAN = True``, that it leaves its process as it found it: working directory, environment, descriptors,
threads and children. Where a look after the run agrees (`_Origin.is_restored`) the process waits for the next call;
otherwise it ends, and another is forked while the agent has nothing to do.

A worker holds no code that its agent did not have when it was forked, and runs only what it knows.
"""

import marshal
import os
import struct
import sys
import time

from assible.agent import runner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, FrozenSet, List, Optional, Tuple

    Call = Tuple[Dict[str, Any], bytes]

#: A call of this size fits into a pipe, so that handing it over never makes the agent wait.
LARGEST_CALL = 32 * 1024
#: What a worker may have been given, and what it may have run, before a fresh one takes its place.
LARGEST_BODY = 1024 * 1024
MOST_RUNS = 1000
_SIZE = struct.Struct("!Q")


class Worker(object):
    """One such process, seen from the agent.

    Attributes:
        bundles: What it can run.
        feed: Where calls are written; closing it makes a worker that waits end.
        readers: Its open pipes, by stream.
    """

    __slots__ = ("bundles", "feed", "pid", "readers")

    def __init__(self, pid: int, feed: int, readers: "Dict[int, str]", bundles: "FrozenSet[str]") -> None:
        self.pid = pid
        self.feed = feed
        self.readers = readers
        self.bundles = bundles

    @property
    def descriptors(self) -> "FrozenSet[int]":
        """Everything of it that is open in the agent; no other child may keep any of it."""
        return frozenset((self.feed, *self.readers))

    def take(self, call: bytes) -> bool:
        """Hand a call over; return False where the worker has ended."""
        try:
            os.write(self.feed, call)
        except OSError:
            return False
        return True

    def job_of(self, channel: int, header: "Dict[str, Any]") -> runner.Job:
        """Return the job of a call that it has."""
        job = runner.Job(channel, header)
        job.pid = self.pid
        job.readers = dict(self.readers)
        job.worker = self
        return job


def pack(header: "Dict[str, Any]", body: bytes) -> bytes:
    """Return a call as a worker reads it; nothing where it is too large to be handed over."""
    try:
        call = marshal.dumps((header, body))
    except ValueError:
        return b""
    return _SIZE.pack(len(call)) + call if len(call) <= LARGEST_CALL else b""


def fork_worker(modules: runner.Modules, close: "List[int]", call: "Optional[Call]" = None) -> Worker:
    """Fork a worker.

    Args:
        modules: What it can run.
        close: The agent's own descriptors, which no child may keep.
        call: What it runs first; with none it waits.
    """
    pipes = runner.make_pipes()
    feed = os.pipe()
    pid = os.fork()
    if pid == 0:
        runner.leave_with(lambda: _work(modules, pipes, feed, close, call))
    os.close(feed[0])
    return Worker(pid, feed[1], runner.keep_readers(pipes), modules.known())


def _work(
    modules: runner.Modules,
    pipes: "List[Tuple[int, int]]",
    feed: "Tuple[int, int]",
    close: "List[int]",
    call: "Optional[Call]",
) -> int:
    """Run calls until one leaves something behind, which returns its exit code, or none comes any more."""
    runner.stand_alone(pipes, None, close)
    os.close(feed[1])
    origin = _Origin()
    if call is None:
        _rehearse()
        call = _next_call(feed[0])
    runs = 0
    while call is not None:
        header, body = call
        runner.settle(header)
        code = runner.exit_code_of(modules.prepare(header, body, ""))
        runs += 1
        if runs == MOST_RUNS or len(body) > LARGEST_BODY or not origin.is_restored(header["main"]):
            return code
        call = None  # what it held is not kept while the worker waits
        runner.say(runner.STAYING, code)
        call = _next_call(feed[0])
    os._exit(0)


def _next_call(feed: int) -> "Optional[Call]":
    size = _read(feed, _SIZE.size)
    if len(size) < _SIZE.size:
        return None
    header, body = marshal.loads(_read(feed, _SIZE.unpack(size)[0]))
    return header, body


def _read(descriptor: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = os.read(descriptor, size - len(data))
        if not piece:
            break
        data += piece
    return data


class _Origin(object):
    """What a process is like before its first module."""

    def __init__(self) -> None:
        self._umask = os.umask(0)
        os.umask(self._umask)
        self._environment = dict(os.environ)
        try:
            self._directory = os.open(".", os.O_RDONLY)
        except OSError:
            self._directory = -1
        self._descriptors = _count_descriptors()

    def is_restored(self, name: str) -> bool:
        """Bring the process back to what it was; tell whether it is so."""
        if getattr(sys.modules.get(name), "KEEPS_CLEAN", False) is not True or self._directory < 0:
            return False
        try:
            runner.flush()
            os.fchdir(self._directory)
        except OSError:
            return False
        os.umask(self._umask)
        self._restore_environment()
        _forget_notes()
        return not _has_children() and not _has_threads() and _count_descriptors() == self._descriptors

    def _restore_environment(self) -> None:
        environment = dict(os.environ)
        if environment == self._environment:
            return
        os.environ.clear()
        os.environ.update(self._environment)
        if environment.get("TZ") != self._environment.get("TZ"):
            time.tzset()


def _count_descriptors() -> int:
    """Return how many descriptors are open; -1, which is never the same twice, where that cannot be known."""
    try:
        return len(os.listdir("/proc/self/fd"))
    except OSError:
        return -os.getpid() - int(time.monotonic() * 1000)


def _has_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def _has_threads() -> bool:
    import _thread

    return _thread._count() > 0


def _forget_notes() -> None:
    notes = sys.modules.get("assible.agent.toolkit.notes")
    if notes is not None:
        del notes.warnings[:]
        del notes.deprecations[:]


def _rehearse() -> None:
    """Use what every module uses, so that this process has its own pages for that before the call comes."""
    toolkit = sys.modules.get("assible.agent.toolkit.module")
    if toolkit is not None:
        module = toolkit.Module({"rehearsal": {"type": "str", "default": "none"}}, supports_check_mode=True)
        toolkit.report.to_text(toolkit.report.masked(dict(module.params), ()))
        toolkit.processes.split("any words")
