"""Modules and plugins that were written for Ansible, beside the playbook and in roles."""

from __future__ import annotations

import subprocess
import sys

import pytest

import assible

MODULE = """
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.helper import twice
from ansible.module_utils._text import to_text

def main():
    module = AnsibleModule(argument_spec=dict(name=dict(required=True), n=dict(type='int', default=1)))
    module.exit_json(changed=True, out=twice(module.params['name']) * module.params['n'], text=to_text(b'x'))

if __name__ == '__main__':
    main()
"""
FILTER = """
from ansible.errors import AnsibleFilterError

def shout(value):
    if not isinstance(value, str):
        raise AnsibleFilterError('only text can be shouted')
    return value.upper()

class FilterModule(object):
    def filters(self):
        return {'shout': shout}
"""
TEST = "class TestModule(object):\n    def tests(self):\n        return {'even': lambda n: n % 2 == 0}\n"
SHELL = '#!/bin/sh\n. "$1"\nprintf \'{"changed": false, "msg": "hi %s"}\' "$who"\n'
WANT_JSON = (
    "#!/usr/bin/python3\n# WANT_JSON\nimport json, sys\nprint(json.dumps({'got': json.load(open(sys.argv[1]))['a']}))\n"
)
FILES = {
    "library/doubler.py": MODULE,
    "library/greet.sh": SHELL,
    "library/wants.py": WANT_JSON,
    "module_utils/helper.py": "def twice(value):\n    return value * 2\n",
    "filter_plugins/shouting.py": FILTER,
    "test_plugins/numbers.py": TEST,
    "roles/r/library/rolemod.py": MODULE.replace("twice", "str").replace(
        "from ansible.module_utils.helper import str\n", ""
    ),
    "roles/r/filter_plugins/whispering.py": FILTER.replace("shout", "whisper").replace("upper", "lower"),
    "roles/r/tasks/main.yml": "- rolemod: {name: \"{{ 'LOW' | whisper }}\"}\n",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    base = tmp_path_factory.mktemp("foreign")
    for name, text in FILES.items():
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (base / "play.yml").write_text(
        """
- hosts: all
  gather_facts: false
  roles: [r]
  tasks:
    - {name: python, doubler: {name: ab, n: 2}}
    - {name: shell, greet: who=you}
    - {name: json, wants: {a: [1, 2]}}
    - {name: bad, doubler: {n: 1}, ignore_errors: true}
    - {name: filter, debug: {msg: "{{ 'x' | shout }}"}}
    - {name: failing filter, debug: {msg: "{{ 1 | shout }}"}, ignore_errors: true}
    - {name: test, debug: {msg: "{{ 4 is even }}"}}
"""
    )
    hosts = {"all": {"hosts": {"h": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}}}}
    return {r.task: r for r in assible.run(str(base / "play.yml"), inventory=hosts).results()}


def test_a_python_module_with_its_module_utils_runs(results):
    assert results["python"].data["out"] == "abababab"
    assert results["python"].data["text"] == "x"


def test_a_shell_module_gets_key_value_arguments(results):
    assert results["shell"].data["msg"] == "hi you"


def test_a_module_that_wants_json_gets_it(results):
    assert results["json"].data["got"] == [1, 2]


def test_a_missing_argument_is_told_by_name(results):
    assert results["bad"].status == "failed"
    assert "name" in results["bad"].data["msg"]


def test_a_filter_beside_the_playbook_is_used(results):
    assert results["filter"].data["msg"] == "X"


def test_what_a_filter_raises_is_told(results):
    assert "only text can be shouted" in results["failing filter"].data["msg"]


def test_a_test_beside_the_playbook_is_used(results):
    assert results["test"].data["msg"] is True


def test_a_role_brings_its_own_modules_and_filters(results):
    assert results["r : rolemod"].data["out"] == "low"


def test_the_face_is_one_module_under_all_of_its_names():
    code = (
        "from assible import _names; _names.bind(True)\n"
        "import ansible.errors, assible.errors, assible.ansible.errors as real\n"
        "from ansible.module_utils.basic import AnsibleModule\n"
        "from assible.module_utils.basic import AssibleModule\n"
        "assert ansible.errors is assible.errors is real\n"
        "assert real.__spec__.name == 'assible.ansible.errors'\n"
        "assert AnsibleModule is AssibleModule\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
