"""Passwords that are made once and kept in files."""

from __future__ import annotations

import fcntl
import os
import random
import re
import secrets
import string
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from assible.content.lookups.options import Option, read_options, split_term
from assible.content.passwords import hash_password, needs_ident, new_salt
from assible.exceptions import TemplateError
from assible.registry.lookup import LookupCall

_OPTIONS: Final = {
    "length": Option("int", 20),
    "chars": Option("raw", ("ascii_letters", "digits", ".,:-_")),
    "encrypt": Option("raw"),
    "ident": Option("str"),
    "seed": Option("raw"),
}
# Quotes are left out of the punctuation: they end up in shells and configuration files.
_CHARACTERS: Final[Mapping[str, str]] = {
    **{name: getattr(string, name) for name in ("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits")},
    **{name: getattr(string, name) for name in ("hexdigits", "octdigits", "printable", "whitespace")},
    "punctuation": string.punctuation.replace('"', "").replace("'", ""),
}
_NOWHERE: Final = "/dev/null"
_STORED: Final = re.compile(r"(?P<password>.*?)(?: salt=(?P<salt>\S*))?(?: ident=(?P<ident>\S*))?", re.DOTALL)


class _Stored(NamedTuple):
    """What a password file holds, in one line."""

    password: str
    salt: str | None = None
    ident: str | None = None

    def text(self) -> str:
        parts = [self.password]
        parts += [f"salt={self.salt}"] if self.salt else []
        parts += [f"ident={self.ident}"] if self.ident else []
        return " ".join(parts) + "\n"


def password(terms: list[Any], call: LookupCall) -> list[str]:
    """Return the password that each file holds; where there is no file, one is made and written."""
    results = []
    for term in terms:
        path, given = split_term(term, _OPTIONS)
        options = read_options(_OPTIONS, call, {**call.options, **given})
        path = os.path.join(call.basedir, os.path.expanduser(path))
        results.append(_result(_settled(path, options, call), options))
    return results


def _result(stored: _Stored, options: Mapping[str, Any]) -> str:
    if not options["encrypt"]:
        return stored.password
    return hash_password(stored.password, str(options["encrypt"]), salt=stored.salt, ident=stored.ident)


def _settled(path: str, options: Mapping[str, Any], call: LookupCall) -> _Stored:
    """Read a password file, or make it; a salt is added where a hash needs one."""
    if path == _NOWHERE:
        return _completed(_Stored(_generated(options)), options)
    directory = os.path.dirname(path)
    os.makedirs(directory, mode=0o700, exist_ok=True)
    with _locked(directory):
        found = _read(path, call)
        wanted = _completed(found or _Stored(_generated(options)), options)
        if wanted != found:
            _write(path, wanted.text())
    return wanted


def _read(path: str, call: LookupCall) -> _Stored | None:
    if not os.path.exists(path):
        return None
    parsed = _STORED.fullmatch(call.read_file(path).rstrip())
    assert parsed is not None  # every part of the expression may be missing
    return _Stored(**parsed.groupdict())


def _completed(stored: _Stored, options: Mapping[str, Any]) -> _Stored:
    scheme = options["encrypt"]
    if not scheme:
        return stored
    salt = stored.salt or new_salt(str(scheme))
    ident = stored.ident or options["ident"] if needs_ident(str(scheme)) else stored.ident
    return stored._replace(salt=salt, ident=ident)


def _generated(options: Mapping[str, Any]) -> str:
    characters = _character_set(options["chars"])
    if not characters:
        raise TemplateError("there are no characters to make a password of", hint="see the option 'chars'")
    seed = options["seed"]
    generator = secrets.SystemRandom() if seed is None else random.Random(seed)
    return "".join(generator.choice(characters) for _ in range(options["length"]))


def _character_set(chars: str | Sequence[str]) -> str:
    """Return the characters that names and literal characters stand for; two commas in a text mean a comma."""
    if isinstance(chars, str):
        names = [name for name in chars.replace(",,", ",\0,").split(",") if name]
        names = ["," if name == "\0" else name for name in names]
    else:
        names = list(chars)
    return "".join(_CHARACTERS.get(name, name) for name in names)


@contextmanager
def _locked(directory: str) -> Iterator[None]:
    """Hold a directory's lock: two hosts of a play must not make the same password twice."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(path: str, text: str) -> None:
    """Replace a file at once; only its owner may read it."""
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".password")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError:
        os.unlink(temporary)
        raise
