"""Which distribution it is, and what comes with it: package manager, service manager, LSB."""

import os
import re

from assible.agent.toolkit import processes
from assible.agent.toolkit.facts import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

FAMILIES = {
    "RedHat": "RedHat RHEL Fedora CentOS Scientific SLC Ascendos CloudLinux PSBM OracleLinux OVS OEL Amazon Amzn "
    "Virtuozzo XenServer Alibaba EulerOS openEuler AlmaLinux Rocky TencentOS EuroLinux KylinLinux MIRACLE RHEL "
    "CentOS_Stream Eurolinux Kylin",
    "Debian": "Debian Ubuntu Raspbian Neon Linux_Mint SteamOS Devuan Kali Cumulus_Linux Pop!_OS Parrot "
    "Pardus_GNU/Linux Uos Deepin OSMC Elementary_OS Zorin_OS Univention_Corporate_Server Proxmox",
    "Suse": "SuSE SLES SLED openSUSE openSUSE_Leap openSUSE_Tumbleweed SLES_SAP SUSE_LINUX openSUSE_MicroOS SL-Micro "
    "ALP-Dolomite",
    "Archlinux": "Archlinux Antergos Manjaro EndeavourOS",
    "Mandrake": "Mandrake Mandriva",
    "Slackware": "Slackware",
    "Alpine": "Alpine",
    "Gentoo": "Gentoo Funtoo",
    "ClearLinux": "ClearLinux Clear_Linux_OS",
    "Altlinux": "Altlinux",
    "NixOS": "NixOS",
    "Flatcar": "Flatcar Coreos",
    "SMGL": "SMGL",
    "DMS": "DMS",
}
FAMILY_OF = {name.replace("_", " "): family for family, members in FAMILIES.items() for name in members.split()}

#: ``ID`` of os-release -> name, the file that tells the version, and its variety.
KNOWN = {
    "debian": ("Debian", "/etc/os-release", "Debian"),
    "ubuntu": ("Ubuntu", "/etc/os-release", "Debian"),
    "raspbian": ("Debian", "/etc/os-release", "Debian"),
    "devuan": ("Devuan", "/etc/os-release", "Debian"),
    "kali": ("Kali", "/etc/os-release", "Debian"),
    "linuxmint": ("Linux Mint", "/etc/os-release", "Debian"),
    "pop": ("Pop!_OS", "/etc/os-release", "Debian"),
    "neon": ("Neon", "/etc/os-release", "Debian"),
    "rhel": ("RedHat", "/etc/redhat-release", "RedHat"),
    "centos": ("CentOS", "/etc/redhat-release", "RedHat"),
    "rocky": ("Rocky", "/etc/redhat-release", "RedHat"),
    "almalinux": ("AlmaLinux", "/etc/redhat-release", "RedHat"),
    "fedora": ("Fedora", "/etc/redhat-release", "RedHat"),
    "scientific": ("Scientific", "/etc/redhat-release", "RedHat"),
    "cloudlinux": ("CloudLinux", "/etc/redhat-release", "RedHat"),
    "virtuozzo": ("Virtuozzo", "/etc/redhat-release", "RedHat"),
    "eurolinux": ("EuroLinux", "/etc/redhat-release", "RedHat"),
    "miraclelinux": ("MIRACLE", "/etc/redhat-release", "RedHat"),
    "ol": ("OracleLinux", "/etc/oracle-release", "OracleLinux"),
    "amzn": ("Amazon", "/etc/os-release", "Amazon"),
    "openEuler": ("openEuler", "/etc/os-release", "RedHat"),
    "tencentos": ("TencentOS", "/etc/os-release", "RedHat"),
    "opensuse-leap": ("openSUSE Leap", "/etc/os-release", "SUSE"),
    "opensuse-tumbleweed": ("openSUSE Tumbleweed", "/etc/os-release", "SUSE"),
    "opensuse-microos": ("openSUSE MicroOS", "/etc/os-release", "SUSE"),
    "sles": ("SLES", "/etc/os-release", "SUSE"),
    "sled": ("SLED", "/etc/os-release", "SUSE"),
    "sles_sap": ("SLES_SAP", "/etc/os-release", "SUSE"),
    "alpine": ("Alpine", "/etc/alpine-release", "Alpine"),
    "arch": ("Archlinux", "/etc/arch-release", "Archlinux"),
    "manjaro": ("Archlinux", "/etc/arch-release", "Archlinux"),
    "gentoo": ("Gentoo", "/etc/gentoo-release", "NA"),
    "slackware": ("Slackware", "/etc/slackware-version", "Slackware"),
    "clear-linux-os": ("Clear Linux OS", "/usr/lib/os-release", "ClearLinux"),
    "nixos": ("NixOS", "/etc/os-release", "NA"),
    "flatcar": ("Flatcar", "/etc/os-release", "Flatcar"),
    "coreos": ("Coreos", "/etc/os-release", "Coreos"),
}
#: Files that tell the exact version, by distribution.
VERSION_FILES = {"Debian": "/etc/debian_version", "Alpine": "/etc/alpine-release", "CentOS": "/etc/centos-release"}


def collect() -> "Dict[str, Any]":
    """Return name, version, release and family."""
    release = reading.settings("/etc/os-release") or reading.settings("/usr/lib/os-release")
    identity = release.get("ID", "")
    name, path, variety = KNOWN.get(identity, (release.get("NAME") or os.uname().sysname, "/etc/os-release", "NA"))
    if not release:
        name, path, variety = _by_old_files()
    told = reading.text(path)
    version, codename = _version(name, release, told)
    parts = version.split(".")
    facts = {
        "distribution": name,
        "distribution_release": codename or "NA",
        "distribution_version": version or "NA",
        "distribution_major_version": parts[0] or "NA",
        "os_family": FAMILY_OF.get(name) or _family_like(release) or name,
    }  # type: Dict[str, Any]
    if len(parts) > 1 and variety == "Debian":
        facts["distribution_minor_version"] = parts[1]
    if told:
        facts.update(distribution_file_parsed=True, distribution_file_path=path, distribution_file_variety=variety)
    if identity == "centos" and "Stream" in release.get("NAME", "") + told:
        facts["distribution_release"] = "Stream"
    return facts


def _version(name: str, release: "Dict[str, str]", told: str) -> "Tuple[str, str]":
    """Return version and code name."""
    version = release.get("VERSION_ID", "")
    codename = release.get("VERSION_CODENAME", "")
    exact = reading.text(VERSION_FILES.get(name, "/nonexistent"))
    if re.match(r"^\d+\.\d", exact):
        version = exact
    if FAMILY_OF.get(name) == "RedHat" and "release " in told:
        found = re.search(r"release (\d[\d.]*)(?: [^(]*)?(?:\(([^)]*)\))?", told)
        if found:
            version = found.group(1) if name != "CentOS" or "Stream" not in told else version or found.group(1)
            codename = found.group(2) or codename
    if name == "CentOS" and exact:
        found = re.search(r"release (\d[\d.]*)", exact)
        version = found.group(1) if found else version
    if not codename:
        match = re.search(r"\(([^)]+)\)", release.get("VERSION", ""))
        codename = match.group(1) if match and name not in ("Alpine", "Amazon") else ""
    if name == "Archlinux" and not version:
        version = release.get("BUILD_ID", "rolling")
    return version, codename


def _family_like(release: "Dict[str, str]") -> str:
    """Return the family of the first known distribution that this one says it is like."""
    for like in release.get("ID_LIKE", "").split():
        name = KNOWN.get(like, ("", "", ""))[0] or {"suse": "SLES", "opensuse": "openSUSE"}.get(like, "")
        if name in FAMILY_OF:
            return FAMILY_OF[name]
    return ""


def _by_old_files() -> "Tuple[str, str, str]":
    """Tell the distribution where there is no os-release."""
    text = reading.text("/etc/redhat-release")
    for name, word in (("CentOS", "CentOS"), ("OracleLinux", "Oracle"), ("RedHat", "Red Hat"), ("Fedora", "Fedora")):
        if word in text:
            return name, "/etc/redhat-release", "RedHat"
    if os.path.exists("/etc/debian_version"):
        return "Debian", "/etc/debian_version", "Debian"
    if os.path.exists("/etc/alpine-release"):
        return "Alpine", "/etc/alpine-release", "Alpine"
    return os.uname().sysname, "/etc/os-release", "NA"


PACKAGE_MANAGERS = (
    ("/usr/bin/rpm-ostree", "atomic_container"),
    ("/usr/bin/yum", "yum"),
    ("/usr/bin/dnf-3", "dnf"),
    ("/usr/bin/dnf5", "dnf5"),
    ("/usr/bin/apt-get", "apt"),
    ("/usr/bin/zypper", "zypper"),
    ("/usr/sbin/urpmi", "urpmi"),
    ("/usr/bin/pacman", "pacman"),
    ("/bin/opkg", "opkg"),
    ("/usr/pkg/bin/pkgin", "pkgin"),
    ("/opt/local/bin/pkgin", "pkgin"),
    ("/opt/tools/bin/pkgin", "pkgin"),
    ("/opt/local/bin/port", "macports"),
    ("/usr/local/bin/brew", "homebrew"),
    ("/opt/homebrew/bin/brew", "homebrew"),
    ("/sbin/apk", "apk"),
    ("/usr/sbin/pkg", "pkgng"),
    ("/usr/sbin/swlist", "swdepot"),
    ("/usr/bin/emerge", "portage"),
    ("/usr/sbin/pkgadd", "svr4pkg"),
    ("/usr/bin/pkg", "pkg5"),
    ("/usr/bin/xbps-install", "xbps"),
    ("/usr/local/sbin/pkg", "pkgng"),
    ("/usr/bin/swupd", "swupd"),
    ("/usr/sbin/sorcery", "sorcery"),
    ("/usr/bin/installp", "installp"),
    ("/QOpenSys/pkgs/bin/yum", "yum"),
)


def package_manager(facts: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return which program manages packages, judged by the family first."""
    found = [name for path, name in PACKAGE_MANAGERS if os.path.exists(path)]
    family = facts.get("os_family")
    if family == "RedHat":
        name = _red_hat_manager(facts, found)
    elif family == "Debian" and "apt" in found:
        name = "apt"
    elif family == "Altlinux" and "apt" in found:
        name = "apt_rpm"
    elif family == "Suse" and "zypper" in found:
        name = "zypper"
    else:
        others = [one for one in found if one != "atomic_container"]
        name = others[-1] if others else "unknown"
    return {"pkg_mgr": name}


def _red_hat_manager(facts: "Dict[str, Any]", found: "List[str]") -> str:
    if os.path.exists("/run/ostree-booted"):
        return "atomic_container"
    major = re.match(r"\d+", str(facts.get("distribution_major_version", "")))
    number = int(major.group()) if major else 0
    default = reading.link_name("/usr/bin/dnf") or ""
    if "dnf5" in default or ("dnf5" in found and facts.get("distribution") == "Fedora" and number >= 41):
        return "dnf5"
    if "dnf" in found or os.path.exists("/usr/bin/dnf"):
        return "dnf"
    return "yum" if "yum" in found else found[-1] if found else "unknown"


def service_manager(facts: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return what the first process is, where that says enough; else what the system has."""
    first = reading.text("/proc/1/comm") or reading.link_name("/proc/1/exe") or ""
    name = {"procd": "openwrt_init", "runit-init": "runit", "svscan": "svc", "openrc-init": "openrc"}.get(first, first)
    if name and name not in ("init", "COMMAND", "sh", "bash", "dash") and not name.endswith("sh"):
        return {"service_mgr": name}
    return {"service_mgr": _installed_manager()}


def is_systemd() -> bool:
    """Tell whether systemd runs the system."""
    places = ("/run/systemd/system/", "/dev/.run/systemd/", "/dev/.systemd/")
    return processes.find_program("systemctl") is not None and any(map(os.path.exists, places))


def _installed_manager() -> str:
    if is_systemd():
        return "systemd"
    if processes.find_program("initctl") and os.path.exists("/etc/init/"):
        return "upstart"
    if os.path.exists("/sbin/openrc"):
        return "openrc"
    if reading.link_name("/sbin/init") == "systemd" and processes.find_program("systemctl"):
        return "systemd"
    return "sysvinit" if os.path.exists("/etc/init.d/") else "service"


def systemd() -> "Dict[str, Any]":
    """Return version and features of systemd, where it runs the system."""
    if not is_systemd():
        return {}
    told = reading.output(["systemctl", "--version"]).splitlines()
    if not told:
        return {}
    number = re.search(r"\d+", told[0])
    return {"systemd": {"version": int(number.group()) if number else 0, "features": " ".join(told[1:])}}


def lsb() -> "Dict[str, Any]":
    """Return the names of the Linux Standard Base; by os-release where that says the same as the program."""
    told = reading.settings("/etc/lsb-release")
    keys = {"DISTRIB_ID": "id", "DISTRIB_RELEASE": "release", "DISTRIB_DESCRIPTION": "description",
            "DISTRIB_CODENAME": "codename"}  # fmt: skip
    found = {name: told[key] for key, name in keys.items() if told.get(key)}
    if not found and processes.find_program("lsb_release"):
        found = _lsb_without_file()
    if found.get("release"):
        found["major_release"] = found["release"].split(".")[0]
    return {"lsb": found}


def _lsb_without_file() -> "Dict[str, str]":
    release = reading.settings("/etc/os-release")
    if release.get("ID") == "debian":
        return {
            "id": "Debian",
            "release": release.get("VERSION_ID", "n/a"),
            "description": release.get("PRETTY_NAME", ""),
            "codename": release.get("VERSION_CODENAME", "n/a"),
        }
    keys = {"Distributor ID": "id", "Release": "release", "Description": "description", "Codename": "codename",
            "LSB Version": "release"}  # fmt: skip
    found: "Dict[str, str]" = {}
    for line in reading.output(["lsb_release", "-a"]).splitlines():
        key, _, value = line.partition(":")
        if key in keys:
            found[keys[key]] = value.strip()
    return found
