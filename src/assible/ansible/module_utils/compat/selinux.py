"""SELinux through the library that every such system has; importing it elsewhere raises ImportError."""

from assible.agent.toolkit import selinux as _selinux

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_found = _selinux.binding()
if _found is None:
    raise ImportError("this system has no SELinux library")
_library: "Any" = _found

is_selinux_enabled = _library.is_selinux_enabled
is_selinux_mls_enabled = _library.is_selinux_mls_enabled
lgetfilecon_raw = _library.lgetfilecon_raw
lsetfilecon = _library.lsetfilecon
matchpathcon = _library.matchpathcon


def __dir__() -> "Any":
    return [name for name in globals() if not name.startswith("_")]
