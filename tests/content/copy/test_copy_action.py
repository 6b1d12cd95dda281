"""The copy action and its module, through a real agent."""

import hashlib
import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assible.content.actions.copy import BATCH_BYTES, SourceFile, _batches


def mode(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def trips(run):
    (opening,) = run.session._async.parts().connections._open.values()
    return opening.result().round_trips


def test_content_is_written_once_with_its_mode(run, tmp_path):
    asked = {"content": "hello\n", "dest": str(tmp_path / "f"), "mode": "0600"}
    result = run("copy", **asked)
    assert result["changed"]
    assert result["checksum"] == hashlib.sha1(b"hello\n").hexdigest()
    assert result["diff"][0]["after"] == "hello\n"
    assert (mode(tmp_path / "f"), (tmp_path / "f").read_text()) == (0o600, "hello\n")
    assert not run("copy", **asked)["changed"]


def test_structures_become_json(run, tmp_path):
    run("copy", content={"a": [1, "ü"]}, dest=str(tmp_path / "f"))
    assert (tmp_path / "f").read_text() == '{"a": [1, "\\u00fc"]}'


def test_only_the_mode_changes_where_the_content_is_right(run, tmp_path):
    (tmp_path / "f").write_text("x")
    (tmp_path / "f").chmod(0o644)
    result = run("copy", content="x", dest=str(tmp_path / "f"), mode="u=rw,go=")
    assert result["diff"]["after"]["mode"] == "0600"
    assert mode(tmp_path / "f") == 0o600


def test_the_old_mode_is_kept_where_none_is_given(run, tmp_path):
    (tmp_path / "f").write_text("x")
    (tmp_path / "f").chmod(0o751)
    assert run("copy", content="y", dest=str(tmp_path / "f"))["mode"] == "0751"


def test_a_backup_holds_the_old_content(run, tmp_path):
    (tmp_path / "f").write_text("old")
    result = run("copy", content="new", dest=str(tmp_path / "f"), backup=True)
    assert Path(result["backup_file"]).read_text() == "old"


def test_force_false_leaves_what_is_there(run, tmp_path):
    (tmp_path / "f").write_text("old")
    assert not run("copy", content="new", dest=str(tmp_path / "f"), force=False)["changed"]
    assert (tmp_path / "f").read_text() == "old"


def test_a_link_is_replaced_unless_it_is_followed(run, tmp_path):
    (tmp_path / "f").write_text("old")
    os.symlink("f", tmp_path / "l")
    run("copy", content="new", dest=str(tmp_path / "l"), follow=True)
    assert (tmp_path / "l").is_symlink()
    assert (tmp_path / "f").read_text() == "new"
    run("copy", content="newer", dest=str(tmp_path / "l"))
    assert not (tmp_path / "l").is_symlink()
    assert (tmp_path / "f").read_text() == "new"


def test_validation_keeps_bad_content_out(run, tmp_path):
    (tmp_path / "f").write_text("good")
    result = run("copy", content="bad", dest=str(tmp_path / "f"), validate="grep good %s")
    assert result["failed"]
    assert os.listdir(tmp_path) == ["f"]
    assert (tmp_path / "f").read_text() == "good"
    assert run("copy", content="good too", dest=str(tmp_path / "f"), validate="grep good %s")["changed"]


@pytest.mark.parametrize("size", [10, 300_000, 9_000_000])
def test_a_file_of_any_size_arrives_and_is_then_the_same(run, tmp_path, size):
    source = tmp_path / "src"
    source.write_bytes(os.urandom(size))
    source.chmod(0o640)
    asked = {"src": str(source), "dest": f"{tmp_path}/new/", "mode": "preserve"}
    assert run("copy", **asked)["changed"]
    assert (tmp_path / "new" / "src").read_bytes() == source.read_bytes()
    assert mode(tmp_path / "new" / "src") == 0o640
    assert not run("copy", **asked)["changed"]


def make_tree(root, files=40):
    for number in range(files):
        path = root / f"d{number % 4}" / f"f{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content {number}")
    (root / "empty").mkdir()
    os.symlink("d0", root / "link")


def contents(root):
    found = {}
    for path in sorted(root.rglob("*")):
        found[str(path.relative_to(root))] = path.read_text() if path.is_file() else None
    return found


def test_a_tree_goes_with_its_name_or_only_what_is_in_it(run, tmp_path):
    make_tree(tmp_path / "src")
    run("copy", src=str(tmp_path / "src"), dest=str(tmp_path / "a"), local_follow=False)
    run("copy", src=f"{tmp_path}/src/", dest=str(tmp_path / "b"), local_follow=False)
    assert contents(tmp_path / "a" / "src") == contents(tmp_path / "b") == contents(tmp_path / "src")


def test_only_what_differs_in_a_tree_is_sent_again(run, tmp_path):
    make_tree(tmp_path / "src")
    asked = {"src": f"{tmp_path}/src/", "dest": str(tmp_path / "b"), "local_follow": False}
    assert run("copy", **asked)["changed"]
    assert os.readlink(tmp_path / "b" / "link") == "d0"
    assert not run("copy", **asked)["changed"]
    before = os.stat(tmp_path / "b" / "d1" / "f1").st_ino
    (tmp_path / "b" / "d0" / "f0").write_text("damaged")
    assert run("copy", **asked)["changed"]
    assert os.stat(tmp_path / "b" / "d1" / "f1").st_ino == before
    assert contents(tmp_path / "b") == contents(tmp_path / "src")


def test_small_content_takes_one_round_trip_and_a_tree_two(run, tmp_path):
    run("copy", content="x", dest=str(tmp_path / "f"))
    make_tree(tmp_path / "src", 300)
    before = trips(run)
    run("copy", content="y", dest=str(tmp_path / "f"))
    assert trips(run) == before + 1
    run("copy", src=str(tmp_path / "src"), dest=str(tmp_path / "b"))
    assert trips(run) == before + 3


def test_modes_of_a_tree(run, tmp_path):
    make_tree(tmp_path / "src", 2)
    run("copy", src=f"{tmp_path}/src/", dest=str(tmp_path / "b"), mode="0640", directory_mode="0710")
    assert (mode(tmp_path / "b" / "d0"), mode(tmp_path / "b" / "d0" / "f0")) == (0o710, 0o640)


def test_a_tree_that_holds_itself_is_refused(run, tmp_path):
    (tmp_path / "src").mkdir()
    os.symlink(".", tmp_path / "src" / "self")
    assert "leads back" in run("copy", src=str(tmp_path / "src"), dest=str(tmp_path / "b"))["msg"]


def test_a_file_or_tree_of_the_target_is_copied_there(run, tmp_path):
    make_tree(tmp_path / "src")
    asked = {"src": f"{tmp_path}/src/", "dest": str(tmp_path / "b"), "remote_src": True}
    assert run("copy", **asked)["changed"]
    assert contents(tmp_path / "b") == contents(tmp_path / "src")
    assert not run("copy", **asked)["changed"]
    assert run("copy", src=f"{tmp_path}/src/d0/f0", dest=str(tmp_path / "one"), remote_src=True)["changed"]
    assert (tmp_path / "src" / "d0" / "f0").exists()


def test_check_mode_predicts_and_changes_nothing(run, tmp_path):
    make_tree(tmp_path / "src", 4)
    (tmp_path / "big").write_bytes(os.urandom(300_000))
    for asked in ({"content": "x"}, {"src": str(tmp_path / "big")}, {"src": str(tmp_path / "src")}):
        assert run("copy", check=True, dest=str(tmp_path / "new"), **asked)["changed"]
        assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"dest": "f"}, "src or content"),
        ({"content": "x"}, "dest is required"),
        ({"content": "x", "src": "y", "dest": "f"}, "either src or content"),
        ({"content": "x", "dest": "new/"}, "wants a file as dest"),
        ({"content": "x", "dest": "."}, "wants a file as dest"),
        ({"content": "x", "dest": "no/f"}, "there is no directory"),
        ({"content": "x", "dest": "f", "checksum": "0" * 40}, "checksum"),
        ({"content": "x", "dest": "f", "mode": "u=q"}, "stands for no permission"),
        ({"content": "x", "dest": "f", "owner": "assible-test-nobody"}, "assible-test-nobody"),
        ({"content": "x", "dest": "f", "validate": "true"}, "%s"),
        ({"content": "x", "dest": "f", "bogus": "1"}, "bogus"),
        ({"src": "none", "dest": "f"}, "no file"),
    ],
)
def test_what_makes_no_sense_fails_and_leaves_nothing(run, tmp_path, asked, words):
    if "dest" in asked:
        asked = {**asked, "dest": f"{tmp_path}/{asked['dest']}"}
    assert words in run("copy", **asked)["msg"]
    assert os.listdir(tmp_path) == []


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 6_000_000), max_size=60))
def test_batches_keep_the_order_and_stay_small(sizes):
    files = [SourceFile(str(n), "", "", size, 0) for n, size in enumerate(sizes)]
    batches = list(_batches(files))
    assert [one for batch in batches for one in batch] == files
    assert all(len(batch) == 1 or sum(one.size for one in batch) <= BATCH_BYTES for batch in batches)


def test_a_large_file_of_the_same_size_is_hashed_before_it_is_sent(run, tmp_path):
    (tmp_path / "src").write_bytes(b"a" * 3_000_000)
    asked = {"src": str(tmp_path / "src"), "dest": str(tmp_path / "f")}
    assert run("copy", **asked)["checksum"] == hashlib.sha1(b"a" * 3_000_000).hexdigest()
    before = trips(run)
    assert not run("copy", **asked)["changed"]
    assert trips(run) == before + 2
    (tmp_path / "f").write_bytes(b"b" * 3_000_000)
    assert run("copy", check=True, **asked)["changed"]
    assert (tmp_path / "f").read_bytes()[:1] == b"b"
    assert run("copy", **asked)["changed"]
    assert (tmp_path / "f").read_bytes() == b"a" * 3_000_000


def test_a_large_file_with_a_wrong_promised_checksum_is_refused(run, tmp_path):
    (tmp_path / "src").write_bytes(b"a" * 3_000_000)
    assert run("copy", src=str(tmp_path / "src"), dest=str(tmp_path / "f"), checksum="0" * 40)["failed"]
    assert not (tmp_path / "f").exists()
