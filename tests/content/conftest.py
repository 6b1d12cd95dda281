"""Run modules and actions on this machine through a real agent."""

import pytest

from assible import Session


class Target:
    """Runs one module at a time; the answer is the result's data, ``diff`` included."""

    def __init__(self):
        self.session = Session(
            inventory={"all": {"hosts": {"here": {"ansible_connection": "local"}}}}, settings={"transport": "local"}
        )

    def __call__(self, module, check=False, **args):
        result = self.session.run_module(f"ansible.builtin.{module}", args, hosts="here", check=check, diff=True)
        return dict(next(result.results()).data)


@pytest.fixture(scope="module")
def run():
    target = Target()
    yield target
    target.session.close()
