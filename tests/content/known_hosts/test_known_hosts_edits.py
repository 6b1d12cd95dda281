"""The known_hosts module."""

import pytest

from assible.content.modules import known_hosts

KEY1 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDrncSLAsJODlsWJv8m62T0+43NEa3uVxHHNKi7aQsiB"
KEY2 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMphz0hojQaQsJNDPv0mytH6bZbDsEpCbDjzA4UWolhc"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ssh" / "known_hosts"


def test_a_key_is_added_replaced_and_removed(run, path):
    asked = {"path": str(path), "name": "h1"}
    assert run("known_hosts", check=True, **asked, key=f"h1 {KEY1}")["changed"]
    assert not path.exists()
    assert run("known_hosts", **asked, key=f"h1 {KEY1}")["changed"]
    assert not run("known_hosts", **asked, key=f"h1 {KEY1}")["changed"]
    assert run("known_hosts", **asked, key=f"h1 {KEY2}")["changed"]
    assert path.read_text() == f"h1 {KEY2}\n"
    run("known_hosts", path=str(path), name="h2", key=f"h2,10.0.0.1 {KEY1}")
    assert run("known_hosts", **asked, state="absent")["changed"]
    assert path.read_text() == f"h2,10.0.0.1 {KEY1}\n"
    assert not run("known_hosts", **asked, state="absent")["changed"]


def test_a_name_can_be_hidden_and_is_found_again(run, path):
    asked = {"path": str(path), "name": "[h1]:2222", "key": f"[h1]:2222 {KEY1}", "hash_host": True}
    assert run("known_hosts", **asked)["changed"]
    assert "h1" not in path.read_text()
    assert not run("known_hosts", **asked)["changed"]
    assert run("known_hosts", path=str(path), name="[h1]:2222", state="absent")["changed"]
    assert path.read_text() == ""


def test_other_lines_stay_as_they_are():
    lines = ["# note\n", "\n", f"@revoked h1 {KEY2}\n", f"*.x {KEY1}\n"]
    entry = known_hosts.parse(f"h1 {KEY1}")
    assert known_hosts.with_key(lines, "h1", entry, False) == [*lines, f"h1 {KEY1}\n"]


@pytest.mark.parametrize("key", [None, f"other {KEY1}", "garbage", "h1 ssh-ed25519 &&&"])
def test_keys_that_are_missing_damaged_or_of_others_are_refused(run, path, key):
    assert run("known_hosts", path=str(path), name="h1", **({"key": key} if key else {}))["failed"]
    assert not path.exists()


def test_a_new_key_of_a_kind_goes_to_the_end_with_its_comment():
    lines = [f"h1 {KEY2}\n", f"h2 {KEY1}\n"]
    entry = known_hosts.parse(f"h1 {KEY1} a comment")
    assert known_hosts.with_key(lines, "h1", entry, False) == [f"h2 {KEY1}\n", f"h1 {KEY1} a comment\n"]
