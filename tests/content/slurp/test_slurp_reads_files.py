"""The slurp module."""

import base64


def test_any_bytes_come_back_as_base64(run, tmp_path):
    (tmp_path / "f").write_bytes(bytes(range(256)))
    result = run("slurp", src=str(tmp_path / "f"))
    assert base64.b64decode(result["content"]) == bytes(range(256))


def test_text_comes_back_as_it_is_without_armor(run, tmp_path):
    (tmp_path / "f").write_text("grün")
    assert run("slurp", src=str(tmp_path / "f"), armor=False)["content"] == "grün"


def test_a_missing_file_and_a_directory_fail(run, tmp_path):
    assert run("slurp", src=str(tmp_path / "none"))["msg"].startswith("File not found")
    assert "directory" in run("slurp", src=str(tmp_path))["msg"]
