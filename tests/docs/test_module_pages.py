"""Every module's page fits its specification and is up to date, and its examples run."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
import yaml

from assible import Session
from assible.content import documentation

ROOT = Path(__file__).resolve().parents[2]


def load(name: str, path: Path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules.setdefault(name, importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


PAGES = load("assible_module_pages", ROOT / "docs" / "module_pages.py")
throwaway = load("assible_throwaway", ROOT / "tests" / "integration" / "throwaway.py")
NAMES = documentation.documented()


def test_the_pages_are_what_the_descriptions_say(tmp_path):
    PAGES.build(tmp_path)
    written = {path.name: path.read_text() for path in (ROOT / "docs" / "modules").glob("*.md")}
    assert written == {path.name: path.read_text() for path in tmp_path.glob("*.md")}, "run `make docs`"


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_all_that_its_reader_looks_for(name):
    doc = documentation.module_doc(name)
    assert doc.summary
    assert doc.check_mode in ("full", "partial", "none")
    assert doc.diff in ("full", "none")
    assert all(one.text for one in (*doc.options, *doc.returns))
    tasks = yaml.safe_load(doc.examples)
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
    tasks = "\n".join(f"    {line}" for line in doc.examples.splitlines())
    (tmp_path / "play.yml").write_text(f"- hosts: all\n  gather_facts: false\n  tasks:\n{tasks}\n")
    with Session(inventory=root.inventory, settings={"interpreter_python": "/usr/bin/python3"}) as session:
        result = session.run(str(tmp_path / "play.yml"))
    failures = [
        f"{one.task}: {one.data.get('msg')}" for one in result.results() if one.status in ("failed", "unreachable")
    ]
    assert [text for text in failures if not result.ok] == []
