"""From a task's mapping to its action and arguments: every spelling that Ansible accepts."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from assible.exceptions import PlaybookError, PluginError
from assible.language.keyvalue import parse_key_values
from assible.language.keywords import NAMES, TASK
from assible.language.sources import Sources
from assible.model.origin import Origin
from assible.model.text import SourceDict, TemplateText, VaultedText, is_templated, source_text

BUILTIN = "ansible.builtin."
FREE_FORM = frozenset(
    BUILTIN + name
    for name in (
        "command", "shell", "script", "raw", "meta", "include_tasks", "import_tasks", "include_role", "import_role",
        "include_vars", "add_host", "group_by", "set_fact", "import_playbook", "expect",
    )
)  # fmt: skip
_KEEP_TEXT_WHOLE = frozenset(BUILTIN + name for name in ("command", "shell", "script", "raw"))


def is_free_form(action: str) -> bool:
    """Tell whether text after the action's name is meant as it is."""
    return action in FREE_FORM or action.rpartition(".")[2] in ("win_command", "win_shell")


def split_action(
    task: SourceDict, place: str, sources: Sources, collections: Sequence[str]
) -> tuple[str, str, Any, Origin | None]:
    """Find what a task does.

    Returns:
        The canonical action name, the name as written, the raw arguments, and where the action stands.

    Raises:
        PlaybookError: No action, several actions, or one that does not exist.
    """
    written, value, origin = _find_action_key(task, place, sources, collections)
    local = False
    if written in ("action", "local_action"):
        local = written == "local_action"
        written, value = _split_action_value(written, value, origin)
    try:
        action = sources.resolve_action(written, collections)
    except PluginError as error:
        error.origin = error.origin or origin
        raise
    if action is None:
        near = sources.suggest_action(written)
        raise PlaybookError(
            f"there is no module or action named '{written}'",
            origin=origin,
            hint=f"did you mean '{near}'?"
            if near
            else "is its collection installed, or its library/ directory beside the playbook?",
        )
    args = arguments_of(action, written, value, origin)
    extra = task.get("args")
    if extra is not None:
        args = _merge_args_keyword(args, extra, task.key_origin("args"))
    return action, ("local_action " if local else "") + written, args, origin


def _find_action_key(
    task: SourceDict, place: str, sources: Sources, collections: Sequence[str]
) -> tuple[str, Any, Origin | None]:
    known = NAMES[place]
    candidates = [
        key
        for key in task
        if (key not in known or key in ("action", "local_action")) and not str(key).startswith("with_")
    ]
    if not candidates:
        raise PlaybookError(
            "this task names no module or action", origin=task.origin, hint="is a line missing, or indented too little?"
        )
    if len(candidates) > 1:
        names = ", ".join(f"'{name}'" for name in candidates)
        raise PlaybookError(
            f"this task names several actions: {names}",
            origin=task.key_origin(candidates[1]),
            hint=_keyword_hint([name for name in candidates if sources.resolve_action(str(name), collections) is None])
            or "one task does one thing; a misspelt keyword is also taken for an action",
        )
    key = candidates[0]
    return str(key), task[key], task.key_origin(key)


def _keyword_hint(candidates: Sequence[object]) -> str | None:
    for name in candidates:
        near = get_close_matches(str(name), NAMES[TASK], n=1, cutoff=0.75)
        if near:
            return f"did you mean the keyword '{near[0]}' where it says '{name}'?"
    return None


def _split_action_value(keyword: str, value: Any, origin: Origin | None) -> tuple[str, Any]:
    if isinstance(value, dict) and isinstance(value.get("module"), str):
        module, _, text = value["module"].partition(" ")
        rest = SourceDict(
            {k: v for k, v in value.items() if k != "module"},
            getattr(value, "origin", origin),
            getattr(value, "key_places", None),
            is_templated(value),
        )
        if text:
            rest["_raw_params"] = source_text(text, origin)
        return module, rest
    if isinstance(value, str) and value.strip():
        module, _, text = value.strip().partition(" ")
        return module, source_text(text.strip(), getattr(value, "origin", origin))
    raise PlaybookError(
        f"'{keyword}' wants the name of a module",
        origin=origin,
        hint=f"write '{keyword}: module key=value' or give a mapping with 'module:'",
    )


def arguments_of(action: str, written: str, value: Any, origin: Origin | None) -> Any:
    """Convert what stands after an action's name into a mapping of arguments.

    A lone template stands for a mapping that is known only at run time; it is returned as it is.
    """
    if value is None:
        return SourceDict((), origin)
    if isinstance(value, dict):
        return value
    if isinstance(value, str):
        return _text_arguments(action, written, value, origin)
    if isinstance(value, list) and is_free_form(action):
        raise PlaybookError(f"'{written}' wants text or a mapping, not a list", origin=origin)
    if isinstance(value, (int, float, bool)) and is_free_form(action):
        return SourceDict({"_raw_params": str(value)}, origin)
    raise PlaybookError(f"the arguments of '{written}' must be a mapping or text", origin=origin)


def _text_arguments(action: str, written: str, text: str, origin: Origin | None) -> Any:
    place = getattr(text, "origin", None) or origin
    stripped = text.strip()
    if (
        isinstance(text, TemplateText)
        and not is_free_form(action)
        and stripped.startswith("{{")
        and stripped.endswith("}}")
    ):
        return text
    pairs = parse_key_values(text, free_form=action in _KEEP_TEXT_WHOLE, origin=place)
    raw = pairs.pop("_raw_params", None)
    values = {key: source_text(value, place) for key, value in pairs.items()}
    if raw:
        values["_raw_params"] = source_text(raw, place)
    return SourceDict(values, place, templated=any(type(v) is TemplateText for v in values.values()))


def _merge_args_keyword(args: Any, extra: Any, origin: Origin | None) -> Any:
    """Add the ``args`` keyword below the action's own arguments."""
    if isinstance(extra, (TemplateText, VaultedText)):
        merged = SourceDict(args, getattr(args, "origin", origin), getattr(args, "key_places", None), templated=True)
        merged["_variable_params"] = extra
        return merged
    if not isinstance(extra, dict):
        raise PlaybookError("the keyword 'args' wants a mapping", origin=origin)
    if not isinstance(args, dict):
        raise PlaybookError("'args' cannot be combined with a template that gives all arguments", origin=origin)
    merged = SourceDict(
        extra, getattr(args, "origin", None) or origin, templated=is_templated(extra) or is_templated(args)
    )
    merged.key_places = {**getattr(extra, "key_places", {}), **getattr(args, "key_places", {})}
    merged.update(args)
    return merged
