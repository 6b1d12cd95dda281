"""Set the system's name (documented as ``ansible.builtin.hostname``)."""

import os
import re

from assible.agent.toolkit import writing
from assible.agent.toolkit.facts import distribution, reading, system
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

USES = (
    "alpine", "debian", "freebsd", "generic", "macos", "macosx", "darwin", "openbsd", "openrc", "redhat", "sles",
    "solaris", "systemd",
)  # fmt: skip
SPEC: "Dict[str, Dict[str, Any]]" = {
    "name": {"type": "str", "required": True},
    "use": {"type": "str", "choices": list(USES)},
}


class NameFile(object):
    """A file that keeps the name: all of it, or the value of a key in it."""

    __slots__ = ("form", "path", "pattern")

    def __init__(self, path: str, form: str = "{}\n", pattern: str = "") -> None:
        self.path = path
        self.form = form
        self.pattern = pattern

    def read(self) -> str:
        """Return the name; nothing where there is none."""
        text = reading.text(self.path)
        if not self.pattern:
            return next((line.strip() for line in text.splitlines() if not line.startswith("#")), "")
        match = re.search(self.pattern, text, re.MULTILINE)
        return match.group(1) if match else ""

    def changed(self, name: str) -> str:
        """Return the file's text with another name."""
        line = self.form.format(name)
        if not self.pattern:
            return line
        text = reading.text(self.path)
        if re.search(self.pattern, text, re.MULTILINE):
            return re.sub(self.pattern, lambda match: line.rstrip("\n"), text, flags=re.MULTILINE) + "\n"
        return (text + "\n" if text else "") + line


FILES = {
    "alpine": NameFile("/etc/hostname"),
    "debian": NameFile("/etc/hostname"),
    "openrc": NameFile("/etc/conf.d/hostname", 'hostname="{}"\n', r"^hostname=[\"']?([^\"'\n]*)[\"']?$"),
    "redhat": NameFile("/etc/sysconfig/network", "HOSTNAME={}\n", r"^HOSTNAME=[\"']?([^\"'\n]*)[\"']?$"),
    "sles": NameFile("/etc/HOSTNAME"),
}
FAMILIES = {"Debian": "debian", "RedHat": "redhat", "Suse": "sles", "Alpine": "alpine", "Gentoo": "openrc"}


def main() -> None:
    """Set the name that counts now, and the one that is kept."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    name = module.params["name"]
    use = module.params["use"] or detect()
    if use != "systemd" and use not in FILES:
        module.fail_json(msg="the name cannot be set on this system by '{}'".format(use))
    before = name_before(name, use)
    changed = (by_systemd if use == "systemd" else by_file)(module, name, use)
    fqdn = system.platform()["fqdn"]
    facts = {
        "ansible_hostname": name.split(".")[0],
        "ansible_nodename": name,
        "ansible_fqdn": fqdn,
        "ansible_domain": ".".join(fqdn.split(".")[1:]),
    }
    result = {"name": name, "ansible_facts": facts}  # type: Dict[str, Any]
    if changed and module._diff:
        result["diff"] = {"before": "hostname = {}\n".format(before), "after": "hostname = {}\n".format(name)}
    module.exit_json(changed=changed, **result)


def name_before(name: str, use: str) -> str:
    """Return the name that is kept; the present one where the kept one is right already, or lies in no file."""
    kept = FILES[use].read() if use in FILES else name
    return os.uname().nodename if kept == name else kept


def detect() -> str:
    """Return how this system keeps its name."""
    if distribution.is_systemd():
        return "systemd"
    return FAMILIES.get(str(distribution.collect()["os_family"]), "generic")


def by_systemd(module: Module, name: str, use: str) -> bool:
    """Set both names with ``hostnamectl``."""
    if len(name) > 64:
        module.fail_json(msg="under systemd a name has at most 64 characters")
    program = module.get_bin_path("hostnamectl", True) or "hostnamectl"
    changed = False
    for kind in ("--transient", "--static"):
        rc, stdout, stderr = module.run_command([program, kind, "status"])
        if rc != 0:
            module.fail_json(msg="the command ended with {}: {}{}".format(rc, stdout, stderr))
        if stdout.strip() == name:
            continue
        changed = True
        if not module.check_mode:
            module.run_command([program, kind, "set-hostname", name], check_rc=True)
    if changed and not module.check_mode:
        module.run_command([program, "--pretty", "set-hostname", name], check_rc=True)
    return changed


def by_file(module: Module, name: str, use: str) -> bool:
    """Set the present name with ``hostname``, and write the kept one into its file."""
    kept = FILES[use]
    is_current, is_kept = os.uname().nodename == name, kept.read() == name
    if not module.check_mode:
        if not is_current:
            program = module.get_bin_path("hostname", True) or "hostname"
            module.run_command([program, name], check_rc=True)
        if not is_kept:
            nothing = {"mode": None, "owner": None, "group": None, "attributes": None}  # type: Dict[str, Any]
            nothing["secontext"] = module.selinux_initial_context()
            writing.replace(module, kept.path, kept.changed(name).encode("utf-8"), nothing)
    return not (is_current and is_kept)


if __name__ == "__main__":
    main()
