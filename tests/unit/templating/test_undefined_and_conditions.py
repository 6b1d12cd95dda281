"""Undefined names, errors with their places, conditions."""

from __future__ import annotations

from typing import Any

import pytest

from assible.exceptions import ConditionError, TemplateError, TemplateSyntaxError, UndefinedVariableError
from assible.model.origin import Origin
from assible.model.text import SourceText, TemplateText, source_text, trusted
from assible.templating import Scope, Templar

HERE = Origin("play.yml", 3, 7)
VARIABLES = {
    "x": 5,
    "yes": True,
    "nothing": None,
    "word": "text",
    "numbers": [1, 2],
    "table": {"a": 1},
    "missing_inside": "{{ nope }}",
    "deeper": "pre {{ missing_inside }}",
    "broken": "{{ 1/0 }}",
    "condition_text": "x == 5",
    "condition_made": "{{ 'x == 5' }}",
    "condition_value": "{{ x == 5 }}",
    "true_text": "true",
    "ring": "{{ rung }}",
    "rung": "{{ ring }}",
}


@pytest.fixture
def templar() -> Templar:
    return Templar(filters={}, tests={})


@pytest.fixture
def scope() -> Scope:
    return Scope((trusted(VARIABLES, Origin("vars.yml", 9, 1)),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ nope }}", "'nope' is undefined"),
        ("{{ nope.foo.bar }}", "'nope' is undefined"),
        ("{{ nope['foo'] }}", "'nope' is undefined"),
        ("{{ nope() }}", "'nope' is undefined"),
        ("{{ nope == 1 }}", "'nope' is undefined"),
        ("{{ nope and true }}", "'nope' is undefined"),
        ("{{ nope is none }}", "'nope' is undefined"),
        ("{{ [1, nope] }}", "'nope' is undefined"),
        ("a {{ nope }}", "'nope' is undefined"),
        ("{{ nope | length }}", "'nope' is undefined"),
        ("{{ dict(a=nope) }}", "'nope' is undefined"),
        ("{{ deeper }}", "'nope' is undefined"),
        ("{{ table.nope }}", "object of type 'dict' has no attribute 'nope'"),
        ("{{ table.nope.bar }}", "object of type 'dict' has no attribute 'nope'"),
        ("{{ word.nope }}", "object of type 'str' has no attribute 'nope'"),
        ("{{ numbers[7] }}", "object of type 'list' has no attribute 7"),
        ("{{ nothing.foo }}", "object of type 'NoneType' has no attribute 'foo'"),
        ("{{ undef(hint='give me') }}", "give me"),
    ],
)
def test_what_does_not_exist_is_an_error_that_names_it(templar: Templar, scope: Scope, text: str, message: str) -> None:
    with pytest.raises(UndefinedVariableError) as caught:
        templar.render(TemplateText(text, HERE), scope)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("nope.foo.bar | default('D')", "D"),
        ("table.nope.bar is defined", False),
        ("missing_inside | default('D')", "D"),
        ("deeper | default('D')", "D"),
        ("missing_inside is defined", False),
        ("nothing is defined", True),
        ("nothing | default('D')", None),
        ("'' | default('D', true)", "D"),
        ("'D' if yes else broken", "D"),
        ("numbers[9] is defined", False),
        ("(1 if false) | default('D')", "D"),
        ("undef() is defined", False),
        ("[nope, 1] | length", 2),
    ],
)
def test_what_does_not_exist_may_be_asked_about(templar: Templar, scope: Scope, expression: str, expected: Any) -> None:
    assert templar.evaluate(expression, scope) == expected


@pytest.mark.parametrize("expression", ["broken", "broken | default('D')", "broken is defined"])
def test_a_value_that_fails_otherwise_is_never_defaulted(templar: Templar, scope: Scope, expression: str) -> None:
    with pytest.raises(TemplateError, match="division by zero"):
        templar.evaluate(expression, scope)


def test_the_innermost_template_is_the_place_of_the_error(templar: Templar) -> None:
    scope = Scope(({"inner": TemplateText("{{ nope }}", Origin("inner.yml", 4, 2))},))
    with pytest.raises(UndefinedVariableError) as caught:
        templar.render(TemplateText("{{ inner }}", HERE), scope)
    assert caught.value.origin == Origin("inner.yml", 4, 2)


def test_a_variable_that_does_not_exist_raises(templar: Templar, scope: Scope) -> None:
    with pytest.raises(UndefinedVariableError, match="'nope' is undefined"):
        templar.variable("nope", scope)
    assert templar.variable("x", scope) == 5


@pytest.mark.parametrize("text", ["{{ ring }}", "a {{ rung }}"])
def test_variables_that_need_each_other_are_named(templar: Templar, scope: Scope, text: str) -> None:
    with pytest.raises(TemplateError, match="without end") as caught:
        templar.render(TemplateText(text, HERE), scope)
    assert "'ring'" in caught.value.message
    assert "'rung'" in caught.value.message


def test_a_loop_in_a_condition_is_named_too(templar: Templar, scope: Scope) -> None:
    with pytest.raises(TemplateError, match=r"'(ring|rung)' -> '(ring|rung)' -> '(ring|rung)'"):
        templar.condition("ring == 1", scope)


@pytest.mark.parametrize("text", ["{{ x", "{{ x + }}", "{% if %}", "{% do x %}"])
def test_a_template_that_is_not_jinja_says_where(templar: Templar, scope: Scope, text: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="not valid Jinja") as caught:
        templar.render(TemplateText(text, HERE), scope)
    assert caught.value.origin == HERE


def test_the_names_around_a_scope_layer_hide_those_below() -> None:
    lower = Scope(({"a": 1, "b": 2},))
    upper = lower.child({"a": 3})
    assert (upper.find("a"), upper.find("b")) == (3, 2)
    assert list(upper.names()) == ["a", "b"]


def test_a_child_scope_renders_anew(templar: Templar) -> None:
    scope = Scope((trusted({"a": "{{ b }}", "b": 1}),))
    assert templar.variable("a", scope) == 1
    assert templar.variable("a", scope.child({"b": 2})) == 2


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (True, True),
        (False, False),
        ("{{ yes }}", True),
        (" {{ yes }} ", True),
        ("{{ yes }}\n", True),
        (" x == 5 ", True),
        ("not yes", False),
        ("{{ condition_text }}", True),
        ("condition_value", True),
        ("{{ condition_value }}", True),
        ("{{ true_text }}", True),
        ("'{{ x }}' == '5'", False),
        ("{% if yes %}{{ true }}{% endif %}", True),
        ([True, "x == 5", "{{ yes }}"], True),
        ([], True),
        (r"'a\nb' | length == 3", True),
    ],
)
def test_a_condition_is_a_boolean_an_expression_or_a_template(
    templar: Templar, scope: Scope, condition: Any, expected: bool
) -> None:
    given = source_text(condition) if isinstance(condition, str) else condition
    assert templar.condition(given, scope) is expected


@pytest.mark.parametrize(
    "condition",
    [
        *("x", "word", "'true'", "condition_text", "condition_made", "{{ condition_made }}", "numbers", "nothing"),
        *(1, 0, 1.5, {"a": 1}, None, "", "{{ '' }}", "{{ none }}", "omit", "{{ omit }}", "lookup"),
        *("{% if yes %}true{% endif %}", "{{ yes }} and {{ yes }}"),
    ],
)
def test_a_condition_that_is_no_boolean_is_refused(templar: Templar, scope: Scope, condition: Any) -> None:
    given = SourceText(condition, HERE) if isinstance(condition, str) else condition
    with pytest.raises(ConditionError) as caught:
        templar.condition(given, scope)
    assert caught.value.origin == (HERE if isinstance(condition, str) else None)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [("x", True), (1, True), (0, False), ("word", True), ("[]", False), ("nothing", False), (None, True), ("", True)],
)
def test_broken_conditionals_go_by_truth_where_they_are_allowed(scope: Scope, condition: Any, expected: bool) -> None:
    templar = Templar(filters={}, tests={}, allow_broken_conditionals=True)
    assert templar.condition(condition, scope) is expected


@pytest.mark.parametrize("condition", ["x == {{ x }}", "{{ x }} == 5", "x ==", "x == 5 }}"])
def test_a_condition_with_delimiters_inside_is_not_valid(templar: Templar, scope: Scope, condition: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        templar.condition(SourceText(condition, HERE), scope)


def test_text_from_a_host_is_never_evaluated_as_a_condition() -> None:
    templar = Templar(filters={}, tests={}, allow_broken_conditionals=True)
    scope = Scope(({"stdout": "1 == 1"},))
    with pytest.raises(ConditionError, match="does not come from a source"):
        templar.condition(TemplateText("{{ stdout }}", HERE), scope)


def test_an_error_message_does_not_show_values(templar: Templar) -> None:
    scope = Scope((trusted({"password": "hunter2", "d": {"password": "hunter2"}}),))
    for text in ("{{ d.other }}", "{{ password.other }}", "{{ range }}"):
        with pytest.raises(TemplateError) as caught:
            templar.render(TemplateText(text), scope)
        assert "hunter2" not in caught.value.describe()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("nope | upper | default('D')", "D"),
        ("(nope | upper) is defined", False),
        ("'abc' | replace('b', nope) | default('D')", "D"),
        ("(nope is mapping) | default('D')", "D"),
        ("range(nope) | default('D')", "D"),
        ("nope.method() | default('D')", "D"),
        ("nope() is defined", False),
        ("[1] | map('upper', nope) | default('D')", "D"),
        ("['a', nope] | map('default', 'z')", ["a", "z"]),
        ("['a', nope] | select('defined')", ["a"]),
        ("(1 if false) | upper", ""),
    ],
)
def test_what_is_undefined_passes_through_calls_to_a_later_default(
    templar: Templar, scope: Scope, expression: str, expected: Any
) -> None:
    assert templar.evaluate(expression, scope) == expected


@pytest.mark.parametrize("expression", ["(nope + 1) | default('D')", "(nope == 1) | default('D')", "nope ~ 'a'"])
def test_what_is_undefined_does_not_pass_through_operators(templar: Templar, scope: Scope, expression: str) -> None:
    with pytest.raises(UndefinedVariableError):
        templar.evaluate(expression, scope)


def test_a_loop_through_a_filter_is_still_a_loop(templar: Templar) -> None:
    scope = Scope((trusted({"a": ["{{ b | first }}"], "b": ["{{ a | first }}"]}),))
    with pytest.raises(TemplateError, match="without end"):
        templar.evaluate("a | first", scope)
