"""Sources of each kind: names, literals, mistakes. Whole inventories are compared in the tests of the command."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assible.exceptions import InventoryError, UndefinedVariableError
from assible.hosts.inventory import Inventory
from assible.hosts.literals import literal
from assible.hosts.load import load_inventory
from assible.hosts.names import expand_name, split_port
from assible.language.files import SourceFiles
from assible.model.origin import Origin
from assible.model.text import SourceText, TemplateText

HERE = Origin("hosts", 1, 1)


def load(tmp_path: Path, text: str, kind: str = "ini", name: str | None = None, **options: Any) -> Inventory:
    """Load one source of one kind; that it cannot be read is an error."""
    path = tmp_path / (name or f"hosts.{'yml' if kind in ('auto', 'constructed', 'generator') else kind}")
    path.write_text(text)
    if kind == "script":
        path.chmod(0o755)
    options.setdefault("enabled", (kind,))
    return load_inventory([str(path)], SourceFiles(), any_unparsed_is_failed=True, **options)


def failure(tmp_path: Path, text: str, kind: str = "ini", **options: Any) -> InventoryError:
    with pytest.raises(InventoryError) as caught:
        load(tmp_path, text, kind, **options)
    return caught.value.others[0]  # type: ignore[return-value]  # failures of kinds are inventory errors


# --- names


@pytest.mark.parametrize(
    ("text", "name", "port"),
    [
        ("h", "h", None),
        ("h:22", "h", 22),
        ("h:abc", "h:abc", None),
        ("h:22:33", "h:22:33", None),
        ("2001:db8::2", "2001:db8::2", None),
        ("[2001:db8::1]:22", "2001:db8::1", 22),
        ("[::1]", "::1", None),
        ("h[1:2]:22", "h[1:2]", 22),
    ],
)
def test_a_port_is_told_from_an_address(text: str, name: str, port: int | None) -> None:
    assert split_port(text) == (name, port)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("h[1:3]", ["h1", "h2", "h3"]),
        ("h[01:03]", ["h01", "h02", "h03"]),
        ("h[1:5:2].x", ["h1.x", "h3.x", "h5.x"]),
        ("h[:2]", ["h0", "h1", "h2"]),
        ("h[a:c]", ["ha", "hb", "hc"]),
        ("h[y:B]", ["hy", "hz", "hA", "hB"]),
        ("h[1:2]-[x:y]", ["h1-x", "h1-y", "h2-x", "h2-y"]),
        ("h[5:2]", []),
    ],
)
def test_a_range_is_expanded(text: str, names: list[str]) -> None:
    assert expand_name(text)[0] == names


@pytest.mark.parametrize(
    "text", ["h[1:]", "h[1:3:0]", "h[01:100]", "h[1:2:3:4]", "h[1]", "h[", "h[c:a]", "h[a:3]", "h]["]
)
def test_a_bad_range_is_refused(text: str) -> None:
    with pytest.raises(InventoryError, match="range"):
        expand_name(text)


@given(st.integers(0, 500), st.integers(0, 40), st.integers(1, 7))
def test_a_numeric_range_has_the_members_of_its_arithmetic(begin: int, length: int, step: int) -> None:
    names, _ = expand_name(f"a[{begin}:{begin + length}:{step}]b")
    assert names == [f"a{number}b" for number in range(begin, begin + length + 1, step)]


# --- INI


LITERALS = [
    ("1", 1),
    ("-5", -5),
    ("1.5", 1.5),
    ("True", True),
    ("true", "true"),
    ("None", None),
    ("0755", "0755"),
    ("0xff", 255),
    ("1_000", 1000),
    ("1e3", 1000.0),
    ("1j", "1j"),
    ("1+1", "1+1"),
    ("...", "..."),
    ("(1, 2)", [1, 2]),
    ("[1, 'a']", [1, "a"]),
    ("{'a': 1}", {"a": 1}),
    ('{"a": true}', '{"a": true}'),
    ("'23'", "23"),
    ("b'x'", "b'x'"),
    ("'a", "'a"),
    ("12:30", "12:30"),
    ("10.0.0.1", "10.0.0.1"),
    ("C:\\temp\\new", "C:\\temp\\new"),
    ('"a # b" # c', "a # b"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "value"), LITERALS)
def test_an_ini_value_is_a_python_literal_or_text(text: str, value: object) -> None:
    found = literal(text, HERE)
    assert found == value
    assert type(found) is type(value) or isinstance(found, (SourceText, list, dict))


def test_an_ini_value_may_be_a_template() -> None:
    assert type(literal("{{ a }}", HERE)) is TemplateText


@given(st.text())
def test_every_text_has_an_ini_value(text: str) -> None:
    literal(text, HERE)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("h a=1 b\n", 1, "key=value"),
        ("h a = 1\n", 1, "key=value"),
        ('h a="x\n', 1, "quotation"),
        ("h:\n", 1, "colon"),
        ("\n[g:bad]\n", 2, "unknown kind"),
        ("[g:vars:x]\n", 1, "section"),
        ("[]\n", 1, "section"),
        ("[a b]\n", 1, "section"),
        ("[g]x\n", 1, "range"),
        ("[g:vars]\nx=1\n", 1, "not defined"),
        ("[g]\n[g:vars]\nx\n", 3, "key=value"),
        ("[a:children]\nb\n", 2, "not defined"),
        ("[a:children]\nb c=1\n", 2, "group name"),
        ("[a:children]\nb\n[b:children]\na\n", 4, "contain each other"),
    ],
)
def test_a_mistake_in_an_ini_inventory_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    error = failure(tmp_path, text)
    assert f"{error.message} {error.hint}".count(message)
    assert error.origin is not None
    assert (Path(error.origin.path).name, error.origin.line) == ("hosts.ini", line)


def test_groups_may_be_used_before_they_are_defined(tmp_path: Path) -> None:
    inventory = load(tmp_path, "[a:vars]\nx=1\n[p:children]\na\n[a]\nh\n")
    assert inventory.host_variables(inventory.hosts["h"]) == {"x": 1}
    assert inventory.group_names(inventory.hosts["h"]) == ["a", "p"]


def test_values_know_their_line(tmp_path: Path) -> None:
    inventory = load(tmp_path, "\nh a=b\n[g]\nh\n[g:vars]\nc = d\n")
    assert inventory.hosts["h"].vars["a"].origin.line == 2
    assert inventory.groups["g"].vars["c"].origin.line == 6


# --- YAML, TOML


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("web:\n  hosts:\n    - h\n", "must be a mapping"),
        ("web: {hosts: {h: 3}}\n", "must be a mapping"),
        ("web: {hosts: {1: }}\n", "not text"),
        ("1: {hosts: {h: }}\n", "not text"),
        ("web: {children: {a: {children: {web: }}}}\n", "contain each other"),
        ("plugin: foo\n", "plugin"),
        ("[]\n", "empty"),
        ("- a\n", "mapping"),
        ("a: [\n", "YAML"),
    ],
)
def test_a_mistake_in_a_yaml_inventory_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert message in failure(tmp_path, text, "yaml").message


def test_odd_parts_of_a_yaml_inventory_are_skipped_with_a_warning(tmp_path: Path) -> None:
    told: list[str] = []
    text = "web: {foo: {}, hosts: h}\nodd: 1\n"
    inventory = load(tmp_path, text, "yaml", warn=lambda message, origin: told.append(message))
    assert list(inventory.hosts) == ["h"]
    assert ["foo" in told[0], "odd" in told[1]] == [True, True]


@pytest.mark.parametrize("text", ["a = [", "", '[g]\nhosts = ["a"]\n', "[g.hosts]\na = 1\n", "[g]\nchildren = 'x'\n"])
def test_a_mistake_in_a_toml_inventory_is_refused(tmp_path: Path, text: str) -> None:
    assert isinstance(failure(tmp_path, text, "toml"), InventoryError)


# --- scripts


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("echo '[]'", "mapping"),
        ("echo nojson", "JSON"),
        ("echo oops >&2; exit 3", "status 3: oops"),
        ('echo \'{"web": "h"}\'', "web.hosts"),
        ('echo \'{"web": {"hosts": {"a": 1}}}\'', "web.hosts"),
        ('echo \'{"web": {"vars": []}}\'', "web.vars"),
        ('echo \'{"_meta": {"hostvars": []}, "web": ["a"]}\'', "_meta.hostvars"),
        ('echo \'{"web": {"children": ["web"]}}\'', "contain each other"),
    ],
)
def test_a_script_that_does_not_do_its_work_is_refused(tmp_path: Path, body: str, message: str) -> None:
    assert message in failure(tmp_path, f"#!/bin/sh\n{body}\n", "script", name="inv.sh").message


def test_a_file_that_is_not_executable_is_no_script(tmp_path: Path) -> None:
    (tmp_path / "inv").write_text("#!/bin/sh\necho '{}'\n")
    told: list[str] = []
    load_inventory(
        [str(tmp_path / "inv")],
        SourceFiles(),
        enabled=("script",),
        warn=lambda message, origin: told.append(message),
    )
    assert "cannot be read" in told[0]


def test_what_a_script_marks_is_unsafe_or_encrypted(tmp_path: Path) -> None:
    body = '{"_meta": {"hostvars": {"h": {"a": {"__ansible_unsafe": "{{ x }}"}, "b": "{{ y }}"}}}, "g": ["h"]}'
    inventory = load(tmp_path, f"#!/bin/sh\necho '{body}'\n", "script")
    assert [type(value) for value in inventory.hosts["h"].vars.values()] == [str, TemplateText]


# --- configured sources


def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
    """Evaluate a Python expression: enough of Jinja for these tests."""
    try:
        return eval(expression, {}, dict(variables))  # the tests' own expressions
    except NameError as error:
        raise UndefinedVariableError(str(error)) from error


def render(template: Any, variables: Mapping[str, Any]) -> Any:
    text = str(template)
    for name, value in variables.items():
        text = text.replace(f"{{{{ {name} }}}}", str(value))
    return text


BASE = {"web": {"hosts": {"w1": {"os": "Linux", "ver": 9, "tags": {"a": "x", "b": ""}}, "w2": {"ver": 1}}}}


def construct(tmp_path: Path, options: str) -> Inventory:
    path = tmp_path / "made.yml"
    path.write_text(f"plugin: constructed\n{options}\n")
    return load_inventory(
        [BASE, str(path)],
        SourceFiles(),
        enabled=("auto",),
        any_unparsed_is_failed=True,
        evaluate=evaluate,
        render=render,
    )


@pytest.mark.parametrize(
    ("options", "group", "hosts"),
    [
        ("groups: {new: ver > 5}", "new", ["w1"]),
        ("groups: {'bad name': 'True'}", "bad_name", ["w1", "w2"]),
        ("keyed_groups: [{key: os, prefix: is}]", "is_Linux", ["w1"]),
        ("keyed_groups: [{key: os}]", "_Linux", ["w1"]),
        ("leading_separator: false\nkeyed_groups: [{key: os}]", "Linux", ["w1"]),
        ("keyed_groups: [{key: os, separator: ''}]", "Linux", ["w1"]),
        ("keyed_groups: [{key: tags, prefix: t}]", "t_b_", ["w1"]),
        ("keyed_groups: [{key: tags, prefix: t, default_value: none}]", "t_b_none", ["w1"]),
        ("keyed_groups: [{key: tags, prefix: t, trailing_separator: false}]", "t_b", ["w1"]),
        ("keyed_groups: [{key: '[os, str(ver)]', prefix: l}]", "l_9", ["w1"]),
        ("keyed_groups: [{key: '\"\"', prefix: e, default_value: d}]", "e_d", ["w1", "w2"]),
        ("keyed_groups: [{key: os, prefix: x, parent_group: 'p_{{ ver }}'}]", "p_9", ["w1"]),
        ("use_extra_vars: true\ncompose: {two: ver * 2}\ngroups: {big: two > 10}", "big", ["w1"]),
    ],
)
def test_a_constructed_group_has_its_hosts(tmp_path: Path, options: str, group: str, hosts: list[str]) -> None:
    assert construct(tmp_path, options).groups_map()[group] == hosts


def test_a_composed_variable_is_set_where_its_expression_holds(tmp_path: Path) -> None:
    inventory = construct(tmp_path, "compose: {label: 'os + str(ver)', later: label}")
    assert inventory.hosts["w1"].vars["label"] == "Linux9"
    assert "label" not in inventory.hosts["w2"].vars
    assert "later" not in inventory.hosts["w1"].vars


@pytest.mark.parametrize(
    "options",
    [
        "strict: true\ncompose: {x: nothing}",
        "strict: true\ngroups: {x: nothing}",
        "strict: true\ngroups: {x: ver}",
        "strict: true\nkeyed_groups: [{key: nothing}]",
        "keyed_groups: [{key: ver}]",
        "keyed_groups: [{key: os, default_value: a, trailing_separator: false}]",
        "keyed_groups: [{kee: os}]",
        "compose: []",
        "strict: 3",
    ],
)
def test_a_mistake_in_a_constructed_inventory_is_refused(tmp_path: Path, options: str) -> None:
    with pytest.raises(InventoryError):
        construct(tmp_path, options)


def test_variables_files_count_only_where_they_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "web.yml").write_text("room: 7\n")
    assert "r" not in construct(tmp_path, "groups: {r: room == 7}").groups
    assert "r" in construct(tmp_path, "use_vars_plugins: true\ngroups: {r: room == 7}").groups


def test_a_generator_needs_a_name_and_lists(tmp_path: Path) -> None:
    head = "plugin: generator\n"
    options = {"enabled": ("auto",), "render": render}
    assert "name" in failure(tmp_path, head + "hosts: {}\n", "auto", **options).message
    text = head + "hosts: {name: 'h{{ a }}'}\nlayers: {a: x}\n"
    assert "list" in failure(tmp_path, text, "auto", **options).message
    inventory = load(tmp_path, text.replace("x}", "[x, y]}"), "auto", **options)
    assert list(inventory.hosts) == ["hx", "hy"]


@pytest.mark.parametrize(
    ("text", "message"), [("a: 1\n", "no 'plugin'"), ("plugin: nope.x.y\n", "no inventory plugin")]
)
def test_auto_needs_a_plugin_that_exists(tmp_path: Path, text: str, message: str) -> None:
    assert message in failure(tmp_path, text, "auto").message


def test_a_found_plugin_reads_its_file(tmp_path: Path) -> None:
    class Mine:
        def verify(self, path: str, context: Any) -> bool:
            return True

        def parse(self, path: str, inventory: Any, context: Any) -> None:
            inventory.add_host("mine", "ours")

    inventory = load(
        tmp_path,
        "plugin: my.own.source\n",
        "auto",
        find_source=lambda name: Mine() if name == "my.own.source" else None,
    )
    assert inventory.groups_map()["ours"] == ["mine"]


# --- loading


def test_later_sources_win(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("h a=1 b=1\n")
    (tmp_path / "two").write_text("h b=2\n")
    inventory = load_inventory([str(tmp_path / "one"), str(tmp_path / "two")], SourceFiles(), enabled=("ini",))
    assert inventory.hosts["h"].vars == {"a": 1, "b": 2}
    assert inventory.hosts["h"].source == str(tmp_path / "one")


def test_a_directory_passes_over_what_is_no_source(tmp_path: Path) -> None:
    for name in (".hidden", "a.orig", "b.bak", "c~", "d.pyc", "e.cfg", "f.retry", "skipped-me", "good"):
        (tmp_path / name).write_text(f"host-of-{name}\n")
    inventory = load_inventory([str(tmp_path)], SourceFiles(), enabled=("ini",), ignore_patterns=("^skipped",))
    assert list(inventory.hosts) == ["host-of-good"]


def test_a_source_that_nobody_can_read_is_a_warning_or_an_error(tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "bad").write_text("h a=1 b\n")
    source = str(tmp_path / "bad")
    inventory = load_inventory([source], SourceFiles(), warn=lambda message, origin: told.append(message))
    assert any("key=value" in message for message in told)
    assert inventory.groups_map()["all"] == []
    for option in ({"any_unparsed_is_failed": True}, {"unparsed_is_failed": True}):
        with pytest.raises(InventoryError):
            load_inventory([source], SourceFiles(), **option)


def test_a_group_and_a_host_of_one_name_are_warned_of() -> None:
    told: list[str] = []
    load_inventory([{"g": {"hosts": {"g": {}}}}], SourceFiles(), warn=lambda message, origin: told.append(message))
    assert "both" in told[0]


def test_data_and_names_are_sources_too() -> None:
    inventory = load_inventory([{"g": {"hosts": {"a": {"x": 1}}}}, ["b[1:2]"], "c,"], SourceFiles())
    assert list(inventory.hosts) == ["a", "b1", "b2", "c"]


def test_an_unknown_plugin_cannot_be_enabled() -> None:
    with pytest.raises(InventoryError, match="'nope'"):
        load_inventory(["a,"], SourceFiles(), enabled=("nope",))
