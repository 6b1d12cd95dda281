"""Ending processes: a group, and what left the group."""

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Tuple

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
    """Kill a process and all below it, with the groups that they lead or have joined and whoever else is in these."""
    groups = {pid}
    while True:
        below = descendants(pid)
        found = {group for _, group in below} - groups - {os.getpgrp()}
        for group in [*sorted(found), pid]:
            _kill_group(group)
        for child, _ in below:
            _kill(child)
        groups |= found
        if not found:
            return


def descendants(pid: int) -> "List[Tuple[int, int]]":
    """Return every process below one with its group, from /proc; nothing where there is no /proc."""
    children: "Dict[int, List[Tuple[int, int]]]" = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    for name in names:
        if name.isdigit():
            parent, group = _parent_and_group(name)
            children.setdefault(parent, []).append((int(name), group))
    found: "List[Tuple[int, int]]" = []
    queue = [pid]
    while queue:
        below = children.get(queue.pop(), [])
        found.extend(below)
        queue.extend(child for child, _ in below)
    return found


def _parent_and_group(name: str) -> "Tuple[int, int]":
    try:
        with open("/proc/{}/stat".format(name), "rb") as stream:
            fields = stream.read().rpartition(b")")[2].split()
        return int(fields[1]), int(fields[2])
    except (OSError, ValueError, IndexError):
        return 0, 0


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
