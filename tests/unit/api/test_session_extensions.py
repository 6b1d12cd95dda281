"""What a program adds to a session: filters, tests, lookups, actions, connections, hosts."""

from __future__ import annotations

import sys

import pytest

import assible
from assible.exceptions import UsageError
from assible.transport.memory import MemoryFleet, MemoryHost

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
T = assible.template


def debug(text: str, hosts: str = "all", **keywords) -> assible.Play:
    return assible.Play(hosts=hosts, tasks=[assible.Task("debug", msg=T(text), **keywords)])


def messages(result: assible.RunResult) -> list:
    assert result.ok, [r.data for r in result.results()]
    return [r.data["msg"] for r in result.results()]


@pytest.fixture
def session():
    with assible.Session(inventory={"all": {"hosts": {"h1": LOCAL}}}) as session:
        yield session


def test_filters_and_tests_are_for_templates(session):
    session.add_filter("twice", lambda value: value * 2)
    session.add_test("long", lambda value: len(value) > 3)
    assert messages(session.run(debug("{{ 'ab' | twice }} {{ 'ab' | twice is long }}"))) == ["abab True"]


def test_a_lookup_gets_terms_and_options(session):
    session.add_lookup("echo", lambda terms, **options: [*terms, options])
    assert messages(session.run(debug("{{ query('echo', 'a', 'b', c=1) }}"))) == [["a", "b", {"c": 1}]]


def test_a_lookup_may_be_looped_over(session):
    session.add_lookup("numbers", lambda terms, **options: list(range(terms[0])))
    play = assible.Play(hosts="all", tasks=[assible.Task("debug", msg=T("{{ item }}"), with_numbers=3)])
    (result,) = session.run(play).results()
    assert [item["msg"] for item in result.data["results"]] == [0, 1, 2]


def test_an_action_gets_rendered_arguments_and_may_run_modules(session):
    async def greet(call) -> dict:
        found = await call.module("ansible.builtin.ping", {"data": call.args["name"]})
        return {"changed": True, "greeting": f"hello {found['ping']}"}

    session.add_action("greet", greet)
    task = assible.Task("greet", args={"name": T("{{ inventory_hostname }}")})
    (result,) = session.run(assible.Play(hosts="all", tasks=[task])).results()
    assert (result.status, result.data["greeting"]) == ("changed", "hello h1")


def test_an_action_may_have_a_dotted_name_and_must_be_async(session):
    async def nothing(call) -> dict:
        return {}

    session.add_action("my.own.thing", nothing)
    assert session.run(assible.Play(hosts="all", tasks=[assible.Task("my.own.thing")])).ok
    with pytest.raises(UsageError, match="async"):
        session.add_action("other", lambda call: {})


def test_a_connection_is_opened_for_hosts_that_name_it():
    host = MemoryHost(modules={"ping": lambda call: {"ping": "from memory"}})
    fleet = MemoryFleet({"m1": host})
    with assible.Session(inventory={"all": {"hosts": {"m1": {"ansible_connection": "memory"}}}}) as session:
        session.add_connection("memory", fleet.open)
        (result,) = session.run_module("ping").results()
    assert result.data["ping"] == "from memory"
    assert len(host.calls) == 1


def test_hosts_are_added_as_data(session):
    session.add_inventory({"new": {"hosts": {"h2": {**LOCAL, "x": 1}}}})
    assert messages(session.run(debug("{{ x }} {{ group_names }}", "new"))) == ["1 ['new']"]


def test_hosts_are_added_while_a_session_is_in_use(session):
    session.run(debug("x"))
    session.add_inventory([("h3", LOCAL), {"name": "h4", "vars": LOCAL, "groups": ["web", "db"]}])
    assert messages(session.run(debug("{{ groups.web }} {{ groups.all | sort }}", "h4"))) == [
        "['h4'] ['h1', 'h3', 'h4']"
    ]


async def test_hosts_may_come_from_an_async_generator():
    async def cloud():
        for number in range(3):
            yield {"name": f"vm{number}", "vars": {**LOCAL, "number": number}, "groups": ["vms"]}

    async with assible.AsyncSession() as session:
        await session.add_inventory(cloud())
        result = await session.run(debug("{{ number }}", "vms"))
    assert messages(result) == [0, 1, 2]


def test_names_alone_are_hosts(session):
    session.add_inventory(["a", "b"])
    session.add_inventory("c,d")
    assert sorted(session.inventory.hosts) == ["a", "b", "c", "d", "h1"]


@pytest.mark.parametrize("host", [1, ("a",), {"nom": "a"}, {"name": "a", "more": 1}, ("a", "b")])
def test_what_is_no_host_is_refused_with_the_forms_that_there_are(session, host):
    with pytest.raises(UsageError, match="no host") as caught:
        session.add_inventory([host])
    assert "a pair of name and variables" in str(caught.value.hint)


def test_an_inventory_object_is_not_added_to():
    with assible.Session(inventory=assible.Inventory.from_hosts(["a"])) as session:
        session.run_module("debug", {"msg": "x"})
        with pytest.raises(UsageError, match="as an object"):
            session.add_inventory(["b"])
