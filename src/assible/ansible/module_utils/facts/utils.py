"""Reading small system files (documented: ``get_file_content``, ``get_file_lines``, ``get_mount_size``)."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional


def get_file_content(path: str, default: "Any" = None, strip: bool = True) -> "Any":
    """Return a file's text; the default where it cannot be read or is empty."""
    if not os.path.exists(path) or not os.access(path, os.R_OK):
        return default
    try:
        with open(path) as stream:
            text = stream.read()
    except (OSError, ValueError):
        return default
    text = text.strip() if strip else text
    return text or default


def get_file_lines(path: str, strip: bool = True, line_sep: "Optional[str]" = None) -> "List[str]":
    """Return a file's lines, or what a separator divides; nothing where it cannot be read."""
    text = get_file_content(path, strip=strip)
    if not text:
        return []
    if line_sep is None:
        return str(text).splitlines()
    return str(text).rstrip(line_sep).split(line_sep)


def get_mount_size(mountpoint: str) -> "Dict[str, int]":
    """Return how large and how full a file system is; nothing where it cannot be told."""
    try:
        told = os.statvfs(mountpoint)
    except OSError:
        return {}
    return {
        "size_total": told.f_frsize * told.f_blocks,
        "size_available": told.f_frsize * told.f_bavail,
        "block_size": told.f_bsize,
        "block_total": told.f_blocks,
        "block_available": told.f_bavail,
        "block_used": told.f_blocks - told.f_bavail,
        "inode_total": told.f_files,
        "inode_available": told.f_favail,
        "inode_used": told.f_files - told.f_favail,
    }
