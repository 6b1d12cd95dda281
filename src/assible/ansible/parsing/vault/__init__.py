"""``ansible.parsing.vault``: secrets, and what they open and seal."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import Any, Final

from assible.ansible.errors import (
    AnsibleVaultError,
    AnsibleVaultFormatError,
    AnsibleVaultPasswordError,
    for_programs,
)
from assible.exceptions import VaultError
from assible.language import vault as own
from assible.model.text import VaultedText

EncryptedString = VaultedText
b_HEADER: Final = b"$ANSIBLE_VAULT"
Secrets = Sequence[tuple[str, Any]]


class VaultSecret:
    """A password in bytes."""

    def __init__(self, _bytes: bytes | None = None) -> None:
        self._bytes = _bytes

    def load(self) -> bytes | None:
        """Return the password; the kinds that read it from elsewhere do so here."""
        return self._bytes

    @property
    def bytes(self) -> Any:
        """The password, as bytes."""
        return self._bytes


class FileVaultSecret(VaultSecret):
    """A password in a file, or what an executable file prints."""

    def __init__(self, filename: str | None = None, encoding: str | None = None, loader: Any = None) -> None:
        super().__init__()
        self.filename = filename
        self.loader = loader

    def load(self) -> bytes | None:
        """Read it.

        Raises:
            AnsibleVaultPasswordError: It cannot be read, or there is none.
        """
        try:
            self._bytes = own.load_secret(f"{own.DEFAULT_ID}@{self.filename}", _nobody).secret
        except VaultError as error:
            raise AnsibleVaultPasswordError(error.message) from error
        return self._bytes


ScriptVaultSecret = FileVaultSecret


class PromptVaultSecret(VaultSecret):
    """A password that is asked for on the terminal."""

    default_prompt_formats = ("Vault password (%s): ",)

    def __init__(
        self, _bytes: bytes | None = None, vault_id: str | None = None, prompt_formats: Iterable[str] | None = None
    ) -> None:
        super().__init__(_bytes)
        self.vault_id = vault_id or own.DEFAULT_ID
        self.prompt_formats = tuple(prompt_formats or self.default_prompt_formats)

    def load(self) -> bytes | None:
        """Ask for it, once for each prompt."""
        self._bytes = self.ask_vault_passwords()
        return self._bytes

    def ask_vault_passwords(self) -> bytes:
        """Ask, and return what all prompts were answered with.

        Raises:
            AnsibleVaultPasswordError: The answers differ, or there is nobody to ask.
        """
        from getpass import getpass

        try:
            answers = {getpass(form % {"vault_id": self.vault_id} if "%(" in form else form % self.vault_id)
                       for form in self.prompt_formats}  # fmt: skip
        except EOFError as error:
            raise AnsibleVaultPasswordError("there is nobody to ask for the vault password") from error
        if len(answers) != 1 or "" in answers:
            raise AnsibleVaultPasswordError("the vault passwords that were typed are empty or differ")
        return answers.pop().encode()


def _nobody(prompt: str, hidden: bool) -> str:
    raise AnsibleVaultPasswordError("this vault password cannot be asked for")


class VaultLib:
    """Opens and seals text with secrets.

    Args:
        secrets: Pairs of an id and a `VaultSecret`.
    """

    def __init__(self, secrets: Secrets | None = None) -> None:
        self.secrets = list(secrets or ())
        self.cipher_name: str | None = None
        self.b_version = b"1.2"

    def is_encrypted(self, vaulttext: Any) -> bool:
        """Tell whether text is an envelope."""
        return is_encrypted(vaulttext)

    def encrypt(
        self, plaintext: Any, secret: VaultSecret | None = None, vault_id: str | None = None, salt: Any = None
    ) -> bytes:
        """Seal text.

        Args:
            secret: What with; without it the first of the secrets.
            vault_id: Stands in the envelope.
            salt: Bytes or text, for output that can be had again; random without it.

        Raises:
            AnsibleVaultError: There is no secret, or the text is an envelope.
        """
        if secret is None and not self.secrets:
            raise AnsibleVaultPasswordError("there is no vault secret to encrypt with")
        chosen = secret or self.secrets[0][1]
        content = plaintext.encode() if isinstance(plaintext, str) else bytes(plaintext)
        if is_encrypted(content):
            raise AnsibleVaultError("what is to be encrypted is encrypted already")
        sealing = vault_of([(vault_id or own.DEFAULT_ID, chosen)])
        with for_programs():
            return sealing.encrypt(content, salt=salt.encode() if isinstance(salt, str) else salt).encode()

    def decrypt(self, vaulttext: Any, filename: str | None = None, obj: Any = None) -> bytes:
        """Open an envelope.

        Raises:
            AnsibleVaultError: It is none, or no secret opens it.
        """
        return self.decrypt_and_get_vault_id(vaulttext)[0]

    def decrypt_and_get_vault_id(
        self, vaulttext: Any, filename: str | None = None, obj: Any = None
    ) -> tuple[bytes, str, VaultSecret]:
        """Open an envelope; also return the id and the secret that opened it."""
        with for_programs():
            content, used = vault_of(self.secrets).open(_bytes(vaulttext))
        return content, used.id, VaultSecret(used.secret)


def vault_of(secrets: Secrets | None) -> own.Vault:
    """Return our vault with a program's secrets."""
    return own.Vault(
        [own.VaultSecret(str(name or own.DEFAULT_ID), secret.bytes or b"") for name, secret in secrets or ()]
    )


def _bytes(text: Any) -> bytes:
    if isinstance(text, VaultedText):
        text = text.ciphertext
    return text.encode() if isinstance(text, str) else bytes(text)


def is_encrypted(data: Any) -> bool:
    """Tell whether data, text or bytes, is an envelope."""
    if isinstance(data, VaultedText):
        return True
    try:
        return own.is_encrypted(_bytes(data))
    except (TypeError, UnicodeError):
        return False


def is_encrypted_file(file_obj: Any, start_pos: int = 0, count: int = len(b_HEADER)) -> bool:
    """Tell whether an open file holds an envelope; where it is read does not change."""
    position = file_obj.tell()
    try:
        file_obj.seek(start_pos)
        return is_encrypted(file_obj.read(count))
    finally:
        file_obj.seek(position)


def get_file_vault_secret(
    filename: str | None = None, vault_id: str | None = None, encoding: str | None = None, loader: Any = None
) -> FileVaultSecret:
    """Return the secret of a password file or script; `FileVaultSecret.load` reads it.

    Raises:
        AnsibleVaultPasswordError: There is no such file.
    """
    path = os.path.expanduser(filename or "")
    if not os.path.isfile(path):
        raise AnsibleVaultPasswordError(f"there is no vault password file '{filename}'")
    return FileVaultSecret(path, encoding, loader)


def match_secrets(secrets: Secrets, target_vault_ids: Iterable[str]) -> list[tuple[str, Any]]:
    """Return the secrets that have one of some ids."""
    wanted = set(target_vault_ids)
    return [(name, secret) for name, secret in secrets or () if name in wanted]


def match_best_secret(secrets: Secrets, target_vault_ids: Iterable[str]) -> tuple[str, Any] | None:
    """Return the first secret that has one of some ids."""
    return next(iter(match_secrets(secrets, target_vault_ids)), None)


def match_encrypt_secret(secrets: Secrets, encrypt_vault_id: str | None = None) -> tuple[str, Any]:
    """Return the secret to encrypt with: the one of an id, or the first.

    Raises:
        AnsibleVaultError: There is none.
    """
    candidates = [pair for pair in secrets if encrypt_vault_id in (None, pair[0])]
    if not candidates:
        raise AnsibleVaultError(f"there is no vault secret with the id '{encrypt_vault_id}'")
    return candidates[0]


class VaultSecretsContext:
    """The secrets of the context (thread or task) that runs: `initialize` sets them, `current` returns them."""

    _current: ContextVar[VaultSecretsContext | None] = ContextVar("assible_classic_vault", default=None)

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = list(secrets)

    @classmethod
    def initialize(cls, value: VaultSecretsContext) -> None:
        """Use these secrets from now on."""
        cls._current.set(value)

    @classmethod
    def current(cls, optional: bool = False) -> VaultSecretsContext | None:
        """Return the secrets.

        Raises:
            ReferenceError: Nobody has set any, and they are not optional.
        """
        found = cls._current.get()
        if found is None and not optional:
            raise ReferenceError("no vault secrets have been set in this context")
        return found


__all__ = [
    "AnsibleVaultError",
    "AnsibleVaultFormatError",
    "AnsibleVaultPasswordError",
    "EncryptedString",
    "FileVaultSecret",
    "PromptVaultSecret",
    "ScriptVaultSecret",
    "VaultLib",
    "VaultSecret",
    "VaultSecretsContext",
    "b_HEADER",
    "get_file_vault_secret",
    "is_encrypted",
    "is_encrypted_file",
    "match_best_secret",
    "match_encrypt_secret",
    "match_secrets",
]
