"""The objects that callback methods get, attribute by attribute."""

import os

from ansible import context
from ansible.executor.playbook_executor import PlaybookExecutor
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import init_plugin_loader
from ansible.vars.manager import VariableManager

HERE = os.getcwd()


def short(text):
    return str(text).replace(HERE, "HERE")


class Told(CallbackBase):
    notified = []

    def v2_playbook_on_play_start(self, play):
        print("play", play.name, play.get_name(), play.hosts, play.vars, play.become, play.tags, short(play.get_path()))
        print(
            "     ",
            [str(role) for role in play.roles],
            [role.get_name() for role in play.get_roles()],
            play.strategy,
            play.serial,
        )
        print("     ", play.get_vars(), len(play.get_handlers()), play.any_errors_fatal, play.check_mode)
        manager = play.get_variable_manager()
        print("     ", sorted(manager.get_vars(play=play)["ansible_play_hosts"]), manager.extra_vars)

    def task(self, kind, task):
        print(
            kind,
            repr(task.name),
            task.get_name(),
            task.action,
            None if task.no_log else task.args,
            sorted(task.tags),
            task.when,
            task.vars,
        )
        print(
            "     ",
            bool(task.register),
            task.loop,
            task.delegate_to,
            task.no_log,
            task.retries,
            task.until,
            task.notify,
        )
        print("     ", short(task.get_path()), str(task._role), task.get_vars(), task.check_mode, bool(task._uuid))

    def v2_playbook_on_task_start(self, task, is_conditional):
        self.task("task", task)

    def v2_playbook_on_handler_task_start(self, task):
        self.task("handler", task)

    def v2_runner_on_start(self, host, task):
        print("start", host, task.get_name())

    def result(self, kind, result, **more):
        data = {
            k: v
            for k, v in sorted(result._result.items())
            if k in ("msg", "stdout", "item", "censored", "_ansible_item_label")
        }
        print(
            kind,
            result._host.name,
            result._host.get_vars().get("of_host"),
            result.task_name,
            result.is_changed(),
            result.is_failed(),
            result.is_skipped(),
            result.is_unreachable(),
            data,
            more,
        )
        print(
            "     ",
            result._task.get_name() == result.task_name,
            sorted(set(result._task_fields) & {"name", "action", "args"}),
            [str(g) for g in result._host.get_groups()],
        )
        print(
            "     ",
            type(result).__name__,
            result.host == result._host,
            result.task == result._task,
            result.result is result._result,
        )

    def v2_runner_on_ok(self, result):
        self.result("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.result("failed", result, ignore_errors=ignore_errors)

    def v2_runner_item_on_ok(self, result):
        self.result("item", result)

    def v2_runner_retry(self, result):
        self.result("retry", result)

    def v2_playbook_on_include(self, included_file):
        print("include", short(included_file._filename), [str(host) for host in included_file._hosts])

    def v2_on_file_diff(self, result):
        print(
            "diff",
            [sorted(entry) for entry in result._result["diff"]]
            if isinstance(result._result["diff"], list)
            else sorted(result._result["diff"]),
        )

    def v2_playbook_on_notify(self, handler, host):
        self.notified.append((handler.get_name(), str(host)))

    def v2_playbook_on_stats(self, stats):
        print("notified", self.notified)
        print(
            "stats",
            {h: stats.summarize(h) for h in sorted(stats.processed)},
            stats.custom,
            stats.ok,
            stats.changed,
            stats.failures,
            stats.ignored,
        )


def main():
    init_plugin_loader()
    context.CLIARGS = ImmutableDict(
        connection="local", forks=1, check=False, diff=False, verbosity=0, syntax=False, listhosts=None, listtasks=None,
        listtags=None, start_at_task=None, tags=["all"], skip_tags=[], become=False, become_method="sudo", become_user="root",
    )  # fmt: skip
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=["one,"])
    inventory.add_group("g")
    inventory.add_host("one", "g")
    inventory.get_host("one").set_variable("of_host", 7)
    inventory.reconcile_inventory()
    variables = VariableManager(loader=loader, inventory=inventory)
    executor = PlaybookExecutor(["site.yml"], inventory, variables, loader, {})
    told = Told()
    executor._tqm.load_callbacks()
    told._init_callback_methods()
    executor._tqm._callback_plugins = [told]
    print(executor.run())


if __name__ == "__main__":
    main()
