"""Password hashes in the format of crypt(3), for the filter and the lookup.

The system's libcrypt does the work through ctypes, by its thread-safe entry; where there is none, passlib does.
"""

from __future__ import annotations

import ctypes
import re
import secrets
from functools import cache
from string import ascii_letters, digits
from typing import Any, Final, NamedTuple

from assible.exceptions import TemplateError

SALT_CHARACTERS: Final = "./" + digits + ascii_letters
# Larger than the work area of any libcrypt; it is cleared before each use.
_WORK_AREA_BYTES: Final = 262144
_LIBRARIES: Final = ("libcrypt.so.2", "libcrypt.so.1", "libcrypt.so")


class Scheme(NamedTuple):
    """How a hash is asked for.

    Attributes:
        ident: What stands between the first two dollar signs.
        salt_length: The longest salt, and the length of a generated one.
        exact_salt: True where no other length will do.
        rounds: The rounds that are taken where none are given; None where the scheme has none.
        implied_rounds: The rounds that need not be written.
    """

    ident: str
    salt_length: int
    exact_salt: bool = False
    rounds: int | None = None
    implied_rounds: int | None = None


_SCHEMES: Final = {
    "md5": Scheme("1", 8),
    "bcrypt": Scheme("2b", 22, exact_salt=True, rounds=12),
    "sha256": Scheme("5", 16, rounds=535_000, implied_rounds=5000),
    "sha512": Scheme("6", 16, rounds=656_000, implied_rounds=5000),
}
_ALIASES: Final = {"blowfish": "bcrypt"}
_BCRYPT_IDENTS: Final = ("2", "2a", "2b", "2x", "2y")


def hash_password(
    password: str, hashtype: str, *, salt: str | None = None, rounds: int | None = None, ident: str | None = None
) -> str:
    """Return the hash of a password.

    Args:
        password: The password.
        hashtype: A scheme's name, with or without ``_crypt`` at its end.
        salt: Used as it is; a random one where there is none.
        rounds: How often it is hashed; for bcrypt the exponent of two.
        ident: The variant of bcrypt; other schemes have none.
    """
    name, scheme = _scheme(hashtype)
    return crypt(password, _setting(name, scheme, _checked_salt(scheme, salt or new_salt(name)), rounds, ident))


def _scheme(hashtype: str) -> tuple[str, Scheme]:
    name = hashtype.removesuffix("_crypt")
    name = _ALIASES.get(name, name)
    scheme = _SCHEMES.get(name)
    if scheme is None:
        raise TemplateError(f"there is no password hash {hashtype!r}", hint="known are " + ", ".join(sorted(_SCHEMES)))
    return name, scheme


def _checked_salt(scheme: Scheme, salt: str) -> str:
    if not re.fullmatch(r"[./0-9A-Za-z]+", salt):
        raise TemplateError("the salt holds characters other than letters, digits, '.' and '/'")
    if len(salt) > scheme.salt_length or (scheme.exact_salt and len(salt) != scheme.salt_length):
        expected = f"{'exactly' if scheme.exact_salt else 'at most'} {scheme.salt_length}"
        raise TemplateError(f"the salt has {len(salt)} characters, expected are {expected}")
    return salt


def _setting(name: str, scheme: Scheme, salt: str, rounds: int | None, ident: str | None) -> str:
    """Compose what crypt(3) calls the setting: scheme, rounds and salt."""
    rounds = int(rounds) if rounds is not None else scheme.rounds
    if name == "bcrypt":
        if ident is not None and ident not in _BCRYPT_IDENTS:
            raise TemplateError(f"bcrypt has no variant {ident!r}", hint="it is one of " + ", ".join(_BCRYPT_IDENTS))
        if rounds is None or not 4 <= rounds <= 31:
            raise TemplateError("the rounds of bcrypt are an exponent from 4 to 31")
        return f"${ident or scheme.ident}${rounds:02d}${salt}"
    if rounds is None or rounds == scheme.implied_rounds or scheme.rounds is None:
        return f"${scheme.ident}${salt}$"
    return f"${scheme.ident}$rounds={min(max(rounds, 1000), 999_999_999)}${salt}$"


@cache
def _libcrypt() -> Any:
    """Return the thread-safe entry of the system's libcrypt, or None."""
    for library in _LIBRARIES:
        try:
            entry = ctypes.CDLL(library).crypt_r
        except (OSError, AttributeError):
            continue
        entry.restype = ctypes.c_char_p
        entry.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p)
        return entry
    return None


def crypt(password: str, setting: str) -> str:
    """Hash a password under a setting of crypt(3)."""
    if "\0" in password:
        raise TemplateError("a password with a NUL character cannot be hashed")
    entry = _libcrypt()
    if entry is None:
        return _crypt_by_passlib(password, setting)
    area = ctypes.create_string_buffer(_WORK_AREA_BYTES)
    found = entry(password.encode(), setting.encode(), area)
    result = found.decode() if found else ""
    if not result or result.startswith("*"):
        raise TemplateError(f"this system's libcrypt does not know the scheme '${setting.split('$')[1]}$'")
    return result


def _crypt_by_passlib(password: str, setting: str) -> str:
    try:
        from passlib.context import CryptContext  # type: ignore[import-untyped, import-not-found, unused-ignore]  # optional
    except ImportError as error:
        raise TemplateError("this system has no libcrypt", hint="install the Python package 'passlib'") from error
    schemes = ["sha512_crypt", "sha256_crypt", "md5_crypt", "bcrypt"]
    context = CryptContext(schemes=schemes)
    return str(context.genhash(password, setting))


def new_salt(hashtype: str, length: int | None = None) -> str:
    """Return a random salt for a scheme, as long as it takes where no length is given."""
    scheme = _scheme(hashtype)[1]
    salt = "".join(secrets.choice(SALT_CHARACTERS) for _ in range(length or scheme.salt_length))
    return _checked_salt(scheme, salt)


def needs_ident(hashtype: str) -> bool:
    """Tell whether a scheme has variants."""
    return _scheme(hashtype)[0] == "bcrypt"
