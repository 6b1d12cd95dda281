"""``DataLoader``: files and data of a program's runs, and the secrets that open them."""

from __future__ import annotations

import copy
import json
import os
import tempfile
from collections.abc import Sequence
from typing import Any, Final

from assible.ansible._bridge.values import as_data
from assible.ansible.errors import AnsibleFileNotFound, AnsibleParserError, for_programs
from assible.ansible.parsing.vault import Secrets, VaultSecretsContext, vault_of
from assible.ansible.utils.path import unfrackpath
from assible.language.files import SourceFiles
from assible.language.vault import Vault, is_encrypted
from assible.model.text import trusted

_NOT_A_VALUE: Final = "<unicode string>"


class DataLoader:
    """Reads and parses files, and finds them relative to a base directory.

    Attributes:
        files: Reads and keeps source files; has the secrets.
    """

    def __init__(self) -> None:
        self._basedir = os.getcwd()
        self._temporary: set[str] = set()
        self._kept: dict[str, Any] = {}
        known = VaultSecretsContext.current(optional=True)
        self._vault_secrets: Secrets = known.secrets if known is not None else ()
        self.files = SourceFiles(vault_of(self._vault_secrets))

    @property
    def vault(self) -> Vault:
        """What opens encrypted content."""
        return self.files.vault

    def set_vault_secrets(self, vault_secrets: Secrets | None) -> None:
        """Use these pairs of an id and a `VaultSecret`; what was read before is read again."""
        self._vault_secrets = vault_secrets or ()
        self.files = SourceFiles(vault_of(self._vault_secrets))
        self._kept.clear()

    # -- data

    def load(self, data: Any, file_name: str | None = None, show_content: bool = True, json_only: bool = False) -> Any:
        """Parse YAML or JSON; the result is plain data, which is never a template.

        Args:
            file_name: Stands in messages.
            json_only: Take nothing but JSON.

        Raises:
            AnsibleParserError: It is neither.
        """
        if json_only:
            try:
                return json.loads(data)
            except ValueError as error:
                raise AnsibleParserError(f"{file_name or 'the text'} is not JSON: {error}", orig_exc=error) from error
        with for_programs():
            return as_data(self.files.parse(data, file_name or _NOT_A_VALUE))

    def load_from_file(
        self,
        file_name: str,
        cache: str | bool = "all",
        unsafe: bool = False,
        json_only: bool = False,
        trusted_as_template: bool = False,
    ) -> Any:
        """Parse a YAML or JSON file; an encrypted one is opened.

        Args:
            cache: ``none`` reads the file again.
            unsafe: Return what is kept itself, instead of a copy that may be changed.
            trusted_as_template: What holds a template marker is one.

        Raises:
            AnsibleFileNotFound: There is no such file.
            AnsibleParserError: It is neither.
            AnsibleVaultError: No secret opens it.
        """
        path = self.path_dwim(file_name)
        data = self._kept.get(path) if cache in ("all", True) else None
        if data is None:
            with for_programs():
                content = self.files.read(path)
            data = self.load(content, path, json_only=json_only)
            if cache in ("all", "vaulted", True):
                self._kept[path] = data
        if trusted_as_template:
            return trusted(data)
        return data if unsafe else copy.deepcopy(data)

    def get_text_file_contents(self, file_name: str, encoding: str | None = None) -> str:
        """Return a file's text, opened where it is encrypted."""
        with for_programs():
            return self.files.read(self.path_dwim(file_name)).decode(encoding or "utf-8")

    # -- paths

    def get_basedir(self) -> str:
        """Return the directory that paths are relative to: the working directory, or a playbook's."""
        return self._basedir

    def set_basedir(self, basedir: str) -> None:
        """Set the directory that paths are relative to; None leaves it as it is."""
        if basedir is not None:
            self._basedir = os.path.abspath(str(basedir))

    def path_dwim(self, given: str) -> str:
        """Return an absolute path; a relative one counts from the base directory."""
        given = str(given).strip("'\"")
        if given.startswith(("/", "~")):
            return unfrackpath(given, follow=False)
        return unfrackpath(os.path.join(self._basedir, given), follow=False)

    def path_dwim_relative(self, path: str, dirname: str, source: str, is_role: bool = False) -> str:
        """Return where a file of a role or play is: in its directory of that name, or beside the tasks.

        Args:
            path: Where it is used: a role's or playbook's directory, or a ``tasks`` directory.
            dirname: ``files``, ``templates``, ``vars`` ...
        """
        return next((p for p in self._candidates([path], dirname, source) if os.path.exists(p)), self.path_dwim(source))

    def path_dwim_relative_stack(
        self, paths: Sequence[str], dirname: str | None, source: str | None, is_role: bool = False
    ) -> str:
        """Return where a file is, searched in several places; the first wins.

        Raises:
            AnsibleFileNotFound: It is in none of them.
        """
        if not source:
            raise AnsibleFileNotFound("no file name was given", file_name=source)
        candidates = self._candidates(paths, dirname or "", source)
        found = next((path for path in candidates if os.path.exists(path)), None)
        if found is None:
            raise AnsibleFileNotFound(f"the file '{source}' was not found", paths=candidates, file_name=source)
        return found

    def _candidates(self, paths: Sequence[str], dirname: str, source: str) -> list[str]:
        """Return where a file may be, the best place first."""
        if source.startswith(("/", "~")):
            return [self.path_dwim(source)]
        found: list[str] = []
        for path in paths:
            base = unfrackpath(str(path), follow=False)
            above = [os.path.dirname(base)] if os.path.basename(base) in ("tasks", "handlers", "vars") else []
            for root in (*above, base):
                found += [os.path.join(root, dirname, source)] if dirname else []
                found.append(os.path.join(root, source))
        found += [os.path.join(self._basedir, dirname, source)] if dirname else []
        found.append(self.path_dwim(source))
        return list(dict.fromkeys(os.path.normpath(path) for path in found))

    def path_exists(self, path: str) -> bool:
        """Tell whether there is something of that name."""
        return os.path.exists(self.path_dwim(path))

    def is_file(self, path: str) -> bool:
        """Tell whether there is a file of that name."""
        path = self.path_dwim(path)
        return os.path.isfile(path) or path == os.devnull

    def is_directory(self, path: str) -> bool:
        """Tell whether there is a directory of that name."""
        return os.path.isdir(self.path_dwim(path))

    def list_directory(self, path: str) -> list[str]:
        """Return the names in a directory."""
        return os.listdir(self.path_dwim(path))

    def is_executable(self, path: str) -> bool:
        """Tell whether anybody may execute a file."""
        return bool(os.stat(self.path_dwim(path)).st_mode & 0o111)

    def find_vars_files(
        self, path: str, name: str, extensions: Sequence[str] | None = None, allow_dir: bool = True
    ) -> list[str]:
        """Return the variables files of a name in a directory: one, or those of a directory of that name.

        Args:
            extensions: Endings that they may have, with their dots.
            allow_dir: A directory counts.
        """
        base = os.path.join(str(path), name)
        for ending in ("", *(extensions or (".yml", ".yaml", ".json"))):
            full = base + ending
            if os.path.isdir(full):
                return self.files.list_vars_files(full) if allow_dir else []
            if os.path.exists(full):
                return [full]
        return []

    # -- files that are encrypted

    def get_real_file(self, file_path: str, decrypt: bool = True) -> str:
        """Return a path where a file can be read in the clear: the file itself, or a temporary one of the user alone.

        Raises:
            AnsibleFileNotFound: There is no such file.
            AnsibleVaultError: No secret opens it.
        """
        path = self.path_dwim(file_path)
        if not os.path.isfile(path):
            raise AnsibleFileNotFound(file_name=file_path)
        with open(path, "rb") as file:
            is_sealed = is_encrypted(file.read(32))
        if not (decrypt and is_sealed):
            return path
        with for_programs():
            content = self.files.read(path)
        handle, made = tempfile.mkstemp(prefix="assible-clear-")
        self._temporary.add(made)
        with os.fdopen(handle, "wb") as clear:
            clear.write(content)
        return made

    def cleanup_tmp_file(self, file_path: str) -> None:
        """Remove a file that `get_real_file` made; any other stays."""
        if file_path in self._temporary:
            self._temporary.discard(file_path)
            if os.path.exists(file_path):
                os.unlink(file_path)

    def cleanup_all_tmp_files(self) -> None:
        """Remove every file that `get_real_file` made."""
        for path in list(self._temporary):
            self.cleanup_tmp_file(path)


__all__ = ["DataLoader"]
