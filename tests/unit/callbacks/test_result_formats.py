"""Results as JSON and as YAML."""

from __future__ import annotations

import json

import yaml
from hypothesis import given
from hypothesis import strategies as st

from assible.content.callbacks.formats import ResultFormat

DATA = {
    "cr": "a\r\nb",
    "date": __import__("datetime").date(2020, 1, 1),
    "empty": "",
    "long": "a" * 30 + " " + "b" * 60 + "\nsecond",
    "nest": [[1, 2], [3]],
    "nl": "\n",
    "num": "12",
    "tab": "tab\there\nnext  \n\n  lead\n",
    "stdout": "x\ny",
    "stdout_lines": ["x", "y"],
}


def test_pretty_yaml_shows_text_as_it_is():
    assert ResultFormat(kind="yaml").write(DATA, False).split("\n") == [
        "",
        "    cr: |-",
        "        a",
        "        b",
        "    date: 2020-01-01",
        "    empty: ''",
        "    long: |-",
        f"        {'a' * 30} {'b' * 60}",
        "        second",
        "    nest:",
        "    -   - 1",
        "        - 2",
        "    -   - 3",
        '    nl: ""',
        "    num: '12'",
        "    stdout: |-",
        "        x",
        "        y",
        "    stdout_lines: <omitted>",
        "    tab: |-",
        "        tab     here",
        "        next",
        "",
        "          lead",
    ]


def test_correct_yaml_keeps_every_character():
    text = ResultFormat(kind="yaml", pretty=False).write(DATA, False)
    assert yaml.safe_load(text) == DATA
    assert "stdout_lines:\n    - x" in text


def test_indentation_is_a_choice():
    text = ResultFormat(kind="yaml", indentation=2).write({"a": {"b": [1]}}, False)
    assert text == "\n  a:\n    b:\n    - 1"
    assert ResultFormat(indentation=2).write({"a": 1}, True) == '{\n  "a": 1\n}'


def test_long_lines_break_unless_they_must_not():
    long = {"a": "word " * 40}
    assert len(ResultFormat(kind="yaml").write(long, False).split("\n")) > 3
    assert len(ResultFormat(kind="yaml", line_width="no-break").write(long, False).split("\n")) == 2


def test_json_is_spread_where_it_is_meant_to_be_read():
    one_line, several = '{"a": [1]}', '{\n    "a": [\n        1\n    ]\n}'
    data = {"a": [1]}
    assert [ResultFormat(pretty=p).write(data, spread=s) for p in (None, True, False) for s in (False, True)] == [
        one_line,
        several,
        several,
        several,
        one_line,
        one_line,
    ]


@given(st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)))
def test_json_says_what_the_data_are(data):
    assert json.loads(ResultFormat().write(data, False)) == data


@given(st.dictionaries(st.text("abc\n\t \x07ü", min_size=1), st.text("abc\n\t \x07ü"), min_size=1))
def test_pretty_yaml_is_always_yaml(data):
    assert yaml.safe_load(ResultFormat(kind="yaml").write(data, False)) is not None
