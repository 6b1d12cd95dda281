"""Run tasks on hosts and collect what they give, as the developer guide shows it."""

import json
import os
import shutil

import ansible.constants as C
from ansible import context
from ansible.executor.task_queue_manager import TaskQueueManager
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play import Play
from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import init_plugin_loader
from ansible.template import trust_as_template
from ansible.vars.manager import VariableManager


class Collected(CallbackBase):
    """Keeps results by host."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ok = {}
        self.failed = {}
        self.unreachable = {}

    def v2_runner_on_ok(self, result, *args, **kwargs):
        self.ok.setdefault(result._host.get_name(), []).append(result)

    def v2_runner_on_failed(self, result, *args, **kwargs):
        self.failed.setdefault(result._host.get_name(), []).append(result)

    def v2_runner_on_unreachable(self, result):
        self.unreachable.setdefault(result._host.get_name(), []).append(result)


def main():
    init_plugin_loader()
    context.CLIARGS = ImmutableDict(
        connection="local",
        module_path=["/nowhere/modules"],
        forks=1,
        become=None,
        become_method=None,
        become_user=None,
        check=False,
        diff=False,
        verbosity=0,
    )
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources="one,two,")
    inventory.add_host("gone", "all")
    inventory.get_host("gone").set_variable("ansible_connection", "ssh")
    inventory.get_host("gone").set_variable("ansible_host", "127.0.0.1")
    inventory.get_host("gone").set_variable("ansible_port", 1)
    variables = VariableManager(loader=loader, inventory=inventory)
    manager = TaskQueueManager(
        inventory=inventory, variable_manager=variables, loader=loader, passwords=dict(vault_pass="secret")
    )
    collected = Collected()
    manager.load_callbacks()
    collected._init_callback_methods()
    manager._callback_plugins = [collected]
    source = dict(
        name="collected",
        hosts="all",
        gather_facts="no",
        tasks=[
            dict(action="shell echo hello", register="said"),
            dict(action=trust_as_template("debug msg={{ said.stdout }}")),
            dict(debug=dict(msg="{{ said.stdout }}")),
            dict(name="a command", command=dict(cmd="echo x"), changed_when=False),
            dict(name="a failure", fail=dict(msg="as asked"), when=trust_as_template("inventory_hostname == 'two'")),
        ],
    )
    play = Play().load(source, variable_manager=variables, loader=loader)
    try:
        code = manager.run(play)
    finally:
        manager.cleanup()
        if loader:
            loader.cleanup_all_tmp_files()
    shutil.rmtree(C.DEFAULT_LOCAL_TMP, True)
    print("code", code)
    for kind in ("ok", "failed", "unreachable"):
        for host, results in sorted(getattr(collected, kind).items()):
            for result in results:
                shown = {key: result._result.get(key) for key in ("msg", "stdout", "rc", "changed")}
                if kind == "unreachable":
                    shown = {"unreachable": result._result["unreachable"]}
                print(kind, host, repr(result.task_name), result.is_changed(), json.dumps(shown, sort_keys=True))
    print(os.path.basename(C.DEFAULT_LOCAL_TMP).startswith("ansible-local-"), os.path.exists(C.DEFAULT_LOCAL_TMP))


if __name__ == "__main__":
    main()
