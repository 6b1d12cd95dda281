"""The apt module at work, on a small repository in a throw-away root."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def apt(root, run_in_root):
    root.run("sh", "-c", Path(__file__).with_name("repository.sh").read_text())

    def call(check=False, **args):
        return run_in_root("apt", check=check, **args)

    return call


@pytest.fixture(scope="module")
def installed(root):
    def version(name):
        return dict(line.split("\t") for line in root.run("dpkg-query", "-W").splitlines()).get(name)

    return version


def test_a_package_is_installed_once(apt, installed):
    assert apt(check=True, name="alpha=1.0")["changed"]
    assert installed("alpha") is None
    made = apt(name="alpha=1.0")
    assert made["changed"]
    assert "alpha" in made["diff"]["prepared"]
    assert installed("alpha") == "1.0"
    assert not apt(name="alpha")["changed"]


def test_it_is_upgraded_and_may_go_back(apt, installed):
    assert apt(name="alpha", state="latest")["changed"]
    assert installed("alpha") == "2.0"
    refused = apt(name="alpha=1.1")
    assert (refused["failed"], refused["rc"]) == (True, 100)
    assert apt(name="alpha=1.1", allow_downgrade=True)["changed"]
    assert installed("alpha") == "1.1"


def test_a_package_that_was_needed_stays_for_its_own_sake(apt, installed):
    assert apt(name="beta")["changed"]
    assert not apt(name="gamma")["changed"]
    assert apt(name="beta", state="absent", autoremove=True)["changed"]
    assert installed("gamma") == "1.0"


def test_a_removal_with_its_configuration(apt, root):
    apt(name="conf")
    apt(name="conf", state="absent")
    assert (root.path / "etc/conf.conf").exists()
    assert apt(name="conf", state="absent", purge=True)["changed"]
    assert not (root.path / "etc/conf.conf").exists()
    assert not apt(name="conf", state="absent", purge=True)["changed"]


def test_a_lower_limit_counts_for_removals_too(apt, installed):
    assert not apt(name="alpha>=5", state="absent")["changed"]
    assert apt(name="alpha>=1", state="absent")["changed"]
    assert installed("alpha") is None


def test_broken_dependencies_are_repaired_without_a_name(apt, root, installed):
    root.run("sh", "-c", "dpkg -P gamma; dpkg -i --force-depends /srv/local/local_1.0_all.deb || true")
    assert apt(check=True, state="fixed")["changed"]
    assert apt(state="fixed")["changed"]
    assert installed("gamma") == "1.0"
    assert not apt(state="fixed")["changed"]


def test_services_are_not_started_and_the_policy_is_put_back(apt, root):
    policy = root.path / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 0\n")
    policy.chmod(0o755)
    seen = root.path / "srv/seen"
    hook = root.path / "etc/apt/apt.conf.d/see"
    hook.write_text('DPkg::Pre-Invoke {"cp /usr/sbin/policy-rc.d /srv/seen";};\n')
    assert apt(name="wishes", policy_rc_d=101)["changed"]
    hook.unlink()
    assert seen.read_text() == "#!/bin/sh\nexit 101\n"
    assert (policy.read_text(), policy.stat().st_mode & 0o777) == ("#!/bin/sh\nexit 0\n", 0o755)


def test_a_package_file_comes_with_what_it_needs(apt, installed):
    apt(name=["local", "gamma"], state="absent")
    assert apt(check=True, deb="/srv/local/local_1.0_all.deb")["changed"]
    assert apt(deb="file:///srv/local/local_1.0_all.deb")["changed"]
    assert (installed("local"), installed("gamma")) == ("1.0", "1.0")
    assert not apt(deb="/srv/local/local_1.0_all.deb")["changed"]


@pytest.mark.parametrize(
    ("args", "word"),
    [
        ({"name": "nosuch"}, "nosuch"),
        ({"name": ["gamma", "-o"]}, "-o"),
        ({"name": "x.deb y"}, "x.deb y"),
        ({"name": "/srv/local/local_1.0_all.deb"}, "option 'deb'"),
        ({"name": "alpha", "deb": "/x.deb"}, "only one"),
        ({"name": ["*", "alpha"], "state": "latest"}, "beside"),
        ({"deb": "/srv/none.deb"}, "/srv/none.deb"),
    ],
)
def test_bad_input_fails(apt, args, word):
    result = apt(**args)
    assert result["failed"]
    assert word in result["msg"]


def test_without_the_rights_nothing_waits(run):
    """Whoever runs the tests: asking for what is not there needs no rights, and changes nothing."""
    assert run("apt", check=True, name="assible-no-such-package", state="absent")["changed"] is False
