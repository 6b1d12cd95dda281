"""``VariableManager``: the variables of a program's runs, and what stays of them between runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from assible.ansible import release
from assible.ansible._bridge import program
from assible.ansible._bridge.options import load_extra_vars
from assible.ansible._bridge.values import revealed
from assible.ansible.errors import AnsibleAssertionError
from assible.engine.variables import HostVariables, PlayVariables, TaskLayers
from assible.model.text import trusted

if TYPE_CHECKING:
    from assible.ansible.inventory.host import Host
    from assible.ansible.inventory.manager import InventoryManager
    from assible.ansible.parsing.dataloader import DataLoader
    from assible.ansible.playbook.play import Play
    from assible.ansible.playbook.task import Task
    from assible.engine.run import Run

#: Options of the command line -> the variables that tell them.
_OPTION_VARIABLES: Final[Mapping[str, str]] = {
    "check": "ansible_check_mode",
    "diff": "ansible_diff_mode",
    "forks": "ansible_forks",
    "inventory": "ansible_inventory_sources",
    "skip_tags": "ansible_skip_tags",
    "subset": "ansible_limit",
    "tags": "ansible_run_tags",
    "verbosity": "ansible_verbosity",
}


class VariableManager:
    """What is known of hosts: the inventory's variables, a play's, the command line's, and what runs have found out.

    Facts, registered results and ``set_fact`` stay from one run to the next.

    Args:
        loader: Gives the base directory, and reads the files of ``extra_vars``.
        version_info: Is taken for Ansible's sake: ``ansible_version`` is the version whose behaviour is Assible's.
    """

    def __init__(
        self,
        loader: DataLoader | None = None,
        inventory: InventoryManager | None = None,
        version_info: Mapping[str, Any] | None = None,
    ) -> None:
        self._loader = loader
        self._inventory = inventory
        self._hostvars: Any = None
        self._extra_vars: dict[str, Any] = load_extra_vars(loader)
        given = program.options() or {}
        self._options_vars = {name: given[option] for option, name in _OPTION_VARIABLES.items() if option in given}
        self._known: dict[str, HostVariables] = {}
        self._running: Run | None = None
        self._lock = Lock()

    @property
    def extra_vars(self) -> dict[str, Any]:
        """The variables of the command line; those that nothing else outdoes."""
        return self._extra_vars

    @extra_vars.setter
    def extra_vars(self, values: Mapping[str, Any]) -> None:
        self._extra_vars = dict(values)

    def set_inventory(self, inventory: InventoryManager) -> None:
        """Use another inventory from now on."""
        self._inventory = inventory

    # -- what is known of hosts

    def _of(self, host: Any) -> HostVariables:
        with self._lock:
            return self._known.setdefault(str(host), HostVariables())

    def set_host_variable(self, host: Any, varname: str, value: Any) -> None:
        """Set a variable of a host, as ``set_fact`` does."""
        self._of(host).set_facts[varname] = value

    def set_nonpersistent_facts(self, host: Any, facts: Mapping[str, Any]) -> None:
        """Set variables of a host, as ``set_fact`` does.

        Raises:
            AnsibleAssertionError: The facts are no mapping.
        """
        self._of(host).set_facts.update(_mapping(facts))

    def set_host_facts(self, host: Any, facts: Mapping[str, Any]) -> None:
        """Set facts of a host, as gathering does.

        Raises:
            AnsibleAssertionError: The facts are no mapping.
        """
        known = self._of(host)
        for name, value in _mapping(facts).items():
            known.ansible_facts[name.removeprefix("ansible_")] = value
            known.facts[name] = value

    def clear_facts(self, hostname: str) -> None:
        """Forget the facts of a host; what ``set_fact`` set stays."""
        known = self._of(hostname)
        known.facts.clear()
        known.ansible_facts.clear()

    def give(self, run: Run) -> None:
        """Let a run that begins know what is known."""
        self._running = run
        for name, known in list(self._known.items()):
            target = run.variables_of(name)
            target.facts.update(known.facts)
            target.ansible_facts.update(known.ansible_facts)
            target.set_facts.update(known.set_facts)
            target.include_vars.update(known.include_vars)

    def take(self, run: Run) -> None:
        """Keep what a run has found out."""
        with self._lock:
            self._running = None
            self._known.update(run.host_variables)

    # -- reading

    def get_vars(
        self,
        play: Play | None = None,
        host: Host | None = None,
        task: Task | None = None,
        include_hostvars: bool = True,
        use_cache: bool = True,
        _hosts: Sequence[str] | None = None,
        _hosts_all: Sequence[str] | None = None,
        stage: str = "task",
        include_delegate_to: bool = False,
    ) -> dict[str, Any]:
        """Return every variable by name, as written: templates are not rendered.

        Args:
            play: Also its variables, those of its roles, and what is known of the play.
            host: Also what is known of the host.
            task: Also its variables.
            include_hostvars: With ``hostvars``, once there are any (`HostVars`).
        """
        of_host = self._host_variables(host)
        layers = TaskLayers(task._loaded() if task is not None else None, self._play_variables(play))
        scope = layers.scope(of_host, None)
        found = {name: revealed(scope.find(name)) for name in scope.names()}
        found.update(self._magic(play, host, _hosts, _hosts_all))
        if include_hostvars and self._hostvars is not None:
            found["hostvars"] = self._hostvars
        if play is not None or task is not None:
            found["vars"] = dict(found)
        return found

    def _host_variables(self, host: Host | None) -> HostVariables:
        if host is None:
            return HostVariables()
        running = self._running
        known = running.host_variables.get(host.name) if running is not None else None
        known = known or self._known.get(host.name) or HostVariables()
        layers = self._inventory.inventory.host_layers(host._known) if self._inventory is not None else (host.vars,)
        return HostVariables(
            inventory=layers,
            facts=dict(known.facts),
            ansible_facts=known.ansible_facts,
            set_facts=dict(known.set_facts),
            include_vars=dict(known.include_vars),
            vars_files=known.vars_files,
            magic={**host.get_magic_vars(), "ansible_facts": dict(known.ansible_facts), **_places(host)},
        )

    def _play_variables(self, play: Play | None) -> PlayVariables:
        extra = trusted(self._extra_vars)
        loaded = play._parts() if play is not None else None
        if loaded is None:
            return PlayVariables(extra=extra)
        roles = [role for role in reversed(loaded.roles) if role.public]
        return PlayVariables(
            extra=extra,
            play_vars=loaded.vars,
            role_vars=tuple(role.vars for role in roles if role.vars),
            role_defaults=tuple(role.defaults for role in roles if role.defaults),
        )

    def _magic(
        self, play: Play | None, host: Host | None, hosts: Sequence[str] | None, all_hosts: Sequence[str] | None
    ) -> dict[str, Any]:
        major, minor, revision = (int(part) for part in release.__version__.split("."))
        magic: dict[str, Any] = {
            "playbook_dir": os.path.abspath(self._loader.get_basedir() if self._loader is not None else os.getcwd()),
            "ansible_playbook_python": sys.executable,
            "ansible_config_file": program.configured().config_file,
            "ansible_version": {
                "full": release.__version__, "string": release.__version__,
                "major": major, "minor": minor, "revision": revision,
            },
            **self._options_vars,
        }  # fmt: skip
        if self._inventory is not None:
            magic["groups"] = self._inventory.get_groups_dict()
        if play is not None:
            magic.update(self._of_play(play, hosts, all_hosts))
        return magic

    def _of_play(self, play: Play, hosts: Sequence[str] | None, all_hosts: Sequence[str] | None) -> dict[str, Any]:
        loaded = play._parts()
        roles = loaded.roles if loaded is not None else ()
        direct = [role.name for role in roles if not role.parents]
        found = all_hosts
        if found is None:
            found = [h.name for h in self._inventory.get_hosts(play.hosts)] if self._inventory is not None else []
        batch = list(hosts if hosts is not None else found)
        return {
            "ansible_play_name": play.get_name(),
            "ansible_role_names": [role.name for role in roles],
            "role_names": [role.name for role in roles],
            "ansible_play_role_names": direct,
            "ansible_dependent_role_names": [role.name for role in roles if role.parents],
            "ansible_play_hosts_all": list(found),
            "ansible_play_hosts": batch,
            "ansible_play_batch": batch,
            "play_hosts": batch,
        }


def _places(host: Host) -> dict[str, Any]:
    source = host._known.source
    return {"inventory_file": source, "inventory_dir": source and os.path.dirname(source)}


def _mapping(facts: Any) -> Mapping[str, Any]:
    if not isinstance(facts, Mapping):
        raise AnsibleAssertionError(f"facts are a mapping, not {type(facts).__name__}")
    return facts


__all__ = ["VariableManager"]
