"""What the loader needs from outside: files, names of actions, roles, and rendering of static imports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from assible.exceptions import LanguageError, SourceFileError
from assible.model.origin import Origin

SOURCE_EXTENSIONS = ("", ".yml", ".yaml", ".json")


class Files(Protocol):
    """Reads source files; `language.files.SourceFiles` is one."""

    def yaml(self, path: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that loading a playbook depends on.

    Attributes:
        files: Reads and parses (and decrypts) files.
        resolve_action: Gives an action's canonical name, or None where there is no such action or module.
        render: Renders a value with the given variable layers (highest first), for static imports.
        role_paths: Directories that hold roles, in order, after the playbook's own.
        collection_roles: Finds ``namespace.collection.role``; gives its directory, or None.
        collection_of: Gives the collection whose tree a file lies in, or None.
        collection_playbook: Finds ``namespace.collection.playbook``; gives its file, or None.
        action_group: Raises a PluginError where there is no such group of ``module_defaults``.
        has_lookup: Tells whether there is a lookup for ``with_x``.
        use_role: Told of each role's directory before its tasks are read: it may bring modules and plugins.
        static_layers: Variables that static imports may use: extra variables.
    """

    files: Files
    resolve_action: Callable[[str, Sequence[str]], str | None]
    render: Callable[[Any, Sequence[Mapping[str, Any]]], Any]
    role_paths: tuple[str, ...] = ()
    collection_roles: Callable[[str, Sequence[str]], str | None] = lambda name, collections: None
    collection_of: Callable[[str], str | None] = lambda path: None
    collection_playbook: Callable[[str], str | None] = lambda name: None
    action_group: Callable[[str], object] = lambda name: None
    suggest_action: Callable[[str], str | None] = lambda name: None
    static_layers: tuple[Mapping[str, Any], ...] = ()
    warn: Callable[[str, Origin | None], None] = lambda text, origin: None
    has_lookup: Callable[[str], bool] = lambda name: True
    use_role: Callable[[str], None] = lambda path: None
    seen_imports: tuple[str, ...] = field(default=())


def find_file(name: str, directories: Sequence[str], origin: Origin | None, what: str) -> str:
    """Return the first existing file of that name below the directories.

    Raises:
        SourceFileError: There is none; the hint lists where it was sought.
    """
    if Path(name).is_absolute():
        directories = ("",)
    for directory in directories:
        path = Path(directory, name)
        if path.is_file():
            return str(path)
    tried = "; ".join(str(Path(directory, name)) for directory in dict.fromkeys(directories))
    raise SourceFileError(f"{what} '{name}' was not found", origin=origin, hint=f"looked for {tried}")


def find_main(directory: Path, stem: str) -> str | None:
    """Return a role's file ``directory/stem[.yml|.yaml|.json]``, if it has one."""
    for extension in (".yml", ".yaml", ".json", ""):
        path = directory / (stem + extension)
        if path.is_file():
            return str(path)
    return None


class Mistakes:
    """Collects the errors of one file, so that they are reported together."""

    def __init__(self) -> None:
        self.found: list[LanguageError] = []

    def add(self, error: LanguageError) -> None:
        others, error.others = error.others, ()
        self.found += [error, *others]  # type: ignore[list-item]  # what is found in a source is a LanguageError

    def raise_if_any(self) -> None:
        """Raise the first mistake with the others attached."""
        if self.found:
            first, *others = self.found
            first.others = tuple(others)
            raise first
