"""Standard output by the name of a writer; what runs through the manager is shown, and nothing else."""

import sys

from ansible import context
from ansible.executor.task_queue_manager import TaskQueueManager
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play import Play
from ansible.plugins.loader import init_plugin_loader
from ansible.utils.display import Display
from ansible.vars.manager import VariableManager


def main():
    init_plugin_loader()
    context.CLIARGS = ImmutableDict(connection="local", forks=1, verbosity=0, check=False, diff=False)
    source = {
        "name": "shown",
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            {"name": "say", "debug": {"msg": "hello"}},
            {"name": "run", "command": "echo one"},
            {"name": "no", "ping": None, "when": False},
        ],
    }
    for name in ("default", "minimal", "oneline", None):
        print("writer", name)
        sys.stdout.flush()
        loader = DataLoader()
        inventory = InventoryManager(loader=loader, sources="one,two,")
        variables = VariableManager(loader=loader, inventory=inventory)
        named = {} if name is None else {"stdout_callback_name": name}
        manager = TaskQueueManager(
            inventory=inventory, variable_manager=variables, loader=loader, passwords={}, forks=1, **named
        )
        code = manager.run(Play().load(source, variable_manager=variables, loader=loader))
        manager.send_callback("v2_playbook_on_stats", manager._stats)
        manager.cleanup()
        sys.stdout.flush()
        print("code", code)
    display = Display()
    display.display("from the program")
    display.v("not at this verbosity")
    display.banner("a banner")
    display.display("to the other stream", stderr=True)


if __name__ == "__main__":
    main()
