"""The tempfile module."""

import os


def test_a_file_is_private_and_named_as_asked(run, tmp_path):
    result = run("tempfile", path=str(tmp_path), prefix="p-", suffix=".s")
    name = os.path.basename(result["path"])
    assert name.startswith("p-")
    assert name.endswith(".s")
    assert os.stat(result["path"]).st_mode & 0o777 == 0o600


def test_a_directory_is_private(run, tmp_path):
    assert os.stat(run("tempfile", path=str(tmp_path), state="directory")["path"]).st_mode & 0o777 == 0o700


def test_check_mode_skips(run, tmp_path):
    assert run("tempfile", path=str(tmp_path), check=True)["skipped"]
    assert os.listdir(tmp_path) == []
