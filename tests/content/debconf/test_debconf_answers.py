"""The debconf module: answers as they are read and written, and a database in a throw-away root."""

import pytest

from assible.content.modules import debconf as module


def test_answers_are_read():
    text = "* mine/p: (password omitted)\n  mine/a: hello: world\n* mine/e:\n"
    assert module.parse_answers(text) == {"mine/p": "(password omitted)", "mine/a": "hello: world", "mine/e": ""}


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("boolean", True, "true"),
        ("boolean", "False", "false"),
        ("boolean", "yes", "yes"),
        ("string", "True", "True"),
        ("multiselect", ["a", "b"], "a, b"),
        ("string", 12, "12"),
    ],
)
def test_an_answer_is_written_as_debconf_has_it(kind, value, text):
    assert module.answer_text(kind, value) == text


@pytest.mark.parametrize(("kind", "value"), [("string", ["a"]), ("select", {"a": 1})])
def test_a_value_of_another_kind_is_refused(kind, value):
    with pytest.raises(ValueError, match="answer"):
        module.answer_text(kind, value)


@pytest.fixture(scope="module")
def debconf(root, run_in_root):
    root.run("mount", "-t", "tmpfs", "none", "/var/cache/debconf")

    def call(check=False, **args):
        return run_in_root("debconf", check=check, name="mine", **args)

    return call


def test_an_answer_is_set_once(debconf):
    args = {"question": "mine/a", "vtype": "string", "value": "x"}
    assert debconf(check=True, **args)["changed"]
    assert debconf()["current"] == {}
    assert debconf(**args)["diff"] == {"before": {"mine/a": ""}, "after": {"mine/a": "x"}}
    assert not debconf(**args)["changed"]


def test_a_password_is_compared_and_never_shown(debconf, root):
    args = {"question": "mine/p", "vtype": "password", "value": "s3cret"}
    told = [debconf(**args), debconf(**args), debconf(**{**args, "value": "other"})]
    assert [one["changed"] for one in told] == [True, False, True]
    assert not [
        word for word in ("s3cret", "other") if word in str([(one["current"], one.get("diff")) for one in told])
    ]
    assert "other" in (root.path / "var/cache/debconf/passwords.dat").read_text()


def test_whether_it_was_seen_is_an_answer_of_its_own(debconf):
    debconf(question="mine/s", vtype="select", value="x", unseen=True)
    assert debconf(question="mine/s", vtype="seen", value=True)["changed"]
    assert not debconf(question="mine/s", vtype="seen", value=True)["changed"]
    assert debconf(question="mine/s", vtype="seen", value=False)["changed"]


def test_what_debconf_refuses_fails(debconf):
    result = debconf(question="mine/a", vtype="text", value="one\ntwo")
    assert result["failed"]
    assert result["rc"] != 0
