"""Whether the system runs in a container or a virtual machine, or runs such itself."""

import os
import re

from assible.agent.toolkit.facts import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

#: Words in a firmware's name or vendor -> the technology.
PRODUCTS = (
    ("product_name", r"^(KVM|KVM Server|Bochs|AHV)$", "kvm"),
    ("product_name", r"^RHEV Hypervisor$", "RHEV"),
    ("product_name", r"^oVirt", "oVirt"),
    ("product_name", r"^(VMware Virtual Platform|VMware7,1|VMware20,1)$", "VMware"),
    ("product_name", r"^(OpenStack Compute|OpenStack Nova)$", "openstack"),
    ("product_name", r"^VirtualBox$", "virtualbox"),
    ("product_name", r"^HVM domU$", "xen"),
    ("product_name", r"^Parallels", "parallels"),
    ("bios_vendor", r"^Xen$", "xen"),
    ("bios_vendor", r"^innotek GmbH$", "virtualbox"),
    ("bios_vendor", r"^Amazon EC2$", "kvm"),
    ("bios_vendor", r"^Hetzner$", "kvm"),
    ("sys_vendor", r"^Microsoft Corporation$", "VirtualPC"),
    ("sys_vendor", r"^Parallels Software International", "parallels"),
    ("sys_vendor", r"^QEMU$", "kvm"),
    ("sys_vendor", r"^oVirt$", "kvm"),
    ("sys_vendor", r"^OpenStack Foundation$", "openstack"),
    ("sys_vendor", r"^(KubeVirt|Google|Amazon EC2|DigitalOcean|Vultr|Scaleway|Hetzner|Red Hat|Nutanix)", "kvm"),
    ("product_family", r"^(RHV|oVirt)$", "kvm"),
    ("chassis_vendor", r"^(QEMU|Red Hat|oVirt)", "kvm"),
)
CONTAINER_WORDS = ("docker", "lxc", "podman", "systemd-nspawn")
HOST_MODULES = (("vboxdrv", "virtualbox"), ("kvm", "kvm"), ("vmmon", "VMware"))


def collect() -> "Dict[str, Any]":
    """Return the technologies on both sides; the first that was found is the type."""
    guests = containers() + machines()
    hosts = hypervisors()
    guest_names = list(dict.fromkeys(name for pair in guests for name in pair[1]))
    kind, role = "NA", "NA"
    if guests:
        kind, role = guests[0][0], "guest"
    elif hosts:
        kind, role = hosts[0], "host"
    return {
        "virtualization_type": kind,
        "virtualization_role": role,
        "virtualization_tech_guest": guest_names,
        "virtualization_tech_host": hosts,
    }


def containers() -> "List[Tuple[str, List[str]]]":
    """Return the container that the system runs in: its type, and every name for it."""
    found: "List[Tuple[str, List[str]]]" = []
    groups = reading.text("/proc/self/cgroup") + "\n" + reading.text("/proc/1/cgroup")
    if re.search("/docker(/|-[0-9a-f]+\\.scope)", groups) or any(
        os.path.exists(path) for path in ("/.dockerenv", "/.dockerinit")
    ):
        found.append(("docker", ["docker", "container"]))
    if re.search("/(lxc/|machine.slice/machine-lxc)", groups):
        found.append(("lxc", ["lxc", "container"]))
    if os.path.exists("/run/.containerenv"):
        found.append(("podman", ["podman", "container"]))
    environment = dict(item.partition("=")[::2] for item in reading.text("/proc/1/environ").split("\0"))  # type: Dict[str, str]
    named = environment.get("container")
    if named:
        kind = named if named in CONTAINER_WORDS else "container"
        found.append((kind, [kind, "container"]))
    if os.path.isdir("/proc/vz") and not os.path.exists("/proc/bc"):
        found.append(("openvz", ["openvz", "container"]))
    if reading.text("/proc/sys/kernel/osrelease").endswith("-WSL2"):
        found.append(("wsl", ["wsl", "container"]))
    return found


def machines() -> "List[Tuple[str, List[str]]]":
    """Return the virtual machine that the system runs in."""
    found: "List[Tuple[str, List[str]]]" = []
    if os.path.exists("/proc/xen"):
        if "control_d" not in reading.text("/proc/xen/capabilities"):
            found.append(("xen", ["xen"]))
    for name, pattern, kind in PRODUCTS:
        if re.search(pattern, reading.text("/sys/devices/virtual/dmi/id/" + name)):
            found.append((kind, [kind]))
    if not found and re.search(r"^model name\s*:.*(QEMU Virtual CPU|Common KVM)", reading.text("/proc/cpuinfo"), re.M):
        found.append(("kvm", ["kvm"]))
    if not found and re.search(r"^vendor_id\s*: (PowerVM Lx86|User Mode Linux)", reading.text("/proc/cpuinfo"), re.M):
        kind = "uml" if "User Mode" in reading.text("/proc/cpuinfo") else "powervm_lx86"
        found.append((kind, [kind]))
    return found


def hypervisors() -> "List[str]":
    """Return what runs virtual machines here."""
    loaded = [line.split(" ")[0] for line in reading.lines("/proc/modules")]
    found = [kind for module, kind in HOST_MODULES if module in loaded]
    if os.path.exists("/dev/kvm") and "kvm" not in found:
        found.append("kvm")
    if "control_d" in reading.text("/proc/xen/capabilities"):
        found.append("xen")
    if os.path.exists("/proc/bc"):
        found.append("openvz")
    return found
