"""Vaulted text, made and opened by a given secret."""

from __future__ import annotations

from typing import Any

from assible.exceptions import TemplateError
from assible.language.vault import Vault, VaultSecret, is_encrypted
from assible.model.text import VaultedText


def _vault(secret: Any, vault_id: str) -> Vault:
    if not isinstance(secret, str):
        raise TemplateError(f"the secret is text, not a value of type {type(secret).__name__!r}")
    return Vault((VaultSecret(vault_id, secret.encode()),))


def vault(
    text: Any, secret: Any, salt: str | None = None, vault_id: str = "filter_default", wrap_object: bool = False
) -> str | VaultedText:
    """Encrypt text; with ``wrap_object`` as a value that stays encrypted when it is written as YAML.

    A salt makes the result the same each time, and weaker.
    """
    if not isinstance(text, str):
        raise TemplateError(f"only text can be vaulted, not a value of type {type(text).__name__!r}")
    opener = _vault(secret, vault_id)
    ciphertext = opener.encrypt(text.encode(), vault_id, salt.encode() if salt else None)
    return VaultedText(ciphertext, opener.decrypt_text) if wrap_object else ciphertext


def unvault(text: Any, secret: Any, vault_id: str = "filter_default") -> str:
    """Decrypt vaulted text; text that is not vaulted is returned as it is."""
    opener = _vault(secret, vault_id)
    if isinstance(text, VaultedText):
        text = text.ciphertext
    if not isinstance(text, str):
        raise TemplateError(f"only text can be opened, not a value of type {type(text).__name__!r}")
    return opener.decrypt(text).decode() if is_encrypted(text) else text
