"""Which facts there are, by subset, and gathering those that are asked for."""

from assible.agent.toolkit.facts import distribution, hardware, network, system, virtual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Sequence, Set, Tuple

    from assible.agent.toolkit.module import Module

    #: Returns facts; is given the module and what was gathered before.
    Gather = Callable[[Module, Dict[str, Any]], Dict[str, Any]]


class UnknownSubset(Exception):
    """There is no subset of that name."""


class Collector(object):
    """A kind of facts.

    Attributes:
        names: The subsets that it belongs to beside its own.
        is_minimal: Whether it belongs to the ``min`` subset.
        needs: Collectors whose facts it reads; they are gathered too.
    """

    __slots__ = ("gather", "is_minimal", "names", "needs")

    def __init__(self, gather: "Gather", names: str = "", is_minimal: bool = True, needs: "Sequence[str]" = ()) -> None:
        self.gather = gather
        self.names = names.split()
        self.is_minimal = is_minimal
        self.needs = needs


#: In the order in which they are gathered: what others need comes first.
COLLECTORS: "Dict[str, Collector]" = {
    "platform": Collector(
        lambda module, facts: system.platform(),
        "system kernel kernel_version machine python_version architecture machine_id",
    ),
    "distribution": Collector(
        lambda module, facts: distribution.collect(),
        "distribution_version distribution_release distribution_major_version os_family",
    ),
    "env": Collector(lambda module, facts: system.environment()),
    "user": Collector(
        lambda module, facts: system.user(),
        "user_id user_uid user_gid user_gecos user_dir user_shell real_user_id effective_user_id effective_group_ids",
    ),
    "date_time": Collector(lambda module, facts: system.date_time()),
    "python": Collector(lambda module, facts: system.python()),
    "cmdline": Collector(lambda module, facts: system.command_line()),
    "dns": Collector(lambda module, facts: system.dns()),
    "fips": Collector(lambda module, facts: system.fips()),
    "apparmor": Collector(lambda module, facts: system.apparmor()),
    "caps": Collector(lambda module, facts: system.capabilities(), "system_capabilities system_capabilities_enforced"),
    "selinux": Collector(lambda module, facts: system.security()),
    "lsb": Collector(lambda module, facts: distribution.lsb()),
    "local": Collector(lambda module, facts: system.local(module)),
    "pkg_mgr": Collector(lambda module, facts: distribution.package_manager(facts), needs=("distribution",)),
    "service_mgr": Collector(
        lambda module, facts: distribution.service_manager(facts), needs=("platform", "distribution")
    ),
    "systemd": Collector(lambda module, facts: distribution.systemd()),
    "ssh_pub_keys": Collector(
        lambda module, facts: system.ssh_keys(),
        "ssh_host_pub_keys ssh_host_key_dsa_public ssh_host_key_rsa_public ssh_host_key_ecdsa_public "
        "ssh_host_key_ed25519_public",
    ),
    "hardware": Collector(
        lambda module, facts: hardware.collect(module),
        "processor processor_cores processor_count mounts devices",
        is_minimal=False,
        needs=("platform",),
    ),
    "network": Collector(
        lambda module, facts: network.collect(),
        "interfaces default_ipv4 default_ipv6 all_ipv4_addresses all_ipv6_addresses",
        is_minimal=False,
        needs=("platform", "distribution"),
    ),
    "virtual": Collector(
        lambda module, facts: virtual.collect(),
        "virtualization_type virtualization_role virtualization_tech_guest virtualization_tech_host",
        is_minimal=False,
    ),
    "chroot": Collector(lambda module, facts: system.chroot(), "is_chroot", is_minimal=False),
    "iscsi": Collector(lambda module, facts: system.iscsi(), is_minimal=False),
    "nvme": Collector(lambda module, facts: system.nvme(), is_minimal=False),
    "fibre_channel_wwn": Collector(lambda module, facts: system.fibre_channel(), is_minimal=False),
    "loadavg": Collector(lambda module, facts: system.load_average(), is_minimal=False),
    "facter": Collector(lambda module, facts: system.foreign("facter", ["--json"]), is_minimal=False),
    "ohai": Collector(lambda module, facts: system.foreign("ohai", []), is_minimal=False),
}


def _subsets() -> "Dict[str, Set[str]]":
    """Return subset -> the collectors that it means."""
    found: "Dict[str, Set[str]]" = {
        "all": set(COLLECTORS),
        "min": {name for name, one in COLLECTORS.items() if one.is_minimal},
    }
    for name, one in COLLECTORS.items():
        for subset in [name, *one.names]:
            found.setdefault(subset, set()).add(name)
    return found


def choose(asked: "Sequence[str]") -> "List[str]":
    """Return the collectors that a ``gather_subset`` means, in order, with what they need.

    ``!name`` leaves out what a wider subset brings; what is named itself stays. Without ``!min`` (or with neither that
    nor ``!all``) the minimal ones are always among them.

    Raises:
        UnknownSubset: A name means nothing.
    """
    subsets = _subsets()
    wide: "Set[str]" = set(subsets["min"] if asked else subsets["all"])
    named: "Set[str]" = set()
    excluded: "Set[str]" = set()
    for item in asked:
        name = item.strip()
        is_excluded = name.startswith("!")
        name = name[1:] if is_excluded else name
        if name not in subsets:
            raise UnknownSubset(name)
        if is_excluded:
            excluded |= subsets[name] - (subsets["min"] if name == "all" else set())
        elif name in ("all", "min"):
            wide |= subsets[name]
        else:
            named |= subsets[name]
    chosen = (wide - excluded) | named
    for name in sorted(chosen):
        chosen.update(COLLECTORS[name].needs)
    return [name for name in COLLECTORS if name in chosen]


def gather(module: "Module", asked: "Sequence[str]") -> "Dict[str, Any]":
    """Gather facts, without the prefix that they have as variables."""
    facts: "Dict[str, Any]" = {}
    for name in choose(asked):
        try:
            facts.update(COLLECTORS[name].gather(module, facts))
        except (OSError, ValueError, LookupError) as error:
            module.warn("the {} facts could not be gathered: {}".format(name, error))
    return facts


def names() -> "List[str]":
    """Return the names of all subsets."""
    return sorted(_subsets())


def matching(facts: "Dict[str, Any]", patterns: "Sequence[str]") -> "Dict[str, Any]":
    """Return the facts whose names fit a shell pattern, with or without their prefix."""
    import fnmatch

    if not patterns:
        return facts
    pairs: "List[Tuple[str, Any]]" = [
        (name, value)
        for name, value in facts.items()
        if any(
            fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(name.replace("ansible_", "", 1), pattern)
            for pattern in patterns
        )
    ]
    return dict(pairs)
