"""Record what ansible-core does with the cases, then compare Assible with it.

    record.py [--missing] [--compare] [CASE ...]      CASE is area/name, or an area

The oracle is ASSIBLE_ORACLE (the path of an ansible-playbook), or ansible-playbook on the PATH, or ansible-core in an
environment of its own, ``.oracle/``, made on first use.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import parity_cases as parity

ROOT = Path(__file__).resolve().parents[2]


def find_oracle() -> str:
    """Return the path of an ansible-playbook that is ansible-core's."""
    candidates = (os.environ.get("ASSIBLE_ORACLE"), shutil.which("ansible-playbook"))
    for candidate in candidates:
        if candidate and version(candidate):
            return candidate
    own = ROOT / ".oracle" / "bin" / "ansible-playbook"
    if not own.exists():
        make_oracle(own.parent.parent)
    return str(own)


def make_oracle(where: Path) -> None:
    """Install the newest ansible-core that an interpreter of this machine can run."""
    print(f"installing ansible-core in {where}")
    subprocess.run([newest_python(), "-m", "venv", str(where)], check=True)
    subprocess.run([str(where / "bin" / "pip"), "install", "--quiet", "ansible-core"], check=True)


def newest_python() -> str:
    """Return the newest interpreter from 3.11 on: of the PATH, or of pyenv."""
    names = ("python3.14", "python3.13", "python3.12", "python3.11")
    roots = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"]
    for name in names:
        found = [shutil.which(name), *(str(path) for root in roots for path in sorted(root.glob(f"*/bin/{name}")))]
        for path in found:
            if path and subprocess.run([path, "-c", "import venv, ensurepip"], capture_output=True).returncode == 0:
                return path
    sys.exit("Python 3.11 or newer is needed for ansible-core")


def version(program: str) -> str | None:
    """Return the version of ansible-core that a program belongs to; None where it is something else."""
    told = subprocess.run([program, "--version"], capture_output=True, text=True)
    found = re.search(r"\[core ([\w.]+)\]", told.stdout)
    return found[1] if found else None


def record(case: parity.Case, program: str, core: str | None) -> None:
    """Run a case under ansible-core and keep what it told."""
    with tempfile.TemporaryDirectory(prefix="parity-") as folder:
        told = parity.run_oracle(case, program, Path(folder))
    expected = {"command": case.command, "core": core, **told}
    (case.folder / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")


def compare(case: parity.Case) -> list[str]:
    """Run a case under Assible and return what differs."""
    with tempfile.TemporaryDirectory(prefix="parity-") as folder:
        return parity.differences(case.expected, parity.run_assible(case, Path(folder)))


def main() -> int:
    parser = argparse.ArgumentParser(description="Record what ansible-core does with the cases, and compare.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help="area/name, or an area; all by default")
    parser.add_argument("--missing", action="store_true", help="record only the cases that have no record")
    parser.add_argument("--compare", action="store_true", help="record nothing")
    parser.add_argument("--jobs", type=int, default=2, help="how many cases are recorded at a time")
    options = parser.parse_args()
    cases = [c for c in parity.all_cases() if not options.cases or {c.name, c.name.split("/")[0]} & set(options.cases)]
    if not options.compare:
        program = find_oracle()
        core = version(program)
        wanted = [c for c in cases if not (options.missing and (c.folder / "expected.json").exists())]
        print(f"recording {len(wanted)} cases with ansible-core {core}")
        with ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(lambda case: record(case, program, core), wanted))
    different = 0
    begun = time.monotonic()
    for case in cases:
        lines = compare(case)
        if lines:
            different += 1
            print(f"--- {case.name}", *lines, sep="\n  ")
    spent = time.monotonic() - begun
    print(f"{len(cases) - different} of {len(cases)} cases are the same; {spent:.1f} s under Assible")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
