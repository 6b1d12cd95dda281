"""``set_fact``, ``set_stats``, ``include_vars``. Source: their pages in ansible.builtin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assible.engine.action import ActionCall, ActionKind, check_options
from assible.engine.context import find_source
from assible.exceptions import ActionError, LanguageError
from assible.language.keyvalue import parse_key_values
from assible.language.keywords import as_bool, as_int, type_name
from assible.model.text import SourceDict, has_template_marker, source_text

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def check_name(name: str) -> None:
    """Fail the task where a name cannot be a variable's.

    Raises:
        ActionError: It is no identifier, or a reserved word.
    """
    import keyword

    if not _IDENTIFIER.match(name) or keyword.iskeyword(name):
        raise ActionError(
            f"'{name}' cannot be the name of a variable: names begin with a letter or an underscore, "
            "and go on with letters, digits and underscores"
        )


async def set_fact(call: ActionCall) -> dict[str, Any]:
    """Set variables on the host."""
    args = dict(call.args)
    raw = args.pop("_raw_params", None)
    if raw:
        args.update(parse_key_values(str(raw)))
    cacheable = as_bool("cacheable", args.pop("cacheable", False))
    if not args:
        raise ActionError("set_fact wants at least one variable to set")
    facts = {_name(call, name): value for name, value in args.items()}
    return {"changed": False, "ansible_facts": facts, "_ansible_facts_cacheable": cacheable}


def _name(call: ActionCall, written: Any) -> str:
    """Return a variable's name; where the task itself writes it as a template, rendered."""
    name = str(written)
    if has_template_marker(name) and isinstance(call.task.args, SourceDict) and written in call.task.args:
        name = str(call.render(source_text(name, call.task.origin)))
    check_name(name)
    return name


async def set_stats(call: ActionCall) -> dict[str, Any]:
    """Collect data for the end of the run."""
    data = call.args.get("data", {})
    if not isinstance(data, Mapping):
        raise ActionError("'data' wants a mapping")
    per_host = as_bool("per_host", call.args.get("per_host", False))
    aggregate = as_bool("aggregate", call.args.get("aggregate", True))
    custom = call.run.custom_stats.setdefault(call.host.name if per_host else "_run", {})
    for name, value in data.items():
        check_name(str(name))
        custom[name] = _aggregated(custom[name], value) if aggregate and name in custom else value
    return {"changed": False, "ansible_stats": {"data": dict(data), "per_host": per_host, "aggregate": aggregate}}


def _aggregated(old: Any, new: Any) -> Any:
    """Return a value with another added to it; what does not go together with it is left out."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **new}
    for kind in (list, str, (int, float)):
        if isinstance(old, kind) and isinstance(new, kind):
            return old + new  # type: ignore[operator]  # they are of one kind
    return old


_OPTIONS = frozenset(
    {"file", "dir", "name", "depth", "files_matching", "ignore_files", "extensions", "ignore_unknown_extensions",
     "hash_behaviour", "_raw_params"}
)  # fmt: skip


async def include_vars(call: ActionCall) -> dict[str, Any]:
    """Load variables from a file or a directory."""
    check_options("ansible.builtin.include_vars", call.args, _OPTIONS)
    directory = call.args.get("dir")
    name = call.args.get("file") or call.args.get("_raw_params")
    if bool(directory) == bool(name):
        raise ActionError("include_vars wants either 'file' or 'dir'")
    merge = call.args.get("hash_behaviour", call.run.services.settings.hash_behaviour) == "merge"
    try:
        files = _files_in(call, str(directory)) if directory else [call.find(str(name), "vars")]
        found = _load(call, files, merge)
    except (LanguageError, ActionError) as error:
        result: dict[str, object] = {"ansible_facts": {}, "ansible_included_var_files": [], "message": str(error)}
        raise ActionError(str(error), result=result) from error
    target = call.args.get("name")
    facts = SourceDict({str(target): found} if target else found, templated=True)
    return {
        "changed": False,
        "ansible_facts": facts,
        "ansible_included_var_files": files,
        "_ansible_no_log": False,
    }


def _load(call: ActionCall, files: list[str], merge: bool) -> dict[str, Any]:
    from assible.content.filters.collections import combine

    found: dict[str, Any] = {}
    for path in files:
        data = call.run.services.files.yaml(path)
        if data is None:
            continue
        if not isinstance(data, dict):
            raise ActionError(f"{path} wants to be a mapping of variables, but holds {type_name(data)}")
        if merge:
            found = combine(found, data, recursive=True)
        else:
            found.update(data)
    return found


def _files_in(call: ActionCall, directory: str) -> list[str]:
    root = Path(find_source(directory, "vars", call.task_run.context.search_dirs))
    if not root.is_dir():
        raise ActionError(f"{root} is not a directory")
    matching = re.compile(str(call.args["files_matching"])) if call.args.get("files_matching") else None
    ignored = [re.compile(str(pattern)) for pattern in _as_list(call.args.get("ignore_files"))]
    extensions = tuple(str(e).lstrip(".") for e in _as_list(call.args.get("extensions", ["json", "yaml", "yml"])))
    lenient = as_bool("ignore_unknown_extensions", call.args.get("ignore_unknown_extensions", False))
    depth = as_int("depth", call.args.get("depth") or 0)
    found = []
    for path in sorted(root.rglob("*")):
        if not path.is_file() or (depth and len(path.relative_to(root).parts) > depth):
            continue
        if matching and not matching.search(path.name):
            continue
        if any(pattern.search(path.name) for pattern in ignored):
            continue
        if path.suffix.lstrip(".") not in extensions:
            if lenient:
                continue
            raise ActionError(f"{path} has none of the extensions: {', '.join(extensions)}")
        found.append(str(path))
    return found


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


KINDS = {
    "set_fact": ActionKind(set_fact, is_local=True),
    "set_stats": ActionKind(set_stats, is_local=True, options=frozenset({"data", "per_host", "aggregate"})),
    "include_vars": ActionKind(include_vars, is_local=True),
}
