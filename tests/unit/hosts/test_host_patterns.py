"""The host pattern language; expectations are recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assible.exceptions import InventoryError
from assible.hosts.inventory import Inventory
from assible.hosts.load import load_inventory
from assible.hosts.patterns import parse_pattern, split_pattern
from assible.language.files import SourceFiles

DATA = Path(__file__).parent / "data"
RECORDED = json.loads((DATA / "expected" / "patterns.json").read_text())


@pytest.fixture
def inventory() -> Inventory:
    return load_inventory([str(DATA / "patterns.ini")], SourceFiles(), enabled=("ini",))


def names(inventory: Inventory, pattern: str | list[str], **options: object) -> list[str]:
    return [host.name for host in inventory.match(pattern, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("pattern", "expected"), RECORDED)
def test_a_pattern_gives_the_recorded_hosts_in_order(inventory: Inventory, pattern: str, expected: list[str]) -> None:
    assert names(inventory, pattern) == expected


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("web:db", ["web", "db"]),
        ("web, db ,", ["web", "db"]),
        ("web1:22", ["web1:22"]),
        ("fe80::1", ["fe80::1"]),
        ("fe80::1,web", ["fe80::1", "web"]),
        ("web[0:1]:!web2", ["web[0:1]", "!web2"]),
        ("", []),
    ],
)
def test_a_pattern_is_split_into_terms(text: str, terms: list[str]) -> None:
    assert split_pattern(text) == terms


def test_nothing_means_all(inventory: Inventory) -> None:
    assert names(inventory, "") == names(inventory, "all") == names(inventory, [])


def test_a_list_of_patterns_is_one_pattern(inventory: Inventory) -> None:
    assert names(inventory, ["web", "!web1", "db[0]"]) == ["web2", "web10", "db1"]


def test_a_limit_narrows_and_keeps_the_order_of_the_pattern(inventory: Inventory) -> None:
    assert names(inventory, "db:web", limit="web1,db1") == ["db1", "web1"]
    assert names(inventory, "web", limit=["!web1"]) == ["web2", "web10"]


def test_a_limit_may_be_read_from_a_file(inventory: Inventory, tmp_path: Path) -> None:
    (tmp_path / "retry").write_text("db1\n# not this\n\napp1\n")
    assert names(inventory, "all", limit=f"@{tmp_path / 'retry'}") == ["app1", "db1"]


def test_the_order_can_be_chosen(inventory: Inventory) -> None:
    assert names(inventory, "web", order="reverse_inventory") == ["web10", "web2", "web1"]
    assert names(inventory, "web", order="sorted") == ["web1", "web10", "web2"]
    assert names(inventory, "web", order="reverse_sorted") == ["web2", "web10", "web1"]
    assert sorted(names(inventory, "web", order="shuffle")) == ["web1", "web10", "web2"]
    with pytest.raises(InventoryError, match="'upwards'"):
        names(inventory, "web", order="upwards")


def test_what_matches_nothing_is_a_warning_an_error_or_nothing() -> None:
    told: list[str] = []
    Inventory(warn=lambda message, origin: told.append(message)).match("nope")
    assert "nope" in told[0]
    told.clear()
    Inventory(pattern_mismatch="ignore", warn=lambda message, origin: told.append(message)).match("nope")
    assert told == []
    with pytest.raises(InventoryError, match="'nope'"):
        Inventory(pattern_mismatch="error").match("nope")


def test_a_bad_regular_expression_is_refused() -> None:
    with pytest.raises(InventoryError, match="regular expression"):
        parse_pattern("~(")


def test_a_pattern_is_parsed_once() -> None:
    assert parse_pattern("web:db") is parse_pattern("web:db")


_HOSTS = [f"h{number}" for number in range(8)]
_name = st.sampled_from([*_HOSTS, "g1", "g2", "all", "h*", "h[0-3]", "g1[0]", "g2[-1]"])
_terms = st.lists(st.tuples(st.sampled_from(["", "&", "!"]), _name), min_size=1, max_size=6)


@given(_terms)
def test_operations_follow_the_arithmetic_of_sets(terms: list[tuple[str, str]]) -> None:
    inventory = Inventory.from_data({"g1": {"hosts": {"h[0:4]": {}}}, "g2": {"hosts": {"h[3:7]": {}}}})
    found = {sign: [names(inventory, name) for own, name in terms if own == sign] for sign in ("", "&", "!")}
    expected = {name for part in found[""] for name in part} if found[""] else set(_HOSTS)
    for part in found["&"]:
        expected &= set(part)
    for part in found["!"]:
        expected -= set(part)
    matched = names(inventory, ":".join(sign + name for sign, name in terms))
    assert set(matched) == expected
    assert len(matched) == len(set(matched))


@given(st.text(alphabet="ab*?[]:!&~,.0-1 (", max_size=12))
def test_no_pattern_raises_anything_but_an_inventory_error(text: str) -> None:
    try:
        Inventory.from_hosts(["a", "b1"]).match(text)
    except InventoryError:
        pass
