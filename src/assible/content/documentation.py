"""What a module's page says: written descriptions (``docs/NAME.yml``) and the module's own specification.

Types, defaults, choices and aliases are never written twice: they come from the ``SPEC`` that the module runs by. Only
an option that the controller's side alone reads gives them in its description, its ``type`` at least.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from assible.exceptions import LanguageError
from assible.model.origin import Origin

FOLDER: Final = Path(__file__).parent / "docs"
#: Descriptions of the options that every module with file attributes shares.
FILE_ATTRIBUTES: Final = "_file_attributes"
_KEYS: Final = frozenset(
    {"summary", "description", "options", "file_attributes", "returns", "check_mode", "diff", "verified"}
    | {"examples", "prepare", "network", "files"}
)


@dataclass(frozen=True, slots=True)
class OptionDoc:
    """One option.

    Attributes:
        type: As in the specification; ``str`` where that says nothing.
        text: What it is for.
        options: Those of a mapping.
    """

    name: str
    text: str
    type: str = "str"
    elements: str | None = None
    required: bool = False
    default: Any = None
    choices: tuple[Any, ...] = ()
    aliases: tuple[str, ...] = ()
    options: tuple[OptionDoc, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnDoc:
    """One value of the result. ``returned`` says when."""

    name: str
    type: str
    returned: str
    text: str


@dataclass(frozen=True, slots=True)
class ModuleDoc:
    """A module's page.

    Attributes:
        check_mode: ``full``, ``partial`` or ``none``; ``diff`` likewise.
        verified: What real thing it was tried with.
        examples: YAML text: a list of tasks that work one after the other.
        prepare: A shell script that makes a machine ready for the examples.
        needs_network: Whether the examples want a network.
        files: Name -> text of the files that lie beside the playbook of the examples.
    """

    name: str
    summary: str
    description: str
    options: tuple[OptionDoc, ...]
    returns: tuple[ReturnDoc, ...]
    check_mode: str
    diff: str
    verified: str
    examples: str
    prepare: str = ""
    needs_network: bool = False
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_playbook(self) -> bool:
        """Whether the examples are plays, not tasks."""
        return bool(re.search(r"^-? *(hosts|ansible\.builtin\.import_playbook):", self.examples, re.MULTILINE))


def documented() -> list[str]:
    """Return the names of all modules that have a page."""
    return sorted(path.stem for path in FOLDER.glob("[a-z]*.yml"))


@cache
def module_doc(name: str) -> ModuleDoc:
    """Return a module's page.

    Raises:
        LanguageError: The written part and the specification do not fit together.
        OSError: The module has no page.
    """
    written = _read(name)
    unknown = set(written) - _KEYS
    if unknown:
        raise _error(name, f"unknown keys: {', '.join(sorted(unknown))}")
    texts = dict(written.get("options") or {})
    spec = specification(name)
    shared = _read(FILE_ATTRIBUTES)["options"] if written.get("file_attributes") else {}
    options = _options(name, texts, spec if spec is not None else {option: {} for option in texts})
    options += _options(name, shared, _file_specification() if shared else {})
    returns = written.get("returns") or {}
    return ModuleDoc(
        name=name,
        summary=written["summary"],
        description=(written.get("description") or "").strip(),
        options=options,
        returns=tuple(
            ReturnDoc(key, one["type"], str(one.get("returned", "always")), one["text"]) for key, one in returns.items()
        ),
        check_mode=written["check_mode"],
        diff=written["diff"],
        verified=str(written.get("verified", "")).strip(),
        examples=written["examples"],
        prepare=written.get("prepare", ""),
        needs_network=bool(written.get("network", False)),
        files=written.get("files") or {},
    )


def specification(name: str) -> Mapping[str, Mapping[str, Any]] | None:
    """Return the specification that a module runs by, without what only the program itself uses; None for an action."""
    try:
        module = importlib.import_module(f"assible.content.modules.{name}")
    except ModuleNotFoundError:
        return None
    spec: Mapping[str, Mapping[str, Any]] = getattr(module, "SPEC", {})
    return {option: one for option, one in spec.items() if not option.startswith("_")}


def _file_specification() -> Mapping[str, Mapping[str, Any]]:
    from assible.agent.toolkit.arguments import with_file_options

    return with_file_options({})


def _read(name: str) -> dict[str, Any]:
    import yaml

    path = FOLDER / f"{name}.yml"
    with path.open(encoding="utf-8") as stream:
        written = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return dict(written)


def _options(name: str, texts: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]]) -> tuple[OptionDoc, ...]:
    own = {option for option, text in texts.items() if isinstance(text, Mapping) and "type" in text}
    lacking, unknown = set(spec) - set(texts), set(texts) - set(spec) - own
    if lacking or unknown:
        parts = [f"not described: {', '.join(sorted(lacking))}"] * bool(lacking)
        parts += [f"no such options: {', '.join(sorted(unknown))}"] * bool(unknown)
        raise _error(name, "; ".join(parts))
    return tuple(_option(name, option, texts[option], spec.get(option, {})) for option in texts)


def _option(module: str, name: str, written: Any, spec: Mapping[str, Any]) -> OptionDoc:
    told = dict(written) if isinstance(written, Mapping) else {"text": written}
    one = {**told, **spec}
    below = spec.get("options")
    kind = one.get("type", "str")
    return OptionDoc(
        name=name,
        text=str(told["text"]).strip(),
        type=kind if isinstance(kind, str) else kind.__name__,
        elements=one.get("elements"),
        required=bool(one.get("required", False)),
        default=one.get("default"),
        choices=tuple(one.get("choices") or ()),
        aliases=tuple(one.get("aliases") or ()),
        options=_options(f"{module}.{name}", told.get("options") or {}, below) if below else (),
    )


def _error(name: str, text: str) -> LanguageError:
    return LanguageError(
        f"the documentation of {name} does not fit: {text}", origin=Origin(str(FOLDER / f"{name}.yml"))
    )
