"""Run modules and actions through a real agent: on this machine, or in a throw-away root."""

import importlib.util
import sys
from pathlib import Path

import pytest

from assible import Session

_spec = importlib.util.spec_from_file_location(
    "assible_throwaway", Path(__file__).parents[1] / "integration" / "throwaway.py"
)
throwaway = sys.modules.setdefault("assible_throwaway", importlib.util.module_from_spec(_spec))
if not hasattr(throwaway, "start_throwaway_root"):
    _spec.loader.exec_module(throwaway)

HERE = {"all": {"hosts": {"here": {"ansible_connection": "local"}}}}


class Target:
    """Runs one module at a time; the answer is the result's data, ``diff`` included."""

    def __init__(self, inventory, **settings):
        self.session = Session(inventory=inventory, settings=settings)

    def __call__(self, module, check=False, **args):
        result = self.session.run_module(f"ansible.builtin.{module}", args, hosts="all", check=check, diff=True)
        return dict(next(result.results()).data)


@pytest.fixture(scope="module")
def run():
    """On this machine, as the user of the tests."""
    target = Target(HERE, transport="local")
    yield target
    target.session.close()


@pytest.fixture(scope="module")
def root():
    """A throw-away root without a network, for one file of tests: they see what the ones before them did."""
    reason = throwaway.why_no_root()
    if reason:
        pytest.skip(f"no throw-away root can be made: {reason}")
    with throwaway.start_throwaway_root(network=False) as made:
        yield made


@pytest.fixture(scope="module")
def run_in_root(root):
    """As root, in the throw-away root, over ssh."""
    target = Target(root.inventory)
    yield target
    target.session.close()


@pytest.fixture(scope="module")
def systemd_root():
    """A throw-away root without a network, in which a real systemd is process 1."""
    reason = throwaway.why_no_root(systemd=True)
    if reason:
        pytest.skip(f"no throw-away root with systemd can be made: {reason}")
    with throwaway.start_throwaway_root(network=False, systemd=True) as made:
        yield made


@pytest.fixture(scope="module")
def run_under_systemd(systemd_root):
    """As root, in the throw-away root with systemd, over ssh."""
    target = Target(systemd_root.inventory)
    yield target
    target.session.close()
