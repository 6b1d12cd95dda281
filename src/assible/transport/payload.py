"""Packing modules: which sources a module needs, found by reading its imports, and sent once per content hash."""

from __future__ import annotations

import ast
import hashlib
import marshal
import re
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from assible.agent import bootstrap
from assible.agent.importer import filename_of

#: Modules of ours whose import has no effects: the agent imports them once, in its warm parent.
SHIPPED_PREFIXES = ("assible.agent.", "assible.content.modules.", "assible.ansible.module_utils.")
_TYPES_ONLY = re.compile(r"\nif TYPE_CHECKING:\n(?:[ \t]+.*\n|\n)+")
#: ``import a, b`` or ``from .c import d``, at any depth: the dots, the base (empty for a plain import), the names.
_IMPORT = re.compile(
    r"^[ \t]*(?:import|from[ \t]+(\.*)([\w.]*)[ \t]+import)[ \t]+(\([^)]*\)|[\w., \t]+?)[ \t]*(?:#.*)?$", re.MULTILINE
)
#: Level of compression: on a fast network time counts, and the highest levels save a tenth.
QUICK = 3
#: A module that imports this may run again under another interpreter, which needs sources.
RESPAWN = "assible.ansible.module_utils.common.respawn"
FILE_STYLES = frozenset({"want_json", "json_args", "binary", "old"})


class Source(NamedTuple):
    """The text of one module."""

    name: str
    is_package: bool
    text: bytes


#: Finds a source by its dotted name; None where there is none.
SourceFinder = Callable[[str], Source | None]


class Entry(NamedTuple):
    """A module in a bundle. ``warm``: the agent may import it once for all runs."""

    name: str
    digest: str
    is_package: bool
    warm: bool


@dataclass(frozen=True, slots=True, eq=False)
class Payload:
    """A module ready to be sent: the names it needs, and the source of each content hash.

    Attributes:
        style: ``native`` (has a ``main``), ``python`` (run as ``__main__``), or one of `FILE_STYLES`.
        bundle: Identifies the table of names; equal tables have equal ids.
    """

    main: str
    style: str
    bundle: str
    entries: tuple[Entry, ...]
    sources: Mapping[str, bytes] = field(repr=False)

    @property
    def needs_sources(self) -> bool:
        """Whether compiled code is not enough for it."""
        return any(entry.name == RESPAWN for entry in self.entries)


@lru_cache(maxsize=64)
def compress_sources(sources: tuple[bytes, ...]) -> bytes:
    """Return what travels: all sources, compressed together; once for all hosts that lack the same."""
    return zlib.compress(b"".join(sources), QUICK) if sources else b""


class Packer:
    """Packs modules, scanning each source once.

    Args:
        find: Where sources of names outside Assible's own come from; Assible's own are always found.
    """

    def __init__(self, find: SourceFinder | None = None) -> None:
        self._find = find
        self._imports: dict[tuple[str, str], tuple[str, ...]] = {}
        self._sources: dict[str, Source | None] = {}
        self._payloads: dict[tuple[str, str, str], Payload] = {}

    def native(self, name: str) -> Payload:
        """Pack a module of ours by its dotted name.

        Raises:
            LookupError: There is no such module.
        """
        key = ("native", name, "")
        if key not in self._payloads:
            source = self._source(name)
            if source is None:
                raise LookupError(f"there is no module {name}")
            self._payloads[key] = self._pack("native", source)
        return self._payloads[key]

    def python(self, name: str, text: bytes) -> Payload:
        """Pack the source of a foreign module, which is run as a program, with the module_utils that it imports."""
        return self._cached("python", name, text)

    def file(self, style: str, name: str, content: bytes) -> Payload:
        """Pack a module that is a program of its own (`FILE_STYLES`)."""
        if style not in FILE_STYLES:
            raise ValueError(f"{style} is not a style of module files")
        return self._cached(style, name, content)

    def _cached(self, style: str, name: str, content: bytes) -> Payload:
        key = (style, name, digest_of(content))
        if key not in self._payloads:
            self._payloads[key] = self._pack(style, Source(name, False, content))
        return self._payloads[key]

    def _pack(self, style: str, main: Source) -> Payload:
        closure = [main] if style in FILE_STYLES else self._closure(main)
        entries = []
        sources = {}
        for source in closure:
            digest = digest_of(source.text)
            sources[digest] = source.text
            warm = source.name.startswith(SHIPPED_PREFIXES) and (style == "native" or source is not main)
            entries.append(Entry(source.name, digest, source.is_package, warm))
        bundle = digest_of(repr(entries).encode())
        return Payload(main.name, style, bundle, tuple(entries), sources)

    def _closure(self, main: Source) -> list[Source]:
        found = {main.name: main}
        queue = [main]
        while queue:
            for name in self._imports_of(queue.pop()):
                source = None if name in found else self._source(name)
                if source is not None:
                    found[name] = source
                    queue.append(source)
        return list(found.values())

    def _imports_of(self, source: Source) -> tuple[str, ...]:
        key = (source.name, digest_of(source.text))
        if key not in self._imports:
            scan = shipped_imports if source.name.startswith(SHIPPED_PREFIXES) else imported_names
            self._imports[key] = tuple(dict.fromkeys(scan(source)))
        return self._imports[key]

    def _source(self, name: str) -> Source | None:
        if name not in self._sources:
            found = shipped_source(name)
            if found is None and self._find is not None:
                found = self._find(name)
            self._sources[name] = found
        return self._sources[name]


def digest_of(content: bytes) -> str:
    """Return the content hash that names a source on the wire."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def shipped_source(name: str) -> Source | None:
    """Return the source of a module of ours that may run on targets."""
    if not name.startswith(SHIPPED_PREFIXES):
        return None
    base = _package_root().joinpath(*name.split(".")[1:])
    for path, is_package in ((base.with_suffix(".py"), False), (base / "__init__.py", True)):
        if path.is_file():
            return Source(name, is_package, path.read_bytes())
    return None


@cache
def shipped_code(name: str, is_package: bool) -> bytes:
    """Return a module of ours compiled and marshalled, for targets whose Python has the same bytecode as this one."""
    base = _package_root().joinpath(*name.split(".")[1:])
    path = base / "__init__.py" if is_package else base.with_suffix(".py")
    code = SourceFileLoader(name, str(path)).get_code(name)
    assert code is not None
    return marshal.dumps(_renamed(code, filename_of(name, is_package)))


def _renamed(code: CodeType, filename: str) -> CodeType:
    constants = tuple(_renamed(one, filename) if isinstance(one, CodeType) else one for one in code.co_consts)
    return code.replace(co_filename=filename, co_consts=constants)


@cache
def _package_root() -> Path:
    spec = find_spec("assible")
    if spec is None or spec.origin is None:
        raise LookupError("the assible package has no files")
    return Path(spec.origin).parent


@cache
def agent_modules() -> dict[str, tuple[str, bool, bytes]]:
    """Return the sources of the agent itself, in the form that the first stage holds them."""
    modules = {}
    for name in bootstrap.MODULES:
        base = _package_root().joinpath(*name.split(".")[1:])
        is_package = base.is_dir()
        text = (base / "__init__.py" if is_package else base.with_suffix(".py")).read_bytes()
        modules[name] = (digest_of(text), is_package, text)
    return modules


@cache
def agent_entries() -> tuple[Entry, ...]:
    """Return the agent's own modules as entries of a bundle: what no agent needs to be sent."""
    return tuple(Entry(name, digest, package, True) for name, (digest, package, _) in agent_modules().items())


@cache
def first_stage() -> tuple[bytes, str]:
    """Return what starts an agent, and the nonce of its greeting; composed once per process."""
    nonce = secrets.token_hex(16)
    return bootstrap.first_stage(agent_modules(), nonce), nonce


def shipped_imports(source: Source) -> Iterator[str]:
    """Yield what `imported_names` does, for a source of ours: its form is known, so that it need not be parsed."""
    package = source.name if source.is_package else source.name.rpartition(".")[0]
    for dots, base, names in _IMPORT.findall(_TYPES_ONLY.sub("\n", source.text.decode())):
        if not base and not dots:
            for name in names.split(","):
                yield from _with_parents(name.split(" as ")[0].strip())
        else:
            full = _resolve(base, len(dots), package)
            yield from _with_parents(full)
            for name in names.strip("()").split(","):
                if name.strip():
                    yield f"{full}.{name.split(' as ')[0].strip()}"


def imported_names(source: Source) -> Iterator[str]:
    """Yield every name that a source may import, parents first; what only type checkers see is left out."""
    try:
        tree = ast.parse(source.text)
    except (SyntaxError, ValueError):  # the target reports it, with its own Python's opinion
        return
    package = source.name if source.is_package else source.name.rpartition(".")[0]
    for node in _runtime_nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_parents(alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = _resolve(node.module or "", node.level, package)
            yield from _with_parents(base)
            for alias in node.names:
                yield f"{base}.{alias.name}"


def _runtime_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    queue: list[ast.AST] = [tree]
    while queue:
        node = queue.pop()
        if isinstance(node, ast.If) and _is_type_checking(node.test):
            queue.extend(node.orelse)
            continue
        yield node
        queue.extend(ast.iter_child_nodes(node))


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _resolve(module: str, level: int, package: str) -> str:
    if not level:
        return module
    parts = package.split(".")
    base = ".".join(parts[: len(parts) - level + 1])
    return f"{base}.{module}" if module else base


def _with_parents(name: str) -> Iterable[str]:
    parts = name.split(".")
    return (".".join(parts[: count + 1]) for count in range(len(parts)))
