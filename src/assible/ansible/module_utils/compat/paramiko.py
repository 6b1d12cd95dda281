"""The package ``paramiko`` where the target has it: ``paramiko`` is None where it has not."""

import traceback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

paramiko: "Any" = None
PARAMIKO_IMPORT_ERR = None

try:
    import paramiko as _paramiko  # type: ignore[import-untyped, import-not-found, unused-ignore]
except Exception:  # a foreign package: it may fail in any way while it is imported
    PARAMIKO_IMPORT_ERR = traceback.format_exc()
else:
    paramiko = _paramiko

__all__ = ["PARAMIKO_IMPORT_ERR", "paramiko"]
