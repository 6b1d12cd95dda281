"""Groups, their order, and the layers of variables."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assible.exceptions import InventoryError
from assible.hosts.inventory import Inventory
from assible.hosts.load import load_inventory
from assible.language.files import SourceFiles
from assible.language.vault import Vault, VaultSecret
from assible.model.text import TemplateText

DATA = Path(__file__).parent / "data"


def sample() -> Inventory:
    return Inventory.from_data(
        {
            "all": {"vars": {"level": "all", "common": 1}, "hosts": {"alone": {}}},
            "web": {
                "hosts": {"web[1:2]": {"x": 1}},
                "vars": {"level": "web"},
                "children": {"inner": {"hosts": {"i": {}}}},
            },
            "db": {"hosts": {"db1": {}, "web1": {}}, "vars": {"level": "db"}},
        }
    )


def test_all_and_ungrouped_always_exist() -> None:
    assert list(Inventory().groups) == ["all", "ungrouped"]


def test_hosts_without_group_are_ungrouped_and_nobody_else_is() -> None:
    inventory = sample()
    assert inventory.groups_map()["ungrouped"] == ["alone"]
    inventory.add_host("alone", "db")
    assert inventory.groups_map()["ungrouped"] == []


def test_members_come_level_by_level() -> None:
    inventory = load_inventory([str(DATA / "patterns.ini")], SourceFiles(), enabled=("ini",))
    assert inventory.groups_map()["all"] == [
        *("web2", "app1", "db1", "10.0.0.1", "fe80::1", "2001:db8::1"),
        *("web1", "web10", "db2"),
    ]


def test_group_names_are_sorted_and_leave_out_all() -> None:
    inventory = sample()
    assert inventory.group_names(inventory.hosts["i"]) == ["inner", "web"]
    assert inventory.group_names(inventory.hosts["web1"]) == ["db", "web"]
    assert inventory.group_names(inventory.hosts["alone"]) == ["ungrouped"]


def test_hosts_of_the_same_groups_share_one_mapping() -> None:
    inventory = Inventory.from_data({"web": {"hosts": {"web[1:50]": {}}, "vars": {"a": 1}}, "all": {"vars": {"b": 2}}})
    layers = [inventory.host_layers(host) for host in inventory.hosts.values()]
    assert {id(layer[-1]) for layer in layers} == {id(layers[0][-1])}
    assert layers[0] == ({"a": 1, "b": 2},)


def test_depth_then_priority_then_name_decides_between_groups() -> None:
    inventory = sample()
    host = inventory.hosts["web1"]
    assert inventory.host_variables(host)["level"] == "web"
    inventory.set_variable("db", "ansible_group_priority", 10)
    assert inventory.host_variables(host)["level"] == "db"
    assert "ansible_group_priority" not in inventory.host_variables(host)
    inventory.set_variable("inner", "level", "inner")
    inventory.add_host("web1", "inner")
    assert inventory.host_variables(host)["level"] == "inner"


def test_a_priority_that_is_no_number_is_refused() -> None:
    with pytest.raises(InventoryError, match="priority"):
        sample().set_variable("db", "ansible_group_priority", "high")


def test_layers_begin_with_the_strongest() -> None:
    files = SourceFiles()
    inventory = load_inventory([str(DATA / "precedence/hosts")], files, playbook_dir=str(DATA / "pbdir"))
    layers = inventory.host_layers(inventory.hosts["h1"])
    assert [layer.get("v13") for layer in layers[:2]] == ["hv_pb", "hv"]
    assert layers[-1]["v7"] == "a_pb"


def test_the_precedence_of_group_variables_can_be_changed() -> None:
    source = str(DATA / "precedence/hosts")
    order = ("groups_plugins_inventory", "all_plugins_inventory", "groups_inventory", "all_inventory")
    inventory = load_inventory([source], SourceFiles(), precedence=order)
    assert inventory.host_variables(inventory.hosts["h1"])["v10"] == "all_inv"
    with pytest.raises(InventoryError, match="levels: nonsense"):
        Inventory(precedence=("nonsense",))


def test_mappings_may_be_merged_instead_of_replaced() -> None:
    data = {"all": {"vars": {"m": {"a": 1, "b": {"c": 1}}}}, "web": {"hosts": {"h": {"m": {"b": {"d": 2}}}}}}
    inventory = Inventory.from_data(data, recursive_merge=True)
    assert inventory.host_layers(inventory.hosts["h"]) == ({"m": {"a": 1, "b": {"c": 1, "d": 2}}},)


def test_values_stay_as_they_were_written() -> None:
    inventory = Inventory.from_data({"all": {"hosts": {"h": {"t": "{{ x }}"}}}})
    host = inventory.hosts["h"]
    assert type(host.vars["t"]) is TemplateText
    assert host.vars.templated


def test_vaulted_variables_files_are_read(tmp_path: Path) -> None:
    vault = Vault([VaultSecret("default", b"pw")])
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "hosts").write_text("h\n")
    (tmp_path / "group_vars" / "all.yml").write_text(vault.encrypt(b"a: 1\n"))
    inventory = load_inventory([str(tmp_path / "hosts")], SourceFiles(vault))
    assert inventory.host_variables(inventory.hosts["h"]) == {"a": 1}


def test_a_variables_file_must_hold_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "hosts").write_text("h\n")
    (tmp_path / "host_vars" / "h.yml").write_text("- 1\n")
    inventory = load_inventory([str(tmp_path / "hosts")], SourceFiles())
    with pytest.raises(InventoryError, match="mapping"):
        inventory.host_layers(inventory.hosts["h"])


def test_groups_cannot_contain_each_other() -> None:
    inventory = sample()
    for parent, child in (("inner", "web"), ("web", "web"), ("web", "all")):
        with pytest.raises(InventoryError, match="contain each other"):
            inventory.add_child(parent, child)


def test_unknown_names_are_refused() -> None:
    inventory = sample()
    with pytest.raises(InventoryError, match="'nobody'"):
        inventory.set_variable("nobody", "a", 1)
    with pytest.raises(InventoryError, match="'nobody'"):
        inventory.add_child("web", "nobody")
    with pytest.raises(InventoryError, match="'nothing'"):
        inventory.add_child("nothing", "web")
    with pytest.raises(InventoryError, match="text"):
        inventory.add_host("")


def test_changes_during_a_run_are_seen_at_once() -> None:
    inventory = sample()
    host = inventory.hosts["alone"]
    assert inventory.host_variables(host)["level"] == "all"
    inventory.add_group("late")
    inventory.set_variable("late", "level", "late")
    inventory.add_host("alone", "late")
    inventory.add_child("db", "late")
    assert inventory.host_variables(host)["level"] == "late"
    assert inventory.group_names(host) == ["db", "late"]
    assert host in inventory.groups["late"].hosts
    assert "alone" in inventory.groups_map()["db"]


def test_the_implicit_localhost_belongs_to_no_group_but_reads_the_variables_of_all() -> None:
    inventory = sample()
    host = inventory.implicit_localhost()
    assert host.implicit
    assert host.vars["ansible_connection"] == "local"
    assert inventory.group_names(host) == []
    assert inventory.host_variables(host)["level"] == "all"
    assert inventory.match("all:localhost")[-1] is host
    assert "localhost" not in inventory.hosts


def test_a_defined_localhost_is_an_ordinary_host() -> None:
    inventory = Inventory.from_hosts(["localhost"])
    assert inventory.match("127.0.0.1") == [inventory.hosts["localhost"]]
    assert not inventory.match("localhost")[0].implicit


def test_invalid_group_names_are_kept_and_warned_of_or_replaced() -> None:
    told: list[str] = []
    inventory = Inventory(warn=lambda message, origin: told.append(message))
    assert inventory.add_group("a-b") == "a-b"
    assert len(told) == 1
    assert Inventory(invalid_group_names="silently").add_group("1a-b") == "_a_b"
    assert Inventory(invalid_group_names="ignore").add_group("a-b") == "a-b"


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=20))
def test_whatever_is_linked_no_group_contains_itself(links: list[tuple[str, str]]) -> None:
    inventory = Inventory()
    for name in "abcdef":
        inventory.add_group(name)
        inventory.add_host(f"h{name}", name)
    for parent, child in links:
        try:
            inventory.add_child(parent, child)
        except InventoryError:
            continue
    for host in inventory.hosts.values():
        names = inventory.group_names(host)
        assert names == sorted(set(names))
        assert all(host in inventory.members(inventory.groups[name]) for name in names)
