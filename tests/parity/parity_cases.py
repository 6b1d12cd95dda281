"""The cases, and how one of them is run: under Assible in this process, or under ansible-playbook."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).parent
CASES = HERE / "cases"
LIMIT_SECONDS = 60
#: The interpreter in a throw-away root: the distribution's own, for which its libraries (python3-apt ...) are installed.
THROWAWAY_PYTHON = "/usr/bin/python3"
#: What both sides see of the environment, beside HOME.
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PARITY_VARIABLE": "from the environment",
}


def load(name: str, folder: Path = HERE) -> ModuleType:
    """Import a file of the tests, which are no package."""
    full = f"assible_parity_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, folder / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[full]


normalise = load("normalise")
throwaway = load("throwaway", HERE.parent / "integration")


@dataclass(frozen=True)
class Case:
    """A folder below ``cases``.

    Attributes:
        command: The command line's arguments.
        unordered: Hosts run at their own pace: the order of output lines is chance.
        preparation: A shell script, ``throwaway``: the case runs on one host, h1, that is a throw-away root (see
            tests/integration/throwaway.py) in which this script was run first. None where it runs on this machine.
        wants_systemd: The script begins with ``# systemd``: process 1 of the root is a real systemd.
    """

    name: str
    folder: Path

    @property
    def command(self) -> list[str]:
        file = self.folder / "run"
        return json.loads(file.read_text()) if file.exists() else ["play.yml"]

    @property
    def unordered(self) -> bool:
        return (self.folder / "unordered").exists()

    @property
    def preparation(self) -> str | None:
        file = self.folder / "throwaway"
        return file.read_text() if file.exists() else None

    @property
    def wants_systemd(self) -> bool:
        return (self.preparation or "").startswith("# systemd\n")

    @property
    def expected(self) -> dict[str, Any]:
        return json.loads((self.folder / "expected.json").read_text())

    def copy(self, where: Path) -> Any:
        """Make a private copy to run in; the inventory that most cases share is put beside it."""
        shutil.copytree(self.folder, where / "case", ignore=shutil.ignore_patterns("expected.json", "run"))
        if not (where / "case" / "inventory").exists():
            shutil.copy(HERE / "inventory", where / "case" / "inventory")
        (where / "home").mkdir()
        return normalise.Paths(str(where / "case"), str(where / "home"))

    def arguments(self) -> list[str]:
        command = self.command
        return command if "-i" in command else ["-i", "inventory", *command]


def _private(paths: Any) -> dict[str, str]:
    """Return the environment that keeps a run's own files in its folder."""
    return {"HOME": paths.home, "ANSIBLE_ASYNC_DIR": f"{paths.home}/.ansible_async"}


@contextlib.contextmanager
def _targets(case: Case, where: Path) -> Iterator[None]:
    """Give a case that asks for it a throw-away root, as its host h1."""
    if case.preparation is None:
        yield
        return
    with throwaway.start_throwaway_root(network=False, systemd=case.wants_systemd) as root:
        root.run("sh", "-euc", case.preparation)
        host = f"h1 ansible_host=throwaway ansible_python_interpreter={THROWAWAY_PYTHON}"
        (where / "case" / "inventory").write_text(f"{host} ansible_ssh_common_args='-F {root.config}'\n")
        yield


def all_cases() -> list[Case]:
    """Return every case, by name."""
    found = sorted({path.parent for pattern in ("play.yml", "run") for path in CASES.glob(f"*/*/{pattern}")})
    return [Case(f"{folder.parent.name}/{folder.name}", folder) for folder in found]


def run_oracle(case: Case, program: str, where: Path) -> dict[str, Any]:
    """Run a case under ansible-playbook."""
    paths = case.copy(where)
    plugins = where / "plugins"
    plugins.mkdir()
    shutil.copy(HERE / "oracle_callback.py", plugins)
    records = where / "records"
    environment = {
        **ENVIRONMENT,
        **_private(paths),
        "ANSIBLE_HOME": f"{paths.home}/.ansible",
        "ANSIBLE_CALLBACK_PLUGINS": str(plugins),
        "ANSIBLE_CALLBACKS_ENABLED": "oracle_callback",
        "PARITY_RESULTS": str(records),
    }
    with _targets(case, where):
        done = subprocess.run(
            [program, *case.arguments()],
            cwd=paths.case,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
    lines = [json.loads(line) for line in records.read_text().splitlines()] if records.exists() else []
    results = [line for line in lines if line["kind"] == "result"]
    stats = next((line["stats"] for line in reversed(lines) if line["kind"] == "stats"), {})
    told = normalise.Told(done.returncode, done.stdout, results, stats)
    return normalise.normalise(told, paths, case.unordered)


class _Recorder:
    """Keeps what events tell, in the form of the oracle's callback."""

    def __init__(self) -> None:
        self.results: list[dict[str, Any]] = []
        self.stats: dict[str, Any] = {}

    def item(self, event: Any) -> None:
        status = "failed" if event.status == "unreachable" else event.status
        self._add(event, status, f"(item={event.item})")

    def host(self, event: Any) -> None:
        self._add(event, "ignored" if event.status == "failed" and event.ignored else event.status, None)

    def _add(self, event: Any, status: str, item: str | None) -> None:
        data = json.loads(json.dumps(event.data, default=str))
        self.results.append(
            {
                "task": event.task,
                "action": event.action,
                "host": event.host,
                "status": status,
                "item": item,
                "data": data,
            }
        )

    def summary(self, event: Any) -> None:
        self.stats = event.as_dict()["hosts"]


def run_assible(case: Case, where: Path) -> dict[str, Any]:
    """Run a case with the command line's own code, in this process, with a recorder beside the console."""
    from assible.apps import output as shown
    from assible.apps import playbook
    from assible.model import events

    paths = case.copy(where)
    recorder = _Recorder()
    attach = shown.attached

    def attach_both(session: Any, *arguments: Any, **named: Any) -> Any:
        session.subscribe(events.LoopItem, recorder.item)
        session.subscribe(events.HostResult, recorder.host)
        session.subscribe(events.RunStats, recorder.summary)
        return attach(session, *arguments, **named)

    output = io.StringIO()
    silent = contextlib.redirect_stderr(io.StringIO())
    with _targets(case, where), _in_place(paths), _limited(), contextlib.redirect_stdout(output), silent:
        shown.attached = attach_both
        try:
            code = _code(lambda: playbook.main(case.arguments()))
        finally:
            shown.attached = attach
    told = normalise.Told(code, output.getvalue(), recorder.results, recorder.stats)
    return normalise.normalise(told, paths, case.unordered)


def _code(work: Callable[[], int]) -> int:
    try:
        return work()
    except SystemExit as error:
        return int(error.code or 0)


@contextlib.contextmanager
def _in_place(paths: Any) -> Iterator[None]:
    """Stand in the case's folder with its environment."""
    before, environment, stdin = os.getcwd(), dict(os.environ), sys.stdin
    os.environ.clear()
    os.environ.update(ENVIRONMENT, **_private(paths))
    time.tzset()
    os.chdir(paths.case)
    sys.stdin = io.StringIO()
    try:
        yield
    finally:
        sys.stdin = stdin
        os.chdir(before)
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """End a case that hangs."""

    def stop(number: int, frame: object) -> None:
        raise TimeoutError(f"the case did not end within {LIMIT_SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LIMIT_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def differences(expected: Mapping[str, Any], got: Mapping[str, Any]) -> list[str]:
    """Return what differs, as lines to read; empty where nothing does."""
    import difflib

    told: list[str] = []
    for part in ("rc", "stats"):
        if expected[part] != got[part]:
            told.append(f"{part}: expected {expected[part]}, got {got[part]}")
    told += list(difflib.unified_diff(expected["output"], got["output"], "expected", "got", "", "", 2, ""))
    if expected["results"] != got["results"]:
        told += difflib.unified_diff(_lines(expected), _lines(got), "expected results", "results", "", "", 1, "")
    return told


def _lines(told: Mapping[str, Sequence[Any]]) -> list[str]:
    return [json.dumps(entry, sort_keys=True) for entry in told["results"]]
