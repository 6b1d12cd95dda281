"""The getent module."""


def test_an_entry_becomes_a_fact(run):
    assert run("getent", database="passwd", key="root")["ansible_facts"]["getent_passwd"]["root"][1] == "0"


def test_a_missing_key_fails_unless_that_is_allowed(run):
    assert run("getent", database="passwd", key="assible-test-none")["failed"]
    result = run("getent", database="passwd", key="assible-test-none", fail_key=False)
    assert result["ansible_facts"] == {"getent_passwd": {"assible-test-none": None}}


def test_an_unknown_database_fails(run):
    assert "no such database" in run("getent", database="nosuch", key="x")["msg"]
