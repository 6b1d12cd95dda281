"""Classes of ``module_utils``, and what is refused."""

import pytest

from assible.ansible.module_utils import connection, distro
from assible.ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from assible.ansible.module_utils.common.collections import ImmutableDict
from assible.ansible.module_utils.common.sys_info import get_platform_subclass
from assible.ansible.module_utils.compat.version import LooseVersion, StrictVersion
from assible.ansible.module_utils.errors import RequiredError, UnsupportedError
from assible.ansible.module_utils.facts import ansible_collector, default_collectors, sysctl
from assible.ansible.module_utils.facts.collector import BaseFactCollector
from assible.ansible.module_utils.facts.namespace import PrefixFactNamespace
from assible.ansible.module_utils.splitter import split_args
from assible.ansible.module_utils.urls import Request


@pytest.mark.parametrize(("older", "newer"), [("1.2", "1.10"), ("1.9.9", "2.0"), ("1.2", "1.2.0"), ("1.2", "1.2b")])
def test_loose_versions_have_an_order(older, newer):
    assert LooseVersion(older) < newer
    assert LooseVersion(newer) >= LooseVersion(older)


@pytest.mark.parametrize(("older", "newer"), [("1.2a1", "1.2"), ("1.2a1", "1.2b1"), ("1.2", "1.2.1")])
def test_strict_versions_have_an_order(older, newer):
    assert StrictVersion(older) < StrictVersion(newer)


@pytest.mark.parametrize("text", ["1", "1.2.3.4", "1.2x"])
def test_what_is_no_strict_version_is_refused(text):
    with pytest.raises(ValueError):
        StrictVersion(text)


def test_a_mapping_that_cannot_change_may_be_a_key():
    mapping = ImmutableDict(a=1)
    assert {mapping: "x"}[ImmutableDict(a=1)] == "x"
    assert mapping.union({"b": 2}) == ImmutableDict(a=1, b=2)
    assert mapping.difference(["a"]) == ImmutableDict()
    with pytest.raises(TypeError):
        mapping["a"] = 2


def test_mistakes_are_kinds_of_errors():
    spec = {"a": {"required": True}, "d": {"type": "dict", "options": {"x": {"no_log": True}}}}
    result = ArgumentSpecValidator(spec).validate({"d": {"x": "secret", "odd": 1}})
    assert [type(error) for error in result.errors.errors] == [RequiredError, UnsupportedError]
    assert result.unsupported_parameters == {("d", "odd")}
    assert result._no_log_values == {"secret"}


def test_checking_does_not_change_what_is_given():
    given = {"a": "5", "d": {"x": "1"}}
    spec = {"a": {"type": "int"}, "d": {"type": "dict", "options": {"x": {"type": "int"}}}}
    assert ArgumentSpecValidator(spec).validate(given).validated_parameters == {"a": 5, "d": {"x": 1}}
    assert given == {"a": "5", "d": {"x": "1"}}


def test_the_subclass_for_this_platform_is_found(monkeypatch):
    class Anything:
        platform = "Generic"
        distribution = None

    class OnLinux(Anything):
        platform = "Linux"

    class OnElsewhere(Anything):
        platform = "Elsewhere"

    monkeypatch.setattr("platform.system", lambda: "Linux")
    assert get_platform_subclass(Anything) is OnLinux
    monkeypatch.setattr("platform.system", lambda: "Other")
    assert get_platform_subclass(Anything) is Anything


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n", ("debian", "12", "bookworm")),
        ('ID="ol"\nVERSION_ID="9.1"\n', ("oracle", "9.1", "")),
        ("ID=opensuse-leap\nVERSION='15.4 (Name)'\nVERSION_ID=15.4\n", ("opensuse", "15.4", "Name")),
    ],
)
def test_a_distribution_is_known_by_its_release_file(tmp_path, release, told):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text(release)
    here = distro.LinuxDistribution(root_dir=str(tmp_path))
    assert (here.id(), here.version(), here.codename()) == told


def test_an_older_distribution_is_known_by_its_own_file(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/centos-release").write_text("CentOS Linux release 7.9.2009 (Core)\n")
    here = distro.LinuxDistribution(root_dir=str(tmp_path))
    assert (here.id(), here.name(), here.version(), here.codename()) == ("centos", "CentOS Linux", "7.9.2009", "Core")


def test_a_persistent_connection_is_refused_with_a_reason():
    with pytest.raises(AssertionError, match="persistent"):
        connection.Connection(None)
    with pytest.raises(connection.ConnectionError, match="not supported"):
        connection.Connection("/x").get("show version")
    assert connection.exec_command(None, "show version")[0] == 1


class Facts(BaseFactCollector):
    name = "mine"
    _platform = "Generic"

    def collect(self, module=None, collected_facts=None):
        return {"my-fact": 1, "other": 2}


class Broken(Facts):
    name = "broken"

    def collect(self, module=None, collected_facts=None):
        raise ValueError("no")


def test_facts_of_collections_join_those_that_ship():
    space = PrefixFactNamespace("x", prefix="my_")
    classes = [Facts, Broken, *default_collectors.collectors]
    collector = ansible_collector.get_ansible_collector(
        classes, namespace=space, filter_spec="my_my_fact", gather_subset=["all"]
    )
    collector.collectors = [one for one in collector.collectors if one.name in ("mine", "broken")]
    assert collector.collect() == {"my_my_fact": 1}


def test_a_subset_that_there_is_not_is_refused():
    with pytest.raises(TypeError):
        ansible_collector.get_ansible_collector([Facts], gather_subset=["nothing-such"])


def test_kernel_parameters_are_read_with_lines_that_go_on():
    assert sysctl.parse("a.b = 1\nc.d: 2\n\t3\n\nnonsense\n") == {"a.b": "1", "c.d": "2\n\t3"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a=b c='d e'", ["a=b", "c='d e'"]),
        ("a={{ x y }} b", ["a={{ x y }}", "b"]),
        ("a\nb", ["a\n", "b"]),
        ("", []),
    ],
)
def test_arguments_are_split_outside_of_quotes_and_blocks(text, words):
    assert split_args(text) == words


def test_a_quote_without_a_partner_is_refused():
    with pytest.raises(Exception, match="not closed"):
        split_args("a='x")


def test_the_headers_of_a_request_join_those_of_its_object():
    with pytest.raises(ValueError, match="mapping"):
        Request(headers="x")
    with pytest.raises(ValueError, match="mapping"):
        Request().get("http://127.0.0.1:1/", headers="x")
