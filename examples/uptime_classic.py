"""The same, written as programs for Ansible's Python API are.

    python examples/uptime_classic.py web1,web2

With ``ansible`` in the place of ``assible`` it runs as well: under ansible-core, or, where that is not installed,
behind an ``import assible``.
"""

from __future__ import annotations

import shutil
import sys

from assible.executor.task_queue_manager import TaskQueueManager
from assible.inventory.manager import InventoryManager
from assible.module_utils.common.collections import ImmutableDict
from assible.parsing.dataloader import DataLoader
from assible.playbook.play import Play
from assible.plugins.callback import CallbackBase
from assible.plugins.loader import init_plugin_loader
from assible.vars.manager import VariableManager

from assible import constants as C
from assible import context


class Answers(CallbackBase):
    """Keeps what hosts answer."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def keep(self, result, word: str) -> None:
        data = result._result
        self.lines.append(f"{result._host.get_name()}: {word}: {(data.get('stdout') or data.get('msg', '')).strip()}")

    def v2_runner_on_ok(self, result) -> None:
        self.keep(result, "changed" if result.is_changed() else "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False) -> None:
        self.keep(result, "failed")

    def v2_runner_on_unreachable(self, result) -> None:
        self.keep(result, "unreachable")


def main(sources: str) -> int:
    """Print a line for each host; return the code of the run."""
    init_plugin_loader()
    context.CLIARGS = ImmutableDict(forks=10, check=False, diff=False, verbosity=0)
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=sources)
    variables = VariableManager(loader=loader, inventory=inventory)
    answers = Answers()
    manager = TaskQueueManager(inventory=inventory, variable_manager=variables, loader=loader, passwords={})
    manager.load_callbacks()
    answers._init_callback_methods()
    manager._callback_plugins = [answers]
    play = Play().load(
        {"name": "Uptime", "hosts": "all", "gather_facts": False, "tasks": [{"command": "uptime"}]},
        variable_manager=variables,
        loader=loader,
    )
    try:
        code = manager.run(play)
    finally:
        manager.cleanup()
        loader.cleanup_all_tmp_files()
        shutil.rmtree(C.DEFAULT_LOCAL_TMP, ignore_errors=True)
    print("\n".join(answers.lines))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "localhost,"))
