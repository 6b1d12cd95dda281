"""The floor: what any tool that keeps one interpreter per host must spend.

For each host: start ``ssh``, start ``python3`` on the other side, then fifteen round trips, each with a fork and an
exec of ``true``. Forty connects at a time.
"""

from __future__ import annotations

import base64
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ROUND_TRIPS = 15
CONNECTS = 40
REMOTE = (
    "import os,sys\n"
    "for line in sys.stdin.buffer:\n"
    "  pid=os.fork()\n"
    "  if pid==0: os.execvp('true',['true'])\n"
    "  os.waitpid(pid,0); sys.stdout.write('done\\n'); sys.stdout.flush()\n"
)


def visit(ssh_config: str, address: str) -> None:
    """Do for one host what the floor is made of."""
    code = base64.b64encode(REMOTE.encode()).decode()
    remote = f"exec python3 -c \"import base64; exec(base64.b64decode('{code}'))\""
    command = ["ssh", "-F", ssh_config, "-o", "ControlMaster=no", "-T", address, remote]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    for _ in range(ROUND_TRIPS):
        process.stdin.write(b"go\n")
        process.stdin.flush()
        if process.stdout.readline() != b"done\n":
            raise SystemExit(f"the floor program failed on {address}")
    process.stdin.close()
    process.wait()


def main() -> None:
    """Visit the hosts that the command line names: SSH_CONFIG ADDRESS..."""
    ssh_config, *addresses = sys.argv[1:]
    with ThreadPoolExecutor(CONNECTS) as pool:
        list(pool.map(lambda address: visit(ssh_config, address), addresses))


if __name__ == "__main__":
    main()
