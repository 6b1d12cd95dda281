"""``PlayContext``: how a play is run, as the command line says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assible.ansible._bridge.current import current


class PlayContext:
    """What the options and passwords of a program come to."""

    def __init__(
        self, play: Any = None, passwords: Mapping[str, Any] | None = None, connection_lockfd: int | None = None
    ) -> None:
        now = current()
        given = now.command_line
        self.password = (passwords or {}).get("conn_pass") or ""
        self.become_pass = (passwords or {}).get("become_pass") or ""
        self.verbosity = now.verbosity
        self.check_mode = bool(given.get("check"))
        self.diff = bool(given.get("diff"))
        self.connection = given.get("connection") or now.settings.transport
        self.remote_user = given.get("remote_user") or now.settings.remote_user
        self.become = bool(given.get("become"))
        self.become_method = given.get("become_method") or now.settings.become_method
        self.become_user = given.get("become_user") or now.settings.become_user
        self.timeout = given.get("timeout") or now.settings.timeout_seconds
        self.private_key_file = given.get("private_key_file") or now.settings.private_key_file
        self.start_at_task = given.get("start_at_task")
        self.step = bool(given.get("step"))
        self.force_handlers = bool(given.get("force_handlers"))


__all__ = ["PlayContext"]
