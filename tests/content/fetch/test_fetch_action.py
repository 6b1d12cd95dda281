"""The fetch action."""

import os

import pytest


def test_a_file_is_fetched_once_below_the_hosts_name(run, tmp_path):
    (tmp_path / "src").write_bytes(os.urandom(100_000))
    asked = {"src": str(tmp_path / "src"), "dest": str(tmp_path / "got")}
    assert run("fetch", check=True, **asked)["changed"]
    assert not (tmp_path / "got").exists()
    result = run("fetch", **asked)
    assert result["changed"]
    assert result["dest"] == f"{tmp_path}/got/here{tmp_path}/src"
    assert open(result["dest"], "rb").read() == (tmp_path / "src").read_bytes()  # noqa: SIM115
    assert not run("fetch", **asked)["changed"]


def test_flat_takes_the_place_that_is_given(run, tmp_path):
    (tmp_path / "src").write_text("x")
    run("fetch", src=str(tmp_path / "src"), dest=f"{tmp_path}/flat/", flat=True)
    run("fetch", src=str(tmp_path / "src"), dest=f"{tmp_path}/other", flat=True)
    assert (tmp_path / "flat" / "src").read_text() == (tmp_path / "other").read_text() == "x"
    assert "end it with a slash" in run("fetch", src=str(tmp_path / "src"), dest=f"{tmp_path}/flat", flat=True)["msg"]


def test_a_remote_path_cannot_lead_out_of_the_hosts_directory(run, tmp_path):
    (tmp_path / "src").write_text("x")
    (tmp_path / "d").mkdir()
    result = run("fetch", src=f"{tmp_path}/d/../src", dest=f"{tmp_path}/got")
    assert result["dest"] == f"{tmp_path}/got/here{tmp_path}/src"


@pytest.mark.parametrize("name", ["none", "."])
def test_what_is_no_file_fails_unless_that_is_allowed(run, tmp_path, name):
    asked = {"src": f"{tmp_path}/{name}", "dest": f"{tmp_path}/got"}
    assert run("fetch", **asked)["failed"]
    assert not run("fetch", **asked, fail_on_missing=False)["failed"]
