"""What the apt module reads out of what the tools print, and what it decides; recorded output, nothing is run."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assible.agent.toolkit import debian
from assible.content.modules import apt

DEFAULTS = {name: spec.get("default") for name, spec in apt.SPEC.items()}
POLICY = """alpha:
  Installed: 1.0
  Candidate: 2.0
  Version table:
     2.0 500
        500 file:/srv/testing ./ Packages
     1.1 500
        500 file:/srv/stable ./ Packages
 *** 1.0 500
        500 file:/srv/stable ./ Packages
        100 /var/lib/dpkg/status
mail-thing:
  Installed: (none)
  Candidate: (none)
  Version table:
foreign:i386:
  Installed: (none)
  Candidate: 1:1.0-1
  Version table:
     1:1.0-1 500
        500 http://deb.debian.org/debian bookworm/main i386 Packages
"""
VERSIONS = (
    "1.0",
    "1.0-0",
    "1.0-1",
    "1.0~rc1",
    "1:0.5",
    "1.0+b1",
    "1.10",
    "1.9",
    "1.0a",
    "1.0.a",
    "1.00",
    "1.0-1-1",
    "1.0~~",
)


class Stub:
    """A module that runs nothing."""

    check_mode = False
    _diff = True

    def __init__(self, **params):
        self.params = {**DEFAULTS, **params}
        self.warnings = []
        self.aptitude = None

    def get_bin_path(self, name, required=False):
        return self.aptitude if name == "aptitude" else name

    def warn(self, text):
        self.warnings.append(text)

    def fail_json(self, msg, **result):
        raise AssertionError(msg)


@pytest.mark.parametrize("left", VERSIONS)
@pytest.mark.parametrize("right", VERSIONS)
def test_versions_are_ordered_as_dpkg_orders_them(left, right):
    order = debian.compare_versions(left, right)
    relation = {-1: "lt", 0: "eq", 1: "gt"}[order]
    assert subprocess.run(["dpkg", "--compare-versions", left, relation, right]).returncode == 0


_versions = st.from_regex(r"[0-9][0-9a-z.+~]{0,6}(-[0-9a-z.+~]{1,4})?", fullmatch=True)


@given(_versions, _versions)
def test_the_order_of_versions_has_two_sides(left, right):
    assert debian.compare_versions(left, right) == -debian.compare_versions(right, left)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("foo", ("foo", "", "")),
        ("foo:i386=1.0*", ("foo:i386", "=", "1.0*")),
        ("foo>=1:2.0-1", ("foo", ">=", "1:2.0-1")),
        ("lib*", ("lib*", "", "")),
        ("g++", ("g++", "", "")),
    ],
)
def test_a_name_may_carry_a_version(text, parts):
    found = apt.parse_specifier(text)
    assert (found.name, found.operator, found.version) == parts


@pytest.mark.parametrize("text", ["", "-o", "two words", "foo<1", "/srv/foo.deb", "foo;bar"])
def test_what_names_no_package_is_none(text):
    assert apt.parse_specifier(text) is None


@pytest.mark.parametrize("text", ["foo==1", "foo=", "foo>=1.*", "foo=a b"])
def test_a_version_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="foo"):
        apt.parse_specifier(text)


def test_a_policy_has_versions_best_first():
    found = apt.parse_policy(POLICY)
    assert (found["alpha"].candidate, found["alpha"].versions) == ("2.0", ["2.0", "1.1", "1.0"])
    assert (found["mail-thing"].candidate, found["mail-thing"].versions) == (None, [])
    assert found["foreign:i386"].versions == ["1:1.0-1"]


@pytest.mark.parametrize(
    ("text", "installed", "is_latest", "chosen"),
    [
        ("alpha", None, False, "2.0"),
        ("alpha", "1.0", False, None),
        ("alpha", "1.0", True, "2.0"),
        ("alpha", "2.0", True, None),
        ("alpha=1.0", "1.0", False, None),
        ("alpha=1.*", "1.0", False, "1.1"),
        ("alpha=1.0", "2.0", True, "1.0"),
        ("alpha>=1.0", "1.0", False, None),
        ("alpha>=1.1", "1.0", False, "2.0"),
    ],
)
def test_the_version_that_fits_is_chosen(text, installed, is_latest, chosen):
    policy = apt.parse_policy(POLICY)["alpha"]
    assert apt.choose(apt.parse_specifier(text), installed, policy, is_latest, False) == chosen


@pytest.mark.parametrize("text", ["alpha=3*", "alpha>=3"])
def test_a_version_that_nobody_has_is_an_error(text):
    with pytest.raises(LookupError):
        apt.choose(apt.parse_specifier(text), "1.0", apt.parse_policy(POLICY)["alpha"], False, False)


def test_what_is_not_there_is_left_alone_by_only_upgrade():
    assert apt.choose(apt.parse_specifier("alpha"), None, apt.parse_policy(POLICY)["alpha"], True, True) is None


def test_providers_are_read():
    text = "Package: mail-thing\nVersions: \n\nReverse Depends: \nDependencies: \nProvides: \nReverse Provides: \nmail-two 1.0 (= )\nmail-one 1.0 (= )\n"
    assert apt.parse_providers(text) == {"mail-thing": ["mail-two", "mail-one"]}


def test_packages_for_others_are_read():
    text = (
        "Package: gamma\nArchitecture: all\nAuto-Installed: 1\n\nPackage: alpha\nArchitecture: all\nAuto-Installed: 0\n"
    )
    assert apt.parse_automatic(text) == ["gamma"]


def test_what_a_simulation_installs_is_read():
    text = "Inst gamma (1.0 stable [all])\nInst alpha [1.0] (2.0 testing [all])\nInst local (1.0 local [all])\nConf gamma (1.0 stable [all])\n"
    assert apt.parse_installs(text) == ["gamma=1.0", "alpha=2.0", "local=1.0"]


def test_the_summary_is_what_apt_announces():
    text = "Reading package lists...\nBuilding dependency tree...\nReading state information...\nThe following NEW packages will be installed:\n  alpha\n0 upgraded, 1 newly installed, 0 to remove and 0 not upgraded.\nInst alpha\n"
    assert (
        apt.summary(text)
        == "The following NEW packages will be installed:\n  alpha\n0 upgraded, 1 newly installed, 0 to remove and 0 not upgraded."
    )
    assert apt.is_change(text)
    assert apt.summary("") == ""


@pytest.mark.parametrize(
    "line",
    [
        "0 upgraded, 0 newly installed, 0 to remove and 3 not upgraded.",
        "0 packages upgraded, 0 newly installed, 0 to remove and 0 not upgraded.",
    ],
)
def test_nothing_done_is_no_change(line):
    assert not apt.is_change("Calculating upgrade...\n" + line + "\n")


def test_every_option_reaches_apt_get():
    given = Stub(
        force=True,
        autoremove=True,
        fail_on_autoremove=True,
        only_upgrade=True,
        default_release="stable",
        install_recommends=False,
        allow_unauthenticated=True,
        allow_downgrade=True,
        allow_change_held_packages=True,
        dpkg_options="force-x, --force-y",
        lock_timeout=3,
    )
    assert " ".join(apt.Apt(given).install_words("install", ["a=1"])) == (
        "apt-get -y -o Dpkg::Options::=--force-x -o Dpkg::Options::=--force-y -o DPkg::Lock::Timeout=3 --only-upgrade"
        " --force-yes --auto-remove --no-remove install a=1 -t stable -o APT::Install-Recommends=no"
        " --allow-unauthenticated --allow-downgrades --allow-change-held-packages"
    )
    assert "--auto-remove" not in apt.Apt(given).install_words("build-dep", ["a"])


@pytest.mark.parametrize(
    ("params", "aptitude", "words"),
    [
        ({"upgrade": "yes"}, None, "apt-get upgrade --with-new-pkgs"),
        ({"upgrade": "safe"}, "aptitude", "aptitude safe-upgrade"),
        ({"upgrade": "full"}, "aptitude", "aptitude full-upgrade"),
        ({"upgrade": "full"}, None, "apt-get dist-upgrade"),
        ({"upgrade": "full", "force_apt_get": True}, "aptitude", "apt-get dist-upgrade"),
        ({"upgrade": "dist", "default_release": "x"}, "aptitude", "apt-get dist-upgrade -t x"),
        ({"upgrade": "dist", "autoremove": True, "purge": True}, None, "apt-get dist-upgrade --auto-remove --purge"),
    ],
)
def test_the_program_for_an_upgrade_is_chosen(params, aptitude, words):
    given = Stub(**params)
    given.aptitude = aptitude
    told = apt.upgrade_words(apt.Apt(given))
    common = apt.Apt(given).options()
    assert [told[0], *told[1 + len(common) :]] == words.split()


def test_what_aptitude_cannot_do_is_said():
    given = Stub(upgrade="full", fail_on_autoremove=True, allow_downgrade=True)
    given.aptitude = "aptitude"
    apt.upgrade_words(apt.Apt(given))
    assert len(given.warnings) == 2


def test_the_database_tells_architectures_apart():
    text = "dpkg\tamd64\t1\tinstalled\nforeign\ti386\t1.0\tinstalled\nalpha\tall\t2.0\tinstalled\nold\tall\t1.0\tconfig-files\n"
    known = debian.Database(debian.parse_packages(text))
    assert known.installed_version("foreign:i386") == "1.0"
    assert known.installed_version("foreign") is None
    assert known.installed_version("alpha:amd64") == "2.0"
    assert known.installed_version("old") is None
    assert known.find("old").status == "config-files"
    assert (known.plain("a:amd64"), known.plain("a:i386")) == ("a", "a:i386")


class Failing:
    """apt-get update that fails some times."""

    params = {}

    def __init__(self, *answers):
        self.answers = list(answers)
        self.warned = []

    def get_bin_path(self, name, required=False):
        return name

    def run_command(self, argv, **options):
        return self.answers.pop(0)

    def warn(self, text):
        self.warned.append(text)

    def fail_json(self, msg, **result):
        raise SystemExit(msg)


LOST = (100, "", "E: Failed to fetch x\n")


def test_lists_are_fetched_again_with_growing_pauses(monkeypatch):
    pauses = []
    monkeypatch.setattr(debian.time, "sleep", pauses.append)
    module = Failing(LOST, LOST, LOST, (0, "", ""))
    debian.update_lists(module, 5, 3)
    assert (pauses, len(module.warned)) == ([1, 2, 3], 3)


def test_the_last_failure_is_the_modules(monkeypatch):
    monkeypatch.setattr(debian.time, "sleep", lambda seconds: None)
    with pytest.raises(SystemExit, match="Failed to fetch x"):
        debian.update_lists(Failing(LOST, LOST), 2, 0)


def test_lists_that_cannot_be_read_are_not_tried_again():
    with pytest.raises(SystemExit, match="could not be read"):
        debian.update_lists(Failing((100, "", "E: The list of sources could not be read.\n")), 5, 3)


def test_a_lock_is_waited_for(monkeypatch):
    monkeypatch.setattr(debian.time, "sleep", lambda seconds: None)
    locked = (100, "", "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1 (x)\n")
    assert debian.run(Failing(locked, (0, "done", "")), ["apt-get"], 60) == (0, "done", "")


def test_a_lock_that_may_not_be_taken_is_not_waited_for():
    denied = (
        100,
        "",
        "E: Could not open lock file x - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (x), are you root?\n",
    )
    assert debian.run(Failing(denied), ["apt-get"], 60)[0] == 100
