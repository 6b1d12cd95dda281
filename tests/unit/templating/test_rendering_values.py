"""What rendering gives: native values, text, omitted entries, trailing newlines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from assible.exceptions import TemplateError, TemplateSyntaxError, UndefinedVariableError
from assible.model.origin import Origin
from assible.model.text import SourceText, TemplateText, VaultedText, trusted
from assible.templating import OMIT, Scope, Templar

VARIABLES = {
    "x": 5,
    "yes": True,
    "nothing": None,
    "word": "text",
    "numbers": [1, 2],
    "table": {"a": 1, "items": 9},
    "indirect": "{{ x }}",
    "newline_text": "{{ word }}\n",
    "newline_number": "{{ x }}\n",
    "left_out": "{{ omit }}",
    "list_with_gap": ["{{ x }}", "{{ omit }}", 3],
    "lazy": {"good": "{{ x }}", "bad": "{{ nope }}"},
    "secret_template": "{{ '{{ x }}' }}",
}


@pytest.fixture
def templar() -> Templar:
    return Templar(filters={}, tests={})


@pytest.fixture
def scope() -> Scope:
    return Scope((trusted(VARIABLES, Origin("vars.yml", 1, 1)),))


def render(templar: Templar, scope: Scope, text: str) -> Any:
    return templar.render(TemplateText(text, Origin("play.yml", 3, 7)), scope)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ x }}", 5),
        ("{{ nothing }}", None),
        ("{{ indirect }}", 5),
        ("{{ table }}", {"a": 1, "items": 9}),
        ("{% if yes %}{{ [1] }}{% endif %}", [1]),
        ("{{ x }}{# comment #}", 5),
        ("{{ 1.50 }}", 1.5),
        ("{{ (1, 2) }}", [1, 2]),
        ("{{ numbers | map('string') }}", ["1", "2"]),
        ("{{ {'a': 1}.items() }}", [["a", 1]]),
        ("{{ nothing }}{{ 5 }}", 5),
        ("{% macro m() %}{{ [1] }}{% endmacro %}{{ m() }}", [1]),
        ("{{ [3, omit] }}", [3]),
        ("{{ list_with_gap }}", [5, 3]),
        ("{{ left_out }}", OMIT),
        ("{{ '1' }}", "1"),
        ("{{ '[1, 2]' }}", "[1, 2]"),
    ],
)
def test_a_template_of_one_expression_gives_its_native_value(
    templar: Templar, scope: Scope, text: str, expected: Any
) -> None:
    assert render(templar, scope, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" {{ x }}", " 5"),
        ("{{ x }}{{ '' }}", "5"),
        ("a{{ nothing }}b", "ab"),
        ("a{{ yes }}b{{ numbers }}{{ table }}", "aTrueb[1, 2]{'a': 1, 'items': 9}"),
        ("a{{ omit }}", "a"),
        ("{{ list_with_gap }} and", "[5, 3] and"),
        ("{{ 'a' ~ nothing }}", "aNone"),
        ("{% for i in numbers %}{{ i }}{% endfor %}", "12"),
        ("{% if yes %}\nfoo\n{% endif %}\nbar\n", "foo\nbar\n"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
    ],
)
def test_a_template_of_several_parts_gives_text(templar: Templar, scope: Scope, text: str, expected: str) -> None:
    assert render(templar, scope, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ newline_text }}", "text\n"),
        ("{{ newline_number }}", 5),
        ("{{ x }}\n\n", "5\n\n"),
        ("{% if yes %}x{% endif %}\n\n\n", "x\n\n\n"),
        ("{{ newline_text }}\n", "text\n"),
        ("a {{ word }}\n\n", "a text\n\n"),
    ],
)
def test_text_ends_in_as_many_newlines_as_its_template(
    templar: Templar, scope: Scope, text: str, expected: Any
) -> None:
    assert render(templar, scope, text) == expected


def test_strings_in_an_expression_keep_their_backslashes(templar: Templar, scope: Scope) -> None:
    assert render(templar, scope, r'{{ "a\nb\"" }}') == r"a\nb\""


def test_strings_in_a_statement_and_in_a_bare_expression_do_not_keep_their_backslashes(
    templar: Templar, scope: Scope
) -> None:
    assert render(templar, scope, r'{% set y = "a\nb" %}{{ y }}') == "a\nb"
    assert templar.evaluate(r'"a\nb"', scope) == "a\nb"


def test_containers_are_rendered_through_and_omitted_entries_are_dropped(templar: Templar, scope: Scope) -> None:
    value = trusted(["{{ omit }}", 1, "{{ [omit, 2] }}", {"a": "{{ omit }}", "b": "{{ {'c': omit, 'd': 1} }}"}])
    assert templar.render(value, scope) == [1, [2], {"b": {"d": 1}}]


def test_a_container_without_templates_is_handed_out_as_it_is(templar: Templar, scope: Scope) -> None:
    value = trusted({"a": [1, "{"]})
    assert templar.render(value, scope) is value


def test_a_variable_keeps_the_type_that_its_source_gave_it(templar: Templar, scope: Scope) -> None:
    assert type(render(templar, scope, "{{ word }}")) is SourceText
    assert type(render(templar, scope, "{{ word }}!")) is str


def test_a_vaulted_value_is_revealed_and_rendered(templar: Templar) -> None:
    scope = Scope(({"key": VaultedText("...", lambda _: "{{ who }}"), "who": "me"},))
    assert render(templar, scope, "for {{ key }}") == "for me"


@pytest.mark.parametrize("text", ["{{ x }}", "{% if 1 %}a{% endif %}", "{# c #}"])
def test_plain_text_is_never_rendered(templar: Templar, text: str) -> None:
    scope = Scope(({"fact": text, "facts": {"deep": [text]}, "x": 1},))
    assert templar.render(text, scope) == text
    assert render(templar, scope, "{{ fact }}") == text
    assert render(templar, scope, "{{ facts.deep[0] }}") == text
    assert render(templar, scope, "{{ [fact] }}") == [text]


def test_text_that_a_template_makes_is_never_rendered_again(templar: Templar, scope: Scope) -> None:
    assert render(templar, scope, "{{ secret_template }}") == "{{ x }}"
    assert render(templar, scope, "{{ '{' }}{ x }}") == "{{ x }}"


@pytest.mark.parametrize("text", ["{{ range(3) }}", "{{ lookup }}", "{{ table.items }}", "{{ 1 if false }}"])
def test_what_is_not_data_cannot_leave_a_template(templar: Templar, scope: Scope, text: str) -> None:
    with pytest.raises(TemplateError):
        render(templar, scope, text)


def test_now_gives_a_moment_or_its_text(templar: Templar, scope: Scope) -> None:
    assert isinstance(render(templar, scope, "{{ now(utc=true) }}"), datetime)
    assert len(render(templar, scope, "{{ now(fmt='%Y') }}")) == 4


def test_a_mapping_view_of_the_run_becomes_a_dict_only_when_it_leaves_the_template(templar: Templar) -> None:
    from types import MappingProxyType

    scope = Scope(({"hostvars": MappingProxyType({"h": MappingProxyType({"a": 1})})},))
    result = render(templar, scope, "{{ hostvars }}")
    assert type(result) is dict
    assert type(result["h"]) is dict
    assert render(templar, scope, "{{ hostvars.h.a + 1 }}") == 2


def test_a_template_that_appends_changes_its_own_copy(templar: Templar) -> None:
    source = trusted({"plain": [1], "lazy": ["{{ 1 }}"]})
    scope = Scope((source,))
    assert render(templar, scope, "{{ plain.append(2) }}{{ plain }}") == [1, 2]
    assert render(templar, scope, "{% set _ = lazy.append(2) %}{{ lazy }}") == [1, 2]
    assert source == {"plain": [1], "lazy": ["{{ 1 }}"]}
    assert render(templar, scope, "{{ lazy }}") == [1]


def test_a_random_filter_is_called_at_each_rendering(scope: Scope) -> None:
    calls: list[int] = []
    templar = Templar(filters={"count": lambda value: calls.append(value) or len(calls)}, tests={})
    assert [render(templar, scope, "{{ 1 | count }}") for _ in range(3)] == [1, 2, 3]


def test_the_safe_subset_of_attributes_is_all_there_is(templar: Templar, scope: Scope) -> None:
    for text in ("{{ word.__class__ }}", "{{ table.__class__ }}", "{{ word['__class__'] }}"):
        with pytest.raises(TemplateError):
            render(templar, scope, text)


def test_a_key_with_an_underscore_is_a_key(templar: Templar) -> None:
    scope = Scope(({"d": {"_id": 1, "__v": 2}},))
    assert render(templar, scope, "{{ d._id + d.__v }}") == 3


class TestViews:
    def test_only_what_is_read_is_rendered(self, templar: Templar, scope: Scope) -> None:
        assert render(templar, scope, "{{ lazy.good }}") == 5
        assert render(templar, scope, "{{ lazy['bad'] | default('D') }}") == "D"
        assert render(templar, scope, "{{ lazy | length }}") == 2
        with pytest.raises(UndefinedVariableError):
            render(templar, scope, "{{ lazy }}")

    @pytest.mark.parametrize(
        ("expression", "expected"),
        [
            ("m.a.b", 1),
            ("m == {'a': {'b': 1}, 'l': [1, 2]}", True),
            ("m.l == [1, 2]", True),
            ("m.l + [3]", [1, 2, 3]),
            ("[0] + m.l", [0, 1, 2]),
            ("m.l * 2", [1, 2, 1, 2]),
            ("m.l[0:1]", [1]),
            ("m.l[-1]", 2),
            ("2 in m.l", True),
            ("'a' in m", True),
            ("m.keys()", ["a", "l"]),
            ("m.get('zip', 3)", 3),
            ("m.l.index(2)", 1),
            ("m.items() | list | length", 2),
            ("m | string", "{'a': {'b': 1}, 'l': [1, 2]}"),
            ("[m.l]", [[1, 2]]),
            ("m is mapping and m.l is sequence and m.l is iterable", True),
            ("m.l | map('string') | join('-')", "1-2"),
        ],
    )
    def test_a_view_behaves_as_the_container_it_stands_for(
        self, templar: Templar, expression: str, expected: Any
    ) -> None:
        scope = Scope((trusted({"one": 1, "m": {"a": {"b": "{{ one }}"}, "l": ["{{ one }}", 2]}}),))
        assert templar.evaluate(expression, scope) == expected

    def test_functions_and_filters_get_plain_containers(self) -> None:
        seen: list[type] = []
        templar = Templar(filters={"see": lambda value: seen.extend([type(value), type(value["l"])])}, tests={})
        scope = Scope((trusted({"m": {"l": ["{{ 1 }}"]}}),))
        templar.evaluate("m | see", scope)
        assert seen == [dict, list]

    def test_nothing_lazy_leaves(self, templar: Templar) -> None:
        scope = Scope((trusted({"m": {"l": ["{{ 1 }}"]}}),))
        for value in (templar.evaluate("m", scope), templar.evaluate("{'k': m}", scope)["k"]):
            assert type(value) is dict
            assert type(value["l"]) is list

    def test_each_element_is_rendered_once_in_a_scope(self) -> None:
        calls: list[int] = []
        templar = Templar(filters={"count": lambda value: calls.append(value) or len(calls)}, tests={})
        scope = Scope((trusted({"m": {"a": "{{ 1 | count }}"}}),))
        assert [templar.evaluate("m.a", scope), templar.evaluate("m.a + m.a", scope)] == [1, 2]


def test_an_unknown_filter_is_named_with_a_near_one_before_anything_runs(templar: Templar, scope: Scope) -> None:
    with pytest.raises(TemplateSyntaxError, match="there is no filter 'uper'") as caught:
        render(templar, scope, "{{ nope | uper }}")
    assert caught.value.hint == "did you mean 'upper'?"
    assert caught.value.origin == Origin("play.yml", 3, 7)


def test_the_builtin_prefix_names_the_same_filter_and_test(templar: Templar, scope: Scope) -> None:
    assert render(templar, scope, "{{ word | ansible.builtin.upper | ansible.legacy.lower }}") == "text"
    assert render(templar, scope, "{{ word is ansible.builtin.string }}") is True


def test_a_filter_that_fails_is_named(scope: Scope) -> None:
    templar = Templar(filters={"explode": lambda value: 1 / 0}, tests={})
    with pytest.raises(TemplateError, match="filter 'explode' failed: division by zero") as caught:
        render(templar, scope, "{{ x | explode }}")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_missing_argument_of_a_filter_is_the_error_not_the_filter(templar: Templar, scope: Scope) -> None:
    with pytest.raises(UndefinedVariableError, match=r"^'nope' is undefined$"):
        render(templar, scope, "{{ word | replace('a', nope) }}")
