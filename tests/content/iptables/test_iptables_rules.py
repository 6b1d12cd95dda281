"""The iptables module: the words of rules, and the kernel of an empty network."""

import pytest

from assible.agent.toolkit import arguments
from assible.content.modules import iptables as module


def words(**given):
    checked = arguments.check(module.SPEC, given)
    assert not checked.errors
    return " ".join(module.rule_words(checked.params))


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"source": "!1.2.3.4", "jump": "DROP"}, "! -s 1.2.3.4 -j DROP"),
        ({"protocol": "tcp", "destination_port": 80, "syn": "negate"}, "-p tcp --destination-port 80 ! --syn"),
        ({"ctstate": ["NEW", "RELATED"]}, "-m conntrack --ctstate NEW,RELATED"),
        ({"ctstate": ["NEW"], "match": ["conntrack"]}, "-m conntrack --ctstate NEW"),
        ({"ctstate": ["NEW"], "match": ["state"]}, "-m state --state NEW"),
        ({"src_range": "1-2", "dst_range": "!3-4"}, "-m iprange --src-range 1-2 ! --dst-range 3-4"),
        ({"match_set": "!s", "match_set_flags": "src,dst"}, "-m set ! --match-set s src,dst"),
        ({"limit": "2/s", "limit_burst": 5}, "-m limit --limit 2/s --limit-burst 5"),
        ({"limit_burst": "5"}, "-m limit --limit-burst 5"),
        ({"uid_owner": "!0", "gid_owner": "g"}, "-m owner ! --uid-owner 0 --gid-owner g"),
        ({"destination_ports": ["1", "2:3"]}, "-m multiport --dports 1,2:3"),
        ({"tcp_flags": {"flags": ["ALL"], "flags_set": ["ACK", "SYN"]}}, "--tcp-flags ALL ACK,SYN"),
        ({"icmp_type": "8"}, "--icmp-type 8"),
        ({"icmp_type": "128", "ip_version": "ipv6"}, "--icmpv6-type 128"),
        ({"fragment": "yes"}, "-f"),
        ({"fragment": "!"}, "! -f"),
        ({"fragment": "no"}, ""),
        ({"set_counters": "1,2"}, "-c 1 2"),
        ({"comment": "a b"}, "-m comment --comment a b"),
        ({"set_dscp_mark_class": "CS1", "jump": "DSCP"}, "-j DSCP --set-dscp-class CS1"),
        ({"goto": "X", "in_interface": "!lo", "out_interface": "e+"}, "-g X ! -i lo -o e+"),
    ],
)
def test_the_words_of_a_rule(given, text):
    assert words(**given) == text


def test_versions_are_read():
    assert module.parse_version("iptables v1.8.9 (nf_tables)\n") == (1, 8, 9)
    assert module.parse_version("odd") == (0,)


def test_policies_are_read():
    assert module.parse_policy("Chain INPUT (policy DROP)\ntarget") == "DROP"
    assert module.parse_policy("Chain INPUT (policy ACCEPT 12 packets, 800 bytes)") == "ACCEPT"
    assert module.parse_policy("Chain OURS (0 references)") is None


class Recorded:
    """Stands for a module: all programs answer as recorded."""

    check_mode = False

    def __init__(self, version, **params):
        self.version = version
        self.params = {"table": "filter", "chain": "INPUT", "numeric": False, **params}

    def get_bin_path(self, name, required=False):
        return name

    def run_command(self, argv, check_rc=False):
        return 0, self.version, ""


@pytest.mark.parametrize(
    ("version", "waiting"), [("v1.8.9", ["-w", "5"]), ("v1.6.0", ["-w", "5"]), ("v1.4.20", ["-w"]), ("v1.4.7", [])]
)
def test_older_versions_cannot_wait_for_a_time(version, waiting):
    assert module.Filter(Recorded(version, wait="5"), "iptables").waiting == waiting


@pytest.fixture(scope="module")
def iptables(root, run_in_root):
    try:
        root.run("iptables", "-S")
    except OSError as error:
        pytest.skip(f"no iptables: {error}")

    def call(check=False, **args):
        return run_in_root("iptables", check=check, **args)

    return call


def rules(root, chain="INPUT", program="iptables"):
    return root.run("sh", "-c", f"{program} -S {chain} 2>&1 || true").splitlines()[1:]


def test_a_rule_is_added_and_removed_once(iptables, root):
    rule = {"chain": "INPUT", "source": "192.0.2.1", "jump": "DROP", "comment": "a b"}
    assert iptables(check=True, **rule)["changed"]
    assert rules(root) == []
    assert [iptables(**rule)["changed"] for _ in range(2)] == [True, False]
    assert rules(root) == ['-A INPUT -s 192.0.2.1/32 -m comment --comment "a b" -j DROP']
    assert iptables(check=True, state="absent", **rule)["changed"]
    assert [iptables(state="absent", **rule)["changed"] for _ in range(2)] == [True, False]
    assert rules(root) == []


def test_a_rule_has_a_place(iptables, root):
    for number, args in ((1, {}), (2, {"action": "insert"}), (3, {"action": "insert", "rule_num": 2})):
        iptables(chain="INPUT", source=f"192.0.2.{number}", **args)
    assert [rule.split()[3] for rule in rules(root)] == ["192.0.2.2/32", "192.0.2.3/32", "192.0.2.1/32"]
    assert iptables(chain="INPUT", flush=True)["changed"]
    assert rules(root) == []


def test_logging_and_refusing_imply_their_jump(iptables, root):
    iptables(chain="INPUT", log_prefix="in ")
    iptables(chain="INPUT", reject_with="icmp-net-unreachable")
    assert [rule.partition("-j ")[2] for rule in rules(root)] == [
        'LOG --log-prefix "in "',
        "REJECT --reject-with icmp-net-unreachable",
    ]
    iptables(flush=True)


def test_a_chain_is_made_for_its_rule_and_removed(iptables, root):
    assert iptables(chain="OURS", chain_management=True, source="192.0.2.1")["changed"]
    assert rules(root, "OURS") == ["-A OURS -s 192.0.2.1/32"]
    assert iptables(chain="OURS", chain_management=True, state="absent")["failed"]
    iptables(chain="OURS", flush=True)
    assert [iptables(chain="OURS", chain_management=True, state="absent")["changed"] for _ in range(2)] == [True, False]


def test_a_policy_is_set_for_both_versions(iptables, root):
    args = {"chain": "FORWARD", "policy": "DROP", "ip_version": "both"}
    assert [iptables(**args)["changed"] for _ in range(2)] == [True, False]
    assert "-P FORWARD DROP" in root.run("ip6tables", "-S")


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({"jump": "ACCEPT"}, "chain"),
        ({"chain": "INPUT", "log_level": "info", "jump": "ACCEPT"}, "LOG"),
        ({"chain": "INPUT", "jump": "NONE"}, "NONE"),
        ({"chain": "INPUT", "jump": "TEE"}, "gateway"),
    ],
)
def test_what_makes_no_sense_fails(iptables, args, text):
    result = iptables(**args)
    assert result["failed"]
    assert text in result["msg"]
