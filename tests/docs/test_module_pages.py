"""Every module's page fits its specification and is up to date, and its examples run."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
import yaml

from assible import Session
from assible.content import documentation
from assible.content.actions import ACTIONS

ROOT = Path(__file__).resolve().parents[2]


def load(name: str, path: Path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules.setdefault(name, importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


PAGES = load("assible_module_pages", ROOT / "docs" / "module_pages.py")
throwaway = load("assible_throwaway", ROOT / "tests" / "integration" / "throwaway.py")
NAMES = documentation.documented()
#: What is read where a playbook is loaded, and is documented like a module.
IMPORTS = {"import_playbook", "import_role", "import_tasks"}


def test_the_pages_are_what_the_descriptions_say(tmp_path):
    PAGES.build(tmp_path)
    written = {path.name: path.read_text() for path in (ROOT / "docs" / "modules").glob("*.md")}
    assert written == {path.name: path.read_text() for path in tmp_path.glob("*.md")}, "run `make docs`"


def test_every_module_and_action_has_a_page():
    modules = {path.stem for path in (ROOT / "src/assible/content/modules").glob("[a-z]*.py")}
    assert sorted((modules | set(ACTIONS) | IMPORTS) - set(NAMES)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_all_that_its_reader_looks_for(name):
    doc = documentation.module_doc(name)
    assert doc.summary
    assert doc.check_mode in ("full", "partial", "none")
    assert doc.diff in ("full", "none")
    assert all(one.text for one in (*doc.options, *doc.returns))
    tasks = yaml.safe_load(doc.examples)
    if doc.is_playbook:
        tasks = [task for play in tasks for task in play.get("tasks", [play])]
    used = {key.removeprefix("ansible.builtin.") for task in tasks for key in task}
    assert len(tasks) >= 2
    assert name in used
    assert all(task.get("name") for task in tasks)


@pytest.fixture(scope="module")
def root():
    if reason := throwaway.why_no_root():
        pytest.skip(f"no throw-away root can be made: {reason}")
    with throwaway.start_throwaway_root(network=False) as made:
        yield made


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_run(name, root, tmp_path):
    doc = documentation.module_doc(name)
    if doc.prepare:
        root.run("sh", "-euc", doc.prepare)
    for path, text in doc.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    tasks = "\n".join(f"    {line}" for line in doc.examples.splitlines())
    play = doc.examples if doc.is_playbook else f"- hosts: all\n  gather_facts: false\n  tasks:\n{tasks}\n"
    (tmp_path / "play.yml").write_text(play)
    with Session(inventory=root.inventory, settings={"interpreter_python": "/usr/bin/python3"}) as session:
        result = session.run(str(tmp_path / "play.yml"))
    failures = [
        f"{one.task}: {one.data.get('msg')}" for one in result.results() if one.status in ("failed", "unreachable")
    ]
    assert [text for text in failures if not result.ok] == []
