"""Manage rules, chains and policies of the kernel's packet filter (documented as ``ansible.builtin.iptables``)."""

import re

from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple

    Words = Callable[[str, Any], List[str]]

_TEXT = {"type": "str"}
_LIST = {"type": "list", "elements": "str", "default": []}
_LEVELS = ["0", "1", "2", "3", "4", "5", "6", "7", "emerg", "alert", "crit", "error", "warning", "notice"]
SPEC: "Dict[str, Dict[str, Any]]" = {
    "table": {"type": "str", "default": "filter", "choices": ["filter", "nat", "mangle", "raw", "security"]},
    "state": {"type": "str", "default": "present", "choices": ["absent", "present"]},
    "action": {"type": "str", "default": "append", "choices": ["append", "insert"]},
    "ip_version": {"type": "str", "default": "ipv4", "choices": ["ipv4", "ipv6", "both"]},
    "chain": _TEXT,
    "rule_num": _TEXT,
    "protocol": _TEXT,
    "wait": _TEXT,
    "source": _TEXT,
    "to_source": _TEXT,
    "destination": _TEXT,
    "to_destination": _TEXT,
    "match": _LIST,
    "tcp_flags": {
        "type": "dict",
        "options": {"flags": {"type": "list", "elements": "str"}, "flags_set": {"type": "list", "elements": "str"}},
    },
    "jump": _TEXT,
    "gateway": _TEXT,
    "log_prefix": _TEXT,
    "log_level": {"type": "str", "choices": [*_LEVELS, "info", "debug"]},
    "goto": _TEXT,
    "in_interface": _TEXT,
    "out_interface": _TEXT,
    "fragment": _TEXT,
    "set_counters": _TEXT,
    "source_port": _TEXT,
    "destination_port": _TEXT,
    "destination_ports": _LIST,
    "to_ports": _TEXT,
    "set_dscp_mark": _TEXT,
    "set_dscp_mark_class": _TEXT,
    "comment": _TEXT,
    "ctstate": _LIST,
    "src_range": _TEXT,
    "dst_range": _TEXT,
    "match_set": _TEXT,
    "match_set_flags": {"type": "str", "choices": ["src", "dst", "src,dst", "dst,src", "src,src", "dst,dst"]},
    "limit": _TEXT,
    "limit_burst": _TEXT,
    "uid_owner": _TEXT,
    "gid_owner": _TEXT,
    "reject_with": _TEXT,
    "icmp_type": _TEXT,
    "syn": {"type": "str", "default": "ignore", "choices": ["ignore", "match", "negate"]},
    "flush": {"type": "bool", "default": False},
    "policy": {"type": "str", "choices": ["ACCEPT", "DROP", "QUEUE", "RETURN"]},
    "chain_management": {"type": "bool", "default": False},
    "numeric": {"type": "bool", "default": False},
}
PROGRAMS = {"ipv4": ("iptables",), "ipv6": ("ip6tables",), "both": ("iptables", "ip6tables")}
#: From this version on ``--wait`` takes seconds; from the older one it is there at all.
WAITS_SECONDS, WAITS = (1, 6, 0), (1, 4, 20)


def plain(flag: str) -> "Words":
    """Return what makes words of an option: flag and value, ``!`` before the flag."""

    def words(name: str, value: "Any") -> "List[str]":
        if value is None:
            return []
        text = str(value)
        return ["!", flag, text[1:].strip()] if text.startswith("!") else [flag, text]

    return words


def as_is(flag: str) -> "Words":
    """Return what makes words of an option whose value may begin with ``!``."""
    return lambda name, value: [] if value is None else [flag, str(value)]


def joined(match: str, flag: str) -> "Words":
    """Return what makes words of a list: a match, and the list with commas."""
    return lambda name, value: ["-m", match, flag, ",".join(value)] if value else []


def extension(match: str, flag: str) -> "Words":
    """Return what makes words of an option that a match brings."""
    return lambda name, value: [] if value is None else ["-m", match, *plain(flag)(name, value)]


def fragment(name: str, value: "Any") -> "List[str]":
    """Return the words for fragments; the flag has no value."""
    if value is None or str(value).lower() in ("false", "no", "0"):
        return []
    return ["!", "-f"] if str(value).startswith("!") else ["-f"]


def tcp_flags(name: str, value: "Any") -> "List[str]":
    """Return the words for flags to look at, and those that must be set."""
    if not value or not value.get("flags") or not value.get("flags_set"):
        return []
    return ["--tcp-flags", ",".join(value["flags"]), ",".join(value["flags_set"])]


def matches(name: str, value: "Any") -> "List[str]":
    """Return the words for matches that are loaded by name."""
    return [word for one in value or () for word in ("-m", one)]


def syn(name: str, value: "Any") -> "List[str]":
    """Return the words for the first packet of a connection."""
    return {"match": ["--syn"], "negate": ["!", "--syn"]}.get(value, [])


def conntrack_states(params: "Dict[str, Any]") -> "List[str]":
    """Return the words for the states of a connection; a match that is loaded by name is not loaded again."""
    if not params["ctstate"]:
        return []
    states = ",".join(params["ctstate"])
    if "state" in params["match"]:
        return ["--state", states]
    return ([] if "conntrack" in params["match"] else ["-m", "conntrack"]) + ["--ctstate", states]


def ip_ranges(params: "Dict[str, Any]") -> "List[str]":
    """Return the words for ranges of addresses."""
    words = plain("--src-range")("", params["src_range"]) + plain("--dst-range")("", params["dst_range"])
    return ([] if not words or "iprange" in params["match"] else ["-m", "iprange"]) + words


def address_sets(params: "Dict[str, Any]") -> "List[str]":
    """Return the words for a set of addresses."""
    if not params["match_set"]:
        return []
    words = [*plain("--match-set")("", params["match_set"]), params["match_set_flags"]]
    return ([] if "set" in params["match"] else ["-m", "set"]) + words


def limits(params: "Dict[str, Any]") -> "List[str]":
    """Return the words for how often a rule may match."""
    words = as_is("--limit")("", params["limit"]) + as_is("--limit-burst")("", params["limit_burst"])
    return ["-m", "limit", *words] if words else []


def owners(params: "Dict[str, Any]") -> "List[str]":
    """Return the words for who sends."""
    words = plain("--uid-owner")("", params["uid_owner"]) + plain("--gid-owner")("", params["gid_owner"])
    return ["-m", "owner", *words] if words else []


#: The options in the order in which they make a rule; the later ones look at more than their own value.
FIRST: "Tuple[Tuple[str, Words], ...]" = (
    ("protocol", plain("-p")),
    ("source", plain("-s")),
    ("destination", plain("-d")),
    ("match", matches),
    ("tcp_flags", tcp_flags),
    ("jump", as_is("-j")),
    ("gateway", as_is("--gateway")),
    ("log_prefix", as_is("--log-prefix")),
    ("log_level", as_is("--log-level")),
    ("to_destination", as_is("--to-destination")),
    ("destination_ports", joined("multiport", "--dports")),
    ("to_source", as_is("--to-source")),
    ("goto", as_is("-g")),
    ("in_interface", plain("-i")),
    ("out_interface", plain("-o")),
    ("fragment", fragment),
    ("set_counters", lambda name, value: [] if value is None else ["-c", *str(value).replace(",", " ").split()]),
    ("source_port", plain("--source-port")),
    ("destination_port", plain("--destination-port")),
    ("to_ports", as_is("--to-ports")),
    ("set_dscp_mark", as_is("--set-dscp")),
    ("set_dscp_mark_class", as_is("--set-dscp-class")),
    ("syn", syn),
)
NEXT = (conntrack_states, ip_ranges, address_sets, limits, owners)


def rule_words(params: "Dict[str, Any]") -> "List[str]":
    """Return a rule's words, without table and chain."""
    words: "List[str]" = []
    for name, make in FIRST:
        words += make(name, params[name])
    for collect in NEXT:
        words += collect(params)
    words += as_is("--reject-with")("", params["reject_with"])
    flag = "--icmpv6-type" if params["ip_version"] == "ipv6" else "--icmp-type"
    words += plain(flag)("", params["icmp_type"])
    if params["comment"]:
        words += ["-m", "comment", "--comment", params["comment"]]
    return words


def parse_version(text: str) -> "Tuple[int, ...]":
    """Read ``iptables --version``."""
    match = re.search(r"v(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in match.group(1).split(".")) if match else (0,)


def parse_policy(text: str) -> "Optional[str]":
    """Read a chain's policy from the first line of its list; None where it has none."""
    match = re.match(r"Chain \S+ \(policy (\w+)", text)
    return match.group(1) if match else None


class Filter(object):
    """One of the two programs, and what it is asked."""

    def __init__(self, module: Module, program: str) -> None:
        self.module = module
        self.params = module.params
        self.program = module.get_bin_path(program, True) or program
        self.waiting = self._wait_words()

    def _wait_words(self) -> "List[str]":
        if not self.params["wait"]:
            return []
        version = parse_version(self.module.run_command([self.program, "--version"], check_rc=True)[1])
        if version >= WAITS_SECONDS:
            return ["-w", str(self.params["wait"])]
        return ["-w"] if version >= WAITS else []

    def argv(self, verb: str, *words: str, number: "Optional[str]" = None) -> "List[str]":
        """Return a call; ``number`` is a rule's place in the chain."""
        place = [word for word in (self.params["chain"], number) if word]
        return [self.program, "-t", self.params["table"], verb, *place, *self.waiting, *words]

    def ask(self, verb: str, *words: str) -> "Tuple[int, str]":
        """Ask something; return exit code and output."""
        rc, stdout, _ = self.module.run_command(self.argv(verb, *words))
        return rc, stdout

    def act(self, verb: str, *words: str, number: "Optional[str]" = None) -> None:
        """Do something; a failure ends the module."""
        if not self.module.check_mode:
            self.module.run_command(self.argv(verb, *words, number=number), check_rc=True)

    def list_words(self) -> "List[str]":
        """Return what goes with a list."""
        return ["-n"] if self.params["numeric"] else []

    def has_chain(self) -> bool:
        """Tell whether the chain is there."""
        return self.ask("-L", *self.list_words())[0] == 0

    def policy(self) -> "Optional[str]":
        """Return the chain's policy."""
        return parse_policy(self.module.run_command(self.argv("-L", *self.list_words()), check_rc=True)[1])


def work(one: Filter, rule: "List[str]") -> bool:
    """Do what is asked for with one of the programs; tell whether that changed anything."""
    params = one.params
    if params["flush"]:
        one.act("-F")
        return True
    if params["policy"]:
        if one.policy() == params["policy"]:
            return False
        one.act("-P", params["policy"])
        return True
    if not rule:
        return manage_chain(one)
    return manage_rule(one, rule)


def manage_chain(one: Filter) -> bool:
    """Make the chain or remove it; without ``chain_management`` it only has to be there."""
    wanted = one.params["state"] == "present"
    if not one.params["chain_management"] or one.has_chain() == wanted:
        return False
    one.act("-N" if wanted else "-X")
    return True


def manage_rule(one: Filter, rule: "List[str]") -> bool:
    """Add the rule or remove it."""
    params = one.params
    wanted = params["state"] == "present"
    if (one.ask("-C", *rule)[0] == 0) == wanted:
        return False
    if wanted and params["chain_management"] and not one.has_chain():
        one.act("-N")
    if not wanted:
        one.act("-D", *rule)
    elif params["action"] == "insert":
        one.act("-I", *rule, number=params["rule_num"])
    else:
        one.act("-A", *rule)
    return True


def check(module: Module) -> None:
    """Refuse options that do not go together, and complete those that imply others."""
    params = module.params
    if params["chain"] is None and not params["flush"]:
        module.fail_json(msg="'chain' is missing: only 'flush' does without")
    if params["reject_with"] is not None and params["jump"] is None:
        params["jump"] = "REJECT"
    if _is_logging(params) and params["jump"] not in (None, "LOG"):
        module.fail_json(msg="'log_prefix' and 'log_level' go with 'jump: LOG', not with {}".format(params["jump"]))


def _is_logging(params: "Dict[str, Any]") -> bool:
    return params["log_prefix"] is not None or params["log_level"] is not None


def main() -> None:
    """Bring rule, chain or policy into the state that is asked for, for one version of IP or both."""
    module = Module(
        argument_spec=SPEC,
        supports_check_mode=True,
        mutually_exclusive=[["set_dscp_mark", "set_dscp_mark_class"], ["flush", "policy"]],
        required_by={"set_dscp_mark": ("jump",), "set_dscp_mark_class": ("jump",)},
        required_together=[["match_set", "match_set_flags"]],
        required_if=[["jump", "TEE", ["gateway"]], ["jump", "tee", ["gateway"]]],
    )
    told = {key: module.params[key] for key in ("ip_version", "table", "chain", "flush", "state", "chain_management")}
    ignored = module.params["flush"] or module.params["policy"]
    check(module)
    rule = [] if ignored else rule_words(module.params)
    shown = " ".join(rule)
    if rule and _is_logging(module.params) and module.params["jump"] is None:
        rule = rule_words(dict(module.params, jump="LOG"))  # what 'rule' tells is what was asked for
    changes = [work(Filter(module, program), rule) for program in PROGRAMS[module.params["ip_version"]]]
    module.exit_json(changed=any(changes), rule=shown, wait=module.params["wait"], **told)


if __name__ == "__main__":
    main()
