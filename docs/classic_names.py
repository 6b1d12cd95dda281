"""Write the list of names in classic-api.md from the modules themselves.

``python docs/classic_names.py`` writes it; a test fails where it is out of date.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "classic-api.md"
BEGIN, END = "<!-- names: written by docs/classic_names.py -->\n", "<!-- end of names -->\n"
#: What is offered to modules, not to programs, has pages of its own; what is behind the face has none.
LEFT_OUT = ("module_utils", "_bridge")


def modules() -> Iterator[str]:
    """Yield the modules of the face, by their names below ``assible.``."""
    import assible.ansible

    root = Path(inspect.getfile(assible.ansible)).parent
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        if name and parts[0] not in LEFT_OUT:
            yield name


def names_of(module: str) -> list[str]:
    """Return the public names of a module: those it lists, or the ones it defines."""
    found = importlib.import_module(f"assible.ansible.{module}")
    if module == "constants":
        return sorted({*found._RENAMED, *found._FIXED, *found._ABSENT, "DEFAULT_LOCAL_TMP"})
    listed = getattr(found, "__all__", None)
    if listed is not None:
        return sorted(listed)
    return sorted(
        name
        for name, value in vars(found).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == found.__name__
    )


def table() -> str:
    """Return the list as a table."""
    rows = [(module, names_of(module)) for module in modules()]
    lines = [f"| `{module}` | {', '.join(f'`{name}`' for name in names)} |" for module, names in rows if names]
    return "\n".join(["| module | names |", "|---|---|", *lines, ""])


def page() -> str:
    """Return the page with the list as it should be."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


if __name__ == "__main__":
    PAGE.write_text(page())
