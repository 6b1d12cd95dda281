"""Run the example site on six hosts reached over SSH and on this one: once, once more, and with a change.

Starts an OpenSSH server of its own on a loopback port and leaves nothing running behind.
"""

from __future__ import annotations

import getpass
import re
import subprocess
import sys
import tempfile
from importlib import util
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
PLAYBOOK = HERE / "site.yml"
HOSTS = {"web": ["web1", "web2", "web3", "web4"], "db": ["db1", "db2"]}


def load_sshd() -> ModuleType:
    """Load the test suite's OpenSSH server."""
    path = HERE.parent / "tests" / "integration" / "sshd.py"
    spec = util.spec_from_file_location("assible_demo_sshd", path)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def inventory(directory: Path, addresses: tuple[str, ...], ssh_args: str) -> str:
    """Return an inventory of the server's addresses."""
    lines, left = [], list(addresses)
    for group, names in HOSTS.items():
        lines.append(f"[{group}]")
        lines += [f"{name} ansible_host={left.pop(0)}" for name in names]
    lines += [
        "[here]",
        f"localhost ansible_connection=local ansible_python_interpreter={sys.executable}",
        "[all:vars]",
        f"demo_dir={directory}",
        f'ansible_ssh_args="{ssh_args} -o ControlMaster=no"',
    ]
    return "\n".join(lines) + "\n"


def play(inventory_file: Path, title: str, *options: str) -> dict[str, int]:
    """Run the site, show what it says, and return how much changed on each host."""
    print(f"\n##### {title}: assible-playbook -i {inventory_file} {PLAYBOOK} {' '.join(options)}".rstrip(), flush=True)
    command = [sys.executable, "-m", "assible.apps.playbook", "-i", str(inventory_file), *options, str(PLAYBOOK)]
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    print(finished.stdout, flush=True)
    if finished.returncode:
        raise SystemExit(f"the demo failed: {title} ended with {finished.returncode}")
    return {host: int(count) for host, count in re.findall(r"^(\S+) +: ok=\d+ +changed=(\d+)", finished.stdout, re.M)}


def main() -> None:
    """Run the demo, and check that each run changed what it should."""
    sshd = load_sshd()
    with (
        tempfile.TemporaryDirectory(prefix="assible-demo-") as name,
        sshd.start_sshd(6, (getpass.getuser(),)) as server,
    ):
        directory = Path(name)
        directory.chmod(0o755)
        hosts = directory / "hosts.ini"
        hosts.write_text(inventory(directory, server.addresses, server.ssh_args))
        first = play(hosts, "first run")
        second = play(hosts, "second run, nothing left to do")
        third = play(hosts, "third run, with another greeting", "-e", "greeting=Welcome", "--diff")
        assert len(first) == 7, f"seven hosts take part, not {len(first)}"
        assert all(first.values()), f"the first run changes every host: {first}"
        assert not any(second.values()), f"the second run changes nothing: {second}"
        assert all(third.values()), f"the new greeting changes every host: {third}"
    print("demo: first run changed all, second run changed=0, third run changed what was asked for")


if __name__ == "__main__":
    main()
