"""Record what programs print under ansible-core, then compare what they print under Assible.

    record_programs.py [--compare] [PROGRAM ...]

ASSIBLE_ORACLE_PYTHON is the interpreter that has ansible-core.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import parity_programs as parity


def main() -> int:
    parser = argparse.ArgumentParser(description="Record what programs print under ansible-core, and compare.")
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help="a folder of programs/; all by default")
    parser.add_argument("--compare", action="store_true", help="record nothing")
    options = parser.parse_args()
    chosen = [one for one in parity.all_programs() if not options.programs or one.name in options.programs]
    python = os.environ.get("ASSIBLE_ORACLE_PYTHON")
    if not options.compare and not python:
        sys.exit("set ASSIBLE_ORACLE_PYTHON to an interpreter that has ansible-core, or give --compare")
    different = 0
    for program in chosen:
        if not options.compare:
            with tempfile.TemporaryDirectory(prefix="parity-") as folder:
                (program.folder / "expected.txt").write_text(program.run([str(python)], Path(folder)))
        with tempfile.TemporaryDirectory(prefix="parity-") as folder:
            told = program.run_own(Path(folder))
        if told != program.expected:
            different += 1
            print(f"--- {program.name}")
            print(
                *difflib.unified_diff(
                    program.expected.splitlines(), told.splitlines(), "ansible", "assible", "", "", 1
                ),
                sep="\n",
            )
    print(f"{len(chosen) - different} of {len(chosen)} programs print the same")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
