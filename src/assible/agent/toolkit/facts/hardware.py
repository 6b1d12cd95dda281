"""Processors, memory, firmware, disks and mounts. From /proc and /sys; programs only for LVM and PCI names."""

import os
import re

from assible.agent.toolkit import processes
from assible.agent.toolkit.facts import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    from assible.agent.toolkit.module import Module

FIRMWARE = {
    "bios_date": "bios_date",
    "bios_vendor": "bios_vendor",
    "bios_version": "bios_version",
    "board_asset_tag": "board_asset_tag",
    "board_name": "board_name",
    "board_serial": "board_serial",
    "board_vendor": "board_vendor",
    "board_version": "board_version",
    "chassis_asset_tag": "chassis_asset_tag",
    "chassis_serial": "chassis_serial",
    "chassis_vendor": "chassis_vendor",
    "chassis_version": "chassis_version",
    "form_factor": "chassis_type",
    "product_name": "product_name",
    "product_serial": "product_serial",
    "product_uuid": "product_uuid",
    "product_version": "product_version",
    "system_vendor": "sys_vendor",
}
FORM_FACTORS = (
    "Unknown,Other,Unknown,Desktop,Low Profile Desktop,Pizza Box,Mini Tower,Tower,Portable,Laptop,Notebook,Hand Held,"
    "Docking Station,All In One,Sub Notebook,Space-saving,Lunch Box,Main Server Chassis,Expansion Chassis,Sub Chassis,"
    "Bus Expansion Chassis,Peripheral Chassis,RAID Chassis,Rack Mount Chassis,Sealed-case PC,Multi-system,CompactPCI,"
    "AdvancedTCA,Blade,Blade Enclosure,Tablet,Convertible,Detachable,IoT Gateway,Embedded PC,Mini PC,Stick PC"
).split(",")


def collect(module: "Module") -> "Dict[str, Any]":
    """Return everything of this file."""
    facts: "Dict[str, Any]" = {}
    for part in (processor, memory, firmware, uptime):
        facts.update(part())
    facts.update(devices(module))
    facts.update(mounts(module.params["gather_timeout"]))
    facts.update(lvm(module))
    return facts


def processor() -> "Dict[str, Any]":
    """Return names, flags and numbers of the processors."""
    listed: "List[str]" = []
    flags: "List[str]" = []
    count = 0
    sockets: "Dict[str, Tuple[int, int]]" = {}
    socket, cores, siblings = "0", 0, 0
    for line in reading.lines("/proc/cpuinfo"):
        key, _, value = (part.strip() for part in line.partition(":"))
        if key in ("model name", "Processor", "vendor_id", "cpu", "Vendor", "processor"):
            listed.append(value)
        if key == "processor":
            count += 1
        elif key == "physical id":
            socket = value
        elif key == "cpu cores":
            cores = int(value)
            sockets[socket] = (cores, siblings)
        elif key == "siblings":
            siblings = int(value)
            sockets[socket] = (cores, siblings)
        elif key in ("flags", "Features") and not flags:
            flags = value.split()
    facts = _topology(count, sockets)
    facts.update(processor=listed, flags=flags, processor_nproc=_usable(count))
    return facts


def _topology(count: int, sockets: "Dict[str, Tuple[int, int]]") -> "Dict[str, Any]":
    if not sockets:
        threads, cores, number = 1, 1, count
    else:
        cores, siblings = next(iter(sockets.values()))
        number = len(sockets)
        cores = cores or max(count // number, 1)
        threads = max(siblings // cores, 1)
    return {
        "processor_count": number,
        "processor_cores": cores,
        "processor_threads_per_core": threads,
        "processor_vcpus": threads * cores * number,
    }


def _usable(count: int) -> int:
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return count


def memory() -> "Dict[str, Any]":
    """Return memory and swap, in megabytes."""
    known: "Dict[str, int]" = {}
    for line in reading.lines("/proc/meminfo"):
        words = line.split()
        if len(words) > 1 and words[1].isdigit():
            known[words[0].rstrip(":")] = int(words[1]) // 1024
    if "MemTotal" not in known:
        return {}
    total, free = known["MemTotal"], known.get("MemFree", 0)
    swap_total, swap_free = known.get("SwapTotal", 0), known.get("SwapFree", 0)
    without_cache = free + known.get("Cached", 0) + known.get("Buffers", 0)
    return {
        "memtotal_mb": total,
        "memfree_mb": free,
        "swaptotal_mb": swap_total,
        "swapfree_mb": swap_free,
        "memory_mb": {
            "real": {"total": total, "used": total - free, "free": free},
            "nocache": {"free": without_cache, "used": total - without_cache},
            "swap": {
                "total": swap_total,
                "free": swap_free,
                "used": swap_total - swap_free,
                "cached": known.get("SwapCached", 0),
            },
        },
    }


def firmware() -> "Dict[str, Any]":
    """Return what the firmware says of the machine."""
    facts = {fact: reading.text("/sys/devices/virtual/dmi/id/" + name) or "NA" for fact, name in FIRMWARE.items()}  # type: Dict[str, Any]
    kind = facts["form_factor"]
    if kind.isdigit():
        facts["form_factor"] = FORM_FACTORS[int(kind)] if int(kind) < len(FORM_FACTORS) else "unknown ({})".format(kind)
    return facts


def uptime() -> "Dict[str, Any]":
    """Return for how many seconds the system runs."""
    words = reading.text("/proc/uptime").split()
    return {"uptime_seconds": int(float(words[0]))} if words else {}


def links() -> "Dict[str, Dict[str, List[str]]]":
    """Return the names that block devices have under /dev/disk, and what they are parts of."""
    found: "Dict[str, Dict[str, List[str]]]" = {"ids": {}, "uuids": {}, "labels": {}, "masters": {}}
    for kind, folder in (("ids", "by-id"), ("uuids", "by-uuid"), ("labels", "by-label")):
        root = "/dev/disk/" + folder
        for name in sorted(reading.names(root)):
            device = reading.link_name(os.path.join(root, name))
            if device:
                found[kind].setdefault(device, []).append(_unescaped(name))
    for master in sorted(reading.names("/sys/block")):
        for part in reading.names("/sys/block/{}/slaves".format(master)):
            found["masters"].setdefault(part, []).append(master)
    return found


def _unescaped(name: str) -> str:
    return re.sub(r"\\x([0-9a-fA-F]{2})", lambda match: chr(int(match.group(1), 16)), name)


def devices(module: "Module") -> "Dict[str, Any]":
    """Return disks and their partitions."""
    known = links()
    found: "Dict[str, Any]" = {}
    hosts: "Optional[Dict[str, str]]" = None
    for name in reading.names("/sys/block"):
        path = "/sys/block/" + name
        real = os.path.realpath(path)
        address = re.search(r".+/([a-f0-9]{4}:[a-f0-9]{2}:[01][a-f0-9]\.[0-7])/", real)
        if address and hosts is None:
            hosts = _pci_names()
        found[name] = _device(module, path, name, known)
        found[name]["host"] = (hosts or {}).get(address.group(1), "") if address else ""
    return {"devices": found, "device_links": known}


def _device(module: "Module", path: str, name: str, known: "Dict[str, Dict[str, List[str]]]") -> "Dict[str, Any]":
    facts = {"virtual": 1, "links": _links_of(name, known)}  # type: Dict[str, Any]
    for key in ("vendor", "model", "sas_address", "sas_device_handle"):
        facts[key] = reading.text("{}/device/{}".format(path, key)) or None
    for key, place in (("wwn", "device/wwid"), ("serial", "device/serial")):
        value = reading.text("{}/{}".format(path, place))
        if value:
            facts[key] = value
    for key, place in (
        ("removable", "removable"),
        ("support_discard", "queue/discard_granularity"),
        ("rotational", "queue/rotational"),
    ):
        facts[key] = reading.text("{}/{}".format(path, place))
    mode = re.match(r".*?(\[(.*)\])", reading.text(path + "/queue/scheduler"))
    facts["scheduler_mode"] = mode.group(2) if mode else ""
    sectors = int(reading.text(path + "/size") or 0)
    facts["sectors"] = sectors
    facts["sectorsize"] = reading.text(path + "/queue/logical_block_size") or "512"
    facts["size"] = module.bytes_to_human(sectors * 512)
    facts["partitions"] = {
        part: _partition(module, "{}/{}".format(path, part), part, facts["sectorsize"], known)
        for part in sorted(reading.names(path))
        if part.startswith(name) and os.path.exists("{}/{}/partition".format(path, part))
    }
    facts["holders"] = _holders(path)
    return facts


def _partition(
    module: "Module", path: str, name: str, sector_size: str, known: "Dict[str, Dict[str, List[str]]]"
) -> "Dict[str, Any]":
    sectors = int(reading.text(path + "/size") or 0)
    uuids = known["uuids"].get(name)
    return {
        "links": _links_of(name, known),
        "start": reading.text(path + "/start") or "0",
        "sectors": sectors,
        "sectorsize": sector_size,
        "size": module.bytes_to_human(sectors * 512),
        "uuid": uuids[0] if uuids else None,
        "holders": _holders(path),
    }


def _links_of(name: str, known: "Dict[str, Dict[str, List[str]]]") -> "Dict[str, List[str]]":
    return {kind: table.get(name, []) for kind, table in known.items()}


def _holders(path: str) -> "List[str]":
    found = []
    for name in sorted(reading.names(path + "/holders")):
        mapped = reading.text("/sys/block/{}/dm/name".format(name)) if name.startswith("dm-") else ""
        found.append(mapped or name)
    return found


def _pci_names() -> "Dict[str, str]":
    """Return what ``lspci`` calls each address."""
    names = {}
    for line in reading.output(["lspci", "-D"]).splitlines():
        address, _, text = line.partition(" ")
        names[address] = text.strip()
    return names


def mounts(timeout_seconds: int) -> "Dict[str, Any]":
    """Return mounted file systems that have a device; one that does not answer in time has no sizes."""
    uuids = {device: names[0] for device, names in links()["uuids"].items()}
    bound = _bound_mounts()
    found = []
    for line in reading.lines("/proc/self/mounts"):
        words = [without_octal(word) for word in line.split()]
        if len(words) < 6:
            continue
        device, place, kind, options = words[:4]
        if not (device.startswith(("/", "\\")) or ":/" in device) or kind == "none":
            continue
        facts = {
            "mount": place,
            "device": device,
            "fstype": kind,
            "options": options + (",bind" if place in bound and "bind" not in options else ""),
            "dump": int(words[4]),
            "passno": int(words[5]),
            "uuid": uuids.get(os.path.basename(os.path.realpath(device)), "N/A"),
        }  # type: Dict[str, Any]
        facts.update(sizes_of(place, timeout_seconds))
        found.append(facts)
    return {"mounts": found}


def without_octal(word: str) -> str:
    """Return a word of a table of mounts with its blanks and the like in place of their numbers."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), word)


def _bound_mounts() -> "List[str]":
    """Return the places where a part of a file system is mounted, not its root."""
    places = []
    for line in reading.lines("/proc/self/mountinfo"):
        words = line.split()
        if len(words) > 4 and words[3] != "/" and " btrfs " not in line:
            places.append(without_octal(words[4]))
    return places


def sizes_of(place: str, timeout_seconds: "Optional[float]") -> "Dict[str, Any]":
    """Ask a file system for its sizes; in a thread, since a dead server never answers."""
    import threading

    answer: "Dict[str, Any]" = {}

    def ask() -> None:
        try:
            info = os.statvfs(place)
        except OSError:
            return
        answer.update(
            size_total=info.f_frsize * info.f_blocks,
            size_available=info.f_frsize * info.f_bavail,
            block_size=info.f_bsize,
            block_total=info.f_blocks,
            block_available=info.f_bavail,
            block_used=info.f_blocks - info.f_bavail,
            inode_total=info.f_files,
            inode_available=info.f_favail,
            inode_used=info.f_files - info.f_favail,
        )

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(timeout_seconds)
    if thread.is_alive():
        return {"note": "Timed out while attempting to get extra information."}
    return answer


def lvm(module: "Module") -> "Dict[str, Any]":
    """Return volume groups, logical and physical volumes; only root may ask."""
    if os.getuid() != 0 or processes.find_program("vgs") is None:
        return {"lvm": "N/A"}
    groups = {
        row[0]: {"size_g": row[-2], "free_g": row[-1], "num_lvs": row[2], "num_pvs": row[1]} for row in _rows("vgs")
    }
    logical = {row[0]: {"size_g": row[3], "vg": row[1]} for row in _rows("lvs") if len(row) > 3}
    physical = {row[0]: {"size_g": row[4], "free_g": row[5], "vg": row[1]} for row in _rows("pvs") if len(row) > 5}
    return {"lvm": {"lvs": logical, "vgs": groups, "pvs": physical}}


def _rows(program: str) -> "List[List[str]]":
    text = reading.output([program, "--noheadings", "--nosuffix", "--units", "g", "--separator", ","])
    return [line.strip().split(",") for line in text.splitlines() if line.count(",") > 1]
