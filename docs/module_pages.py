"""Write a page for each module from its specification and its description.

``python docs/module_pages.py`` writes them to ``docs/modules``; a test fails where they are out of date.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from assible.content.documentation import ModuleDoc, OptionDoc, documented, module_doc

HERE = Path(__file__).resolve().parent
NOTE = "<!-- written by docs/module_pages.py from src/assible/content/docs: change that, not this page -->"


def page(doc: ModuleDoc) -> Iterator[str]:
    """Yield the lines of a module's page."""
    yield f"{NOTE}\n\n# {doc.name}\n\n{doc.summary.rstrip('.')}.\n"
    if doc.description:
        yield f"{doc.description}\n"
    yield "| check mode | diff | tried with |\n|---|---|---|"
    yield f"| {doc.check_mode} | {doc.diff} | {_cell(doc.verified) or 'the test suite'} |\n"
    if doc.options:
        yield "## Options\n\n| option | type | |\n|---|---|---|"
        yield from _rows(doc.options)
    yield f"\n## Examples\n\n```yaml\n{doc.examples.strip()}\n```\n"
    for name, text in doc.files.items():
        kind = "yaml" if name.endswith((".yml", ".yaml")) else "text"
        yield f"With this as `{name}` beside the playbook:\n\n```{kind}\n{text.strip()}\n```\n"
    if doc.returns:
        yield "## Result\n\n| value | type | returned | |\n|---|---|---|---|"
        for one in doc.returns:
            yield f"| `{one.name}` | {one.type} | {_cell(one.returned)} | {_cell(one.text)} |"


def _rows(options: tuple[OptionDoc, ...], above: str = "") -> Iterator[str]:
    for one in options:
        name = above + one.name
        kind = f"{one.type} of {one.elements}" if one.elements else one.type
        yield f"| `{name}` | {kind} | {_cell(' '.join((*_facts(one), one.text)))} |"
        yield from _rows(one.options, f"{name}.")


def _facts(one: OptionDoc) -> Iterator[str]:
    if one.required:
        yield "**Required.**"
    if one.choices:
        yield f"One of {', '.join(_value(choice) for choice in one.choices)}."
    if one.default is not None:
        yield f"Default: {_value(one.default)}."
    if one.aliases:
        yield f"Also: {', '.join(f'`{alias}`' for alias in one.aliases)}."


def _value(value: object) -> str:
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def index() -> Iterator[str]:
    """Yield the lines of the list of all modules."""
    yield f"{NOTE}\n\n# Modules\n\n| module | what it does |\n|---|---|"
    for name in documented():
        yield f"| [{name}]({name}.md) | {_cell(module_doc(name).summary)} |"


def build(target: Path) -> list[Path]:
    """Write every page, and the list of them; remove pages of modules that are gone."""
    target.mkdir(parents=True, exist_ok=True)
    pages = {name: page(module_doc(name)) for name in documented()}
    pages["index"] = index()
    for stale in set(target.glob("*.md")) - {target / f"{name}.md" for name in pages}:
        stale.unlink()
    for name, lines in pages.items():
        (target / f"{name}.md").write_text("\n".join(lines).rstrip() + "\n")
    return sorted(target.glob("*.md"))


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the pages of the modules.")
    parser.add_argument("--target", type=Path, default=HERE / "modules")
    options = parser.parse_args()
    print(f"{len(build(options.target))} pages in {options.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
