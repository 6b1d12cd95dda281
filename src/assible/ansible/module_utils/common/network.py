"""Network addresses and masks (documented as ``module_utils.common.network``)."""

import re
from socket import inet_aton, inet_ntoa
from struct import pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional

VALID_MASKS = [2**8 - 2**bits for bits in range(9)]
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}")


def is_netmask(val: "Any") -> bool:
    """Tell whether it is a netmask with dots."""
    parts = str(val).split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) in VALID_MASKS for part in parts)


def is_masklen(val: "Any") -> bool:
    """Tell whether it is a length from 0 to 32."""
    try:
        return 0 <= int(val) <= 32
    except ValueError:
        return False


def to_netmask(val: "Any") -> str:
    """Return the netmask of a length.

    Raises:
        ValueError: It is no length.
    """
    if not is_masklen(val):
        raise ValueError("{!r} is no length of a netmask".format(val))
    bits = (0xFFFFFFFF << (32 - int(val))) & 0xFFFFFFFF
    return inet_ntoa(pack(">I", bits))


def to_masklen(val: "Any") -> int:
    """Return the length of a netmask.

    Raises:
        ValueError: It is no netmask.
    """
    if not is_netmask(val):
        raise ValueError("{!r} is no netmask".format(val))
    return to_bits(val).count("1")


def to_bits(val: str) -> str:
    """Return a mask as ones and zeros."""
    return "".join(bin(int(octet))[2:].ljust(8, "0") for octet in val.split("."))


def to_subnet(addr: str, mask: "Any", dotted_notation: bool = False) -> str:
    """Return the network that an address is in, as ``10.0.0.0/8`` or ``10.0.0.0 255.0.0.0``.

    Args:
        mask: Its length, or a netmask.
    """
    length = int(mask) if is_masklen(mask) else to_masklen(mask)
    dotted = to_netmask(length)
    network = inet_ntoa(bytes(one & other for one, other in zip(inet_aton(addr), inet_aton(dotted))))
    return "{} {}".format(network, dotted) if dotted_notation else "{}/{}".format(network, length)


def to_ipv6_subnet(addr: str) -> str:
    """Return the first 64 bits of an IPv6 address, ``::`` after them."""
    return _ipv6_prefix(addr, 4)


def to_ipv6_network(addr: str) -> str:
    """Return the first 48 bits of an IPv6 address, ``::`` after them."""
    return _ipv6_prefix(addr, 3)


def _ipv6_prefix(addr: str, count: int) -> str:
    """Return the first groups of an address; zeros that it leaves out are left out again at the end."""
    before, elided, after = addr.partition("::")
    groups: "List[Optional[str]]" = list(before.split(":")) if before else []
    if elided:
        tail = after.split(":") if after else []
        groups += [None] * (8 - len(groups) - len(tail)) + list(tail)
    kept = groups[:count]
    while kept and kept[-1] is None:
        kept.pop()
    return ":".join(group or "0" for group in kept) + "::"


def is_mac(mac_address: str) -> bool:
    """Tell whether it is a hardware address: six pairs of digits with colons or hyphens."""
    return _MAC.fullmatch(mac_address) is not None
