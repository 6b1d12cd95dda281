"""Run the module again under another interpreter, where a library that it needs is (documented names).

The other interpreter gets, through a pipe, the sources that this module has in memory, and its arguments.
"""

import json
import os
import subprocess
import sys

from assible.agent import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, NoReturn, Optional, Sequence

MARK = "_assible_respawned"
_START = """
import json, os, sys
data = json.loads(os.fdopen({descriptor}).read())
importer = type(sys)("assible.agent.importer")
exec(compile(data["importer"], "<assible>/assible/agent/importer.py", "exec"), importer.__dict__)
finder = importer.MemoryFinder()
for name, (digest, package, text) in data["modules"].items():
    finder.table[name] = (digest, package)
    finder.sources[digest] = text.encode("utf-8", "surrogateescape")
sys.meta_path.insert(0, finder)
from assible.agent import current
current.args, current.name, current.tmp, current.result_fd = (
    data["args"], data["main"], data["tmp"], data["result_fd"])
main = sys.modules["__main__"]
setattr(main, data["mark"], True)
if data["native"]:
    __import__(data["main"])
    sys.modules[data["main"]].main()
else:
    main.__file__ = finder.get_filename(data["main"])
    main.__package__ = data["main"].rpartition(".")[0]
    exec(finder.get_code(data["main"]), main.__dict__)
"""


def has_respawned() -> bool:
    """Tell whether this is the second run already."""
    return hasattr(sys.modules["__main__"], MARK)


def respawn_module(interpreter_path: str) -> "NoReturn":
    """Run the module again under another interpreter, and end this run with its exit code.

    Raises:
        Exception: This is the second run already.
    """
    if has_respawned():
        raise Exception("the module runs under another interpreter already")
    reader, writer = os.pipe()
    os.set_inheritable(reader, True)
    keep = [reader] if current.result_fd is None else [reader, current.result_fd]
    process = subprocess.Popen([interpreter_path, "-c", _START.format(descriptor=reader)], pass_fds=keep)
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        json.dump(_everything(), stream)
    sys.stdout.flush()
    sys.exit(process.wait())


def _everything() -> "Dict[str, Any]":
    """Return what the other interpreter needs: sources, arguments, and where the result goes."""
    from assible.agent.importer import MemoryFinder

    finders = [finder for finder in sys.meta_path if isinstance(finder, MemoryFinder)]
    if not finders:
        raise Exception("only a module that an agent runs can be run again under another interpreter")
    finder = finders[0]
    modules = {
        name: (digest, package, finder.sources[digest].decode("utf-8", "surrogateescape"))
        for name, (digest, package) in finder.table.items()
        if digest in finder.sources
    }
    return {
        "modules": modules,
        "importer": modules["assible.agent.importer"][2],
        "args": current.args,
        "main": current.name,
        "tmp": current.tmp,
        "native": current.name.startswith("assible."),
        "result_fd": current.result_fd,
        "mark": MARK,
    }


def probe_interpreters_for_module(
    interpreter_paths: "Sequence[str]",
    module_name: "Optional[str]" = None,
    module_names: "Optional[List[str]]" = None,
    env: "Optional[Dict[str, str]]" = None,
) -> "Optional[str]":
    """Return the first interpreter that can import all that is named; None where none can.

    Args:
        interpreter_paths: In order of preference; those that are missing are passed over.
        module_name: What it must be able to import.
        module_names: The same for several.
        env: Variables on top of this process's own.
    """
    names = list(module_names or ()) + ([module_name] if module_name else [])
    program = "import importlib\n" + "\n".join("importlib.import_module({!r})".format(name) for name in names)
    environment = dict(os.environ, **(env or {}))
    for path in interpreter_paths:
        if not os.path.exists(path):
            continue
        finished = subprocess.run(
            [path, "-c", program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
        )
        if finished.returncode == 0:
            return path
    return None


def get_env_with_pythonpath() -> "Dict[str, str]":
    """Return the environment with this interpreter's own search path in ``PYTHONPATH``."""
    return dict(os.environ, PYTHONPATH=os.pathsep.join(path for path in sys.path if path))
