"""What holds of every INI inventory: written and read again it is the same, and nonsense is refused in words."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assible.exceptions import InventoryError
from assible.hosts.load import load_inventory
from assible.language.files import SourceFiles

QUICK = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda name: name not in ("all", "ungrouped"))
HOSTS = st.from_regex(r"[a-z][a-z0-9.-]{0,10}[a-z0-9]", fullmatch=True)
#: Text that shell rules carry unchanged and that is no literal: it begins with a letter or is quoted.
TEXTS = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f\x85\xa0"), max_size=20
).filter(lambda text: "{{" not in text and "{%" not in text and "{#" not in text)
VALUES = st.one_of(st.integers(), st.booleans(), TEXTS.map(lambda text: "t" + text))


def read(tmp_path: Path, text: str) -> Any:
    (tmp_path / "hosts.ini").write_text(text, encoding="utf-8")
    return load_inventory([str(tmp_path / "hosts.ini")], SourceFiles(), enabled=("ini",))


@QUICK
@given(st.dictionaries(HOSTS, st.dictionaries(NAMES, VALUES, max_size=4), min_size=1, max_size=5))
def test_hosts_and_their_variables_come_back_as_they_were_written(tmp_path, hosts):
    lines = [
        " ".join([host, *(shlex.quote(f"{key}={value}") for key, value in own.items())]) for host, own in hosts.items()
    ]
    inventory = read(tmp_path, "\n".join(lines) + "\n")
    assert list(inventory.hosts) == list(hosts)
    for host, own in hosts.items():
        variables = inventory.host_variables(inventory.hosts[host])
        assert {key: variables[key] for key in own} == own


@QUICK
@given(st.lists(NAMES, min_size=1, max_size=6, unique=True), st.data())
def test_groups_children_and_members_come_back_as_they_were_written(tmp_path, names, data):
    members = {name: data.draw(st.lists(HOSTS, max_size=3, unique=True)) for name in names}
    children = {
        name: data.draw(st.lists(st.sampled_from(names[i + 1 :]), unique=True)) for i, name in enumerate(names[:-1])
    }
    lines = [line for name in names for line in (f"[{name}]", *members[name])]
    lines += [line for name, below in children.items() for line in (f"[{name}:children]", *below)]
    inventory = read(tmp_path, "\n".join(lines) + "\n")

    def all_members(name):
        return set(members[name]).union(*(all_members(child) for child in children.get(name, ())))

    for name in names:
        assert {host.name for host in inventory.match(name)} == all_members(name)


@QUICK
@given(st.text(st.sampled_from("[]:=#;\"'\\ \n\tabc123{}*-.,!&@"), max_size=60))
def test_any_text_is_an_inventory_or_refused_in_words(tmp_path, text):
    try:
        inventory = read(tmp_path, text)
    except InventoryError:
        return
    assert all(isinstance(name, str) and name for name in inventory.hosts)
