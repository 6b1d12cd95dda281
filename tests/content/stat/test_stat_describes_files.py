"""The stat module."""

import hashlib
import os


def test_a_regular_file_is_described(run, tmp_path):
    path = tmp_path / "f"
    path.write_text("hello")
    path.chmod(0o640)
    facts = run("stat", path=str(path))["stat"]
    assert facts["isreg"]
    assert facts["mode"] == "0640"
    assert facts["size"] == 5
    assert facts["checksum"] == hashlib.sha1(b"hello").hexdigest()
    assert facts["xusr"] is False


def test_what_does_not_exist_is_no_failure(run, tmp_path):
    assert run("stat", path=str(tmp_path / "none")) == {"changed": False, "failed": False, "stat": {"exists": False}}


def test_a_link_is_described_unless_it_is_followed(run, tmp_path):
    (tmp_path / "f").write_text("x")
    os.symlink("f", tmp_path / "l")
    assert run("stat", path=str(tmp_path / "l"))["stat"]["lnk_target"] == "f"
    assert run("stat", path=str(tmp_path / "l"), follow=True)["stat"]["isreg"]


def test_the_checksum_algorithm_can_be_chosen(run, tmp_path):
    (tmp_path / "f").write_bytes(b"x")
    facts = run("stat", path=str(tmp_path / "f"), checksum_algorithm="sha256")["stat"]
    assert facts["checksum"] == hashlib.sha256(b"x").hexdigest()


def test_an_unknown_algorithm_is_refused(run, tmp_path):
    assert "checksum_algorithm" in run("stat", path=str(tmp_path), checksum_algorithm="crc")["msg"]
