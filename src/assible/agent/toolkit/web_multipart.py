"""Bodies of several parts (``multipart/form-data``): fields and files."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Mapping, Tuple

ENCODINGS = ("base64", "7or8bit")


def prepare(fields: "Mapping[str, Any]") -> "Tuple[str, bytes]":
    """Return the content type and the body for fields: texts, or mappings that describe a file.

    A mapping has ``filename`` (a file to read, or a name for ``content``), ``content``, ``mime_type`` and
    ``multipart_encoding``.

    Raises:
        TypeError: A field is neither.
        ValueError: A mapping has nothing to send, or an encoding that there is not.
    """
    if not hasattr(fields, "items"):
        raise TypeError("the fields are no mapping but a {}".format(type(fields).__name__))
    boundary = "=" * 15 + os.urandom(16).hex()
    body = b"".join(_part(boundary, name, field) for name, field in fields.items())
    kind = 'multipart/form-data; boundary="{}"'.format(boundary)
    return kind, body + "--{}--\r\n".format(boundary).encode("ascii")


def _part(boundary: str, name: str, field: "Any") -> bytes:
    headers, content = _described(name, field)
    lines = ["--" + boundary] + ["{}: {}".format(key, value) for key, value in headers.items()] + ["", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + content + b"\r\n"


def _described(name: str, field: "Any") -> "Tuple[Dict[str, str], bytes]":
    """Return the headers and the content of one part."""
    if isinstance(field, (str, bytes)):
        field = {"content": field}
    elif not hasattr(field, "items"):
        raise TypeError("the field {} is neither text nor a mapping, but a {}".format(name, type(field).__name__))
    filename, content = field.get("filename"), field.get("content")
    if not filename and content is None:
        raise ValueError("the field {} has neither content nor a filename".format(name))
    encoding = field.get("multipart_encoding") or "base64"
    if encoding not in ENCODINGS:
        raise ValueError("multipart_encoding is one of {}, not {}".format(", ".join(ENCODINGS), encoding))
    kind = field.get("mime_type") or (_guessed(filename) if filename else "text/plain")
    headers = {}
    if content is None:
        with open(filename, "rb") as stream:
            headers["Content-Transfer-Encoding"], raw = _encoded(stream.read(), encoding)
    else:
        raw = content if isinstance(content, bytes) else str(content).encode("utf-8", "surrogateescape")
    place = 'form-data; name="{}"'.format(name)
    if filename:
        place += '; filename="{}"'.format(os.path.basename(filename))
    return dict({"Content-Type": kind, "Content-Disposition": place}, **headers), raw


def _encoded(raw: bytes, encoding: str) -> "Tuple[str, bytes]":
    """Return the name of an encoding, and the content in it."""
    if encoding == "base64":
        import base64

        return encoding, base64.encodebytes(raw).rstrip(b"\n").replace(b"\n", b"\r\n")
    return "8bit" if any(byte > 127 for byte in raw) else "7bit", raw


def _guessed(filename: str) -> str:
    import mimetypes

    return mimetypes.guess_type(filename)[0] or "application/octet-stream"
