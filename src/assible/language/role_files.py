"""Find roles on disk and read what they declare: variables, dependencies, argument specifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assible.exceptions import PlaybookError, SourceFileError
from assible.language.keywords import NAMES, ROLE, as_bool, type_name
from assible.language.sources import Sources, find_main
from assible.model.origin import Origin
from assible.model.text import SourceDict, TemplateText


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """One use of a role, as a ``roles:`` list or a role's ``meta/main`` writes it.

    Attributes:
        keywords: Raw task keywords (``when``, ``tags``, ``become``, ``vars`` ...).
        params: Everything that is not a keyword: role parameters.
    """

    name: str
    keywords: SourceDict
    params: Mapping[str, Any]
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """Which files of a role to use (the ``*_from`` options of import_role and include_role)."""

    tasks_from: str = "main"
    vars_from: str = "main"
    defaults_from: str = "main"
    handlers_from: str = "main"
    allow_duplicates: bool = True
    public: bool = True
    validate: bool = True


@dataclass(frozen=True, slots=True)
class RoleMeta:
    """What ``meta/main`` says."""

    dependencies: tuple[RoleEntry, ...] = ()
    allow_duplicates: bool = False
    collections: tuple[str, ...] = ()
    argument_specs: Mapping[str, Any] = field(default_factory=dict)


def parse_entry(entry: Any, origin: Origin | None, render: Any) -> RoleEntry:
    """Read a role entry: a name, or a mapping with ``role`` or ``name``.

    Raises:
        PlaybookError: It names no role.
    """
    if isinstance(entry, (int, float)) and not isinstance(entry, bool):
        entry = str(entry)
    if isinstance(entry, str):
        return RoleEntry(
            _rendered_name(entry, render), SourceDict((), origin), {}, getattr(entry, "origin", None) or origin
        )
    if not isinstance(entry, SourceDict):
        raise PlaybookError(f"a role is a name or a mapping, not {type_name(entry)}", origin=origin)
    key = "role" if "role" in entry else "name"
    name = entry.get(key, entry.get("src"))
    if not isinstance(name, str) or not name.strip():
        raise PlaybookError("this entry names no role", origin=entry.origin, hint="write 'role: NAME'")
    keywords = SourceDict(
        {k: v for k, v in entry.items() if k in NAMES[ROLE] and k not in ("role", "name")},
        entry.origin,
        entry.key_places,
    )
    params: dict[str, Any] = {k: v for k, v in entry.items() if k not in NAMES[ROLE] and k != "src"}
    return RoleEntry(_rendered_name(name, render), keywords, params, entry.origin)


def _rendered_name(name: str, render: Any) -> str:
    return str(render(name)) if isinstance(name, TemplateText) else str(name)


def find_role(
    name: str,
    sources: Sources,
    base_dir: str,
    parents: Sequence[str],
    collections: Sequence[str],
    origin: Origin | None,
) -> str:
    """Return a role's directory.

    Args:
        parents: Directories of the roles that use it, nearest first; their siblings are searched too.

    Raises:
        SourceFileError: There is no such role; the hint lists where it was sought.
    """
    found = sources.collection_roles(name, collections)
    if found:
        return found
    places = [Path(base_dir, "roles"), *map(Path, sources.role_paths)]
    places += [Path(parent).parent for parent in parents]
    places.append(Path(base_dir))
    for place in places:
        directory = place / name
        if directory.is_dir():
            return str(directory)
    direct = Path(name).expanduser()
    if direct.is_dir():
        return str(direct.absolute())
    sought = "; ".join(dict.fromkeys(str(place) for place in places))
    raise SourceFileError(f"the role '{name}' was not found", origin=origin, hint=f"looked in {sought}")


def read_variables(path: str, folder: str, stem: str, sources: Sources, origin: Origin | None) -> Mapping[str, Any]:
    """Read a role's ``defaults`` or ``vars``: one file, or a directory ``main/`` of files in alphabetical order."""
    directory = Path(path, folder)
    file = find_main(directory, stem)
    files = [file] if file else []
    if not file and (directory / stem).is_dir():
        files = [
            str(p)
            for p in sorted((directory / stem).rglob("*"))
            if p.is_file() and p.suffix in (".yml", ".yaml", ".json", "")
        ]
    if not files:
        if stem != "main":
            raise PlaybookError(f"the role has no {folder}/{stem}", origin=origin, hint=f"looked in {directory}")
        return {}
    merged = SourceDict((), Origin(files[0]))
    for name in files:
        data = sources.files.yaml(name)
        if data is None:
            continue
        if not isinstance(data, dict):
            raise PlaybookError(f"a role's {folder} file is a mapping, not {type_name(data)}", origin=Origin(name, 1))
        merged.update(data)
        merged.templated = merged.templated or getattr(data, "templated", False)
    return merged


def read_meta(path: str, sources: Sources, render: Any) -> RoleMeta:
    """Read ``meta/main`` and ``meta/argument_specs``."""
    file = find_main(Path(path, "meta"), "main")
    data = sources.files.yaml(file) if file else None
    specs_file = find_main(Path(path, "meta"), "argument_specs")
    specs_data = sources.files.yaml(specs_file) if specs_file else data
    specs = (specs_data or {}).get("argument_specs") or {} if isinstance(specs_data, dict) or specs_data is None else {}
    if data is None:
        return RoleMeta(argument_specs=specs)
    if not isinstance(data, dict):
        raise PlaybookError(f"a role's meta file is a mapping, not {type_name(data)}", origin=Origin(str(file), 1))
    dependencies = data.get("dependencies") or []
    if not isinstance(dependencies, list):
        raise PlaybookError("'dependencies' wants a list of roles", origin=Origin(str(file), 1))
    origin = getattr(dependencies, "origin", None) or Origin(str(file), 1)
    collections = data.get("collections") or ()
    return RoleMeta(
        dependencies=tuple(parse_entry(entry, origin, render) for entry in dependencies),
        allow_duplicates=as_bool("allow_duplicates", data.get("allow_duplicates") or False, origin),
        collections=tuple([collections] if isinstance(collections, str) else collections),
        argument_specs=specs,
    )
