"""Source files, read once: decrypted where they are vaulted, parsed, and kept until they change."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from assible.exceptions import SourceFileError
from assible.language.vault import Vault, is_encrypted
from assible.language.yaml import DuplicateKeys, load_yaml
from assible.model.origin import Origin
from assible.model.text import SourceDict, SourceList, VaultedText, is_templated, source_text

YAML_EXTENSIONS: Final = (".yml", ".yaml", ".json")

_UNPARSED: Final = object()


@dataclass(slots=True)
class _Entry:
    stamp: tuple[int, int, int]
    data: bytes
    value: Any = field(default=_UNPARSED)


class SourceFiles:
    """Reads source files. May be shared by threads.

    A file is read again when its time or size has changed. Parsed values are shared: nobody may change them.

    Args:
        vault: Opens encrypted files and scalars.
        warn: Told of duplicate keys.
        duplicate_keys: What a key written twice in one mapping is.
        extensions: Endings that a variables file may have, the preferred one first.
    """

    def __init__(
        self,
        vault: Vault | None = None,
        *,
        warn: Callable[[str, Origin], None] | None = None,
        duplicate_keys: DuplicateKeys = "warn",
        extensions: Sequence[str] = YAML_EXTENSIONS,
    ) -> None:
        self.vault = vault if vault is not None else Vault(())
        self._warn = warn
        self._duplicate_keys: DuplicateKeys = duplicate_keys
        self._extensions = tuple(extensions)
        self._entries: dict[str, _Entry] = {}
        self._lock = Lock()

    def read(self, path: str) -> bytes:
        """Return a file's content, decrypted where it is vaulted.

        Raises:
            SourceFileError: The file is missing or cannot be read.
            VaultError: No secret opens it.
        """
        return self._entry(path).data

    def text(self, path: str) -> str:
        """Return a file's content as text; see `read`. It must be UTF-8."""
        try:
            return self.read(path).decode("utf-8")
        except UnicodeDecodeError as error:
            raise SourceFileError(f"The file is not UTF-8 text: {error}.", origin=Origin(path)) from error

    def yaml(self, path: str) -> Any:
        """Return the value of a YAML or JSON file, shared with every other caller.

        Raises:
            YamlError: The file is neither; further as `read`.
        """
        entry = self._entry(path)
        if entry.value is _UNPARSED:
            entry.value = self.parse(entry.data, path)
        return entry.value

    def parse(self, data: bytes | str, path: str) -> Any:
        """Parse YAML or JSON that was read from elsewhere; see `yaml`."""
        if data[:1] in ("{", "[", b"{", b"["):
            try:
                return load_json(data, path, self.vault.decrypt_text)
            except ValueError:  # flow-style YAML, which begins alike
                pass
        return load_yaml(
            data, path, decrypt=self.vault.decrypt_text, warn=self._warn, duplicate_keys=self._duplicate_keys
        )

    def decrypt(self, ciphertext: str) -> str:
        """Open an encrypted scalar.

        Raises:
            VaultError: No secret opens it.
        """
        return self.vault.decrypt_text(ciphertext)

    def exists(self, path: str) -> bool:
        """Tell whether there is a file or directory of that name."""
        return os.path.exists(path)

    def is_file(self, path: str) -> bool:
        """Tell whether there is a regular file of that name."""
        return os.path.isfile(path)

    def is_directory(self, path: str) -> bool:
        """Tell whether there is a directory of that name."""
        return os.path.isdir(path)

    def list_vars_files(self, base: str) -> list[str]:
        """Return the variables files of a name, in the order in which they are merged.

        Args:
            base: A path without ending, such as ``group_vars/web``. The first that exists is taken of the bare name, a
                file or a directory that is walked in alphabetical order, and the name with each ending. Hidden files
                and files with other endings are left out.
        """
        for path in (base, *(base + extension for extension in self._extensions)):
            if os.path.isdir(path):
                return self._walk(path)
            if os.path.exists(path):
                return [path]
        return []

    def _walk(self, directory: str) -> list[str]:
        try:
            names = sorted(os.listdir(directory))
        except OSError as error:
            raise _unreadable(directory, error) from error
        found: list[str] = []
        for name in names:
            path = os.path.join(directory, name)
            if name.startswith(".") or name.endswith("~"):
                continue
            if os.path.isdir(path):
                found.extend(self._walk(path))
            elif os.path.splitext(name)[1] in ("", *self._extensions) and os.path.isfile(path):
                found.append(path)
        return found

    def _entry(self, path: str) -> _Entry:
        try:
            status = os.stat(path)
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            entry = self._entries.get(path)
            if entry is not None and entry.stamp == stamp:
                return entry
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            raise _unreadable(path, error) from error
        if is_encrypted(data):
            data = self.vault.decrypt(data, Origin(path))
        entry = _Entry(stamp, data)
        with self._lock:
            self._entries[path] = entry
        return entry


class _Unsafe(str):
    """A string that its JSON marks as not to be trusted; becomes plain text where it is put."""

    __slots__ = ()


def load_json(data: bytes | str, path: str, decrypt: Callable[[str], str]) -> Any:
    """Parse JSON that a person supplied into source values.

    ``{"__ansible_vault": ...}`` is an encrypted scalar, ``{"__ansible_unsafe": ...}`` text that is never rendered.

    Raises:
        ValueError: It is not JSON.
    """
    origin = Origin(path)

    def convert(value: Any) -> Any:
        if type(value) is str:
            return source_text(value, origin)
        if type(value) is list:
            elements = [convert(element) for element in value]
            return SourceList(elements, origin, any(map(is_templated, elements)))
        return str(value) if type(value) is _Unsafe else value

    def convert_object(pairs: list[tuple[str, Any]]) -> Any:
        if len(pairs) == 1 and isinstance(pairs[0][1], str):
            key, text = pairs[0]
            if key == "__ansible_vault":
                return VaultedText(text, decrypt, origin)
            if key == "__ansible_unsafe":
                return _Unsafe(text)
        items = {key: convert(value) for key, value in pairs}
        return SourceDict(items, origin, None, any(map(is_templated, items.values())))

    return convert(json.loads(data, object_pairs_hook=convert_object))


def _unreadable(path: str, error: OSError) -> SourceFileError:
    reason = error.strerror or str(error)
    return SourceFileError(f"The file '{path}' cannot be read: {reason}.", origin=Origin(path))
