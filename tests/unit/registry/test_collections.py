"""Where collections are, and where their names lead."""

import pytest

from assible.exceptions import PluginError, PluginNotFoundError
from assible.registry.collections import Collections, collection_of, moved, split_name


@pytest.fixture
def collections(tmp_path):
    def install(runtime, name="own.tools"):
        folder = tmp_path.joinpath("ansible_collections", *name.split("."))
        (folder / "meta").mkdir(parents=True)
        (folder / "meta" / "runtime.yml").write_text(runtime)
        return Collections([str(tmp_path)])

    return install


ROUTING = """
plugin_routing:
  modules:
    old: {redirect: own.tools.newer}
    newer: {redirect: other.place.newest, deprecation: {removal_version: 9.0.0, warning_text: use newest}}
    gone: {tombstone: {removal_date: 2020-01-01, warning_text: it is no more}}
    round: {redirect: own.tools.about}
    about: {redirect: own.tools.round}
"""


def test_a_name_is_followed_to_its_end_and_says_what_its_users_should_know(collections):
    routed = collections(ROUTING).route("modules", "own.tools.old")
    assert routed.name == "other.place.newest"
    assert routed.notes == ("'own.tools.newer' will be removed in own.tools 9.0.0: use newest",)


def test_a_name_of_another_kind_is_left_alone(collections):
    assert collections(ROUTING).route("filter", "own.tools.old").name == "own.tools.old"


@pytest.mark.parametrize(("name", "words"), [("gone", "after 2020-01-01: it is no more"), ("round", "circle")])
def test_a_name_that_leads_nowhere_says_why(collections, name, words):
    with pytest.raises(PluginError, match=words):
        collections(ROUTING).route("modules", f"own.tools.{name}")


def test_groups_add_up_and_may_name_each_other(collections):
    groups = """
action_groups:
  one: [a, other.place.b]
  two:
    - metadata: {extend_group: [one, own.tools.two]}
    - c
"""
    found = collections(groups).action_group("own.tools.two")
    assert found == {"own.tools.a", "other.place.b", "own.tools.c"}


@pytest.mark.parametrize("name", ["own.tools.none", "none", "not.installed.none"])
def test_a_group_that_does_not_exist_is_refused(collections, name):
    with pytest.raises(PluginNotFoundError, match=name):
        collections("action_groups: {}").action_group(name)


def test_a_broken_runtime_file_is_told_with_its_path(collections):
    with pytest.raises(PluginError) as caught:
        collections("plugin_routing: [").route("modules", "own.tools.x")
    assert caught.value.origin.path.endswith("runtime.yml")


def test_the_first_path_that_has_a_collection_counts(tmp_path):
    for place in ("one", "two"):
        (tmp_path / place / "ansible_collections" / "own" / "tools").mkdir(parents=True)
    found = Collections([str(tmp_path / "one"), str(tmp_path / "two")])
    assert found.folder("own.tools") == tmp_path / "one" / "ansible_collections" / "own" / "tools"
    assert found.folder("own.none") is None


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/x/ansible_collections/a/b/playbooks/p.yml", "a.b"),
        ("/ansible_collections/a/b/ansible_collections/c/d/x", "c.d"),
        ("/x/a/b/p.yml", None),
        ("/x/ansible_collections/a", None),
        ("/x/ansible_collections/a-b/c", None),
    ],
)
def test_a_file_belongs_to_the_collection_whose_tree_it_lies_in(path, name):
    assert collection_of(path) == name


def test_what_once_shipped_is_found_by_its_old_name():
    assert moved("module", "docker_container") == "community.docker.docker_container"
    assert moved("module", "ansible.builtin.ini_file") == "community.general.ini_file"
    assert moved("filter", "json_query") == "community.general.json_query"
    assert moved("module", "copy") is None


def test_a_name_that_is_not_full_belongs_to_no_collection():
    assert split_name("a.b") == ("", "")
    assert split_name("a.b.c.d") == ("a.b", "c.d")
