"""The ``jsonfile`` fact cache: a JSON file a host. Source: the page of the jsonfile cache plugin."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

from assible.exceptions import SettingsError


class JsonFileCache:
    """Keeps each host's facts in a file of their own; files are replaced whole, with mode 0600.

    Args:
        directory: Made where it does not exist.
        prefix: Begins every file's name.
        timeout_seconds: Facts older than this are not used; 0 means that they never age.

    Raises:
        SettingsError: The directory is not given, or cannot be made.
    """

    def __init__(self, directory: str | None, prefix: str = "", timeout_seconds: int = 0) -> None:
        if not directory:
            raise SettingsError(
                "the jsonfile fact cache needs a directory", hint="set fact_caching_connection in [defaults]"
            )
        self._directory = Path(os.path.expanduser(directory))
        self._prefix = prefix
        self._timeout_seconds = timeout_seconds
        self._lock = Lock()
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"the fact cache's directory {self._directory} cannot be made: {error}") from error

    def _path(self, host: str) -> Path:
        return self._directory / (self._prefix + quote(host, safe=":@+=,~ "))

    def get(self, host: str) -> Mapping[str, Any] | None:
        path = self._path(host)
        try:
            if self._timeout_seconds and time.time() - path.stat().st_mtime > self._timeout_seconds:
                return None
            data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return data if isinstance(data, dict) else None

    def set(self, host: str, facts: Mapping[str, Any]) -> None:
        with self._lock:
            merged = {**(self.get(host) or {}), **facts}
            handle, draft = tempfile.mkstemp(dir=self._directory, prefix=".draft-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(merged, file, default=str)
                os.replace(draft, self._path(host))
            except BaseException:
                os.unlink(draft)
                raise

    def delete(self, host: str) -> None:
        self._path(host).unlink(missing_ok=True)
