"""The reference pages are up to date, and the examples run."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load_build():
    spec = importlib.util.spec_from_file_location("assible_docs_build", ROOT / "docs" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BUILD = load_build()


@pytest.mark.parametrize("page", sorted(BUILD.PAGES))
def test_a_reference_page_is_what_the_tables_say(page, tmp_path):
    BUILD.build(tmp_path)
    written = (ROOT / "docs" / "reference" / f"{page}.md").read_text()
    assert written == (tmp_path / f"{page}.md").read_text(), "run `make docs` and commit what it writes"


def test_every_link_between_pages_leads_somewhere():
    for page in (ROOT / "docs").rglob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def examples() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / "python-api.md").read_text(), re.M | re.S)


@pytest.mark.parametrize("number", range(len(examples())))
def test_an_example_of_the_api_page_runs(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site.yml").write_text("- hosts: all\n  gather_facts: false\n  tasks:\n    - debug:\n")
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    import assible

    names = {"inventory": {"all": {"hosts": {"web1": local, "web2": local}}}, "assible": assible}
    exec(compile(examples()[number], f"example {number}", "exec"), names)


def test_every_public_class_and_function_has_a_docstring():
    import assible

    undocumented = [
        n for n in assible.__all__ if callable(getattr(assible, n)) and not (getattr(assible, n).__doc__ or "").strip()
    ]
    assert undocumented == []
