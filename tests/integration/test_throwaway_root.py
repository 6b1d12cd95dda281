"""What happens in a throw-away root stays there."""

import os
import sys
from pathlib import Path

import pytest

throwaway = sys.modules["assible_throwaway"]
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(bool(throwaway.why_no_root()), reason=f"no root can be made: {throwaway.why_no_root()}"),
]


def test_nothing_of_it_is_left():
    before = os.listdir("/etc"), os.uname().nodename
    with throwaway.start_throwaway_root(network=False) as root:
        root.run("sh", "-c", "touch /etc/from-the-root; rm /etc/passwd; hostname changed")
        assert (root.path / "etc/from-the-root").exists()
        pid = root.pid
    assert (os.listdir("/etc"), os.uname().nodename) == before
    assert not Path(f"/proc/{pid}").exists()
    assert "assible-root" not in Path("/proc/self/mounts").read_text()


def test_it_has_no_network_when_asked_for_none():
    with throwaway.start_throwaway_root(network=False) as root:
        assert [line.split(":")[0].strip() for line in root.run("cat", "/proc/net/dev").splitlines()[2:]] == ["lo"]


@pytest.mark.skipif(bool(throwaway.why_no_root(systemd=True)), reason=str(throwaway.why_no_root(systemd=True)))
def test_a_real_systemd_may_run_in_it():
    with throwaway.start_throwaway_root(network=False, systemd=True) as root:
        assert root.run("systemctl", "is-system-running").strip() == "running"
        root.run("systemd-run", "--unit=held", "sleep", "100")
        assert root.run("systemctl", "is-active", "held").strip() == "active"
        (group,) = throwaway._control_groups().glob(root.directory.name)
        assert (group / "system.slice").is_dir()
    assert not group.exists()
