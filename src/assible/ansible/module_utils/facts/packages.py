"""Package managers that collections add (documented: ``PkgMgr``, ``LibMgr``, ``CLIMgr``)."""

from abc import ABCMeta, abstractmethod

from assible.agent.toolkit import processes
from assible.ansible.module_utils.common.sys_info import get_all_subclasses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional


class PkgMgr(object, metaclass=ABCMeta):
    """A package manager: which packages are installed, and what is known of them."""

    @abstractmethod
    def is_available(self, handle_exceptions: bool = True) -> bool:
        """Tell whether it can be used here."""

    @abstractmethod
    def list_installed(self) -> "List[Any]":
        """Return the installed packages, in a form of its own."""

    @abstractmethod
    def get_package_details(self, package: "Any") -> "Dict[str, Any]":
        """Return what is known of one of them: ``name``, ``version``, and more."""

    def get_packages(self) -> "Dict[str, List[Dict[str, Any]]]":
        """Return all by name."""
        found: "Dict[str, List[Dict[str, Any]]]" = {}
        for package in self.list_installed():
            details = dict(self.get_package_details(package))
            details.setdefault("source", type(self).__name__.lower())
            found.setdefault(details["name"], []).append(details)
        return found


class LibMgr(PkgMgr):
    """One that is used through a Python library, ``LIB``."""

    LIB: "Optional[str]" = None

    def __init__(self) -> None:
        self._lib: "Any" = None

    def is_available(self, handle_exceptions: bool = True) -> bool:
        """Tell whether the library can be imported."""
        try:
            self._lib = __import__(str(self.LIB))
        except ImportError:
            if not handle_exceptions:
                raise
            return False
        return True


class CLIMgr(PkgMgr):
    """One that is used through a program, ``CLI``."""

    CLI: "Optional[str]" = None

    def __init__(self) -> None:
        self._cli: "Optional[str]" = None

    def is_available(self, handle_exceptions: bool = True) -> bool:
        """Tell whether the program is there."""
        self._cli = processes.find_program(str(self.CLI))
        if self._cli is None and not handle_exceptions:
            raise ValueError(processes.missing_text(str(self.CLI)))
        return self._cli is not None


def get_all_pkg_managers() -> "Dict[str, Any]":
    """Return all that are known, by their names in lower case."""
    abstract = (CLIMgr, LibMgr)
    return {one.__name__.lower(): one for one in get_all_subclasses(PkgMgr) if one not in abstract}
