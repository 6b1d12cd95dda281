"""The blockinfile module."""

import pytest

BEGIN, END = "# BEGIN ANSIBLE MANAGED BLOCK", "# END ANSIBLE MANAGED BLOCK"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "f"
    path.write_text("a\nb\na\nc")
    return path


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        ({}, f"a\nb\na\nc\n{BEGIN}\nx\ny\n{END}\n"),
        ({"insertbefore": "BOF"}, f"{BEGIN}\nx\ny\n{END}\na\nb\na\nc"),
        ({"insertafter": "^a"}, f"a\nb\na\n{BEGIN}\nx\ny\n{END}\nc"),
        ({"insertbefore": "^b"}, f"a\n{BEGIN}\nx\ny\n{END}\nb\na\nc"),
        ({"marker": "; {mark}", "marker_begin": "<", "marker_end": ">"}, "a\nb\na\nc\n; <\nx\ny\n; >\n"),
        (
            {"insertafter": "b", "prepend_newline": True, "append_newline": True},
            f"a\nb\n\n{BEGIN}\nx\ny\n{END}\n\na\nc",
        ),
    ],
)
def test_a_block_is_put_once_in_its_place(run, file, asked, after):
    assert run("blockinfile", path=str(file), block="x\ny\n", **asked)["changed"]
    assert file.read_text() == after
    assert not run("blockinfile", path=str(file), block="x\ny\n", **asked)["changed"]


def test_a_block_is_replaced_where_it_stands_and_removed(run, file):
    run("blockinfile", path=str(file), block="x", insertafter="b")
    run("blockinfile", path=str(file), block="y")
    assert file.read_text() == f"a\nb\n{BEGIN}\ny\n{END}\na\nc"
    result = run("blockinfile", path=str(file), state="absent", backup=True)
    assert result["msg"] == "Block removed"
    assert file.read_text() == "a\nb\na\nc"
    assert "backup_file" in result


def test_check_mode_changes_nothing(run, file):
    assert run("blockinfile", check=True, path=str(file), block="x")["changed"]
    assert file.read_text() == "a\nb\na\nc"


def test_a_missing_file_needs_create(run, tmp_path):
    assert "no file" in run("blockinfile", path=str(tmp_path / "n"), block="x")["msg"]
    assert run("blockinfile", path=str(tmp_path / "n"), block="x", create=True)["msg"] == "File created"
