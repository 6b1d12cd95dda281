"""Finding programs (documented: ``get_bin_path``)."""

from assible.agent.toolkit import processes
from assible.ansible.module_utils.common.file import is_executable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Sequence


def get_bin_path(arg: str, opt_dirs: "Optional[Sequence[Any]]" = None, required: "Any" = None) -> str:
    """Return the path of a program: in the given directories, ``PATH``, or the system's directories.

    Args:
        required: Says nothing any more; older modules give it.

    Raises:
        ValueError: It is nowhere.
    """
    path = processes.find_program(arg, opt_dirs or ())
    if path is None:
        raise ValueError(processes.missing_text(arg, opt_dirs or ()))
    return path


__all__ = ["get_bin_path", "is_executable"]
