"""The package action: which module does the work."""

import json

import pytest

from assible import Session


def test_the_target_is_asked(run):
    assert run("package", check=True, name="dpkg")["changed"] is False


@pytest.mark.parametrize("use", ["apt", "ansible.builtin.apt"])
def test_the_task_names_the_module(run, use):
    assert run("package", check=True, name="dpkg", use=use)["changed"] is False


def test_a_manager_without_a_module_fails(run):
    result = run("package", name="x", use="sorcery")
    assert result["failed"]
    assert "sorcery" in result["msg"]


def test_options_are_handed_on(run):
    assert "only one" in run("package", check=True, name="dpkg", deb="/x.deb", use="apt")["msg"]


@pytest.fixture
def task(tmp_path):
    """Run a task in check mode on this machine; return its result."""

    def call(**entry):
        playbook = tmp_path / "play.yml"
        playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [entry]}]))
        hosts = {"here": {"ansible_connection": "local"}}
        with Session(inventory={"all": {"hosts": hosts}}, settings={"transport": "local"}) as session:
            return dict(next(session.run(str(playbook), check=True).results()).data)

    return call


def test_it_may_go_to_the_background(task):
    """Asking the target does not: only the work does."""
    result = task(package={"name": "dpkg"}, **{"async": 20, "poll": 1})
    assert (result["finished"], result["changed"]) == (True, False)


def test_defaults_are_those_of_the_module_that_works(task):
    result = task(package={"name": "assible-none"}, module_defaults={"apt": {"state": "absent"}})
    assert result["changed"] is False


def test_a_variable_names_the_module(task):
    result = task(package={"name": "dpkg"}, vars={"ansible_package_use": "sorcery"})
    assert "sorcery" in result["msg"]
