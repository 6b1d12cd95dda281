"""What the variable manager knows, with and without a play, a host and a task."""

import os

from ansible import context
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.playbook import Playbook
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager


def main():
    init_plugin_loader()
    context.CLIARGS = ImmutableDict(
        connection="local",
        forks=3,
        verbosity=0,
        check=True,
        diff=False,
        extra_vars=["given=1", "@extra.yml", '{"json": [1]}'],
    )
    loader = DataLoader()
    loader.set_basedir(os.getcwd())
    inventory = InventoryManager(loader=loader, sources=["hosts.ini"])
    variables = VariableManager(loader=loader, inventory=inventory)
    print(variables.extra_vars)
    variables.extra_vars["more"] = 2
    print("more" in variables.extra_vars)
    variables._extra_vars.update({"more": 3})
    print(variables.extra_vars["more"], variables.get_vars()["given"], variables.get_vars()["ansible_check_mode"])
    book = Playbook.load("play.yml", variable_manager=variables, loader=loader)
    (play,) = book.get_plays()
    task = play.get_tasks()[0][0]
    host = inventory.get_host("web1")
    print(type(play).__name__, play.name, type(task).__name__, task.name, task.vars, task.action, task.args)
    names = ("level", "of_play", "of_task", "of_host", "own", "shared", "given", "json", "from_file")
    for given in (
        {},
        {"play": play},
        {"host": host},
        {"play": play, "host": host},
        {"play": play, "host": host, "task": task},
    ):
        seen = variables.get_vars(**given)
        print(sorted(given), {name: seen[name] for name in names if name in seen})
    seen = variables.get_vars(play=play, host=host)
    print(sorted(name for name in seen if name not in names))
    print(seen["ansible_play_hosts"], seen["ansible_play_name"], seen["groups"], seen["inventory_hostname_short"])
    print(Templar(loader=loader, variables=seen).template(seen["of_play"]))
    variables.set_nonpersistent_facts("web1", {"fact": 1})
    variables.set_host_facts("web1", {"ansible_thing": 2})
    variables.set_host_variable("web1", "var", {"a": 1})
    variables.set_host_variable("web1", "var", {"b": 2})
    seen = variables.get_vars(host=host)
    print(seen["fact"], seen.get("ansible_thing"), seen["ansible_facts"], seen["var"])
    variables.clear_facts("web1")
    seen = variables.get_vars(host=host)
    print(seen["fact"], seen.get("ansible_thing"), seen["ansible_facts"])
    hostvars = HostVars(inventory=inventory, variable_manager=variables, loader=loader)
    print(hostvars["web1"]["own"], "web2" in hostvars, sorted(hostvars), len(hostvars))
    try:
        variables.set_host_facts("web1", "text")
    except Exception as error:
        print(type(error).__name__ in ("AnsibleAssertionError", "TypeError"))


if __name__ == "__main__":
    main()
