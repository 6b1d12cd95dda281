"""What the agent refuses to remove. Nothing here removes anything that it did not make itself."""

import os

import pytest

from assible.agent import runner, transfer


@pytest.mark.parametrize(
    "path", ["/", "//", "///", "/.", "/..", "/./", "/usr/..", "/usr/../", "", "/usr", "//usr", "/proc/"]
)
def test_the_root_directory_and_its_entries_are_protected_however_they_are_spelt(path):
    assert transfer.is_protected(path)


def test_a_link_to_the_root_directory_is_protected(tmp_path):
    (tmp_path / "link").symlink_to("/")
    assert transfer.is_protected(str(tmp_path / "link"))


def test_a_temporary_directory_is_not_protected(tmp_path):
    assert not transfer.is_protected(str(tmp_path))


def test_removing_a_tree_leaves_what_its_links_point_to(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    doomed = tmp_path / "doomed"
    doomed.mkdir()
    (doomed / "link").symlink_to(kept)
    runner.remove_tree(str(doomed))
    assert not doomed.exists()
    assert (kept / "file").exists()


def test_removing_what_is_not_there_is_no_error(tmp_path):
    runner.remove_tree(os.path.join(tmp_path, "none"))


def test_only_what_lies_inside_a_made_directory_may_be_removed(tmp_path):
    made = tmp_path / "made"
    made.mkdir()
    (made / "out").symlink_to("/")
    inside = [made, made / "file", made / "deep" / "file"]
    outside = [tmp_path, tmp_path / "made2", made / "..", made / "out" / "usr", "/", "//", ""]
    assert all(transfer.is_inside(str(path), {str(made)}) for path in inside)
    assert not any(transfer.is_inside(str(path), {str(made)}) for path in outside)


def test_a_directory_is_known_again_by_its_controllers_token(tmp_path):
    token = "0123456789abcdef" * 2
    made = runner.make_private_directory(str(tmp_path), "assible-" + token)
    assert transfer.is_made_with(made, token)
    assert not transfer.is_made_with(made, "fedcba9876543210" * 2)


@pytest.mark.parametrize(
    "token", [None, "", "0", "0123456789abcde", "some-words-that-are-long", "../../../../../../.."]
)
def test_a_token_that_is_none_proves_nothing(tmp_path, token):
    made = runner.make_private_directory(str(tmp_path), "assible-" + (token or "").replace("/", ""))
    assert not transfer.is_made_with(made, token)


def test_a_link_or_a_file_with_a_token_in_its_name_is_no_made_directory(tmp_path):
    token = "0123456789abcdef" * 2
    (tmp_path / f"assible-{token}{'a' * 16}").symlink_to(tmp_path)
    (tmp_path / f"assible-{token}{'b' * 16}").write_text("x")
    assert not transfer.is_made_with(str(tmp_path / f"assible-{token}{'a' * 16}"), token)
    assert not transfer.is_made_with(str(tmp_path / f"assible-{token}{'b' * 16}"), token)


def test_a_directory_whose_name_does_not_end_as_made_ones_do_is_none(tmp_path):
    token = "0123456789abcdef" * 2
    for name in (token, f"{token}-backup", f"assible-{token}", f"assible-{token}{'z' * 16}"):
        (tmp_path / name).mkdir()
        assert not transfer.is_made_with(str(tmp_path / name), token)
