"""An inventory that is built, changed and asked in code."""

from ansible.inventory.group import Group
from ansible.inventory.host import Host
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager


def names(hosts):
    return [str(host) for host in hosts]


def main():
    loader = DataLoader()
    inventory = InventoryManager(loader=loader)
    print(sorted(inventory.groups), sorted(inventory.hosts))
    print(inventory.add_group("web"), inventory.add_group("db"), inventory.add_group("site"))
    inventory.add_host(host="web1", group="web", port=2201)
    inventory.add_host("web2", "web")
    inventory.add_host("db1", group="db")
    inventory.add_host("alone", "all")
    inventory.groups["site"].add_child_group(inventory.groups["web"])
    inventory.groups["site"].add_child_group(inventory.groups["db"])
    inventory.groups["site"].set_variable("place", "here")
    inventory.groups["web"].set_variable("colour", "blue")
    host = inventory.get_host("web1")
    host.set_variable("size", 3)
    inventory.reconcile_inventory()
    print(host, repr(host), host.name, host.get_name(), host.address, host.vars["size"], host.vars.get("ansible_port"))
    print(sorted(names(host.get_groups())), sorted(names(host.groups)))
    print(sorted(host.get_vars().items(), key=str))
    print(host == inventory.hosts["web1"], host == inventory.get_host("web2"), len({host, inventory.get_host("web1")}))
    web = inventory.groups["web"]
    print(web, web.get_name(), names(web.get_hosts()), names(web.hosts), web.get_vars(), web.depth, web.priority)
    site = inventory.groups["site"]
    print(sorted(names(site.get_hosts())), sorted(names(site.child_groups)), sorted(names(web.parent_groups)))
    print(sorted(names(site.get_descendants())), sorted(names(web.get_ancestors())), site.depth)
    for pattern in ("all", "web", "web:db", "web:!web2", "site:&db", "*1", "web[0]", "nosuch", "localhost"):
        print(pattern, sorted(names(inventory.get_hosts(pattern))))
    print(names(inventory.get_hosts(["web", "db1"])), inventory.list_hosts("db"), sorted(inventory.list_groups()))
    print({name: sorted(hosts) for name, hosts in sorted(inventory.get_groups_dict().items())})
    inventory.subset("web1:db1")
    print("subset", sorted(names(inventory.get_hosts())), sorted(names(inventory.get_hosts(ignore_limits=True))))
    inventory.subset(None)
    inventory.restrict_to_hosts([inventory.get_host("web2")])
    print("restricted", names(inventory.get_hosts("all")))
    inventory.remove_restriction()
    print("order", names(inventory.get_hosts("web", order="reverse_sorted")))
    print(inventory.get_host("nosuch"), inventory.get_host("localhost"), inventory.localhost)
    variables = VariableManager(loader=loader, inventory=inventory)
    seen = variables.get_vars(host=host)
    print(
        {
            name: seen.get(name)
            for name in ("place", "colour", "size", "ansible_port", "inventory_hostname", "group_names")
        }
    )
    hostvars = HostVars(inventory=inventory, variable_manager=variables, loader=loader)
    print(hostvars["db1"]["place"], "db1" in hostvars, sorted(seen["groups"]["site"]))
    variables.set_host_variable("db1", "later", "yes")
    print(variables.get_vars(host=inventory.get_host("db1"))["later"])
    own, group = Host("own", port=22), Group("mine")
    group.add_host(own)
    print(own, own.vars, group, names(group.get_hosts()), names(own.get_groups()))
    own.set_variable("deep", {"a": 1})
    own.set_variable("deep", {"b": 2})
    print(own.get_vars()["deep"], own.get_magic_vars())
    again = InventoryManager(loader=loader, sources=["x1,x2,", "x3,"])
    print(sorted(again.hosts), names(again.get_hosts("x1,x3")))


if __name__ == "__main__":
    main()
