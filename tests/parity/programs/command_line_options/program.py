"""What ``context.CLIARGS`` decides of a run."""

import os

from ansible import constants as C
from ansible import context
from ansible.executor.task_queue_manager import TaskQueueManager
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play import Play
from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import init_plugin_loader
from ansible.template import trust_as_template as t
from ansible.vars.manager import VariableManager


class Told(CallbackBase):
    def v2_runner_on_ok(self, result):
        print(
            " ok",
            result._host,
            result.task_name,
            result._result.get("msg"),
            result.is_changed(),
            "diff" in result._result,
        )

    def v2_runner_on_failed(self, result, ignore_errors=False):
        print(" failed", result._host, result.task_name)

    def v2_runner_on_skipped(self, result):
        print(" skipped", result._host, result.task_name)

    def v2_on_file_diff(self, result):
        if result._result.get("diff"):
            print(" diff", result._host)


def run(title, *tasks, **options):
    print(title)
    defaults = dict(
        connection="local",
        module_path=None,
        forks=1,
        become=None,
        become_method=None,
        become_user=None,
        check=False,
        diff=False,
        verbosity=0,
    )
    context.CLIARGS = ImmutableDict({**defaults, **options})
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources="one,")
    variables = VariableManager(loader=loader, inventory=inventory)
    manager = TaskQueueManager(inventory=inventory, variable_manager=variables, loader=loader, passwords={})
    told = Told()
    manager.load_callbacks()
    told._init_callback_methods()
    manager._callback_plugins = [told]
    source = {"name": title, "hosts": "all", "gather_facts": False, "tasks": list(tasks)}
    print(" code", manager.run(Play().load(source, variable_manager=variables, loader=loader)))
    manager.cleanup()


def main():
    init_plugin_loader()
    os.mkdir("modules")
    with open("modules/own_module.py", "w") as file:
        file.write(
            "from ansible.module_utils.basic import AnsibleModule\nAnsibleModule({}).exit_json(msg='own', changed=True)\n"
        )
    write = {"name": "write", "copy": {"content": "x\n", "dest": os.path.join(os.getcwd(), "out")}}
    run("check", write, check=True)
    run("diff", write, check=True, diff=True)
    run("module path", {"name": "own", "own_module": None}, module_path=[os.path.join(os.getcwd(), "modules")])
    tagged = [{"name": f"tag {tag}", "debug": {"msg": tag}, "tags": [tag]} for tag in ("a", "b", "never")]
    run("tags", *tagged, tags=["a"], skip_tags=[])
    run("skip tags", *tagged, tags=["all"], skip_tags=["a"])
    run("extra", {"name": "extra", "debug": {"msg": t("{{ given }}")}}, extra_vars=["given=1"])
    run("user", {"name": "user", "debug": {"msg": t("{{ ansible_user | default('none') }}")}}, remote_user="somebody")
    print(
        C.DEFAULT_FORKS > 0,
        C.DEFAULT_TIMEOUT,
        C.DEFAULT_BECOME_METHOD,
        C.DEFAULT_TRANSPORT,
        C.HOST_KEY_CHECKING,
        C.DEFAULT_GATHERING,
    )
    C.HOST_KEY_CHECKING = False
    print(
        C.HOST_KEY_CHECKING,
        context.CLIARGS["forks"],
        context.CLIARGS.get("nothing"),
        isinstance(context.CLIARGS, ImmutableDict),
    )


if __name__ == "__main__":
    main()
