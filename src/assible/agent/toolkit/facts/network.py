"""Interfaces, addresses and routes, asked of the kernel over netlink."""

import os
import re
import socket
import struct

from assible.agent.toolkit import processes
from assible.agent.toolkit.facts import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Tuple

GET_ADDRESS, GET_ROUTE = 22, 26
NEW_ADDRESS, NEW_ROUTE = 20, 24
DUMP_REQUEST = 0x301
ERROR, DONE = 2, 3
LOCAL_TABLE, MAIN_TABLE = 255, 254
UNICAST, LOCAL = 1, 2
SCOPES = {0: "global", 200: "site", 253: "link", 254: "host"}
PROMISCUOUS, SECONDARY = 0x100, 0x01
TYPES = {"1": "ether", "32": "infiniband", "512": "ppp", "772": "loopback", "65534": "tunnel"}


class Address(object):
    """An address of an interface. ``label`` is the name that IPv4 aliases have."""

    __slots__ = ("address", "broadcast", "family", "index", "is_secondary", "label", "prefix", "scope")

    def __init__(self, family: int, prefix: int, flags: int, scope: int, index: int) -> None:
        self.family = family
        self.prefix = prefix
        self.is_secondary = bool(flags & SECONDARY)
        self.scope = SCOPES.get(scope, "unknown")
        self.index = index
        self.address = ""
        self.broadcast = ""
        self.label = ""


class Route(object):
    """A route of the main or the local table."""

    __slots__ = ("family", "gateway", "index", "kind", "metric", "prefix", "source", "table", "target")

    def __init__(self, family: int, prefix: int, table: int, kind: int) -> None:
        self.family = family
        self.prefix = prefix
        self.table = table
        self.kind = kind
        self.target = ""
        self.gateway = ""
        self.source = ""
        self.index = 0
        self.metric = 0


def ask(request: int) -> "Iterator[Tuple[int, bytes]]":
    """Yield type and body of each message that answers a dump request; nothing where there is no netlink."""
    try:
        channel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    except (AttributeError, OSError):
        return
    try:
        channel.settimeout(5)
        body = struct.pack("=B15x", socket.AF_UNSPEC)
        channel.send(struct.pack("=LHHLL", 16 + len(body), request, DUMP_REQUEST, 1, 0) + body)
        while True:
            data = channel.recv(1 << 17)
            while len(data) >= 16:
                size, kind = struct.unpack_from("=LH", data)
                if kind in (ERROR, DONE) or size < 16:
                    return
                yield kind, data[16:size]
                data = data[(size + 3) & ~3 :]
    except OSError:
        return
    finally:
        channel.close()


def attributes(data: bytes) -> "Iterator[Tuple[int, bytes]]":
    """Yield the attributes that follow a message's fixed part."""
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        if size < 4:
            return
        yield kind & 0x3FFF, data[4:size]
        data = data[(size + 3) & ~3 :]


def addresses() -> "List[Address]":
    """Return all addresses of all interfaces."""
    found = []
    for kind, body in ask(GET_ADDRESS):
        if kind != NEW_ADDRESS or body[0] not in (socket.AF_INET, socket.AF_INET6):
            continue
        one = Address(*struct.unpack_from("=BBBBL", body))
        for name, value in attributes(body[8:]):
            if name == 2 or (name == 1 and not one.address):  # IFA_LOCAL wins over IFA_ADDRESS, the peer's
                one.address = socket.inet_ntop(one.family, value)
            elif name == 3:
                one.label = value.rstrip(b"\0").decode("utf-8", "replace")
            elif name == 4:
                one.broadcast = socket.inet_ntop(one.family, value)
        found.append(one)
    return found


def routes() -> "List[Route]":
    """Return the routes of the main and the local table."""
    found = []
    for kind, body in ask(GET_ROUTE):
        family, prefix, _, _, table, _, _, route_kind = struct.unpack_from("=BBBBBBBB", body)
        if kind != NEW_ROUTE or table not in (MAIN_TABLE, LOCAL_TABLE) or family not in (2, socket.AF_INET6):
            continue
        one = Route(family, prefix, table, route_kind)
        for name, value in attributes(body[12:]):
            if name in (1, 5, 7):
                setattr(one, {1: "target", 5: "gateway", 7: "source"}[name], socket.inet_ntop(family, value))
            elif name in (4, 6):
                setattr(one, {4: "index", 6: "metric"}[name], struct.unpack("=L", value)[0])
        found.append(one)
    return found


def collect() -> "Dict[str, Any]":
    """Return interfaces, all addresses, and those that lead out."""
    listed = addresses()
    names = reading.names("/sys/class/net")
    names = [name for name in names if os.path.isdir("/sys/class/net/" + name)]
    interfaces = {name: interface(name) for name in names}
    numbers = {int(reading.text("/sys/class/net/{}/ifindex".format(name)) or 0): name for name in names}
    for one in listed:
        name = numbers.get(one.index)
        if name is not None:
            _add(interfaces, name, one)
    known = routes()
    facts = {
        "interfaces": list(interfaces),
        "all_ipv4_addresses": _outside(listed, socket.AF_INET),
        "all_ipv6_addresses": _outside(listed, socket.AF_INET6),
        "default_ipv4": default(socket.AF_INET, known, numbers, interfaces),
        "default_ipv6": default(socket.AF_INET6, known, numbers, interfaces),
        "locally_reachable_ips": {"ipv4": _local(known, socket.AF_INET), "ipv6": _local(known, socket.AF_INET6)},
    }  # type: Dict[str, Any]
    for name, described in interfaces.items():
        facts[re.sub("[-:]", "_", name)] = described
    return facts


def _outside(listed: "List[Address]", family: int) -> "List[str]":
    return [
        one.address
        for one in listed
        if one.family == family and not one.address.startswith("127.") and one.address != "::1"
    ]


def _local(known: "List[Route]", family: int) -> "List[str]":
    found = []
    for one in known:
        if one.table == LOCAL_TABLE and one.kind == LOCAL and one.family == family:
            whole = one.prefix == (32 if family == socket.AF_INET else 128)
            target = one.target or ("0.0.0.0" if family == socket.AF_INET else "::")
            found.append(target if whole else "{}/{}".format(target, one.prefix))
    return list(dict.fromkeys(found))


def _ipv4(one: Address) -> "Dict[str, Any]":
    number = struct.unpack("!L", socket.inet_aton(one.address))[0]
    mask = (0xFFFFFFFF << (32 - one.prefix)) & 0xFFFFFFFF
    return {
        "address": one.address,
        "broadcast": one.broadcast,
        "netmask": socket.inet_ntoa(struct.pack("!L", mask)),
        "network": socket.inet_ntoa(struct.pack("!L", number & mask)),
        "prefix": str(one.prefix),
    }


def _add(interfaces: "Dict[str, Any]", name: str, one: Address) -> None:
    facts = interfaces[name]
    if one.family == socket.AF_INET6:
        entry = {"address": one.address, "prefix": str(one.prefix), "scope": one.scope}
        facts.setdefault("ipv6", []).append(entry)
    elif one.label and one.label != name and ":" in one.label:
        alias = interfaces.setdefault(one.label, dict(interface(name), device=one.label))
        alias["ipv4"] = _ipv4(one)
        facts.setdefault("ipv4_secondaries", []).append(_ipv4(one))
    elif "ipv4" not in facts:
        facts["ipv4"] = _ipv4(one)
    else:
        facts.setdefault("ipv4_secondaries", []).append(_ipv4(one))


def default(
    family: int, known: "List[Route]", numbers: "Dict[int, str]", interfaces: "Dict[str, Any]"
) -> "Dict[str, Any]":
    """Return the interface and address that packets to the world leave from."""
    candidates = [
        one
        for one in known
        if one.family == family and one.table == MAIN_TABLE and not one.target and one.kind == UNICAST and one.index
    ]
    if not candidates:
        return {}
    best = min(candidates, key=lambda one: one.metric)
    name = numbers.get(best.index, "")
    facts: "Dict[str, Any]" = {"interface": name}
    if best.gateway:
        facts["gateway"] = best.gateway
    present = interfaces.get(name, {})
    found = _best_address(family, best, present)
    if found is None:
        return facts
    facts.update(found)
    facts.update({key: present[key] for key in ("macaddress", "mtu", "type") if key in present})
    if family == socket.AF_INET:
        facts["alias"] = name
    return facts


def _best_address(family: int, best: Route, present: "Dict[str, Any]") -> "Optional[Dict[str, Any]]":
    if family == socket.AF_INET:
        listed = [present[key] for key in ("ipv4",) if key in present] + present.get("ipv4_secondaries", [])
    else:
        listed = sorted(present.get("ipv6", []), key=lambda one: one["scope"] != "global")
    for one in listed:
        if best.source and one["address"] == best.source:
            return dict(one)
    return dict(listed[0]) if listed else None


def interface(name: str) -> "Dict[str, Any]":
    """Return what /sys says of an interface."""
    root = "/sys/class/net/{}/".format(name)
    facts = {"device": name}  # type: Dict[str, Any]
    hardware = reading.text(root + "address")
    if hardware and hardware != "00:00:00:00:00:00":
        facts["macaddress"] = hardware
    if reading.text(root + "mtu"):
        facts["mtu"] = int(reading.text(root + "mtu"))
    facts["active"] = reading.text(root + "operstate") != "down"
    module = reading.link_name(root + "device/driver/module")
    if module:
        facts["module"] = module
    facts["type"] = TYPES.get(reading.text(root + "type"), "unknown")
    _add_groups(root, facts)
    device = reading.link_name(root + "device")
    if device:
        facts["pciid"] = device
    speed = reading.text(root + "speed")
    if speed:
        facts["speed"] = int(speed)
    facts["promisc"] = bool(int(reading.text(root + "flags") or "0", 16) & PROMISCUOUS)
    if device:
        facts.update(offloads(name))
    return facts


def _add_groups(root: str, facts: "Dict[str, Any]") -> None:
    """Add what bridges and bonds have beside."""
    if os.path.isdir(root + "bridge"):
        facts["type"] = "bridge"
        facts["interfaces"] = reading.names(root + "brif")
        facts["id"] = reading.text(root + "bridge/bridge_id")
        facts["stp"] = reading.text(root + "bridge/stp_state") == "1"
    if os.path.isdir(root + "bonding"):
        facts["type"] = "bonding"
        facts["slaves"] = reading.text(root + "bonding/slaves").split()
        for key in ("mode", "miimon", "lacp_rate", "primary"):
            facts[key] = (reading.text(root + "bonding/" + key).split() or [""])[0]
        facts["all_slaves_active"] = reading.text(root + "bonding/all_slaves_active") == "1"
    permanent = reading.text(root + "bonding_slave/perm_hwaddr")
    if permanent:
        facts["perm_macaddress"] = permanent


def offloads(name: str) -> "Dict[str, Any]":
    """Return what ``ethtool`` says an adapter can do."""
    if processes.find_program("ethtool") is None:
        return {}
    facts: "Dict[str, Any]" = {}
    features = {}
    for line in reading.output(["ethtool", "-k", name]).splitlines():
        key, _, value = line.strip().partition(":")
        if value:
            features[key.replace("-", "_")] = value.strip()
    if features:
        facts["features"] = features
    told = reading.output(["ethtool", "-T", name])
    if told:
        facts["timestamping"] = [word.lower() for word in re.findall(r"SOF_TIMESTAMPING_(\w+)", told)]
        facts["hw_timestamp_filters"] = [word.lower() for word in re.findall(r"HWTSTAMP_FILTER_(\w+)", told)]
        clock = re.search(r"PTP Hardware Clock: (\d+)", told)
        if clock:
            facts["phc_index"] = int(clock.group(1))
    return facts
