"""The deb822_repository module: the text of a file, and files in a throw-away root."""

import pytest

from assible.content.modules import deb822_repository as module


def test_fields_stand_in_the_order_of_the_options():
    params = {"name": "x", "uris": ["http://a/", "http://b/"], "types": ["deb"], "by_hash": False, "date_max_future": 3}
    assert module.paragraph(params) == (
        "By-Hash: no\nDate-Max-Future: 3\nX-Repolib-Name: x\nTypes: deb\nURIs: http://a/ http://b/\n"
    )


def test_several_lines_are_indented():
    assert module.field_value("one\n\ntwo\n") == "\n    one\n    .\n    two"


@pytest.mark.parametrize(("name", "file"), [("My Repo", "My-Repo"), ("a_b.c+d", "a_b.c+d")])
def test_files_are_called_after_the_repository(name, file):
    assert module.file_name(name) == file


@pytest.mark.parametrize("name", ["a/b", "", ".x"])
def test_a_name_that_is_none_of_a_file_is_refused(name):
    with pytest.raises(ValueError, match="file"):
        module.file_name(name)


def test_a_repository_comes_and_goes_with_its_key(root, run_in_root):
    root.run("sh", "-c", "mount -t tmpfs none /etc/apt; mkdir /etc/apt/sources.list.d; printf 'binary' > /srv/key")
    args = {"name": "mine", "uris": "http://a/", "suites": "./", "signed_by": "file:///srv/key"}
    assert run_in_root("deb822_repository", check=True, **args)["changed"]
    made = run_in_root("deb822_repository", **args)
    assert made["changed"]
    assert made["diff"]["after"] == made["repo"]
    assert (root.path / "etc/apt/keyrings/mine.gpg").read_text() == "binary"
    assert not run_in_root("deb822_repository", **args)["changed"]
    assert run_in_root("deb822_repository", **args, mode="0600")["changed"]
    assert run_in_root("deb822_repository", name="mine", state="absent")["changed"]
    assert not (root.path / "etc/apt/keyrings/mine.gpg").exists()
    assert not run_in_root("deb822_repository", name="mine", state="absent")["changed"]


def test_a_key_that_cannot_be_fetched_fails(run_in_root):
    result = run_in_root("deb822_repository", name="mine", uris="http://a/", suites="./", signed_by="file:///srv/none")
    assert result["failed"]
    assert "key" in result["msg"]
