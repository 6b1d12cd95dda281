"""Imports from source held in memory, and third-party packages only when something asks for them."""

import marshal
import sys
from _frozen_importlib_external import MAGIC_NUMBER
from importlib.machinery import ModuleSpec, PathFinder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any, Dict, Optional, Tuple

SYNTHETIC_PARENTS = ("assible", "ansible", "ansible_collections")


class MemoryFinder(object):
    """Finds modules in a table of names, and their source in a store keyed by content hash.

    Attributes:
        compiled: ``(content hash, name)`` -> marshalled code, where the controller's Python has the same bytecode.
        sources: Content hash -> source. Grows as the controller sends more; an entry never changes. What came compiled
            has none.
        table: Dotted name -> (content hash, is a package). The agent's own modules, and those of the running bundle.
    """

    def __init__(self) -> None:
        self.compiled: "Dict[Tuple[str, str], bytes]" = {}
        self.sources: "Dict[str, bytes]" = {}
        self.table: "Dict[str, Tuple[str, bool]]" = {}
        self._code: "Dict[Tuple[str, str], CodeType]" = {}

    def find_spec(self, name: str, path: "Any" = None, target: "Any" = None) -> "Optional[ModuleSpec]":
        """Return a spec for a name in the table, or for a package that only exists to hold one."""
        entry = self.table.get(name)
        if entry is None and not self._is_parent(name):
            return None
        is_package = entry is None or entry[1]
        spec = ModuleSpec(name, self, origin=self.get_filename(name), is_package=is_package)  # type: ignore[arg-type]
        spec.has_location = True
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave the making of the module object to the import system."""

    def exec_module(self, module: "ModuleType") -> None:
        """Run a module's code; a synthetic parent has none."""
        name = module.__name__
        if name in self.table:
            exec(self.get_code(name), module.__dict__)

    def get_code(self, name: str) -> "CodeType":
        """Return compiled code, compiling each source once."""
        key = (self.table[name][0], name)
        code = self._code.get(key)
        if code is None:
            ready = self.compiled.pop(key, None)
            if ready is not None:
                code = marshal.loads(ready)
            else:
                code = compile(self.sources[key[0]], self.get_filename(name), "exec", dont_inherit=True)
            self._code[key] = code
        return code

    def get_source(self, name: str) -> "Optional[str]":
        """Return the text of a module, for tracebacks; None where it came compiled."""
        entry = self.table.get(name)
        text = self.sources.get(entry[0]) if entry else None
        return None if text is None else text.decode("utf-8", "replace")

    def get_data(self, path: str) -> bytes:
        """Return the source that `get_filename` named: what ``pkgutil.get_data`` asks for."""
        for name, (digest, _) in self.table.items():
            if self.get_filename(name) == path and digest in self.sources:
                return self.sources[digest]
        raise OSError(2, "no such source in memory", path)

    def get_filename(self, name: str) -> str:
        """Return the name that tracebacks show for a module."""
        entry = self.table.get(name)
        return filename_of(name, entry is None or entry[1])

    def is_package(self, name: str) -> bool:
        """Tell whether a name is a package."""
        entry = self.table.get(name)
        return entry is None or entry[1]

    def _is_parent(self, name: str) -> bool:
        if name.partition(".")[0] not in SYNTHETIC_PARENTS:
            return False
        prefix = name + "."
        return any(known.startswith(prefix) for known in self.table)


def filename_of(name: str, is_package: bool) -> str:
    """Return what stands for a file's name in a module's code."""
    return "<assible>/" + name.replace(".", "/") + ("/__init__.py" if is_package else ".py")


def bytecode() -> str:
    """Return what tells this Python's bytecode from others: code compiled by an equal one can be used as it is."""
    return "{}-{}".format(sys.implementation.cache_tag, MAGIC_NUMBER.hex())


class LateSite(object):
    """The last finder: runs ``site`` when an import finds nothing, since the agent starts without it.

    Start-up on the target is then free of ``.pth`` files and user directories, and a module that imports a third-party
    package still finds it.
    """

    def find_spec(self, name: str, path: "Any" = None, target: "Any" = None) -> "Optional[ModuleSpec]":
        """Add the site directories and look again."""
        if path is not None or not add_site_directories():
            return None
        return PathFinder.find_spec(name, None, target)


def add_site_directories() -> bool:
    """Run ``site`` once; return whether this call did it."""
    waiting = [finder for finder in sys.meta_path if isinstance(finder, LateSite)]
    if not waiting:
        return False
    for finder in waiting:
        sys.meta_path.remove(finder)
    import site

    site.main()
    return True


def install(modules: "Dict[str, Tuple[str, bool, bytes]]") -> MemoryFinder:
    """Put the finder first on ``sys.meta_path``; ``modules`` is name -> (content hash, is a package, source)."""
    finder = MemoryFinder()
    for name, (digest, is_package, source) in modules.items():
        finder.sources[digest] = source
        finder.table[name] = (digest, is_package)
    sys.meta_path.insert(0, finder)
    if sys.flags.no_site:
        sys.meta_path.append(LateSite())
    return finder
