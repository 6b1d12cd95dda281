"""The classic names over the API: threads, contexts, callbacks, what is left behind, and what is not offered."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from assible.errors import AnsibleError, AnsibleFileNotFound, AnsibleOptionsError, AnsibleParserError
from assible.executor.playbook_executor import PlaybookExecutor
from assible.executor.task_queue_manager import TaskQueueManager
from assible.inventory.manager import InventoryManager
from assible.module_utils.common.collections import ImmutableDict
from assible.parsing.dataloader import DataLoader
from assible.playbook.play import Play
from assible.plugins.callback import CallbackBase
from assible.template import trust_as_template
from assible.vars.manager import VariableManager

import assible
from assible import constants, context


@pytest.fixture(autouse=True)
def nobody_has_set_anything(monkeypatch):
    from assible.ansible._bridge import program

    fallback = dict(program._FALLBACK)
    options, fixed = program._OPTIONS.set(None), program._CONSTANTS.set(None)
    program._FALLBACK.clear()
    yield
    program._OPTIONS.reset(options)
    program._CONSTANTS.reset(fixed)
    program._FALLBACK.clear()
    program._FALLBACK.update(fallback)


class Kept(CallbackBase):
    """Keeps what it is told, and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list = []
        self.threads: set = set()

    def keep(self, what, result) -> None:
        self.threads.add(threading.get_ident())
        self.told.append((what, result._host.name, result.task_name, result._result.get("msg")))

    def v2_runner_on_ok(self, result) -> None:
        self.keep("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False) -> None:
        self.keep("failed", result)


def made(hosts="one,two,", callback=None, **more):
    """Return a loader, an inventory, a variable manager and a queue manager of local hosts."""
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=hosts)
    for host in inventory.get_hosts():
        host.set_variable("ansible_connection", "local")
        host.set_variable("ansible_python_interpreter", sys.executable)
    variables = VariableManager(loader=loader, inventory=inventory)
    manager = TaskQueueManager(inventory, variables, loader, {}, callback, **more)
    return loader, inventory, variables, manager


def play_of(variables, loader, *tasks, **more) -> Play:
    source = {"name": "p", "hosts": "all", "gather_facts": False, "tasks": list(tasks), **more}
    return Play().load(source, variable_manager=variables, loader=loader)


def say(text: str) -> dict:
    return {"name": "say", "debug": {"msg": trust_as_template(text)}}


def run_once(callback, *tasks, hosts="one,", **more) -> int:
    loader, _, variables, manager = made(hosts, callback)
    try:
        return manager.run(play_of(variables, loader, *tasks, **more))
    finally:
        manager.cleanup()


# -- callbacks


@pytest.mark.parametrize("keyword", ["stdout_callback", "stdout_callback_name"])
def test_a_callback_is_given_as_an_object_under_either_name(keyword):
    kept = Kept()
    loader = DataLoader()
    inventory = InventoryManager(loader, "localhost,")
    variables = VariableManager(loader, inventory)
    manager = TaskQueueManager(inventory, variables, loader, {}, **{keyword: kept})
    assert manager.run(play_of(variables, loader, say("hi"))) == 0
    manager.cleanup()
    assert kept.told == [("ok", "localhost", "say", "hi")]


def test_a_callback_is_given_as_a_class():
    told = []

    class Own(CallbackBase):
        def v2_runner_on_ok(self, result):
            told.append(result._host.name)

    assert run_once(Own, say("hi")) == 0
    assert told == ["one"]


def test_a_callback_that_is_something_else_is_refused():
    with pytest.raises(AnsibleOptionsError, match="CallbackBase"):
        run_once(7, say("hi"))


def test_a_callback_plugin_is_found_by_its_name(tmp_path, monkeypatch, capsys):
    (tmp_path / "callback_plugins").mkdir()
    (tmp_path / "callback_plugins" / "own.py").write_text(
        "from ansible.plugins.callback import CallbackBase\n"
        "class CallbackModule(CallbackBase):\n"
        "    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME = 2.0, 'stdout', 'own'\n"
        "    def v2_runner_on_ok(self, result):\n"
        "        self._display.display('own: ' + result._host.name)\n"
    )
    monkeypatch.chdir(tmp_path)
    assert run_once("own", say("hi")) == 0
    assert capsys.readouterr().out == "own: one\n"


def test_callbacks_are_called_in_the_thread_that_runs():
    kept = Kept()
    run_once(kept, say("hi"))
    assert kept.threads == {threading.get_ident()}


def test_nothing_is_printed_unless_the_callback_prints(capsys):
    run_once(Kept(), say("hi"), {"name": "no", "fail": {"msg": "asked"}, "ignore_errors": True})
    assert capsys.readouterr() == ("", "")


def test_a_callback_that_raises_costs_a_warning_and_not_the_run(capsys):
    class Broken(Kept):
        def v2_playbook_on_task_start(self, task, is_conditional):
            raise RuntimeError("broken on purpose")

    broken = Broken()
    assert run_once(broken, say("hi")) == 0
    assert len(broken.told) == 1
    assert "broken on purpose" in capsys.readouterr().err


def test_an_interrupt_in_a_callback_ends_the_run():
    class Stopped(Kept):
        def v2_playbook_on_task_start(self, task, is_conditional):
            raise KeyboardInterrupt

    stopped = Stopped()
    with pytest.raises(KeyboardInterrupt):
        run_once(stopped, {"command": "sleep 30"}, say("never"))
    assert stopped.told == []


def test_a_failing_run_tells_the_code_and_the_hosts():
    loader, _, variables, manager = made(callback=Kept())
    fails = {"name": "no", "fail": {"msg": "asked"}, "when": "inventory_hostname == 'two'"}
    assert manager.run(play_of(variables, loader, fails)) == manager.RUN_FAILED_HOSTS
    manager.cleanup()
    assert (manager._failed_hosts, manager._unreachable_hosts) == ({"two": True}, {})


# -- what stays between runs, and what is left behind


def test_connections_stay_open_between_runs_and_end_with_cleanup():
    loader, _, variables, manager = made("one,", Kept())
    before = threading.active_count()
    manager.run(play_of(variables, loader, {"ping": None}))
    session = manager._session
    (connection,) = session._session._async.parts().connections._open.values()
    manager.run(play_of(variables, loader, {"ping": None}))
    assert manager._session is session
    assert list(session._session._async.parts().connections._open.values()) == [connection]
    manager.cleanup()
    assert threading.active_count() == before


def test_what_a_run_registers_is_known_to_the_next():
    kept = Kept()
    loader, _, variables, manager = made("one,", kept)
    manager.run(play_of(variables, loader, {"command": "echo kept", "register": "said"}))
    manager.run(play_of(variables, loader, say("{{ said.stdout }}")))
    manager.cleanup()
    assert kept.told[-1][-1] == "kept"


# -- threads and contexts


def test_runs_in_several_threads_do_not_see_each_other():
    def one(number: int) -> tuple:
        context.CLIARGS = ImmutableDict(check=bool(number % 2), forks=1, verbosity=0)
        kept = Kept()
        code = run_once(
            kept, {"name": "c", "command": "true"}, say("{{ ansible_check_mode }} {{ mine }}"), vars={"mine": number}
        )
        return code, [entry[-1] for entry in kept.told if entry[2] == "say"], context.CLIARGS["check"]

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(one, range(12)))
    assert results == [(0, [f"{bool(n % 2)} {n}"], bool(n % 2)) for n in range(12)]


def test_options_of_a_thread_do_not_reach_others():
    context.CLIARGS = ImmutableDict(forks=1)
    seen = []

    def thread() -> None:
        seen.append(context.CLIARGS["forks"])
        context.CLIARGS = ImmutableDict(forks=2)
        seen.append(context.CLIARGS["forks"])

    worker = threading.Thread(target=thread)
    worker.start()
    worker.join()
    assert seen == [1, 2]
    assert context.CLIARGS["forks"] == 1


def test_options_of_a_task_do_not_reach_others():
    async def own(number: int) -> int:
        context.CLIARGS = ImmutableDict(forks=number)
        await asyncio.sleep(0)
        return context.CLIARGS["forks"]

    async def both() -> list:
        return await asyncio.gather(own(1), own(2))

    assert asyncio.run(both()) == [1, 2]


def test_constants_of_a_thread_do_not_reach_others():
    constants.DEFAULT_TIMEOUT = 11

    def thread() -> tuple:
        before = constants.DEFAULT_TIMEOUT
        constants.DEFAULT_TIMEOUT = 12
        return before, constants.DEFAULT_TIMEOUT

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(thread).result() == (11, 12)
    assert constants.DEFAULT_TIMEOUT == 11


def test_a_run_inside_of_a_running_loop_works():
    kept = Kept()

    async def main() -> int:
        return run_once(kept, say("hi"))

    assert asyncio.run(main()) == 0
    assert len(kept.told) == 1


# -- constants


def test_a_constant_counts_for_what_is_made_after_it_was_set():
    constants.HOST_KEY_CHECKING = False
    _, _, _, manager = made("one,", Kept())
    assert manager._surroundings().settings.host_key_checking is False
    del constants.HOST_KEY_CHECKING
    assert constants.HOST_KEY_CHECKING is True


def test_a_constant_of_something_that_is_absent_takes_only_what_says_so():
    constants.RETRY_FILES_ENABLED = False
    with pytest.raises(AttributeError, match=r"RETRY_FILES_ENABLED.*classic-api"):
        constants.RETRY_FILES_ENABLED = True


def test_a_constant_that_does_not_exist_is_refused_by_name():
    with pytest.raises(AttributeError, match=r"NO_SUCH_THING.*classic-api"):
        constants.NO_SUCH_THING = 1
    with pytest.raises(AttributeError, match="NO_SUCH_THING"):
        _ = constants.NO_SUCH_THING


def test_a_constant_with_a_value_that_does_not_fit_is_refused():
    with pytest.raises(AttributeError, match="DEFAULT_FORKS"):
        constants.DEFAULT_FORKS = "many"


def test_the_temporary_directory_is_the_programs_own():
    path = constants.DEFAULT_LOCAL_TMP
    assert path == constants.DEFAULT_LOCAL_TMP
    assert os.path.basename(path).startswith("ansible-local-")
    assert path not in ("/tmp", os.environ.get("TMPDIR"))


# -- mistakes


def test_a_play_with_a_mistake_is_a_parser_error():
    loader, _, variables, _ = made()
    with pytest.raises(AnsibleParserError, match="no_such_keyword"):
        play_of(variables, loader, no_such_keyword=1)
    with pytest.raises(AnsibleError, match="mapping"):
        Play.load(["x"], variable_manager=variables, loader=loader)


def test_a_playbook_that_is_missing_is_told_as_such():
    loader, inventory, variables, _ = made()
    with pytest.raises(AnsibleFileNotFound, match=r"nowhere\.yml"):
        PlaybookExecutor(["nowhere.yml"], inventory, variables, loader, {}).run()


def test_an_option_that_cannot_be_honoured_is_refused():
    context.CLIARGS = ImmutableDict(scp_extra_args="-l 1")
    with pytest.raises(AnsibleOptionsError, match="scp_extra_args"):
        run_once(Kept(), say("hi"))


def test_text_that_nobody_trusts_is_no_template():
    kept = Kept()
    run_once(kept, {"name": "say", "debug": {"msg": "{{ 1 + 1 }}"}})
    assert kept.told[0][-1] == "{{ 1 + 1 }}"


def test_a_listing_gives_the_plays_and_runs_nothing(tmp_path):
    (tmp_path / "site.yml").write_text("- name: first\n  hosts: all\n  tasks: [{debug: {msg: x}}]\n")
    context.CLIARGS = ImmutableDict(listtasks=True)
    loader, inventory, variables, _ = made()
    executor = PlaybookExecutor([str(tmp_path / "site.yml")], inventory, variables, loader, {})
    (entry,) = executor.run()
    assert executor._tqm is None
    assert [play.get_name() for play in entry["plays"]] == ["first"]


# -- inventories that change


def test_hosts_and_groups_can_be_removed():
    inventory = InventoryManager(DataLoader(), "one,two,")
    inventory.add_group("g")
    inventory.add_host("one", "g")
    group = inventory.groups["g"]
    assert group.remove_host(inventory.get_host("one"))
    assert not group.remove_host(inventory.get_host("one"))
    assert inventory.get_groups_dict() == {"all": ["one", "two"], "ungrouped": ["one", "two"], "g": []}
    inventory._inventory.remove_host(inventory.get_host("two"))
    inventory._inventory.remove_group(group)
    assert inventory.get_groups_dict() == {"all": ["one"], "ungrouped": ["one"]}


def test_a_host_joins_only_groups_that_exist():
    inventory = InventoryManager(DataLoader())
    with pytest.raises(AnsibleError, match="nowhere"):
        inventory.add_host("one", "nowhere")


def test_groups_cannot_contain_each_other():
    inventory = InventoryManager(DataLoader())
    for name in "ab":
        inventory.add_group(name)
    inventory.groups["a"].add_child_group(inventory.groups["b"])
    with pytest.raises(AnsibleError, match="contain each other"):
        inventory.groups["b"].add_child_group(inventory.groups["a"])


# -- names


@pytest.mark.parametrize("top", ["assible", "ansible"])
def test_a_module_that_is_not_offered_is_named_and_so_is_the_list(top):
    if top == "ansible":
        from assible._names import bind

        bind(owns_ansible=True)
    with pytest.raises(ModuleNotFoundError, match=rf"'{top}\.executor\.task_executor' is not offered.*classic-api\.md"):
        importlib.import_module(f"{top}.executor.task_executor")


def test_a_name_that_is_not_offered_is_named_and_so_is_the_list():
    with pytest.raises(ImportError, match=r"task_queue_manager\.Nothing' is not offered.*classic-api\.md"):
        from assible.executor.task_queue_manager import Nothing  # noqa: F401
    module = importlib.import_module("assible.executor.task_queue_manager")
    assert not hasattr(module, "Nothing")
    with pytest.raises(AttributeError, match="Nothing"):
        _ = module.Nothing


def test_the_same_module_has_three_names():
    names = ("assible.errors", "assible.ansible.errors")
    assert len({id(importlib.import_module(name)) for name in names}) == 1


def test_the_function_template_works_after_the_module_of_that_name_was_imported():
    importlib.import_module("assible.template")
    kept = Kept()
    run_once(kept, {"name": "say", "debug": {"msg": assible.template("{{ 1 + 1 }}")}})
    assert kept.told[0][-1] == 2
    assert type(assible.template("x")) is type(importlib.import_module("assible.api").template("x"))
