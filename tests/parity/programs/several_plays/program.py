"""Several plays of one manager: what stays between them, and in which order a callback is called."""

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
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "told"

    def __init__(self):
        super().__init__()
        self.lines = []

    def say(self, *words):
        """Keep what hosts do until the next task: they may do it in any order."""
        self.lines.append(" ".join(map(str, words)))

    def flush(self):
        for line in sorted(self.lines):
            print(line)
        self.lines.clear()

    def v2_playbook_on_start(self, playbook):
        print("playbook")

    def v2_playbook_on_play_start(self, play):
        self.flush()
        print("play", play.get_name(), play.hosts, play.tags, play.vars, play.gather_facts)

    def v2_playbook_on_task_start(self, task, is_conditional):
        self.flush()
        print("task", repr(task.name), task.get_name(), task.action, task.args, is_conditional)

    def v2_playbook_on_handler_task_start(self, task):
        self.flush()
        print("handler", task.get_name())

    def v2_playbook_on_no_hosts_matched(self):
        print("no hosts matched")

    def v2_playbook_on_no_hosts_remaining(self):
        print("no hosts remaining")

    def v2_playbook_on_stats(self, stats):
        print("stats", sorted(stats.processed))

    def v2_runner_on_ok(self, result):
        self.say("ok", result._host, result.task_name, result._result.get("msg"), result._result.get("stdout"))

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.say("failed", result._host, result.task_name, result._result.get("msg"), ignore_errors, result.is_failed())

    def v2_runner_on_skipped(self, result):
        self.say("skipped", result._host, result.task_name, result.is_skipped())

    def v2_runner_item_on_ok(self, result):
        self.say("item", result._host, result._result["item"], result._result.get("msg"))


def main():
    init_plugin_loader()
    context.CLIARGS = ImmutableDict(
        connection="local", module_path=None, forks=1, become=None, become_method=None, become_user=None,
        check=False, diff=False, verbosity=0,
    )  # fmt: skip
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=["one,two,three,"])
    variables = VariableManager(loader=loader, inventory=inventory)
    manager = TaskQueueManager(inventory=inventory, variable_manager=variables, loader=loader, passwords={})
    told = Told()
    manager.load_callbacks()
    told._init_callback_methods()
    manager._callback_plugins = [told]

    def run(**source):
        play = Play().load({"gather_facts": False, **source}, variable_manager=variables, loader=loader)
        code = manager.run(play)
        told.flush()
        print("code", code)
        print("failed", sorted(manager._failed_hosts), "unreachable", sorted(manager._unreachable_hosts))

    run(
        name="first",
        hosts="one,two",
        vars={"x": 5},
        tags=["t"],
        tasks=[
            {"command": "echo hi", "register": "said", "notify": "hand"},
            {"name": "loop", "debug": {"msg": t("{{ item }}")}, "loop": [1, 2]},
            {"name": "shows", "debug": {"var": t("x")}},
            {"name": "a fact", "set_fact": {"fact": t("{{ said.stdout }}!"), "cacheable": True}},
            {"name": "ignored", "fail": {"msg": "never mind"}, "ignore_errors": True},
            {"name": "skipped", "ping": None, "when": False},
        ],
        handlers=[{"name": "hand", "debug": {"msg": "handled"}}],
    )
    run(
        name="second",
        hosts=["all"],
        tasks=[{"debug": {"msg": t("{{ said.stdout | default('nothing') }} {{ fact | default('no fact') }}")}}],
    )
    run(name="third", hosts="all", tasks=[
        {"name": "fails on two", "fail": {"msg": "as asked"}, "when": t("inventory_hostname == 'two'")},
        {"name": "after", "debug": {"msg": "still here"}},
    ])  # fmt: skip
    run(name="fourth", hosts="all", tasks=[{"name": "who", "debug": {"msg": t("{{ ansible_play_hosts }}")}}])
    run(name="nobody", hosts="nosuch", tasks=[{"debug": {"msg": "x"}}])
    run(name="only two", hosts="two", tasks=[{"debug": {"msg": "x"}}])
    manager.clear_failed_hosts()
    run(name="again", hosts="two", tasks=[{"debug": {"msg": "back"}}])
    print({host: manager._stats.summarize(host) for host in sorted(manager._stats.processed)})
    manager.send_callback("v2_playbook_on_stats", manager._stats)
    manager.cleanup()
    print(
        manager.RUN_OK,
        manager.RUN_ERROR,
        manager.RUN_FAILED_HOSTS,
        manager.RUN_UNREACHABLE_HOSTS,
        manager.RUN_FAILED_BREAK_PLAY,
        manager.RUN_UNKNOWN_ERROR,
    )
    kept = variables.get_vars(host=inventory.get_host("one"))
    print(
        kept["said"]["stdout"], kept.get("fact"), kept["inventory_hostname"], kept["group_names"], kept["ansible_facts"]
    )


if __name__ == "__main__":
    main()
