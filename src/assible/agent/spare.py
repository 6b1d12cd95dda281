"""A child that is forked while the agent has nothing to do, and waits for the next module of ours.

A fork, and what a fresh process must do before it can work, then cost a task nothing. The child runs one module and
ends, like any other; it only was there earlier. It holds no code that its agent did not have when it was forked.
"""

import marshal
import os
import sys

from assible.agent import runner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

READ_BYTES = 64 * 1024
#: A call of this size fits into a pipe, so that handing it over never makes the agent wait.
LARGEST_CALL = 32 * 1024


class Spare(object):
    """The waiting child, seen from the agent.

    Attributes:
        descriptors: Everything of it that is open here; no other child may keep any of it.
        feed: Where its call is written; closing it unused makes the child end.
        generation: What the agent had when it was forked; see `runner.Modules`.
        job: What it works on, once it does.
        readers: Its open pipes, by stream.
    """

    __slots__ = ("descriptors", "feed", "generation", "job", "pid", "readers")

    def __init__(self, pid: int, feed: int, readers: "Dict[int, str]", generation: int) -> None:
        self.pid = pid
        self.feed = feed
        self.readers = readers
        self.generation = generation
        self.descriptors = frozenset((feed, *readers))
        self.job: "Optional[runner.Job]" = None

    def start(self, channel: int, header: "Dict[str, Any]", body: bytes) -> "Optional[runner.Job]":
        """Hand a call over; return None where the child cannot take it: it is too large, or the child has ended."""
        try:
            call = marshal.dumps((header, body))
            if len(call) > LARGEST_CALL:
                return None
            os.write(self.feed, call)
        except (OSError, ValueError):
            return None
        self.close()
        job = self.job = runner.Job(channel, header)
        job.pid = self.pid
        job.readers = self.readers
        return job

    def close(self) -> None:
        """Let go of the feed: the child takes what was written for its call, or ends where that is nothing."""
        if self.feed >= 0:
            os.close(self.feed)
            self.feed = -1


def fork_spare(modules: runner.Modules, close: "List[int]") -> Spare:
    """Fork a child that waits.

    Args:
        modules: What it can run.
        close: The agent's own descriptors, which no child may keep.
    """
    pipes = runner.make_pipes()
    feed = os.pipe()
    pid = os.fork()
    if pid == 0:
        runner.leave_with(lambda: _wait_and_work(modules, pipes, feed, close))
    os.close(feed[0])
    return Spare(pid, feed[1], runner.keep_readers(pipes), modules.generation)


def _wait_and_work(
    modules: runner.Modules, pipes: "List[Tuple[int, int]]", feed: "Tuple[int, int]", close: "List[int]"
) -> int:
    runner.stand_alone(pipes, None, close)
    os.close(feed[1])
    _rehearse()
    pieces = list(iter(lambda: os.read(feed[0], READ_BYTES), b""))
    if not pieces:
        os._exit(0)
    os.close(feed[0])
    header, body = marshal.loads(b"".join(pieces))
    runner.settle(header)
    return modules.prepare(header, body, "")()


def _rehearse() -> None:
    """Use what every module uses, so that this process has its own pages for that before the call comes."""
    toolkit = sys.modules.get("assible.agent.toolkit.module")
    if toolkit is not None:
        module = toolkit.Module({"rehearsal": {"type": "str", "default": "none"}}, supports_check_mode=True)
        toolkit.report.to_text(toolkit.report.masked(dict(module.params), ()))
        toolkit.processes.split("any words")
        module._environment(None, None)
