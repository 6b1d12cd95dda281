"""Ending processes: a group, and what left the group."""

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List

_RESET = ("SIGPIPE", "SIGINT", "SIGTERM", "SIGHUP", "SIGCHLD", "SIGQUIT", "SIGXFSZ", "SIGUSR1", "SIGUSR2", "SIGALRM")


def reset_signals() -> None:
    """Give a forked child the signal handling that a fresh process has."""
    signal.set_wakeup_fd(-1)
    for name in _RESET:
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, [])


def kill_tree(pid: int) -> None:
    """Kill a session leader's process group, and descendants that made groups of their own."""
    doomed = descendants(pid)
    _kill_group(pid)
    for child in doomed:
        _kill(child)
    for child in set(descendants(pid)) - set(doomed):
        _kill(child)


def descendants(pid: int) -> "List[int]":
    """Return every process below one, from /proc; nothing where there is no /proc."""
    children: "Dict[int, List[int]]" = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    for name in names:
        if name.isdigit():
            children.setdefault(_parent_of(name), []).append(int(name))
    found: "List[int]" = []
    queue = [pid]
    while queue:
        below = children.get(queue.pop(), [])
        found.extend(below)
        queue.extend(below)
    return found


def _parent_of(name: str) -> int:
    try:
        with open("/proc/{}/stat".format(name), "rb") as stream:
            return int(stream.read().rpartition(b")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        _kill(pid)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
