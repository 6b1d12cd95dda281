"""The system itself: platform, user, time, environment, security, keys, and what administrators put beside."""

import os
import shlex
import sys

from assible.agent.toolkit import processes, selinux
from assible.agent.toolkit.facts import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from assible.agent.toolkit.module import Module


def platform() -> "Dict[str, Any]":
    """Return kernel, machine and names."""
    import socket

    name = os.uname()
    fqdn = socket.getfqdn()
    bits = "64" if sys.maxsize > 1 << 32 else "32"
    machine = name.machine
    facts = {
        "system": name.sysname,
        "kernel": name.release,
        "kernel_version": name.version,
        "machine": machine,
        "python_version": "{}.{}.{}".format(*sys.version_info[:3]),
        "fqdn": fqdn,
        "hostname": name.nodename.split(".")[0],
        "nodename": name.nodename,
        "domain": fqdn.partition(".")[2],
        "userspace_bits": bits,
        "architecture": "i386" if _is_small_intel(machine) else machine,
    }  # type: Dict[str, Any]
    if machine == "x86_64" or _is_small_intel(machine):
        facts["userspace_architecture"] = "x86_64" if bits == "64" else "i386"
    identity = reading.text("/var/lib/dbus/machine-id") or reading.text("/etc/machine-id")
    if identity:
        facts["machine_id"] = identity.splitlines()[0]
    return facts


def _is_small_intel(machine: str) -> bool:
    return len(machine) == 4 and machine[0] == "i" and machine.endswith("86")


def user() -> "Dict[str, Any]":
    """Return who runs the modules."""
    import getpass
    import pwd

    try:
        entry = pwd.getpwnam(getpass.getuser())
    except KeyError:
        entry = pwd.getpwuid(os.getuid())
    return {
        "user_id": entry.pw_name,
        "user_uid": entry.pw_uid,
        "user_gid": entry.pw_gid,
        "user_gecos": entry.pw_gecos,
        "user_dir": entry.pw_dir,
        "user_shell": entry.pw_shell,
        "real_user_id": os.getuid(),
        "effective_user_id": os.geteuid(),
        "real_group_id": os.getgid(),
        "effective_group_id": os.getegid(),
    }


def date_time() -> "Dict[str, Any]":
    """Return the target's time, in many forms."""
    import datetime
    import time

    seconds = time.time()
    now = datetime.datetime.fromtimestamp(seconds)
    utc = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    forms = {
        "year": "%Y",
        "month": "%m",
        "weekday": "%A",
        "weekday_number": "%w",
        "weeknumber": "%W",
        "day": "%d",
        "hour": "%H",
        "minute": "%M",
        "second": "%S",
        "date": "%Y-%m-%d",
        "time": "%H:%M:%S",
        "iso8601_basic": "%Y%m%dT%H%M%S%f",
        "iso8601_basic_short": "%Y%m%dT%H%M%S",
    }
    facts = {name: now.strftime(form) for name, form in forms.items()}
    facts.update(
        epoch=str(int(seconds)),
        epoch_int=str(int(seconds)),
        iso8601=utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        iso8601_micro=utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        tz=time.strftime("%Z"),
        tz_dst=time.tzname[1],
        tz_offset=time.strftime("%z"),
    )
    return {"date_time": facts}


def environment() -> "Dict[str, Any]":
    """Return the environment variables."""
    return {"env": dict(os.environ)}


def python() -> "Dict[str, Any]":
    """Return which Python runs the modules."""
    import importlib.util

    info = sys.version_info
    return {
        "python": {
            "version": {
                "major": info[0],
                "minor": info[1],
                "micro": info[2],
                "releaselevel": info[3],
                "serial": info[4],
            },
            "version_info": list(info),
            "executable": sys.executable,
            "has_sslcontext": importlib.util.find_spec("_ssl") is not None,
            "type": sys.implementation.name,
        }
    }


def command_line() -> "Dict[str, Any]":
    """Return the kernel's command line: the last value of each key, and all of them."""
    try:
        words = shlex.split(reading.text("/proc/cmdline"))
    except ValueError:
        words = reading.text("/proc/cmdline").split()
    last: "Dict[str, Any]" = {}
    every: "Dict[str, Any]" = {}
    for word in words:
        key, separator, value = word.partition("=")
        item = value if separator else True  # type: Any
        if key in every:
            every[key] = (every[key] if isinstance(every[key], list) else [every[key]]) + [item]
        else:
            every[key] = item
        last[key] = item
    return {"cmdline": last, "proc_cmdline": every}


def dns() -> "Dict[str, Any]":
    """Return what resolv.conf says."""
    found: "Dict[str, Any]" = {}
    for line in reading.lines("/etc/resolv.conf"):
        words = line.split()
        if len(words) < 2 or words[0][0] in "#;":
            continue
        if words[0] == "nameserver":
            found.setdefault("nameservers", []).extend(words[1:])
        elif words[0] == "domain":
            found["domain"] = words[1]
        elif words[0] in ("search", "sortlist"):
            found[words[0]] = words[1:]
        elif words[0] == "options":
            options = found.setdefault("options", {})
            for option in words[1:]:
                key, separator, value = option.partition(":")
                options[key] = value if separator else True
    return {"dns": found}


def fips() -> "Dict[str, Any]":
    """Tell whether the kernel is in FIPS mode."""
    return {"fips": reading.text("/proc/sys/crypto/fips_enabled") == "1"}


def apparmor() -> "Dict[str, Any]":
    """Tell whether AppArmor is active."""
    return {"apparmor": {"status": "enabled" if os.path.exists("/sys/kernel/security/apparmor") else "disabled"}}


def capabilities() -> "Dict[str, Any]":
    """Return what ``capsh`` says of the process's capabilities."""
    for line in reading.output(["capsh", "--print"]).splitlines():
        if line.startswith("Current:"):
            held = line.partition(":")[2].strip()
            if held == "=ep":
                return {"system_capabilities_enforced": "False", "system_capabilities": []}
            named = held.split("=", 1)[-1].split(",")
            return {"system_capabilities_enforced": "True", "system_capabilities": [name.strip() for name in named]}
    return {"system_capabilities_enforced": "N/A", "system_capabilities": "N/A"}


def security() -> "Dict[str, Any]":
    """Return the state of SELinux."""
    present = selinux.binding() is not None or _has_library()
    if not os.path.exists("/sys/fs/selinux/enforce"):
        return {"selinux": {"status": "disabled"}, "selinux_python_present": present}
    config = reading.settings("/etc/selinux/config")
    mode = {"1": "enforcing", "0": "permissive"}.get(reading.text("/sys/fs/selinux/enforce"), "unknown")
    facts = {
        "status": "enabled",
        "policyvers": int(reading.text("/sys/fs/selinux/policyvers") or 0) or "unknown",
        "config_mode": config.get("SELINUX", "unknown"),
        "mode": mode,
        "type": config.get("SELINUXTYPE", "unknown"),
    }
    return {"selinux": facts, "selinux_python_present": present}


def _has_library() -> bool:
    import glob

    return any(
        glob.glob(place + "libselinux.so.1") for place in ("/lib/", "/lib64/", "/lib/*/", "/usr/lib/", "/usr/lib64/")
    )


def ssh_keys() -> "Dict[str, Any]":
    """Return the public host keys of the ssh server."""
    facts: "Dict[str, Any]" = {}
    for kind in ("dsa", "rsa", "ecdsa", "ed25519"):
        for directory in ("/etc/ssh", "/etc/openssh", "/etc"):
            words = reading.text("{}/ssh_host_{}_key.pub".format(directory, kind)).split()
            if len(words) > 1:
                fact = "ssh_host_key_{}_public".format(kind)
                facts[fact], facts[fact + "_keytype"] = words[1], words[0]
                break
    return facts


def local(module: "Module") -> "Dict[str, Any]":
    """Return what the files in the facts directory say; executable ones are run."""
    import glob

    directory = module.params["fact_path"]
    facts: "Dict[str, Any]" = {}
    if directory and os.path.isdir(directory):
        for path in sorted(glob.glob(os.path.join(directory, "*.fact"))):
            facts[os.path.basename(path)[: -len(".fact")]] = _local_fact(module, path)
    return {"local": facts}


def _local_fact(module: "Module", path: str) -> "Any":
    import configparser
    import json

    text = reading.text(path)
    try:
        if os.stat(path).st_mode & 0o100:
            finished = processes.run([path])
            if finished.rc != 0:
                reason = finished.stderr.decode("utf-8", "replace") or str(finished.error or "")
                return _broken(module, "the fact script {} failed with code {}: {}", path, finished.rc, reason)
            text = finished.stdout.decode("utf-8", "replace")
    except OSError as error:
        return _broken(module, "the fact script {} cannot be run: {}", path, error)
    try:
        return json.loads(text)
    except ValueError:
        parser = configparser.ConfigParser()
        try:
            parser.read_string(text)
        except configparser.Error as error:
            return _broken(module, "the facts in {} are neither JSON nor INI: {}", path, error)
        return {section: dict(parser.items(section, raw=True)) for section in parser.sections()}


def _broken(module: "Module", form: str, *values: "Any") -> str:
    text = form.format(*values)
    module.warn(text)
    return text


def chroot() -> "Dict[str, Any]":
    """Tell whether the module runs in a changed root directory."""
    if os.environ.get("debian_chroot"):
        return {"is_chroot": True}
    mine = os.stat("/")
    try:
        first = os.stat("/proc/1/root/.")
        return {"is_chroot": (mine.st_ino, mine.st_dev) != (first.st_ino, first.st_dev)}
    except OSError:
        return {"is_chroot": mine.st_ino != 2}


def iscsi() -> "Dict[str, Any]":
    """Return the iSCSI initiator's name."""
    return {"iscsi_iqn": reading.settings("/etc/iscsi/initiatorname.iscsi").get("InitiatorName", "")}


def nvme() -> "Dict[str, Any]":
    """Return the NVMe host's qualified name."""
    told: "List[str]" = [line for line in reading.lines("/etc/nvme/hostnqn") if line.startswith("nqn.")]
    return {"hostnqn": told[0] if told else ""}


def fibre_channel() -> "Dict[str, Any]":
    """Return the port names of Fibre Channel adapters."""
    root = "/sys/class/fc_host"
    ports = [reading.text("{}/{}/port_name".format(root, name)) for name in sorted(reading.names(root))]
    return {"fibre_channel_wwn": [port[2:] for port in ports if port.startswith("0x")]}


def load_average() -> "Dict[str, Any]":
    """Return the load of the last 1, 5 and 15 minutes."""
    try:
        return {"loadavg": dict(zip(("1m", "5m", "15m"), os.getloadavg()))}
    except OSError:
        return {}


def foreign(program: str, arguments: "List[str]") -> "Dict[str, Any]":
    """Return the facts of another collector, under its name."""
    import json

    text = reading.output([program, *arguments])
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return {"{}_{}".format(program, key): value for key, value in found.items()}
