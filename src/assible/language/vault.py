"""Vaults: encrypted text in the formats 1.1 and 1.2 (AES256), their secrets and ids.

An envelope is a header line and, in lines of 80 columns, the hexadecimal form of three further hexadecimal lines:
salt, HMAC-SHA256 of the ciphertext, and ciphertext (AES-256 in counter mode, padded as PKCS #7 says). The keys and
the initial counter come from PBKDF2 over the secret.
"""

from __future__ import annotations

import hmac
import os
import stat
from binascii import Error as BinasciiError
from binascii import hexlify, unhexlify
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import pbkdf2_hmac, sha256
from typing import Final, NamedTuple

from assible.exceptions import VaultError
from assible.model.origin import Origin

DEFAULT_ID: Final = "default"

_MAGIC: Final = b"$ANSIBLE_VAULT"
_CIPHER: Final = "AES256"
_VERSIONS: Final = frozenset({"1.1", "1.2"})
_ITERATIONS: Final = 10_000
_KEY_BYTES: Final = 32
_BLOCK_BYTES: Final = 16
_LINE_COLUMNS: Final = 80
_PROMPTS: Final = frozenset({"prompt", "prompt_ask_vault_pass"})

Ask = Callable[[str, bool], str]


@dataclass(frozen=True, slots=True)
class VaultSecret:
    """A password and the id it goes by."""

    id: str
    secret: bytes = field(repr=False)


class _Envelope(NamedTuple):
    vault_id: str
    salt: bytes
    digest: bytes
    ciphertext: bytes


class Vault:
    """Opens and seals envelopes with the secrets it was given.

    Args:
        secrets: Tried in this order; those whose id is the envelope's come first.
        id_match: Try only secrets whose id is the envelope's.
    """

    def __init__(self, secrets: Iterable[VaultSecret], id_match: bool = False) -> None:
        self.secrets: tuple[VaultSecret, ...] = tuple(secrets)
        self._id_match = id_match

    def decrypt(self, data: bytes | str, origin: Origin | None = None) -> bytes:
        """Open an envelope.

        Raises:
            VaultError: It is no envelope, it is damaged, or no secret opens it.
        """
        return self.open(data, origin)[0]

    def open(self, data: bytes | str, origin: Origin | None = None) -> tuple[bytes, VaultSecret]:
        """Open an envelope; return what is in it and the secret that opened it. See `decrypt`."""
        envelope = _read_envelope(_as_bytes(data), origin)
        if not self.secrets:
            raise VaultError(
                "Encrypted content was read, but no vault secrets were given.",
                origin=origin,
                hint="Give a password with --vault-password-file, --vault-id or --ask-vault-pass.",
            )
        for secret in self._candidates(envelope.vault_id):
            keys = _derive(secret.secret, envelope.salt)
            if hmac.compare_digest(keys.sign(envelope.ciphertext), envelope.digest):
                return keys.open(envelope.ciphertext, origin), secret
        raise VaultError(
            f"No vault secret opens the content encrypted for the vault id '{envelope.vault_id}'.",
            origin=origin,
            hint=f"Tried: {', '.join(secret.id for secret in self.secrets)}.",
        )

    def decrypt_text(self, ciphertext: str) -> str:
        """Open an encrypted scalar.

        Raises:
            VaultError: As `decrypt`; or what is in it is not UTF-8.
        """
        try:
            return self.decrypt(ciphertext).decode("utf-8")
        except UnicodeDecodeError as error:
            raise VaultError("The decrypted value is not UTF-8 text.") from error

    def encrypt(
        self,
        plaintext: bytes,
        vault_id: str | None = None,
        salt: bytes | None = None,
        *,
        label: str | None = None,
    ) -> str:
        """Seal bytes into an envelope that ends with a line end.

        Args:
            plaintext: What to encrypt.
            vault_id: The id of the secret to use; without it there must be just one.
            salt: Fixed salt for reproducible output; random bytes where None.
            label: The id to write into the header, where it is not the secret's.

        Raises:
            VaultError: No secret has that id, or several could be meant.
        """
        secret = self.secret_for(vault_id)
        salt = salt or os.urandom(_KEY_BYTES)
        keys = _derive(secret.secret, salt)
        ciphertext = keys.seal(plaintext)
        inner = b"\n".join(hexlify(part) for part in (salt, keys.sign(ciphertext), ciphertext))
        body = hexlify(inner).decode("ascii")
        header = f"{_MAGIC.decode('ascii')};1.1;{_CIPHER}"
        written_id = label or secret.id
        if written_id != DEFAULT_ID:
            header = f"{_MAGIC.decode('ascii')};1.2;{_CIPHER};{written_id}"
        lines = [body[start : start + _LINE_COLUMNS] for start in range(0, len(body), _LINE_COLUMNS)]
        return "\n".join([header, *lines, ""])

    def secret_for(self, vault_id: str | None = None) -> VaultSecret:
        """Return the secret to encrypt with; see `encrypt`."""
        if vault_id is not None:
            for secret in self.secrets:
                if secret.id == vault_id:
                    return secret
            raise VaultError(
                f"There is no vault secret with the id '{vault_id}' to encrypt with.",
                hint=f"Known ids: {', '.join(secret.id for secret in self.secrets) or 'none'}.",
            )
        if not self.secrets:
            raise VaultError("There is no vault secret to encrypt with.")
        ids = list(dict.fromkeys(secret.id for secret in self.secrets))
        if len(ids) > 1:
            raise VaultError(
                f"There are secrets for several vault ids: {', '.join(ids)}.",
                hint="Name the one to encrypt with by --encrypt-vault-id.",
            )
        return self.secrets[0]

    def _candidates(self, vault_id: str) -> Sequence[VaultSecret]:
        matching = [secret for secret in self.secrets if secret.id == vault_id]
        if self._id_match:
            return matching
        return matching + [secret for secret in self.secrets if secret.id != vault_id]


def is_encrypted(data: bytes | str) -> bool:
    """Tell whether data begins as an envelope does."""
    return data.startswith("$ANSIBLE_VAULT" if isinstance(data, str) else _MAGIC)  # type: ignore[arg-type]  # as data


def vault_id_of(data: bytes | str) -> str:
    """Return the vault id in an envelope's header; "default" where it names none."""
    return _read_envelope(_as_bytes(data), None).vault_id


def _as_bytes(data: bytes | str) -> bytes:
    return data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data


def _read_envelope(data: bytes, origin: Origin | None) -> _Envelope:
    if not is_encrypted(data):
        raise VaultError("The content is not vault-encrypted.", origin=origin)
    header, _, body = data.partition(b"\n")
    fields = header.strip().decode("utf-8", "replace").split(";")
    if len(fields) < 3 or fields[1].strip() not in _VERSIONS or fields[2].strip() != _CIPHER:
        raise VaultError(
            f"The vault header '{';'.join(fields)}' is not supported.",
            origin=origin,
            hint="The formats 1.1 and 1.2 with the cipher AES256 are.",
        )
    vault_id = fields[3].strip() if len(fields) > 3 and fields[1].strip() == "1.2" else DEFAULT_ID
    try:
        salt, digest, ciphertext = unhexlify(b"".join(body.split())).split(b"\n", 2)
        return _Envelope(vault_id, unhexlify(salt), unhexlify(digest), unhexlify(ciphertext))
    except (BinasciiError, ValueError) as error:
        raise VaultError("The vault-encrypted content is damaged.", origin=origin) from error


@dataclass(frozen=True, slots=True)
class _Keys:
    cipher_key: bytes = field(repr=False)
    signing_key: bytes = field(repr=False)
    counter: bytes = field(repr=False)

    def sign(self, ciphertext: bytes) -> bytes:
        return hmac.new(self.signing_key, ciphertext, sha256).digest()

    def seal(self, plaintext: bytes) -> bytes:
        missing = _BLOCK_BYTES - len(plaintext) % _BLOCK_BYTES
        return self._stream(plaintext + bytes([missing]) * missing)

    def open(self, ciphertext: bytes, origin: Origin | None) -> bytes:
        padded = self._stream(ciphertext)
        padding = padded[-1] if padded else 0
        if not 1 <= padding <= _BLOCK_BYTES or padded[-padding:] != bytes([padding]) * padding:
            raise VaultError("The vault-encrypted content is damaged.", origin=origin)
        return padded[:-padding]

    def _stream(self, data: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # slow to import, seldom needed

        stream = Cipher(algorithms.AES(self.cipher_key), modes.CTR(self.counter)).encryptor()
        return stream.update(data) + stream.finalize()


def _derive(secret: bytes, salt: bytes) -> _Keys:
    material = pbkdf2_hmac("sha256", secret, salt, _ITERATIONS, 2 * _KEY_BYTES + _BLOCK_BYTES)
    return _Keys(material[:_KEY_BYTES], material[_KEY_BYTES : 2 * _KEY_BYTES], material[2 * _KEY_BYTES :])


# --- where secrets come from ----------------------------------------------------------------------------------------


def load_secret(spec: str, ask: Ask, *, confirm: bool = False) -> VaultSecret:
    """Read a secret from where its specification says.

    Args:
        spec: ``source`` or ``id@source``, where the source is ``prompt``, a password file, or an executable whose
            output is the password. An executable with a name that ends in ``-client`` is told the id.
        ask: Asks a person: given the prompt, and whether what is typed is hidden; returns the answer.
        confirm: Ask for a password twice, because it will encrypt.

    Raises:
        VaultError: The source is missing, fails, or gives nothing.
    """
    vault_id, separator, source = spec.partition("@")
    if not separator:
        vault_id, source = "", spec
    vault_id = vault_id or DEFAULT_ID
    if source in _PROMPTS:
        secret = _asked_secret(vault_id, ask, confirm, source)
    else:
        path = os.path.abspath(os.path.expanduser(source))
        secret = _run_script(path, vault_id) if _is_executable(path) else _read_secret_file(path)
    if not secret:
        raise VaultError(f"The vault password for the id '{vault_id}' is empty.", origin=Origin(source))
    return VaultSecret(vault_id, secret)


def _asked_secret(vault_id: str, ask: Ask, confirm: bool, source: str) -> bytes:
    asked_for_all = source == "prompt_ask_vault_pass"
    word, suffix = ("Vault", "") if asked_for_all else ("vault", f" ({vault_id})")
    if not confirm:
        return ask(f"Vault password{suffix}: ", True).strip().encode("utf-8")
    first = ask(f"New {word} password{suffix}: ", True).strip()
    again = "Confirm New" if asked_for_all else "Confirm new"
    if ask(f"{again} {word} password{suffix}: ", True).strip() != first:
        raise VaultError("The two vault passwords are not the same.")
    return first.encode("utf-8")


def _is_executable(path: str) -> bool:
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        raise VaultError(f"The vault password file '{path}' was not found.", origin=Origin(path)) from error
    return stat.S_ISREG(mode) and bool(mode & 0o111)


def _read_secret_file(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            secret = file.read().strip()
    except OSError as error:
        raise VaultError(f"The vault password file cannot be read: {error.strerror}.", origin=Origin(path)) from error
    if is_encrypted(secret):
        raise VaultError("The vault password file is itself encrypted.", origin=Origin(path))
    return secret


def _run_script(path: str, vault_id: str) -> bytes:
    import subprocess  # not needed by most runs

    command = [path]
    if os.path.splitext(os.path.basename(path))[0].endswith("-client"):
        command += ["--vault-id", vault_id]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    except OSError as error:
        raise VaultError(
            f"The vault password script cannot be run: {error.strerror}.",
            origin=Origin(path),
            hint="A password file that is no script must not be executable.",
        ) from error
    if done.returncode == 2 and len(command) > 1:
        raise VaultError(f"The vault password script knows no secret for the id '{vault_id}'.", origin=Origin(path))
    if done.returncode:
        raise VaultError(f"The vault password script failed with status {done.returncode}.", origin=Origin(path))
    return done.stdout.strip(b"\r\n")
