"""Load playbooks: plays, their keywords and their sections."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assible.exceptions import LanguageError, PlaybookError, SourceFileError
from assible.language.keywords import NAMES, PLAY, as_bool, as_mapping, type_name
from assible.language.roles import load_play_role
from assible.language.sources import Mistakes, Sources, find_file
from assible.language.tasks import Place, check_keywords, check_variable_names, inherit, load_nodes, near_keyword
from assible.model.origin import Origin
from assible.model.play import Keywords, Node, Play, Prompt, Role
from assible.model.text import SourceDict, TemplateText

_IMPORT = ("import_playbook", "ansible.builtin.import_playbook", "ansible.legacy.import_playbook")
_IMPORT_KEYWORDS = frozenset({*_IMPORT, "name", "tags", "vars", "when"})
_PROMPT_KEYS = frozenset(Prompt.__dataclass_fields__)


def load_playbook(path: str, sources: Sources, keywords: Keywords | None = None) -> list[Play]:
    """Load a playbook file and what it imports.

    Args:
        keywords: What an ``import_playbook`` hands down to every play.

    Raises:
        LanguageError: The file is missing, is not YAML, or is not a playbook; all its mistakes are reported together.
    """
    path = os.path.abspath(path)
    if path in sources.seen_imports:
        raise PlaybookError(f"the playbook '{path}' imports itself", origin=Origin(path))
    if not Path(path).is_file():
        raise SourceFileError(
            f"the playbook '{path}' was not found", hint="paths are relative to the working directory"
        )
    data = sources.files.yaml(path)
    if not isinstance(data, list):
        what = "is empty" if data is None else f"holds {type_name(data)}"
        raise PlaybookError(f"a playbook is a list of plays, but this file {what}", origin=Origin(path, 1))
    inner = replace(sources, seen_imports=(*sources.seen_imports, path))
    return plays_from_data(data, path, inner, keywords or Keywords())


def plays_from_data(data: Sequence[Any], path: str, sources: Sources, keywords: Keywords) -> list[Play]:
    """Load plays from parsed YAML (or from data that `model.text.trusted` made)."""
    plays: list[Play] = []
    mistakes = Mistakes()
    for entry in data:
        try:
            plays.extend(_load_entry(entry, path, sources, keywords))
        except LanguageError as error:
            mistakes.add(error)
    mistakes.raise_if_any()
    return plays


def _load_entry(entry: Any, path: str, sources: Sources, keywords: Keywords) -> list[Play]:
    if not isinstance(entry, SourceDict):
        raise PlaybookError(f"a play is a mapping, not {type_name(entry)}", origin=Origin(path))
    for key in _IMPORT:
        if key in entry:
            return _import_playbook(key, entry, path, sources, keywords)
    return [load_play(entry, path, sources, keywords)]


def _import_playbook(key: str, entry: SourceDict, path: str, sources: Sources, keywords: Keywords) -> list[Play]:
    for name in entry:
        if name not in _IMPORT_KEYWORDS:
            raise PlaybookError(f"'{name}' cannot stand beside {key}", origin=entry.key_origin(name))
    own = check_keywords(entry, {"tags", "vars", "when"}, sources)
    inner = inherit(keywords, own)
    name = entry[key]
    if not isinstance(name, str) or not name.strip():
        raise PlaybookError(f"{key} wants the name of a playbook file", origin=entry.key_origin(key))
    layers = (*sources.static_layers, *inner.vars)
    rendered = str(sources.render(name, layers)) if isinstance(name, TemplateText) else str(name)
    file = sources.collection_playbook(rendered)
    if file is None:
        file = find_file(rendered, (str(Path(path).parent),), entry.key_origin(key), "the playbook")
    return load_playbook(file, sources, inner)


def load_play(data: SourceDict, path: str, sources: Sources, outer: Keywords) -> Play:
    """Load one play with its roles, tasks and handlers."""
    mistakes = Mistakes()
    _check_play_keys(data, mistakes)
    own: dict[str, Any] = {}
    try:
        own = check_keywords(data, NAMES[PLAY] - {"vars"}, sources)
    except LanguageError as error:
        mistakes.add(error)
    if "user" in own and "remote_user" not in own:
        own["remote_user"] = own.pop("user")
    own.pop("user", None)
    collection = sources.collection_of(path)
    if collection:
        own["collections"] = (*own.get("collections", ()), collection)
    keywords = inherit(outer, {k: v for k, v in own.items() if k in Keywords.__dataclass_fields__})
    play_vars = _play_vars(data)
    base_dir = str(Path(path).parent)
    place = Place(sources=sources, file=path, base_dir=base_dir, layers=(*sources.static_layers, play_vars))
    roles, role_nodes, role_handlers = _load_roles(data, keywords, place, mistakes)
    sections: dict[str, tuple[Node, ...]] = {}
    for section in ("pre_tasks", "tasks", "post_tasks", "handlers"):
        handlers = section == "handlers"
        try:
            sections[section] = load_nodes(
                data.get(section), keywords, replace(place, handlers=handlers), what=section, owner=data
            )
        except LanguageError as error:
            mistakes.add(error)
    mistakes.raise_if_any()
    return Play(
        name=own.get("name") or "",
        hosts=_hosts(data),
        origin=data.origin,
        base_dir=base_dir,
        keywords=keywords,
        sections=(sections["pre_tasks"], role_nodes + sections["tasks"], sections["post_tasks"]),
        handlers=role_handlers + tuple(place.imported_handlers) + sections["handlers"],
        roles=(*roles, *place.imported_roles),
        vars=play_vars,
        vars_files=own.get("vars_files", ()),
        vars_prompt=_prompts(own.get("vars_prompt", ()), data),
        **{
            name: own[name]
            for name in (
                "gather_facts", "gather_subset", "gather_timeout", "fact_path", "force_handlers", "max_fail_percentage",
                "order", "serial", "strategy",
            )
            if name in own
        },
    )  # fmt: skip


def _check_play_keys(data: SourceDict, mistakes: Mistakes) -> None:
    for key in data:
        if key not in NAMES[PLAY]:
            mistakes.add(
                PlaybookError(
                    f"'{key}' is not a keyword of a play", origin=data.key_origin(key), hint=near_keyword(key, PLAY)
                )
            )
    if "hosts" not in data:
        mistakes.add(
            PlaybookError(
                "a play needs 'hosts'", origin=data.origin, hint="say which hosts the play runs on, e.g. 'hosts: all'"
            )
        )


def _hosts(data: SourceDict) -> Any:
    hosts = data["hosts"]
    if isinstance(hosts, (str, list)) and hosts and all(isinstance(item, (str, int)) for item in hosts):
        return hosts
    empty = hosts is None or hosts in ("", [])
    raise PlaybookError(
        "'hosts' is empty" if empty else "'hosts' wants a host pattern or a list of them",
        origin=data.key_origin("hosts"),
    )


def _play_vars(data: SourceDict) -> Mapping[str, Any]:
    value = data.get("vars")
    if isinstance(value, list):
        merged: dict[str, Any] = {}
        for item in value:
            merged.update(as_mapping("vars", item, data.key_origin("vars")))
        check_variable_names(merged)
        return SourceDict(merged, data.key_origin("vars"), templated=True)
    mapping: Mapping[str, Any] = as_mapping("vars", value, data.key_origin("vars"))
    check_variable_names(mapping)
    return mapping


def _load_roles(
    data: SourceDict, keywords: Keywords, place: Place, mistakes: Mistakes
) -> tuple[list[Role], tuple[Node, ...], tuple[Node, ...]]:
    entries = data.get("roles")
    if entries is None:
        return [], (), ()
    if not isinstance(entries, list):
        mistakes.add(PlaybookError("'roles' wants a list", origin=data.key_origin("roles")))
        return [], (), ()
    roles: list[Role] = []
    nodes: tuple[Node, ...] = ()
    handlers: tuple[Node, ...] = ()
    for entry in entries:
        try:
            use = load_play_role(entry, keywords, place, data.key_origin("roles"))
        except LanguageError as error:
            mistakes.add(error)
            continue
        roles.extend(use.roles)
        nodes += use.nodes
        handlers += use.handlers
    return roles, nodes, handlers


def _prompts(entries: Sequence[Any], data: SourceDict) -> tuple[Prompt, ...]:
    prompts = []
    for entry in entries:
        origin = getattr(entry, "origin", None) or data.key_origin("vars_prompt")
        if not isinstance(entry, dict) or "name" not in entry:
            raise PlaybookError("an entry of vars_prompt is a mapping with a 'name'", origin=origin)
        for key in entry:
            if key not in _PROMPT_KEYS:
                raise PlaybookError(f"'{key}' is not an option of vars_prompt", origin=origin)
        values = dict(entry)
        for flag in ("private", "confirm", "unsafe"):
            if flag in values:
                values[flag] = as_bool(flag, values[flag], origin)
        prompts.append(Prompt(**values))
    return tuple(prompts)
