"""YAML becomes source values: kinds, places, trust."""

from __future__ import annotations

import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assible.exceptions import VaultError, YamlError
from assible.language import yaml as language_yaml
from assible.language.yaml import dump_yaml, load_yaml, load_yaml_documents
from assible.model.origin import Origin
from assible.model.text import SourceDict, SourceList, SourceText, TemplateText, VaultedText, is_templated

SCALARS = [
    ("yes", True),
    ("Off", False),
    ("y", "y"),
    ("~", None),
    ("", None),
    ("0755", 493),
    ("0o755", "0o755"),
    ("0xFF", 255),
    ("0b101", 5),
    ("1_000", 1000),
    ("-5", -5),
    ("+5", 5),
    ("08", "08"),
    ("12:30:45", 45045),
    ("12:30.5", 750.5),
    ("1e3", "1e3"),
    ("1.5e+3", 1500.0),
    (".inf", math.inf),
    (".5", 0.5),
    ("2020-01-02", datetime.date(2020, 1, 2)),
    ("2020-01-02 03:04:05", datetime.datetime(2020, 1, 2, 3, 4, 5)),
    ("'12'", "12"),
    ("!!str 12", "12"),
    ('!!int "12"', 12),
    ('!!float "3"', 3.0),
    ('!!bool "yes"', True),
    ("!!binary aGVsbG8=", b"hello"),
    ("!unsafe 12", 12),
    ("!unsafe '12'", "12"),
    ("=", "="),
]


@pytest.fixture(params=["libyaml", "pure"])
def either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "pure":
        monkeypatch.setattr(language_yaml, "_CParser", None)


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(("written", "expected"), SCALARS)
def test_a_scalar_has_the_value_that_yaml_1_1_gives_it(written: str, expected: object) -> None:
    value = load_yaml(f"key: {written}\n", "vars.yml")["key"]
    assert value == expected
    assert type(value) in (type(expected), SourceText)


@pytest.mark.usefixtures("either_parser")
def test_every_value_knows_its_place() -> None:
    play = load_yaml("- name: one\n  vars:\n    list: [a, 'b']\n", "play.yml")[0]
    assert play.origin == Origin("play.yml", 1, 3)
    assert play["name"].origin == Origin("play.yml", 1, 9)
    assert play["vars"]["list"].origin == Origin("play.yml", 3, 11)
    assert play["vars"]["list"][1].origin == Origin("play.yml", 3, 15)
    assert play.key_origin("vars") == Origin("play.yml", 2, 3)


def test_places_are_counted_from_the_given_first_line() -> None:
    assert load_yaml("a: b", "f", first_line=7)["a"].origin == Origin("f", 7, 4)


def test_only_text_with_a_marker_is_a_template() -> None:
    values = load_yaml("- plain\n- '{{ x }}'\n- '{% if x %}'\n- '{# x #}'\n- '{ x }'\n", "f")
    assert [type(value) for value in values] == [SourceText, TemplateText, TemplateText, TemplateText, SourceText]


def test_containers_know_whether_a_template_stands_inside() -> None:
    value = load_yaml("a: {b: [1, '{{ x }}']}\nc: {d: e}\n", "f")
    assert value.templated
    assert value["a"].templated
    assert not value["c"].templated


def test_unsafe_text_is_never_a_template() -> None:
    value = load_yaml("a: !unsafe '{{ x }}'\nb: !unsafe ['{{ y }}', {c: '{{ z }}'}]\n", "f")
    assert not value.templated
    assert type(value["a"]) is str
    assert type(value["b"][1]["c"]) is str


def test_an_encrypted_scalar_is_opened_when_it_is_read() -> None:
    value = load_yaml("a: !vault |\n  SECRET\n", "f", decrypt=lambda text: text.strip().lower() + " {{ x }}")
    assert isinstance(value["a"], VaultedText)
    assert value.templated
    assert value["a"].reveal() == "secret {{ x }}"
    assert is_templated(value["a"].reveal())


def test_an_encrypted_scalar_without_secrets_is_an_error_only_when_read() -> None:
    value = load_yaml("a: !vault |\n  SECRET\n", "f")
    with pytest.raises(VaultError):
        value["a"].reveal()


@pytest.mark.usefixtures("either_parser")
def test_merge_keys_give_way_to_own_keys_and_to_earlier_sources() -> None:
    text = "m: &m {a: 1, b: 2}\nn: {<<: [*m, {a: 9, c: 4}], b: 3}\n"
    told: list[str] = []
    merged = load_yaml(text, "f", warn=lambda message, _: told.append(message))["n"]
    assert merged == {"a": 1, "b": 3, "c": 4}
    assert told == []


def test_an_alias_is_the_anchored_value_itself() -> None:
    value = load_yaml("a: &x [1]\nb: *x\n", "f")
    assert value["a"] is value["b"]


def test_a_value_that_contains_itself_is_refused() -> None:
    with pytest.raises(YamlError, match="contains itself"):
        load_yaml("a: &x [*x]\n", "f")


def test_keys_are_plain_and_keep_their_kind() -> None:
    value = load_yaml("{1: a, yes: b, ~: c, 1.5: d, x: e}", "f")
    assert value == {1: "b", None: "c", 1.5: "d", "x": "e"}
    assert type(next(key for key in value if key == "x")) is str


def test_a_duplicate_key_warns_with_its_place() -> None:
    told: list[tuple[str, Origin]] = []
    value = load_yaml("a: 1\na: 2\n", "f", warn=lambda message, origin: told.append((message, origin)))
    assert value == {"a": 2}
    assert told[0][1] == Origin("f", 2, 1)


def test_a_duplicate_key_can_be_an_error_or_nothing() -> None:
    with pytest.raises(YamlError, match="twice"):
        load_yaml("a: 1\na: 2\n", "f", duplicate_keys="error")
    told: list[str] = []
    load_yaml("a: 1\na: 2\n", "f", duplicate_keys="ignore", warn=lambda message, _: told.append(message))
    assert told == []


def test_rare_containers_have_their_values() -> None:
    value = load_yaml("s: !!set {a, b}\no: !!omap [a: 1, b: 2]\np: !!pairs [a: 1, a: 2]\n", "f")
    assert value["s"] == {"a", "b"}
    assert value["o"] == [["a", 1], ["b", 2]]
    assert value["p"] == [["a", 1], ["a", 2]]


def test_an_empty_text_is_none() -> None:
    assert load_yaml("# nothing\n", "f") is None
    assert load_yaml(b"", "f") is None


def test_several_documents_are_for_those_who_ask() -> None:
    assert load_yaml_documents("a: 1\n---\n- 2\n", "f") == [{"a": 1}, [2]]
    with pytest.raises(YamlError) as caught:
        load_yaml("a: 1\n---\nb: 2\n", "f")
    assert caught.value.origin is not None
    assert caught.value.origin.line == 3


MISTAKES = [
    ("x: {{ a }}\n", 1, "quoted"),
    ("x: {{ a }}/b\n", 1, "quoted"),
    ("x: 'a\ny: 1\n", 1, "partner"),
    ("x: a: b\n", 1, "colon"),
    ("x:\n\t- 1\n", 2, "Tabs"),
    ("x: @foo\n", 1, "@"),
    ("x: %foo\n", 1, "%"),
    ("x: *nope\n", 1, r"\*"),
    ('x: "foo" bar\n', 1, "closing"),
    ('x: "\\q"\n', 1, "backslash"),
    ("x:foo\ny: 1\n", 2, "colon"),
    ("- a\nb: c\n", 2, "indentation"),
    ("<<: 3\n", 1, "anchor"),
    ("x: !foo bar\n", 1, "exclamation"),
    ("x: 2020-13-45\n", 1, "Quote"),
    ('x: !!int "abc"\n', 1, "Quote"),
]


@pytest.mark.parametrize(("text", "line", "hint"), MISTAKES)
def test_a_mistake_is_told_with_its_line_and_a_hint(text: str, line: int, hint: str) -> None:
    with pytest.raises(YamlError, match=r"\.$") as caught:
        load_yaml(text, "play.yml")
    assert caught.value.origin is not None
    assert (caught.value.origin.path, caught.value.origin.line) == ("play.yml", line)
    assert caught.value.hint is not None
    with pytest.raises(AssertionError, match=hint):
        raise AssertionError(caught.value.hint)


@pytest.mark.parametrize(
    "text", ["x: !vault [1]\n", "!vault x: 1\n", "? [1, 2]\n: 3\n", "x: !!map 3\n", b"\xff\xfe\xff", "\x01"]
)
def test_what_has_no_value_is_refused(text: str) -> None:
    with pytest.raises(YamlError):
        load_yaml(text, "f")


def test_source_values_are_written_as_what_they_stand_for() -> None:
    text = "a: '{{ x }}'\nb: plain\nc: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6131\nd:\n- 1\n- e: true\n"
    assert dump_yaml(load_yaml(text, "f")) == text


def test_a_value_without_a_yaml_form_is_refused() -> None:
    with pytest.raises(YamlError):
        dump_yaml({"a": object()})


_plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"))),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet="abcxyz{}%: ", min_size=1), inner),
    max_leaves=12,
)


@given(_plain)
def test_what_is_written_is_read_back(value: object) -> None:
    assert load_yaml(dump_yaml(value), "f") == value


@given(st.text())
def test_no_text_raises_anything_but_a_yaml_error(text: str) -> None:
    try:
        value = load_yaml(text, "f")
    except YamlError:
        return
    assert value is None or not isinstance(value, (dict, list)) or isinstance(value, (SourceDict, SourceList))
