"""The apt_repository module: lines, file names, and files in a throw-away root."""

from pathlib import Path

import pytest

from assible.content.modules import apt_repository as module

PREPARE = (Path(__file__).parents[1] / "apt" / "repository.sh").read_text()


@pytest.mark.parametrize(
    ("line", "text", "enabled"),
    [
        ("deb http://a/ stable main", "deb http://a/ stable main", True),
        (
            "  deb\t[ arch=amd64   x=y ]  http://a/   stable main # why",
            "deb [arch=amd64 x=y] http://a/ stable main",
            True,
        ),
        ("# deb http://a/ stable main", "deb http://a/ stable main", False),
        ("deb cdrom:[A disc]/ stable main", "deb cdrom:[A disc]/ stable main", True),
        ("deb-src file:/srv ./", "deb-src file:/srv ./", True),
    ],
)
def test_a_line_names_a_repository(line, text, enabled):
    source = module.parse_source(line)
    assert (source.text, source.enabled) == (text, enabled)


@pytest.mark.parametrize("line", ["", "# a note", "http://a/ stable main", "deb http://a/", "rpm http://a/ x y"])
def test_other_lines_name_none(line):
    assert module.parse_source(line) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("deb http://dl.example.com/linux/chrome/deb/ stable main", "dl_example_com_linux_chrome_deb.list"),
        ("deb [a=b] https://user:pw@a.example.com:8443/6.x/apt s m", "a_example_com_8443_6_x_apt.list"),
        ("deb file:/srv/repo ./", "file_srv_repo.list"),
        ("deb cdrom:[A disc]/ s m", "cdrom.list"),
    ],
)
def test_the_file_is_called_after_the_address(text, name):
    assert module.file_name(text) == name


def test_what_is_switched_off_is_switched_on_in_its_place():
    lines = ["a note", "# deb http://a/ s m", "end"]
    assert module.with_source(lines, "deb http://a/ s m") == ["a note", "deb http://a/ s m", "end"]
    assert module.with_source(lines, "deb http://b/ s m") is None


@pytest.mark.parametrize(
    ("repo", "parts"),
    [("ppa:nginx/stable", ("nginx", "stable")), ("ppa:~x", ("x", "ppa")), ("ppa:a/ubuntu/b", ("a", "b"))],
)
def test_a_ppa_has_an_owner_and_a_name(repo, parts):
    assert module.parse_ppa(repo) == parts


@pytest.fixture(scope="module")
def prepared(root):
    root.run("sh", "-c", PREPARE)
    return root


def test_only_the_line_itself_changes(prepared, run_in_root):
    main = prepared.path / "etc/apt/sources.list"
    before = "# mine\nrubbish\ndeb   http://x.example.com/a   s   m # odd\n"
    main.write_text(before)
    args = {"repo": "deb http://y.example.com/a s m", "update_cache": False}
    assert run_in_root("apt_repository", check=True, **args)["changed"]
    assert run_in_root("apt_repository", **args)["sources_added"] == ["/etc/apt/sources.list.d/y_example_com_a.list"]
    assert not run_in_root("apt_repository", **args)["changed"]
    run_in_root("apt_repository", repo="deb http://x.example.com/a s m", state="absent", update_cache=False)
    assert main.read_text() == "# mine\nrubbish\n"
    assert run_in_root("apt_repository", **args, state="absent")["sources_removed"]
    assert not (prepared.path / "etc/apt/sources.list.d/y_example_com_a.list").exists()


def test_files_are_put_back_where_lists_cannot_be_fetched(prepared, run_in_root):
    (prepared.path / "etc/apt/sources.list").write_text("deb [trusted=yes] file:/srv/stable ./\n")
    result = run_in_root("apt_repository", repo="deb file:/srv/nowhere ./", update_cache_retries=1)
    assert result["failed"]
    assert list((prepared.path / "etc/apt/sources.list.d").iterdir()) == []


def test_lists_are_fetched_after_a_change(prepared, run_in_root):
    (prepared.path / "etc/apt/sources.list").write_text("")
    assert run_in_root("apt_repository", repo="deb [trusted=yes] file:/srv/stable ./", mode="0640")["changed"]
    assert "alpha" in prepared.run("apt-cache", "pkgnames")
    path = prepared.path / "etc/apt/sources.list.d/file_srv_stable.list"
    assert path.stat().st_mode & 0o777 == 0o640
