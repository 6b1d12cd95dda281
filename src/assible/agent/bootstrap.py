"""How the agent comes to life on a target: one shell command, then this package's source over stdin.

1. The shell command tries each interpreter in turn. Python's ``-c`` program is one line without quotes, backslashes or
   exclamation marks, so that it passes unharmed through sh, csh and fish. It leaves with `TOO_OLD` before it reads
   anything, so the next interpreter finds stdin untouched; so does a shim that cannot start.
2. That line reads exactly the announced number of bytes, and runs them: `first_stage` as a program.
3. The first stage installs the finder and starts the loop, which writes the marker and the greeting.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterable, Tuple

NO_INTERPRETER = 96
TOO_OLD = 97
OLDEST_PYTHON = (3, 6)

#: The modules that are sent with the first stage; each is compiled when it is first imported.
MODULES = (
    "assible.agent",
    "assible.agent.wire",
    "assible.agent.importer",
    "assible.agent.current",
    "assible.agent.runner",
    "assible.agent.worker",
    "assible.agent.loop",
    "assible.agent.processes",
    "assible.agent.children",
    "assible.agent.detached",
    "assible.agent.transfer",
)

_LINE = (
    "import sys;sys.path=[p for p in sys.path if p];import os;sys.version_info<(3,6) and os._exit(97);"
    "import zlib;b=bytearray();[b.extend(c) for c in iter(lambda:os.read(0,{size}-len(b)),bytes())];"
    "len(b)<{size} and os._exit(98);"
    "exec(zlib.decompress(b))"
)

_FIRST_STAGE = """\
import sys
M={modules!r}
m=type(sys)("assible.agent.importer")
m.__file__="<assible>/assible/agent/importer.py"
exec(compile(M[m.__name__][2],m.__file__,"exec"),m.__dict__)
sys.modules[m.__name__]=m
f=m.install(M)
from assible.agent.loop import serve
serve(f,{nonce!r},bytes(b))
"""


def first_stage(modules: "Dict[str, Tuple[str, bool, bytes]]", nonce: str) -> bytes:
    """Return what is sent over stdin, compressed.

    Args:
        modules: Name -> (content hash, is a package, source) of `MODULES`.
        nonce: What tells this agent's greeting from anything that a login prints.
    """
    import zlib

    return zlib.compress(_FIRST_STAGE.format(modules=modules, nonce=nonce).encode("utf-8"), 6)


def python_line(size: int) -> str:
    """Return the one-line program that reads the first stage of the given size and runs it."""
    return _LINE.format(size=size)


def shell_script(interpreters: "Iterable[str]", size: int, announce: str = "") -> str:
    """Return a one-line Bourne shell script that starts the first interpreter that works.

    Args:
        interpreters: Commands or paths, best first.
        size: Length of the first stage.
        announce: Text written to stdout before anything else, to show that a privilege change went through.

    An interpreter may be a command with arguments (``/usr/bin/env python3``): the shell splits it at blanks.
    The script holds no single quote, so that it can stand in single quotes whatever the login shell is.
    """
    words = " ".join(_double_quoted(one) for one in interpreters)
    say = "echo {};".format(announce) if announce else ""
    return (
        '{say}for p in {words}; do command -v $p >/dev/null 2>&1 || continue; $p -S -c "{line}"; r=$?; '
        "case $r in 126|127|{old}) ;; *) exit $r;; esac; done; exit {none}"
    ).format(say=say, words=words, line=python_line(size), old=TOO_OLD, none=NO_INTERPRETER)


def login_command(script: str) -> str:
    """Return the command line for a login shell of any kind: sh, bash, zsh, csh, tcsh, fish."""
    return "/bin/sh -c '{}'".format(script)


def _double_quoted(word: str) -> str:
    if not word or any(sign in word for sign in "'\\!\"`\n"):
        raise ValueError("{!r} cannot name an interpreter".format(word))
    if word.startswith("~/"):
        return '"$HOME/{}"'.format(word[2:].replace("$", "_"))
    return '"{}"'.format(word)
