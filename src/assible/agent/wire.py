"""Frames: a fixed prefix, a JSON header and a raw body. Both ends of a connection speak them.

The prefix is ``magic, channel, header length, body length``. Channel 0 is the agent that was started first; every other
number is a child agent (another privilege level) under it, to which frames are passed on unopened.
"""

import json
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, Tuple, Union

MAGIC = 0xA55B
MAX_HEADER_BYTES = 64 * 1024 * 1024
MAX_BODY_BYTES = 512 * 1024 * 1024
MAX_CHANNEL = 0xFFFF
CHUNK_BYTES = 512 * 1024
WINDOW_CHUNKS = 8

_PREFIX = struct.Struct("!HHIQ")
PREFIX_BYTES = _PREFIX.size


def marker(nonce: str) -> bytes:
    """Return the line after which an agent's frames begin, to tell them from what a login prints."""
    return ("assible-agent-" + nonce + "\n").encode("ascii")


class WireError(ValueError):
    """Bytes arrived that are not a frame."""


def pack(channel: int, header: "Dict[str, Any]", body: "Union[bytes, memoryview]" = b"") -> bytes:
    """Return one frame; only plain JSON data may stand in the header."""
    return pack_raw(channel, json.dumps(header, separators=(",", ":")).encode("ascii"), body)


def pack_raw(channel: int, header: bytes, body: "Union[bytes, memoryview]" = b"") -> bytes:
    """Return one frame around a header that is already encoded."""
    return b"".join((_PREFIX.pack(MAGIC, channel, len(header), len(body)), header, body))


def parse_header(header: bytes) -> "Dict[str, Any]":
    """Return a frame's header.

    Raises:
        WireError: It is not a JSON object.
    """
    try:
        value = json.loads(header.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise WireError("a frame's header is not JSON: {}".format(error))
    if not isinstance(value, dict):
        raise WireError("a frame's header is not an object")
    return value


class Decoder(object):
    """Cuts a stream into frames, whatever pieces it arrives in."""

    __slots__ = ("_buffer", "_max_body", "_max_header", "_needed")

    def __init__(self, max_header: int = MAX_HEADER_BYTES, max_body: int = MAX_BODY_BYTES) -> None:
        self._buffer = bytearray()
        self._needed = PREFIX_BYTES
        self._max_header = max_header
        self._max_body = max_body

    def feed(self, data: "Union[bytes, bytearray, memoryview]") -> "Iterator[Tuple[int, bytes, bytes]]":
        """Add bytes and yield ``(channel, encoded header, body)`` of every frame that is complete.

        Raises:
            WireError: What stands at the start of a frame is not a prefix, or announces more than the limits allow.
        """
        buffer = self._buffer
        buffer += data
        while len(buffer) >= self._needed:
            channel, header_size, body_size = self._prefix()
            total = PREFIX_BYTES + header_size + body_size
            if len(buffer) < total:
                self._needed = total
                return
            with memoryview(buffer) as view:
                header = bytes(view[PREFIX_BYTES : PREFIX_BYTES + header_size])
                body = bytes(view[PREFIX_BYTES + header_size : total])
            del buffer[:total]
            self._needed = PREFIX_BYTES
            yield channel, header, body

    def pending(self) -> int:
        """Return how many bytes of an incomplete frame are held."""
        return len(self._buffer)

    def _prefix(self) -> "Tuple[int, int, int]":
        magic, channel, header_size, body_size = _PREFIX.unpack_from(self._buffer)
        if magic != MAGIC:
            raise WireError("this is not the start of a frame: {!r}".format(bytes(self._buffer[:PREFIX_BYTES])))
        if header_size > self._max_header or body_size > self._max_body:
            raise WireError("a frame announces {} + {} bytes".format(header_size, body_size))
        return channel, header_size, body_size
