"""``git`` with repositories in directories of the tests."""

import os
import subprocess
from types import SimpleNamespace

import pytest

from assible.content.modules import git

IDENTITY = {
    **{f"GIT_{who}_{what}": "me" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "protocol.file.allow",
    "GIT_CONFIG_VALUE_0": "always",
}


def sh(folder, *words):
    done = subprocess.run(
        ["git", *words], cwd=folder, env={**os.environ, **IDENTITY}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder, **contents):
    for name, content in contents.items():
        (folder / name).write_text(content)
    sh(folder, "add", ".")
    sh(folder, "commit", "-qm", "next")
    return sh(folder, "rev-parse", "HEAD")


@pytest.fixture
def source(tmp_path):
    """A repository with the tags v1 (plain) and v2 (annotated), and the branches main and dev."""
    folder = tmp_path / "source"
    folder.mkdir()
    sh(folder, "init", "-q", "-b", "main")
    first = commit(folder, f="1")
    sh(folder, "tag", "v1")
    second = commit(folder, f="2")
    sh(folder, "tag", "-am", "second", "v2")
    sh(folder, "checkout", "-q", "-b", "dev")
    dev = commit(folder, d="d")
    sh(folder, "update-ref", "refs/pull/1/head", "dev")
    sh(folder, "checkout", "-q", "main")
    return SimpleNamespace(
        folder=folder, commits={"v1": first, "v2": second, "dev": dev, "main": commit(folder, f="3")}
    )


@pytest.fixture
def checkout(run, source, tmp_path):
    def checkout(check=False, dest="work", **args):
        return run("git", check=check, repo=f"file://{source.folder}", dest=str(tmp_path / dest), **args)

    return checkout


def test_a_repository_is_cloned_once(checkout, source, tmp_path):
    first = checkout()
    assert (first["changed"], first["before"], first["after"]) == (True, None, source.commits["main"])
    assert first["diff"]["prepared"].endswith(source.commits["main"])
    again = checkout()
    assert (again["changed"], again["before"], again["remote_url_changed"]) == (False, source.commits["main"], False)
    assert (tmp_path / "work/f").read_text() == "3"


@pytest.mark.parametrize("version", ["v1", "v2", "dev", "main"])
@pytest.mark.parametrize("more", [{}, {"depth": 1}, {"single_branch": True}])
def test_every_version_can_be_cloned_and_switched_to(checkout, source, version, more):
    assert checkout(version=version, **more)["after"] == source.commits[version]
    for other in ("v1", "dev", "main"):
        result = checkout(version=other, **more)
        assert (result["after"], result["changed"]) == (source.commits[other], other != version)
        version = other


def test_a_hash_is_a_version(checkout, source):
    first = source.commits["v1"]
    assert checkout(version=first)["after"] == first
    assert not checkout(version=first)["changed"]
    assert not checkout(version=first[:10])["changed"]


def test_new_commits_are_fetched_and_shown(checkout, source):
    checkout()
    new = commit(source.folder, f="4")
    assert (checkout(check=True)["after"], checkout(check=True)["changed"]) == (new, True)
    result = checkout()
    assert (result["changed"], result["after"]) == (True, new)
    assert "+4" in result["diff"]["prepared"]


def test_without_update_it_stays_as_it_is(checkout, source):
    old = checkout()["after"]
    commit(source.folder, f="4")
    result = checkout(update=False)
    assert (result["changed"], result["before"], result["after"]) == (False, old, old)


def test_without_clone_it_is_only_looked_at(checkout, source, tmp_path):
    result = checkout(clone=False)
    assert (result["changed"], result["after"]) == (True, source.commits["main"])
    assert not (tmp_path / "work").exists()


def test_check_mode_clones_nothing(checkout, source, tmp_path):
    assert checkout(check=True, version="v2")["after"] == source.commits["v2"]
    assert not (tmp_path / "work").exists()


def test_local_changes_are_kept_unless_forced(checkout, tmp_path):
    checkout()
    (tmp_path / "work/f").write_text("mine")
    (tmp_path / "work/untracked").write_text("mine")
    assert checkout()["failed"]
    assert (tmp_path / "work/f").read_text() == "mine"
    assert checkout(force=True)["changed"]
    assert (tmp_path / "work/f").read_text() == "3"
    assert (tmp_path / "work/untracked").exists()


def test_local_commits_give_way_to_the_branch(checkout, source, tmp_path):
    checkout()
    commit(tmp_path / "work", f="mine")
    assert checkout()["after"] == source.commits["main"]


def test_the_remote_gets_its_new_address(run, checkout, source, tmp_path):
    checkout()
    assert not run("git", repo=str(source.folder), dest=str(tmp_path / "work"))["changed"]
    sh(tmp_path, "clone", "-q", "--bare", str(source.folder), "other.git")
    other = {"repo": str(tmp_path / "other.git"), "dest": str(tmp_path / "work")}
    assert run("git", check=True, **other)["remote_url_changed"]
    assert run("git", **other)["remote_url_changed"]
    assert sh(tmp_path / "work", "remote", "get-url", "origin") == f"file://{tmp_path}/other.git"


def test_a_remote_may_have_another_name(checkout, tmp_path):
    checkout(remote="upstream")
    assert sh(tmp_path / "work", "remote") == "upstream"
    assert not checkout(remote="upstream")["changed"]


def test_a_bare_repository_follows(checkout, source):
    assert checkout(bare=True)["after"] == source.commits["main"]
    new = commit(source.folder, f="4")
    assert checkout(bare=True)["after"] == new
    assert not checkout(bare=True)["changed"]


def test_a_shallow_clone_is_shallow(checkout, tmp_path):
    checkout(depth=1)
    assert sh(tmp_path / "work", "rev-list", "--count", "HEAD") == "1"


def test_further_references_are_fetched(checkout, source):
    result = checkout(refspec="+refs/pull/*:refs/heads/pr/*", version="pr/1/head")
    assert result["after"] == source.commits["dev"]


def test_its_own_files_lie_elsewhere_and_can_move(checkout, tmp_path):
    checkout(separate_git_dir=str(tmp_path / "one.git"))
    assert not checkout(separate_git_dir=str(tmp_path / "one.git"))["changed"]
    moved = checkout(separate_git_dir=str(tmp_path / "two.git"))
    assert (moved["git_dir_before"], moved["git_dir_now"]) == (str(tmp_path / "one.git"), str(tmp_path / "two.git"))
    assert not checkout()["changed"]


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tgz", "zip"])
def test_an_archive_is_written_once(checkout, tmp_path, ending):
    target = str(tmp_path / f"a.{ending}")
    assert checkout(archive=target, archive_prefix="pre/")["changed"]
    assert not checkout(archive=target, archive_prefix="pre/")["changed"]
    assert checkout(archive=target)["changed"]


def test_an_archive_of_no_known_kind_is_refused(checkout, tmp_path):
    assert checkout(archive=str(tmp_path / "a.rar"))["failed"]
    assert checkout(archive_prefix="x")["failed"]


@pytest.fixture
def with_submodule(source, tmp_path):
    """A repository that holds the source as a submodule, and a git that may clone it from a path."""
    top = tmp_path / "top"
    top.mkdir()
    sh(top, "init", "-q", "-b", "main")
    sh(top, "submodule", "--quiet", "add", "-b", "main", str(source.folder), "inner")
    commit(top)
    program = tmp_path / "git"
    program.write_text('#!/bin/sh\nexec git -c protocol.file.allow=always "$@"\n')
    program.chmod(0o755)
    return {"repo": str(top), "dest": str(tmp_path / "work"), "executable": str(program)}


def test_submodules_come_along(run, with_submodule, tmp_path):
    assert run("git", **with_submodule)["submodules_changed"]
    assert (tmp_path / "work/inner/f").read_text() == "3"
    assert not run("git", **with_submodule)["changed"]


def test_submodules_can_be_left_out(run, with_submodule, tmp_path):
    run("git", **with_submodule, recursive=False)
    assert not (tmp_path / "work/inner/f").exists()


def test_submodules_can_follow_their_own_branch(run, with_submodule, source, tmp_path):
    run("git", **with_submodule)
    commit(source.folder, f="4")
    assert not run("git", **with_submodule)["changed"]
    assert run("git", **with_submodule, track_submodules=True)["submodules_changed"]
    assert (tmp_path / "work/inner/f").read_text() == "4"


def test_the_umask_holds_for_what_is_written(checkout, tmp_path):
    checkout(umask="0077")
    assert (tmp_path / "work").stat().st_mode & 0o777 == 0o700
    assert checkout(umask="9")["failed"]
    assert checkout(umask=77)["failed"]


def test_a_commit_without_a_signature_is_refused(checkout):
    assert checkout(verify_commit=True)["failed"]


def test_a_version_that_there_is_not_fails(checkout):
    assert checkout(version="nosuch", check=True)["failed"]
    assert checkout(version="nosuch")["failed"]


def test_options_that_exclude_each_other_fail(checkout):
    assert checkout(accept_hostkey=True, accept_newhostkey=True)["failed"]
    assert checkout(bare=True, separate_git_dir="/x")["failed"]


def test_a_directory_that_holds_something_else_is_left_alone(checkout, tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work/mine").write_text("x")
    assert checkout()["failed"]
    assert (tmp_path / "work/mine").exists()


def test_a_repository_that_is_not_there_fails_with_what_git_said(run, tmp_path):
    result = run("git", repo=str(tmp_path / "none"), dest=str(tmp_path / "work"))
    assert (result["failed"], result["rc"]) == (True, 128)
    assert "stderr" in result


LISTED = "aaa\trefs/heads/x\nbbb\trefs/tags/x\nccc\trefs/tags/v\nddd\trefs/tags/v^{}\n"


@pytest.mark.parametrize(
    ("name", "kind", "commit"), [("x", "branch", "aaa"), ("v", "tag", "ddd"), ("none", "other", None)]
)
def test_a_branch_comes_before_a_tag_and_a_tag_means_its_commit(name, kind, commit):
    version = git.version_among(LISTED, name)
    assert (version.kind, version.commit) == (kind, commit)


def params(**given):
    return {"ssh_opts": None, "accept_hostkey": False, "accept_newhostkey": False, "key_file": None, **given}


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({}, "-o BatchMode=yes"),
        ({"accept_hostkey": True}, "-o StrictHostKeyChecking=no -o BatchMode=yes"),
        ({"accept_newhostkey": True}, "-o StrictHostKeyChecking=accept-new -o BatchMode=yes"),
        ({"key_file": "/k y"}, "-i '/k y' -o IdentitiesOnly=yes -o BatchMode=yes"),
        ({"ssh_opts": "-v -o BatchMode=no"}, "-v -o BatchMode=no"),
        (
            {"ssh_opts": "-o StrictHostKeyChecking=yes", "accept_hostkey": True},
            "-o StrictHostKeyChecking=yes -o BatchMode=yes",
        ),
    ],
)
def test_ssh_gets_its_options(given, line):
    assert " ".join(git.ssh_options(params(**given))) == line


def test_fingerprints_of_good_signatures_are_found():
    line = "[GNUPG:] VALIDSIG ABC123 2024-01-01 1 0 4 0 1 10 00 DEF456\n[GNUPG:] GOODSIG 1 me\n"
    assert git.fingerprints(line) == ["ABC123", "DEF456"]
