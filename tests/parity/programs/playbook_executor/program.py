"""Playbooks with extra variables, limits, tags, check mode and a callback of one's own."""

from ansible import context
from ansible.executor.playbook_executor import PlaybookExecutor
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import init_plugin_loader
from ansible.vars.manager import VariableManager


class Told(CallbackBase):
    def v2_playbook_on_start(self, playbook):
        print(" playbook", playbook._file_name, len(playbook.get_plays()), [p.get_name() for p in playbook.get_plays()])

    def v2_playbook_on_play_start(self, play):
        print(" play", play)

    def v2_playbook_on_task_start(self, task, is_conditional):
        print(" task", task)

    def v2_playbook_on_handler_task_start(self, task):
        print(" handler", task)

    def v2_playbook_on_no_hosts_matched(self):
        print(" no hosts matched")

    def v2_runner_on_ok(self, result):
        print(" ok", result._host, result._result.get("msg"), result.is_changed())

    def v2_runner_on_failed(self, result, ignore_errors=False):
        print(" failed", result._host, result._result.get("msg"))

    def v2_runner_on_skipped(self, result):
        print(" skipped", result._host)

    def v2_playbook_on_stats(self, stats):
        print(" stats", {host: stats.summarize(host) for host in sorted(stats.processed)})


def run(title, limit=None, extra=None, playbooks=("site.yml",), **options):
    print(title)
    defaults = dict(
        connection="local", module_path=None, forks=1, become=None, become_method=None, become_user=None, check=False,
        diff=False, verbosity=0, syntax=False, listhosts=None, listtasks=None, listtags=None, start_at_task=None,
        tags=["all"], skip_tags=[],
    )  # fmt: skip
    context.CLIARGS = ImmutableDict({**defaults, **options})
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=["hosts.ini"])
    if limit:
        inventory.subset(limit)
    variables = VariableManager(loader=loader, inventory=inventory)
    variables._extra_vars = {"release": "1.0", **(extra or {})}
    executor = PlaybookExecutor(list(playbooks), inventory, variables, loader, {})
    told = Told()
    executor._tqm.load_callbacks()
    told._init_callback_methods()
    executor._tqm._callback_plugins = [told]
    print(" code", executor.run())
    print(" failed", sorted(executor._tqm._failed_hosts))


def main():
    init_plugin_loader()
    run("all")
    run("limited", limit="web1")
    run("limited away", limit="db")
    run("tagged", tags=["say"])
    run("skipped", skip_tags=["say", "change"])
    run("checked", check=True)
    run("extra", extra={"release": "2.0", "broken": True})
    run("from a task on", start_at_task="extra")
    run("twice", playbooks=["site.yml", "site.yml"], limit="db")


if __name__ == "__main__":
    main()
