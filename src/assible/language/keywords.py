"""The keyword table: every playbook keyword, its type, where it may stand, and how it is inherited.

Source: the "Playbook keywords" page of Ansible's documentation (also ``ansible-doc -t keyword -l``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from assible.exceptions import PlaybookError
from assible.model.origin import Origin
from assible.model.text import TemplateText, VaultedText

PLAY, ROLE, BLOCK, TASK, HANDLER = "play", "role", "block", "task", "handler"
_TASKS = frozenset({TASK, HANDLER})
_BELOW_PLAY = frozenset({ROLE, BLOCK, TASK, HANDLER})
_ALL = _BELOW_PLAY | {PLAY}

CLOSEST, OUTER_FIRST, INNER_FIRST, OWN = "closest", "outer first", "inner first", "own"

TRUE_WORDS: Final = frozenset({"y", "yes", "on", "1", "true", "t"})
FALSE_WORDS: Final = frozenset({"n", "no", "off", "0", "false", "f"})


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword.

    Attributes:
        kind: The type its value must have; a key of `CONVERTERS`.
        places: Where it may stand.
        inherits: ``closest`` (the nearest that is set wins), ``outer first``/``inner first`` (values add up in that
            order) or ``own`` (not inherited).
    """

    name: str
    kind: str
    places: frozenset[str]
    inherits: str = OWN


def _table(*rows: Keyword) -> dict[str, Keyword]:
    return {row.name: row for row in rows}


KEYWORDS: Final[dict[str, Keyword]] = _table(
    Keyword("name", "text", _ALL),
    Keyword("when", "conditions", _BELOW_PLAY, OUTER_FIRST),
    Keyword("tags", "words", _ALL, OUTER_FIRST),
    Keyword("vars", "mapping", _ALL, INNER_FIRST),
    Keyword("environment", "layers", _ALL, OUTER_FIRST),
    Keyword("module_defaults", "layers", _ALL, OUTER_FIRST),
    Keyword("collections", "words", _ALL, INNER_FIRST),
    Keyword("notify", "items", frozenset({BLOCK, TASK, HANDLER}), OUTER_FIRST),
    Keyword("any_errors_fatal", "bool", _ALL, CLOSEST),
    Keyword("become", "bool", _ALL, CLOSEST),
    Keyword("become_exe", "text", _ALL, CLOSEST),
    Keyword("become_flags", "text", _ALL, CLOSEST),
    Keyword("become_method", "text", _ALL, CLOSEST),
    Keyword("become_user", "text", _ALL, CLOSEST),
    Keyword("check_mode", "bool", _ALL, CLOSEST),
    Keyword("connection", "text", _ALL, CLOSEST),
    Keyword("debugger", "text", _ALL, CLOSEST),
    Keyword("delegate_facts", "bool", _BELOW_PLAY, CLOSEST),
    Keyword("delegate_to", "text", _BELOW_PLAY, CLOSEST),
    Keyword("diff", "bool", _ALL, CLOSEST),
    Keyword("ignore_errors", "bool", _ALL, CLOSEST),
    Keyword("ignore_unreachable", "bool", _ALL, CLOSEST),
    Keyword("no_log", "bool", _ALL, CLOSEST),
    Keyword("port", "int", _ALL, CLOSEST),
    Keyword("remote_user", "text", _ALL, CLOSEST),
    Keyword("run_once", "bool", _ALL, CLOSEST),
    Keyword("throttle", "int", _ALL, CLOSEST),
    Keyword("timeout", "int", _ALL, CLOSEST),
    # tasks and handlers
    Keyword("action", "any", _TASKS),
    Keyword("local_action", "any", _TASKS),
    Keyword("args", "any", _TASKS),
    Keyword("async", "int", _TASKS),
    Keyword("changed_when", "conditions", _TASKS),
    Keyword("delay", "float", _TASKS),
    Keyword("failed_when", "conditions", _TASKS),
    Keyword("listen", "items", frozenset({HANDLER})),
    Keyword("loop", "any", _TASKS),
    Keyword("loop_control", "mapping", _TASKS),
    Keyword("poll", "int", _TASKS),
    Keyword("register", "any", _TASKS),
    Keyword("retries", "int", _TASKS),
    Keyword("until", "conditions", _TASKS),
    # blocks
    Keyword("block", "any", frozenset({BLOCK})),
    Keyword("rescue", "any", frozenset({BLOCK})),
    Keyword("always", "any", frozenset({BLOCK})),
    # plays
    Keyword("hosts", "any", frozenset({PLAY})),
    Keyword("user", "text", frozenset({PLAY})),
    Keyword("fact_path", "any", frozenset({PLAY})),
    Keyword("force_handlers", "bool", frozenset({PLAY})),
    Keyword("gather_facts", "bool", frozenset({PLAY})),
    Keyword("gather_subset", "any", frozenset({PLAY})),
    Keyword("gather_timeout", "int", frozenset({PLAY})),
    Keyword("handlers", "any", frozenset({PLAY})),
    Keyword("max_fail_percentage", "float", frozenset({PLAY})),
    Keyword("order", "text", frozenset({PLAY})),
    Keyword("post_tasks", "any", frozenset({PLAY})),
    Keyword("pre_tasks", "any", frozenset({PLAY})),
    Keyword("roles", "any", frozenset({PLAY})),
    Keyword("serial", "items", frozenset({PLAY})),
    Keyword("strategy", "text", frozenset({PLAY})),
    Keyword("tasks", "any", frozenset({PLAY})),
    Keyword("vars_files", "items", frozenset({PLAY})),
    Keyword("vars_prompt", "items", frozenset({PLAY})),
    # roles
    Keyword("role", "text", frozenset({ROLE})),
)

NAMES: Final[dict[str, frozenset[str]]] = {
    place: frozenset(k.name for k in KEYWORDS.values() if place in k.places) for place in _ALL
}
INHERITED: Final = tuple(k for k in KEYWORDS.values() if k.inherits != OWN)


def _bad(keyword: str, value: object, wanted: str, origin: Origin | None) -> PlaybookError:
    return PlaybookError(f"the keyword '{keyword}' wants {wanted}, not {type_name(value)}", origin=origin)


def type_name(value: object) -> str:
    """Name a value's type in playbook terms, never its content."""
    for kinds, name in (
        (bool, "a boolean"),
        (str, "a string"),
        (int, "an integer"),
        (float, "a float"),
        (dict, "a mapping"),
        (list, "a list"),
    ):
        if isinstance(value, kinds):
            return name
    return "nothing" if value is None else type(value).__name__


def as_bool(keyword: str, value: Any, origin: Origin | None = None) -> bool:
    """Convert what YAML or a template gave into a boolean, as Ansible's documented words allow."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower()
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
    elif isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    raise _bad(keyword, value, "a boolean", origin)


def as_int(keyword: str, value: Any, origin: Origin | None = None) -> int:
    """Convert to an integer; text that spells one is accepted."""
    try:
        if isinstance(value, bool):
            raise ValueError
        return int(value)
    except (TypeError, ValueError):
        raise _bad(keyword, value, "an integer", origin) from None


def as_float(keyword: str, value: Any, origin: Origin | None = None) -> float:
    """Convert to a float; text that spells one is accepted, with or without a percent sign."""
    try:
        if isinstance(value, bool):
            raise ValueError
        return float(value.rstrip("%") if isinstance(value, str) else value)
    except (TypeError, ValueError):
        raise _bad(keyword, value, "a number", origin) from None


def as_text(keyword: str, value: Any, origin: Origin | None = None) -> str:
    """Convert scalars to text."""
    if isinstance(value, (dict, list)):
        raise _bad(keyword, value, "a string", origin)
    return value if isinstance(value, str) else str(value)


def as_mapping(keyword: str, value: Any, origin: Origin | None = None) -> Any:
    """Accept a mapping, or nothing."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _bad(keyword, value, "a mapping", origin)
    return value


def as_items(keyword: str, value: Any, origin: Origin | None = None) -> tuple[Any, ...]:
    """Accept a list or one item of it."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def as_conditions(keyword: str, value: Any, origin: Origin | None = None) -> tuple[Any, ...]:
    """Accept one condition or a list of them; an empty list holds, as does no value at all."""
    items = as_items(keyword, value, origin)
    for item in items:
        if isinstance(item, (dict, list)):
            raise _bad(keyword, item, "a conditional expression", origin)
    return items


def as_words(keyword: str, value: Any, origin: Origin | None = None) -> tuple[Any, ...]:
    """Accept a list of words, or one text with commas."""
    words: list[Any] = []
    for item in as_items(keyword, value, origin):
        if isinstance(item, (dict, list)):
            raise _bad(keyword, item, "a list of words", origin)
        if isinstance(item, str) and not isinstance(item, TemplateText):
            words.extend(part.strip() for part in item.split(","))
        else:
            words.append(item if isinstance(item, TemplateText) else str(item))
    return tuple(words)


def as_layers(keyword: str, value: Any, origin: Origin | None = None) -> tuple[Any, ...]:
    """Accept a mapping, a template that gives one, or a list of these; empty ones drop out."""
    layers = tuple(item for item in as_items(keyword, value, origin) if item)
    for item in layers:
        if not isinstance(item, (dict, TemplateText, VaultedText)):
            raise _bad(keyword, item, "a mapping", origin)
    return layers


CONVERTERS: Final[dict[str, Callable[[str, Any, Origin | None], Any]]] = {
    "any": lambda keyword, value, origin: value,
    "bool": as_bool,
    "int": as_int,
    "float": as_float,
    "text": as_text,
    "mapping": as_mapping,
    "items": as_items,
    "words": as_words,
    "conditions": as_conditions,
    "layers": as_layers,
}
_DEFERRED = frozenset({"bool", "int", "float", "text"})


def convert(keyword: Keyword, value: Any, origin: Origin | None) -> Any:
    """Check and convert a keyword's value; a template of a scalar kind is converted after it is rendered.

    Raises:
        PlaybookError: The value has the wrong type.
    """
    if keyword.kind in _DEFERRED and (value is None or isinstance(value, (TemplateText, VaultedText))):
        return value
    return CONVERTERS[keyword.kind](keyword.name, value, origin)
