"""SELinux contexts of files, where the platform and its Python binding have them."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Sequence

#: File systems on which labels cannot be set one by one.
SPECIAL_FILE_SYSTEMS = ("fuse", "nfs", "vboxsf", "ramfs", "9p", "vfat")


def binding() -> "Optional[Any]":
    """Return Python's ``selinux`` package; None where there is none."""
    try:
        import selinux  # type: ignore[import-not-found]
    except ImportError:
        return None
    return selinux


def is_active() -> bool:
    """Tell whether the system enforces or reports labels."""
    return os.path.exists("/sys/fs/selinux/enforce") and _says(1, "is_selinux_enabled")


def is_multi_level() -> bool:
    """Tell whether labels have a fourth part, the level."""
    return is_active() and _says(1, "is_selinux_mls_enabled")


def empty_context() -> "List[Optional[str]]":
    """Return a context in which nothing is asked for."""
    return [None, None, None, None] if is_multi_level() else [None, None, None]


def context_of(path: str) -> "List[Optional[str]]":
    """Return a file's context: user, role, type and level."""
    selinux = binding() if is_active() else None
    if selinux is None:
        return empty_context()
    try:
        code, text = selinux.lgetfilecon_raw(path)
    except OSError:
        return empty_context()
    return list(text.split(":", 3)) if code != -1 else empty_context()


def default_context(path: str, mode: int = 0) -> "List[Optional[str]]":
    """Return the context that the policy gives a path."""
    selinux = binding() if is_active() else None
    if selinux is None:
        return empty_context()
    try:
        code, text = selinux.matchpathcon(path, mode)
    except OSError:
        return empty_context()
    return list(text.split(":", 3)) if code != -1 else empty_context()


def merged(present: "Sequence[Optional[str]]", wanted: "Sequence[Optional[str]]") -> "List[Optional[str]]":
    """Return the present context with what is asked for in its place; a part that is None or empty stays."""
    parts = list(present)
    for index, part in enumerate(wanted):
        if index < len(parts) and part is not None:
            parts[index] = part
    return parts


def set_context(path: str, context: "Sequence[Optional[str]]") -> None:
    """Give a file a context.

    Raises:
        OSError: The system refuses.
    """
    selinux = binding()
    if selinux is not None and selinux.lsetfilecon(path, ":".join(part or "" for part in context)) != 0:
        raise OSError(1, "the SELinux context was refused", path)


def _says(answer: int, question: str) -> bool:
    selinux = binding()
    return selinux is not None and bool(getattr(selinux, question)() == answer)
