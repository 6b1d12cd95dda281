"""Modules of a collection of our own, with what such modules commonly import, through a real agent."""

import sys
from pathlib import Path

import pytest

from assible import Session

HERE = {"all": {"hosts": {"here": {"ansible_connection": "local"}}}}
PLAIN = """
from ..module_utils.shared import describe
from ansible_collections.our.things.plugins.module_utils.made import make_module

def main():
    module = make_module()
    module.exit_json(**describe(module))

if __name__ == "__main__":
    main()
"""
SHARED = """
from ansible.module_utils.common.text.converters import to_text
from ansible.module_utils.urls import open_url
from ansible.module_utils.six.moves.urllib.error import URLError

def describe(module):
    try:
        open_url("http://127.0.0.1:1/")
    except URLError as error:
        reached = to_text(type(error).__name__)
    return {"reached": reached, "name": module.params["name"]}
"""
MADE = """
from ansible.module_utils.basic import AnsibleModule

def make_module():
    return AnsibleModule({"name": {"required": True}}, supports_check_mode=True)
"""
AGAIN = """
import sys
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.respawn import has_respawned, probe_interpreters_for_module, respawn_module
from ansible.module_utils.common.warnings import warn

def main():
    module = AnsibleModule({"interpreter": {"type": "str"}, "secret": {"no_log": True}})
    if not has_respawned():
        respawn_module(probe_interpreters_for_module(["/no/python", module.params["interpreter"]], "json"))
    module.exit_json(program=sys.executable, again=True, told="it is " + module.params["secret"])

if __name__ == "__main__":
    main()
"""
FILES = {
    "modules/plain.py": PLAIN,
    "modules/again.py": AGAIN,
    "module_utils/shared.py": SHARED,
    "module_utils/made.py": MADE,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    base = tmp_path_factory.mktemp("collections")
    for name, text in FILES.items():
        path = base / "ansible_collections/our/things/plugins" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    with Session(inventory=HERE, settings={"transport": "local", "collections_path": [str(base)]}) as session:

        def run(module, **args):
            return dict(next(session.run_module(f"our.things.{module}", args, hosts="all").results()).data)

        yield run


def test_a_module_whose_imports_are_all_its_collections_own_runs(run):
    result = run("plain", name="x")
    assert (result.get("reached"), result.get("name")) == ("URLError", "x"), result
    assert "missing required arguments: name" in run("plain")["msg"]


def test_a_module_runs_again_under_another_interpreter(run):
    result = run("again", interpreter=sys.executable, secret="hidden")
    assert result["again"], result
    assert Path(result["program"]).samefile(sys.executable)
    assert result["told"] == "it is ********"
