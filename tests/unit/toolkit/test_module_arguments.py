"""Checking a module's parameters: every feature of an argument spec."""

import pytest

from assible.agent.toolkit import arguments
from assible.agent.toolkit.arguments import check


def good(spec, params, **rules):
    checked = check(spec, params, "m", rules)
    assert checked.errors == []
    return checked.params


def errors(spec, params, **rules):
    return "; ".join(check(spec, params, "m", rules).errors)


@pytest.mark.parametrize(
    ("wanted", "value", "result"),
    [
        ("str", 5, "5"),
        ("str", b"x", "x"),
        ("bool", "yes", True),
        ("bool", "Off", False),
        ("bool", 1, True),
        ("bool", "f", False),
        ("int", "7", 7),
        ("int", " 7 ", 7),
        ("int", 7.0, 7),
        ("float", "1.5", 1.5),
        ("float", 2, 2.0),
        ("list", "a, b", ["a", " b"]),
        ("list", 5, ["5"]),
        ("dict", "a=1, b='2 3'", {"a": "1", "b": "2 3"}),
        ("dict", '{"a": 1}', {"a": 1}),
        ("dict", "{'a': None}", {"a": None}),
        ("path", "/a//b", "/a//b"),
        ("raw", {"a": [1]}, {"a": [1]}),
        ("json", {"a": 1}, '{"a": 1}'),
        ("jsonarg", " [1] ", "[1]"),
        ("bytes", "1K", 1024),
        ("bytes", "1.5M", 1536 * 1024),
        ("bytes", 10, 10),
        ("bits", "1Kb", 1024),
        (str.upper, "x", "X"),
    ],
)
def test_values_become_the_type_that_the_option_has(wanted, value, result):
    converted = good({"o": {"type": wanted}}, {"o": value})["o"]
    assert converted == result
    assert type(converted) is type(result)


def test_a_path_has_its_home_and_variables_expanded(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("PLACE", "there")
    assert good({"o": {"type": "path"}}, {"o": "~/$PLACE"}) == {"o": "/home/me/there"}


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        ("bool", "perhaps"), ("bool", 2), ("int", "x"), ("int", 1.5), ("float", "x"), ("list", {"a": 1}),
        ("dict", "words"), ("dict", 5), ("dict", "{broken"), ("json", 5), ("bytes", "1Kb"), ("bits", "1KB"), ("bytes", "x"),
        ("nonsense", "x"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_an_error_that_names_the_option(wanted, value):
    assert "the value of 'o', a " in errors({"o": {"type": wanted}}, {"o": value})


def test_defaults_are_given_and_options_without_one_are_none():
    assert good({"a": {"default": 5, "type": "int"}, "b": {}}, {}) == {"a": 5, "b": None}


def test_all_missing_required_options_are_named_together():
    spec = {"b": {"required": True}, "a": {"required": True}, "c": {}}
    assert errors(spec, {}) == "missing required arguments: a, b"


def test_unknown_options_are_named_with_those_that_exist():
    text = errors({"a": {"aliases": ["z"]}, "b": {}}, {"wrong": 1})
    assert text == "Unsupported parameters for (m) module: wrong. Supported parameters include: a, b (z)."


def test_an_alias_sets_its_option():
    assert good({"path": {"aliases": ["dest"], "type": "path"}}, {"dest": "/x"})["path"] == "/x"


def test_an_option_and_its_alias_together_are_worth_a_warning():
    checked = check({"path": {"aliases": ["dest"]}}, {"dest": "/x", "path": "/y"})
    assert checked.warnings == ["path was given twice: by this name and by its alias dest."]


def test_several_mistakes_are_reported_together():
    text = errors({"a": {"required": True}, "n": {"type": "int"}}, {"n": "x", "odd": 1})
    assert "missing required arguments: a" in text
    assert "the value of 'n'" in text
    assert "odd" in text


@pytest.mark.parametrize("value", ["present", "absent"])
def test_a_choice_is_taken(value):
    assert good({"state": {"choices": ["present", "absent"]}}, {"state": value}) == {"state": value}


def test_what_is_no_choice_is_refused():
    text = errors({"state": {"choices": ["present", "absent"]}}, {"state": "gone"})
    assert text == "value of state must be one of: present, absent, got: gone"


def test_each_item_of_a_list_must_be_a_choice():
    spec = {"o": {"type": "list", "elements": "str", "choices": ["a", "b"]}}
    assert good(spec, {"o": "a,b"}) == {"o": ["a", "b"]}
    assert "may hold: a, b; these are none of them: c" in errors(spec, {"o": ["a", "c"]})


def test_a_choice_that_yaml_took_for_a_truth_value_is_understood():
    assert good({"o": {"choices": ["on", "auto"]}}, {"o": True}) == {"o": "on"}


def test_elements_are_converted():
    assert good({"o": {"type": "list", "elements": "int"}}, {"o": "1, 2"}) == {"o": [1, 2]}


def test_an_element_that_does_not_fit_is_named():
    assert "an element of 'o'" in errors({"o": {"type": "list", "elements": "int"}}, {"o": ["x"]})


def test_suboptions_are_checked_like_options():
    spec = {"o": {"type": "dict", "options": {"n": {"type": "int", "default": 3}, "s": {"required": True}}}}
    assert good(spec, {"o": {"s": "x"}}) == {"o": {"n": 3, "s": "x"}}
    assert "missing required arguments: s found in o" in errors(spec, {"o": {}})


def test_suboptions_of_a_list_are_checked_in_each_item():
    spec = {"o": {"type": "list", "elements": "dict", "options": {"n": {"type": "int"}}}}
    assert good(spec, {"o": [{"n": "1"}, {}]}) == {"o": [{"n": 1}, {"n": None}]}


def test_unknown_suboptions_are_named_with_their_place():
    spec = {"o": {"type": "dict", "options": {"a": {}}}}
    assert "module: o.odd. Supported parameters include: a." in errors(spec, {"o": {"odd": 1}})


def test_rules_hold_inside_of_suboptions():
    spec = {"o": {"type": "dict", "options": {"a": {}, "b": {}}, "mutually_exclusive": [["a", "b"]]}}
    assert errors(spec, {"o": {"a": "1", "b": "2"}}) == "parameters are mutually exclusive: a|b found in o"


def test_suboptions_without_a_value_get_their_defaults_only_where_asked_for():
    inner = {"type": "dict", "options": {"n": {"default": "x"}}}
    assert good({"o": inner}, {}) == {"o": None}
    assert good({"o": dict(inner, apply_defaults=True)}, {}) == {"o": {"n": "x"}}


RULE_SPEC = {"a": {}, "b": {}, "c": {}}


@pytest.mark.parametrize(
    ("rule", "value", "params", "text"),
    [
        ("mutually_exclusive", [["a", "b"]], {"a": "1", "b": "1"}, "parameters are mutually exclusive: a|b"),
        ("required_together", [["a", "b"]], {"a": "1"}, "parameters are required together: a, b"),
        ("required_one_of", [["a", "b"]], {}, "one of the following is required: a, b"),
        ("required_if", [["a", "x", ["b", "c"]]], {"a": "x"}, "where a is x, these are needed and missing: b, c"),
        (
            "required_if",
            [["a", "x", ["b", "c"], True]],
            {"a": "x"},
            "where a is x, one of these is needed and missing: b, c",
        ),
        ("required_by", {"a": ["b"]}, {"a": "x"}, "'a' also needs: b"),
        ("required_by", {"a": "b"}, {"a": "x"}, "'a' also needs: b"),
    ],
)
def test_a_rule_that_is_broken_is_named(rule, value, params, text):
    assert errors(RULE_SPEC, params, **{rule: value}) == text


@pytest.mark.parametrize(
    ("rule", "value", "params"),
    [
        ("mutually_exclusive", [["a", "b"]], {"a": "1"}),
        ("required_together", [["a", "b"]], {}),
        ("required_together", [["a", "b"]], {"a": "1", "b": "2"}),
        ("required_one_of", [["a", "b"]], {"b": "1"}),
        ("required_if", [["a", "x", ["b"]]], {"a": "y"}),
        ("required_if", [["a", "x", ["b", "c"], True]], {"a": "x", "c": "1"}),
        ("required_by", {"a": ["b"]}, {"b": "1"}),
    ],
)
def test_a_rule_that_is_kept_is_silent(rule, value, params):
    assert errors(RULE_SPEC, params, **{rule: value}) == ""


def test_a_fallback_is_used_where_no_value_was_given(monkeypatch):
    spec = {"o": {"fallback": (arguments.env_fallback, ["MY_A", "MY_B"])}}
    monkeypatch.delenv("MY_A", raising=False)
    monkeypatch.setenv("MY_B", "from environment")
    assert good(spec, {}) == {"o": "from environment"}
    assert good(spec, {"o": "given"}) == {"o": "given"}


def test_a_fallback_satisfies_what_is_required(monkeypatch):
    spec = {"o": {"required": True, "fallback": (arguments.env_fallback, ["MY_A"])}}
    monkeypatch.setenv("MY_A", "x")
    assert good(spec, {}) == {"o": "x"}
    monkeypatch.delenv("MY_A")
    assert errors(spec, {}) == "missing required arguments: o"


def test_values_of_secret_options_are_collected():
    spec = {"p": {"no_log": True}, "d": {"type": "dict", "options": {"k": {"no_log": True}}}, "o": {}}
    checked = check(spec, {"p": "one", "d": {"k": "two"}, "o": "three"})
    assert checked.secrets == {"one", "two"}


def test_an_option_that_will_go_is_noted_when_it_is_used():
    spec = {"o": {"removed_in_version": "3.0", "removed_from_collection": "a.b"}}
    (note,) = check(spec, {"o": "x"}).deprecations
    assert (note["version"], note["collection_name"]) == ("3.0", "a.b")
    assert check(spec, {}).deprecations == []


def test_an_alias_that_will_go_is_noted_when_it_is_used():
    spec = {
        "o": {"aliases": ["old"], "deprecated_aliases": [{"name": "old", "version": "3.0", "collection_name": "a.b"}]}
    }
    (note,) = check(spec, {"old": "x"}).deprecations
    assert "the alias 'old' will go" in note["msg"]


def test_what_the_task_gave_is_left_as_it_was():
    given = {"d": {"n": "1"}, "l": "a,b"}
    check({"d": {"type": "dict", "options": {"n": {"type": "int"}}}, "l": {"type": "list"}}, given)
    assert given == {"d": {"n": "1"}, "l": "a,b"}


def test_options_that_exclude_each_other_may_have_defaults():
    assert errors({"a": {}, "b": {"default": "x"}}, {"a": "1"}, mutually_exclusive=[["a", "b"]]) == ""


def test_secrets_of_suboptions_are_known_even_where_the_value_does_not_fit():
    inner = {"type": "list", "elements": "dict", "options": {"key": {"no_log": True}}}
    assert check({"o": inner}, {"o": {"key": "hidden"}}).secrets == {"hidden"}
    assert check({"o": inner}, {"o": ["key=hidden"]}).secrets == {"hidden"}


def test_an_option_that_is_required_has_no_default():
    assert "has a default" in errors({"o": {"required": True, "default": "x"}}, {})


def test_an_alias_stays_as_it_was_given():
    assert good({"o": {"aliases": ["p"], "type": "int"}}, {"p": "7"}) == {"o": 7, "p": "7"}


@pytest.mark.parametrize("name", ["password", "api_pass", "PASSPHRASE", "db_pass_word", "my-passwd-x"])
def test_an_option_that_sounds_secret_is_worth_a_warning(name):
    assert arguments.exposed({name: {}}, {name: "x"})
    assert not arguments.exposed({name: {"no_log": False}}, {name: "x"})
    assert not arguments.exposed({name: {}}, {name: None})


def test_an_option_that_only_holds_these_letters_is_not():
    assert not arguments.exposed({"compass": {}, "passive": {}, "bypass_checks": {}}, {"compass": "x", "passive": "y"})
