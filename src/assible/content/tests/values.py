"""Values of any kind: truth, numbers, encryption."""

from __future__ import annotations

import math
from typing import Any, Final

from assible.exceptions import TemplateError, VaultError
from assible.language.vault import is_encrypted, vault_id_of
from assible.model.text import VaultedText

_WORDS: Final = {
    **dict.fromkeys(("yes", "on", "1", "true", "y", "t", "1.0"), True),
    **dict.fromkeys(("no", "off", "0", "false", "n", "f", "0.0"), False),
}


def truthy(value: Any, convert_bool: bool = False) -> bool:
    """Tell whether a value is true; with ``convert_bool`` the usual words count as what they say."""
    if convert_bool and isinstance(value, str):
        return _WORDS.get(value.strip().lower(), bool(value))
    return bool(value)


def falsy(value: Any, convert_bool: bool = False) -> bool:
    """Tell whether a value is false; see `truthy`."""
    return not truthy(value, convert_bool)


def nan(value: Any) -> bool:
    """Tell whether a value is the number that is none."""
    try:
        return math.isnan(value)
    except TypeError:
        return False


def vault_encrypted(value: Any) -> bool:
    """Tell whether text is a vault envelope."""
    if isinstance(value, VaultedText):
        return True
    try:
        return isinstance(value, str) and bool(vault_id_of(value))
    except VaultError:
        return False


def vaulted_file(path: str) -> bool:
    """Tell whether a file holds a vault envelope."""
    try:
        with open(path, "rb") as file:
            return is_encrypted(file.read(32))
    except OSError as error:
        raise TemplateError(f"the file cannot be read: {error.strerror}") from error
