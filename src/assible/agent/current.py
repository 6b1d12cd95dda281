"""What the running module was called with. Set in the forked child just before the module starts.

This is the one place with module-level state: a forked child runs one module and ends.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

#: The module's arguments, internal ``_ansible_*`` ones included.
args: "Dict[str, Any]" = {}
#: Raw data that came with the call, such as the content of a small file.
body = b""
#: The module's name.
name = ""
#: Whether somebody watches: what the module's programs say also goes to this process's own output, as it comes.
live = False
#: Where the result is written; None means stdout.
result_fd: "Optional[int]" = None
#: Where a module of ours tells which modules it had to import, so that the warm agent imports them for the next run.
lessons_fd: "Optional[int]" = None
#: A private directory for the module, where the controller named one.
tmp: "Optional[str]" = None
