"""Reading small system files, which may be missing."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional


def text(path: str, default: str = "") -> str:
    """Return a file's text without outer blanks; the default where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read().strip()
    except (OSError, ValueError):
        return default


def lines(path: str) -> "List[str]":
    """Return a file's lines; none where it cannot be read."""
    return text(path).splitlines()


def names(directory: str) -> "List[str]":
    """Return what a directory holds; nothing where it cannot be read."""
    try:
        return os.listdir(directory)
    except OSError:
        return []


def settings(path: str) -> "Dict[str, str]":
    """Return ``KEY=value`` lines, quotes removed."""
    found: "Dict[str, str]" = {}
    for line in lines(path):
        key, separator, value = line.partition("=")
        if separator and not key.lstrip().startswith("#"):
            found[key.strip()] = value.strip().strip("\"'")
    return found


def link_name(path: str) -> "Optional[str]":
    """Return the last part of where a link leads; None where there is no link."""
    try:
        return os.path.basename(os.readlink(path))
    except OSError:
        return None


def output(argv: "List[str]", **options: "Any") -> str:
    """Return what a program prints; nothing where it is missing or fails."""
    from assible.agent.toolkit import processes

    program = processes.find_program(argv[0])
    if program is None:
        return ""
    finished = processes.run([program, *argv[1:]], **options)
    return finished.stdout.decode("utf-8", "replace") if finished.rc == 0 else ""
