"""Every module runs on every interpreter from Python 3.6 on that this machine has, and could run on one that it lacks."""

from __future__ import annotations

import ast
import base64
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from assible import Session

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "assible"
MODULES = SOURCE / "content" / "modules"
#: What runs on targets, on any Python from 3.6 on.
ON_TARGETS = sorted(
    path for folder in (SOURCE / "agent", MODULES, SOURCE / "ansible" / "module_utils") for path in folder.rglob("*.py")
)
#: Of the standard library, but not of 3.6, or gone since.
NEWER = {"contextvars", "dataclasses", "graphlib", "tomllib", "zoneinfo", "annotationlib", "compression"}
GONE = {
    "aifc", "asynchat", "asyncore", "audioop", "binhex", "cgi", "cgitb", "chunk", "crypt", "distutils", "formatter",
    "imghdr", "imp", "lib2to3", "macpath", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "parser", "pipes",
    "sndhdr", "smtpd", "spwd", "sunau", "symbol", "telnetlib", "uu", "xdrlib",
}  # fmt: skip
OWN = {"assible", "ansible"}


def interpreters() -> list[str]:
    """Return one interpreter of every version from 3.6 on, as pyenv and the system have them."""
    candidates = [*Path("~/.pyenv/versions").expanduser().glob("3.*/bin/python3"), *Path("/usr/bin").glob("python3.*")]
    found: dict[str, str] = {}
    for path in sorted(candidates):
        if path.name.endswith("-config"):
            continue
        told = subprocess.run(
            [str(path), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True
        )
        if told.returncode == 0 and tuple(map(int, told.stdout.strip().split("."))) >= (3, 6):
            found.setdefault(told.stdout.strip(), str(path))
    return [found[version] for version in sorted(found, key=lambda text: tuple(map(int, text.split("."))))]


INTERPRETERS = interpreters()

#: Module -> its arguments, in which {d} is a directory of its own, and what its result must hold. ``check`` runs it in
#: check mode, where it would change this machine.
CALLS: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "apt": ({"name": "dpkg", "check": True}, {"changed": False}),
    "assemble": ({"src": "{d}/parts", "dest": "{d}/whole"}, {"changed": True, "size": 8}),
    "blockinfile": ({"path": "{d}/f", "block": "x"}, {"changed": True, "msg": "Block inserted"}),
    "command": ({"argv": ["printf", "a b"]}, {"rc": 0, "stdout": "a b"}),
    "copy": ({"src": "{d}/f", "dest": "{d}/copy", "remote_src": True}, {"changed": True}),
    "dpkg_selections": ({"name": "dpkg", "selection": "install", "check": True}, {"changed": False}),
    "file": ({"path": "{d}/a/b", "state": "directory", "mode": "0750"}, {"changed": True, "mode": "0750"}),
    "find": ({"paths": "{d}/parts", "contains": "one"}, {"matched": 1}),
    "get_url": ({"url": "file://{d}/archive.tar.gz", "dest": "{d}/got"}, {"changed": True}),
    "getent": ({"database": "passwd", "key": "root"}, {"changed": False}),
    "git": ({"repo": "{d}/repository", "dest": "{d}/clone"}, {"changed": True}),
    "group": ({"name": "assible-test-none", "check": True}, {"changed": True}),
    "hostname": ({"name": "assible-test", "use": "debian", "check": True}, {"changed": True}),
    "known_hosts": ({"path": "{d}/known", "name": "h", "key": "h ssh-ed25519 AAAA"}, {"changed": True}),
    "lineinfile": ({"path": "{d}/f", "line": "added"}, {"changed": True, "msg": "line added"}),
    "package_facts": ({"manager": "apt"}, {"changed": False}),
    "ping": ({"data": "grün"}, {"ping": "grün"}),
    "replace": ({"path": "{d}/f", "regexp": "text", "replace": "word"}, {"changed": True}),
    "script": ({"cmd": "{d}/script.sh one"}, {"rc": 0, "stdout": "one\n"}),
    "setup": ({"gather_subset": ["all"]}, {"changed": False}),
    "slurp": ({"src": "{d}/f"}, {"content": base64.b64encode(b"text\n").decode()}),
    "stat": ({"path": "{d}/f"}, {"changed": False}),
    "tempfile": ({"path": "{d}"}, {"changed": True, "mode": "0600"}),
    "unarchive": ({"src": "{d}/archive.tar.gz", "dest": "{d}/parts", "remote_src": True}, {"changed": True}),
    "user": ({"name": "assible-test-none", "check": True}, {"changed": True}),
    "wait_for": ({"path": "{d}/f", "search_regex": "text", "timeout": 2}, {"state": "file"}),
}
#: Modules that have nothing harmless to do here; their own tests run them in throw-away roots or against a server.
ELSEWHERE = {
    "apt_key", "apt_repository", "cron", "deb822_repository", "debconf", "dnf", "dnf5", "expect", "iptables",
    "mount_facts", "pip", "reboot", "rpm_key", "service", "service_facts", "subversion", "systemd", "systemd_service",
    "sysvinit", "uri", "yum_repository",
}  # fmt: skip


@pytest.fixture(scope="module", params=INTERPRETERS, ids=lambda path: Path(path).parts[-3] if "pyenv" in path else path)
def session(request) -> Iterator[Session]:
    """One session, and so one agent, for all modules of an interpreter."""
    variables = {"ansible_connection": "local", "ansible_python_interpreter": request.param}
    inventory = {"all": {"hosts": {"here": variables}}}
    with Session(inventory=inventory, settings={"transport": "local"}) as made:
        yield made


@pytest.fixture
def prepared(tmp_path) -> Path:
    """A directory with what the modules work on."""
    (tmp_path / "f").write_text("text\n")
    (tmp_path / "script.sh").write_text('#!/bin/sh\necho "$1"\n')
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "1").write_text("one\n")
    (tmp_path / "parts" / "2").write_text("two\n")
    with tarfile.open(tmp_path / "archive.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "f", "unpacked")
    return tmp_path


def make_repository(where: Path) -> None:
    """Make a git repository of one commit."""
    settings = ["-c", "user.name=n", "-c", "user.email=n@example.com"]
    subprocess.run(["git", "init", "-q", str(where)], check=True)
    subprocess.run(["git", "-C", str(where), *settings, "commit", "-q", "--allow-empty", "-m", "one"], check=True)


def filled(value: object, directory: Path) -> object:
    return value.replace("{d}", str(directory)) if isinstance(value, str) else value


@pytest.mark.integration
@pytest.mark.parametrize("module", sorted(CALLS))
def test_a_module_runs_on_an_interpreter(session, module, prepared):
    written, expected = CALLS[module]
    if module == "git":
        make_repository(prepared / "repository")
    args = {name: filled(value, prepared) for name, value in written.items() if name != "check"}
    ran = session.run_module(f"ansible.builtin.{module}", args, hosts="all", check=bool(written.get("check")))
    data = next(ran.results()).data
    assert not data.get("failed"), data
    assert {name: data.get(name) for name in expected} == expected


@pytest.mark.integration
@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_an_interpreter_compiles_all_that_runs_on_targets(interpreter):
    program = (
        "import sys\nfor path in sys.stdin.read().split('\\0'):\n"
        "    compile(open(path, encoding='utf-8').read(), path, 'exec')"
    )
    paths = "\0".join(map(str, ON_TARGETS))
    done = subprocess.run([interpreter, "-c", program], input=paths, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_module_is_run_here_or_elsewhere():
    modules = {path.stem for path in MODULES.glob("[a-z]*.py")}
    assert sorted(modules - set(CALLS) - ELSEWHERE) == []


@pytest.mark.parametrize("path", ON_TARGETS, ids=lambda path: str(path.relative_to(SOURCE)))
def test_what_runs_on_targets_is_python_3_6(path):
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 6))
    assert [name for name in imported_at_once(tree.body) if not is_known(name)] == []


def imported_at_once(body: list[ast.stmt]) -> Iterator[str]:
    """Yield what importing a file imports, but for what it tries and for what only type checkers see."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""
        elif isinstance(node, ast.If) and not is_for_type_checkers(node):
            yield from imported_at_once([*node.body, *node.orelse])
        elif isinstance(node, (ast.ClassDef, ast.With)):
            yield from imported_at_once(node.body)


def is_for_type_checkers(node: ast.If) -> bool:
    return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def is_known(name: str) -> bool:
    """Tell whether a module is ours, or stands in the standard library from 3.6 to the newest."""
    top = name.split(".")[0]
    return top in OWN or (top in sys.stdlib_module_names and top not in NEWER | GONE)
