"""Lookup functions, blocking templates, template files, threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assible.exceptions import TemplateError, UndefinedVariableError
from assible.model.origin import Origin
from assible.model.text import TemplateText, VaultedText, trusted
from assible.templating import Scope, Templar


def give(name: str, terms: list[Any], options: dict[str, Any], scope: Scope) -> list[Any]:
    if name == "fail":
        raise OSError("no such thing")
    if name == "seen":
        return [{"terms": terms, "options": options}]
    return terms


@pytest.fixture
def templar() -> Templar:
    return Templar(filters={}, tests={}, lookup=give)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("lookup('give', 1)", 1),
        ("lookup('give', 'a', 'b')", "a,b"),
        ("lookup('give', 1, 2)", [1, 2]),
        ("lookup('give')", []),
        ("lookup('give', 'a', wantlist=True)", ["a"]),
        ("query('give', 'a')", ["a"]),
        ("q('ansible.builtin.give', 'a', 'b')", ["a", "b"]),
        ("lookup('seen', [1], opt=2)", {"terms": [[1]], "options": {"opt": 2}}),
        ("lookup('fail', errors='ignore')", None),
        ("query('fail', errors='ignore')", []),
    ],
)
def test_a_lookup_gives_one_value_text_or_a_list(templar: Templar, expression: str, expected: Any) -> None:
    assert templar.evaluate(expression, Scope(())) == expected


def test_a_lookup_that_fails_is_named(templar: Templar) -> None:
    with pytest.raises(TemplateError, match="lookup 'fail' failed: no such thing"):
        templar.evaluate("lookup('fail')", Scope(()))


def test_a_lookup_may_fail_with_a_warning(templar: Templar) -> None:
    warnings: list[str] = []
    scope = Scope((), SimpleNamespace(warn=warnings.append, search_dirs=()))
    assert templar.evaluate("lookup('fail', errors='warn')", scope) is None
    assert warnings == ["lookup 'fail' failed: no such thing"]


def test_looked_up_text_is_never_rendered(templar: Templar) -> None:
    scope = Scope((trusted({"found": "{{ lookup('give', '{' ~ '{ x }}') }}", "x": 1}),))
    assert templar.render(TemplateText("{{ found }}"), scope) == "{{ x }}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ lookup('give') }}", True),
        ("{{ [q('give')] | length }}", True),
        ("{% for x in query('give') %}{% endfor %}", True),
        ("{{ look }}", False),
        ("{{ 'x' | slow }}", True),
    ],
)
def test_a_template_that_may_wait_is_recognised(text: str, expected: bool) -> None:
    def slow(value: object) -> object:
        return value

    slow.blocking = True  # type: ignore[attr-defined]
    templar = Templar(filters={"slow": slow}, tests={}, lookup=give)
    assert templar.blocking(TemplateText(text)) is expected
    assert templar.blocking(trusted({"a": [1, text]})) is expected
    assert templar.blocking(VaultedText("", lambda _: text)) is expected
    assert templar.blocking(text) is False


def test_a_condition_that_may_wait_is_recognised(templar: Templar) -> None:
    assert templar.blocking_expression("lookup('give', 1) == 1")
    assert templar.blocking_expression([True, "{{ q('give') }}"])
    assert not templar.blocking_expression(["x == 1", True, ""])


def test_the_names_that_templates_read_are_known(templar: Templar) -> None:
    assert templar.names(trusted({"a": ["{{ x.y }}", "{{ z | default(w) }}"]})) == {"x", "z", "w"}


class TestFiles:
    @pytest.fixture
    def render(self, templar: Templar, tmp_path: Path) -> Callable[..., str]:
        def render_file(text: str, variables: dict[str, Any] | None = None, **options: Any) -> str:
            context = SimpleNamespace(search_dirs=(str(tmp_path / "role"), str(tmp_path)))
            scope = Scope((trusted(variables or {}),), context)
            return templar.render_file(text, scope, origin_path=str(tmp_path / "main.j2"), **options)

        return render_file

    def test_a_file_gives_text(self, render: Callable[..., str]) -> None:
        assert render("{{ 5 }}") == "5"
        assert render("{{ none }}\n") == "\n"
        assert render("a {{ none }} {{ true }} {{ 'x\\ty' }}\n{% if 1 %}\nz\n{% endif %}\n") == "a  True x\ty\nz\n"

    def test_a_file_may_be_asked_for_its_own_value(self, templar: Templar) -> None:
        assert templar.render_file_value("{{ [5] }}", Scope(()), origin_path="/nowhere/x.j2") == [5]

    def test_delimiters_and_block_trimming_are_options(self, render: Callable[..., str]) -> None:
        text = "[% if 1 %]\n<< 5 >> {{ x }}\n[% endif %]\n"
        options = {"block_start_string": "[%", "block_end_string": "%]"}
        options |= {"variable_start_string": "<<", "variable_end_string": ">>"}
        assert render(text, **options) == "5 {{ x }}\n"
        assert render(text, **options, trim_blocks=False) == "\n5 {{ x }}\n"

    def test_a_newline_sequence_is_an_option(self, render: Callable[..., str]) -> None:
        assert render("a\nb\n", newline_sequence="\r\n") == "a\r\nb\r\n"

    def test_an_unknown_option_is_refused(self, render: Callable[..., str]) -> None:
        with pytest.raises(TemplateError, match="'trim'"):
            render("", trim=True)

    def test_includes_see_the_variables_and_the_names_set_so_far(
        self, render: Callable[..., str], tmp_path: Path
    ) -> None:
        (tmp_path / "role" / "templates").mkdir(parents=True)
        (tmp_path / "role" / "templates" / "part.j2").write_text("{{ q | default('-') }} {{ s }}\n")
        assert render("{% include 'part.j2' %}|{% set q = 3 %}{% include 'part.j2' %}", {"s": "S", "q": None}) == (
            " S|3 S"
        )

    def test_imported_macros_do_not_see_the_variables(self, render: Callable[..., str], tmp_path: Path) -> None:
        (tmp_path / "macros.j2").write_text("{% macro m(a) %}<{{ a }}{{ s | default('-') }}>{% endmacro %}{{ s }}")
        assert render("{% import 'macros.j2' as lib %}{{ lib.m(1) }}", {"s": "S"}) == "<1->"
        assert render("{% from 'macros.j2' import m with context %}{{ m(1) }}", {"s": "S"}) == "<1S>"

    def test_a_file_may_extend_another(self, render: Callable[..., str], tmp_path: Path) -> None:
        (tmp_path / "base.j2").write_text("[{% block body %}base{% endblock %}]")
        text = "{% extends 'base.j2' %}{% block body %}{{ super() }}+{{ s }}{% endblock %}"
        assert render(text, {"s": "S"}) == "[base+S]"

    def test_a_missing_include_is_named(self, render: Callable[..., str], tmp_path: Path) -> None:
        with pytest.raises(TemplateError, match=r"'gone\.j2' was found in none of"):
            render("{% include 'gone.j2' %}")

    def test_an_error_names_the_line_of_the_innermost_file(self, render: Callable[..., str], tmp_path: Path) -> None:
        with pytest.raises(UndefinedVariableError) as caught:
            render("one\n{{ 'x' ~ nope }}\n")
        assert caught.value.origin == Origin(str(tmp_path / "main.j2"), 2)
        (tmp_path / "part.j2").write_text("\n\n{{ nope + 1 }}")
        with pytest.raises(UndefinedVariableError) as caught:
            render("{% include 'part.j2' %}")
        assert caught.value.origin == Origin(str(tmp_path / "part.j2"), 3)

    def test_a_syntax_error_names_its_line(self, render: Callable[..., str], tmp_path: Path) -> None:
        with pytest.raises(TemplateError) as caught:
            render("one\n{% if %}")
        assert caught.value.origin == Origin(str(tmp_path / "main.j2"), 2)

    def test_included_files_are_read_by_the_given_reader(self, tmp_path: Path) -> None:
        (tmp_path / "sealed.j2").write_text("sealed")
        templar = Templar(filters={}, tests={}, read_file=lambda path: b"opened {{ s }}")
        scope = Scope(({"s": "S"},))
        text = templar.render_file("{% include 'sealed.j2' %}", scope, origin_path=str(tmp_path / "x.j2"))
        assert text == "opened S"


def test_a_template_that_is_no_file_may_include_files(templar: Templar, tmp_path: Path) -> None:
    (tmp_path / "part.j2").write_text("{{ x + 1 }}\n")
    scope = Scope(({"x": 1},), SimpleNamespace(search_dirs=(str(tmp_path),)))
    assert templar.render(TemplateText("a {% include 'part.j2' %}"), scope) == "a 2"
    assert templar.render(TemplateText("{% include 'gone.j2' ignore missing %}"), scope) is None
    with pytest.raises(TemplateError, match=r"'gone\.j2' was found in none of"):
        templar.render(TemplateText("{% include 'gone.j2' %}", Origin("play.yml", 1)), scope)


def test_jinja_extensions_may_be_switched_on() -> None:
    templar = Templar(filters={}, tests={}, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
    text = "{% set l = [] %}{% for i in range(9) %}{% if i > 2 %}{% break %}{% endif %}{% do l.append(i) %}{% endfor %}{{ l }}"
    assert templar.render(TemplateText(text), Scope(())) == [0, 1, 2]


def test_many_threads_may_render_at_once(templar: Templar) -> None:
    scope = Scope((trusted({"a": "{{ b }}", "b": "{{ c.d }}", "c": {"d": "{{ e }}"}, "e": 7}),))

    def work(number: int) -> Any:
        return templar.render(TemplateText("{{ a + " + str(number % 7) + " }}"), scope)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(200))) == [7 + number % 7 for number in range(200)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_host_data_comes_out_of_a_template_as_it_went_in(value: Any) -> None:
    templar = Templar(filters={}, tests={})
    scope = Scope(({"fact": value},))
    assert templar.render(TemplateText("{{ fact }}"), scope) == value
    assert templar.evaluate("[fact][0]", scope) == value
