"""Encodings, digests and password hashes."""

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import Any, Final

from assible.exceptions import TemplateError

NAMESPACE: Final = "361E6D51-FAEC-444A-9079-341386DA8E2E"


def b64encode(text: Any, encoding: str = "utf-8", urlsafe: bool = False) -> str:
    """Return Base64 of a text in an encoding."""
    data = str(text).encode(encoding, "surrogateescape" if encoding == "utf-8" else "strict")
    return (base64.urlsafe_b64encode(data) if urlsafe else base64.b64encode(data)).decode("ascii")


def b64decode(text: Any, encoding: str = "utf-8", urlsafe: bool = False) -> str:
    """Return the text that Base64 holds; it is data from outside, and never a template."""
    data = str(text).encode("ascii", "surrogateescape")
    decoded = base64.urlsafe_b64decode(data) if urlsafe else base64.b64decode(data)
    return decoded.decode(encoding, "surrogateescape")


def hash_text(value: Any, hashtype: str = "sha1") -> str:
    """Return the digest of a value's text."""
    try:
        digest = hashlib.new(hashtype)
    except ValueError as error:
        raise TemplateError(f"this system has no digest {hashtype!r}") from error
    digest.update(str(value).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def md5(value: Any) -> str:
    """Return the MD5 digest of a value's text."""
    return hash_text(value, "md5")


def sha1(value: Any) -> str:
    """Return the SHA-1 digest of a value's text."""
    return hash_text(value, "sha1")


def to_uuid(text: Any, namespace: Any = NAMESPACE) -> str:
    """Return the UUID of version 5 that a text has in a namespace."""
    if not isinstance(namespace, uuid.UUID):
        try:
            namespace = uuid.UUID(str(namespace))
        except ValueError as error:
            raise TemplateError(f"the namespace is not a UUID: {error}") from error
    return str(uuid.uuid5(namespace, str(text)))


def password_hash(
    password: Any,
    hashtype: str = "sha512",
    salt: str | None = None,
    salt_size: int | None = None,
    rounds: int | None = None,
    ident: str | None = None,
) -> str:
    """Return the hash of a password as the shadow file has it; ``salt_size`` is the length of a salt that is made."""
    from assible.content.passwords import hash_password, new_salt

    return hash_password(
        str(password), hashtype, salt=salt or new_salt(hashtype, salt_size), rounds=rounds, ident=ident
    )
