"""A run: plays one after the other, on hosts in batches, telling what happens as events."""

from __future__ import annotations

import asyncio
import shlex
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from assible.engine import modules
from assible.engine.action import ActionCall, ActionKind
from assible.engine.context import HostVars, HostView, TaskContext
from assible.engine.execute import TaskRun
from assible.engine.hosts import HostRun
from assible.engine.play_start import PlayLauncher
from assible.engine.targets import CONNECTION_NAMES, TargetReader, effective, keyword_signature, read_target
from assible.engine.variables import HostVariables, PlayVariables, TaskLayers
from assible.exceptions import ActionError, AssibleError, InventoryError, UsageError
from assible.language.sources import Sources
from assible.model.events import Event, RunStarted, RunStats, Warned, wants
from assible.model.play import Play, Task
from assible.model.result import HostStats
from assible.model.text import TemplateText
from assible.registry.fact_cache import FactCache
from assible.settings import Settings, setting_name
from assible.templating.scope import MISSING, OMIT, Scope
from assible.templating.templar import Templar
from assible.transport.connection import AUTOMATIC_INTERPRETERS, Connection, ExecOutput, Target
from assible.transport.payload import Payload


class HostLike(Protocol):
    """A host, as far as the engine knows it."""

    @property
    def name(self) -> str: ...


class InventoryLike(Protocol):
    """The inventory, as far as the engine knows it; `hosts.inventory.Inventory` is one."""

    @property
    def hosts(self) -> Mapping[str, Any]: ...
    @property
    def groups(self) -> Mapping[str, Any]: ...

    def match(self, pattern: Any, *, limit: Any = None, order: Any = None) -> Sequence[Any]: ...
    def host_layers(self, host: Any) -> tuple[Mapping[str, Any], ...]: ...
    def group_names(self, host: Any) -> list[str]: ...
    def groups_map(self) -> dict[str, list[str]]: ...
    def implicit_localhost(self) -> Any: ...


class ConnectionsLike(Protocol):
    """The warm pool; `transport.pool.Connections` is one."""

    async def get(self, target: Target) -> Connection: ...
    async def drop(self, target: Target) -> None: ...


@dataclass(frozen=True, slots=True)
class Services:
    """What a run stands on: made by the API, shared by the runs of a session.

    Attributes:
        action: Gives the kind of an action by its canonical name.
        payload: Gives a module ready to be sent.
        loop_lookup: Runs the lookup of a ``with_x`` loop.
        ask: Asks the user: prompt, whether the answer is hidden.
        forget: Drops what a fact cache keeps of a host.
        connection_kinds: Kinds of connection beside those that ship.
    """

    settings: Settings
    templar: Templar
    inventory: InventoryLike
    files: Any
    sources: Sources
    connections: ConnectionsLike
    action: Callable[[str], ActionKind]
    payload: Callable[[str], Payload]
    loop_lookup: Callable[[str, Any, Scope], list[Any]]
    raw: Callable[[Target, str, str | None, Mapping[str, str]], Awaitable[ExecOutput]]
    module_group: Callable[[str], frozenset[str]]
    version: str
    fact_cache: FactCache | None = None
    ask: Callable[[str, bool], str] | None = None
    reload_inventory: Callable[[], None] = lambda: None
    connection_kinds: Collection[str] = ()

    def setting(self, name: str) -> Any:
        """Return a setting by name, upper or lower case.

        Raises:
            KeyError: There is no such setting.
        """
        found = setting_name(name)
        if found is None:
            raise KeyError(name)
        return getattr(self.settings, found)

    def setting_origin(self, name: str) -> str:
        """Return where a setting's value was set."""
        origins: Mapping[str, str] = self.settings.origins
        return origins.get(setting_name(name) or "", "default")

    def module_defaults(self, task: Task) -> tuple[Any, ...]:
        """Return the ``module_defaults`` layers that concern a task, lowest first."""
        names = {task.action, task.written_action, task.action.removeprefix("ansible.builtin.")}
        found: list[Any] = []
        for layer in task.scope.module_defaults:
            data = (
                self.templar.render(layer, Scope(self.sources.static_layers))
                if isinstance(layer, TemplateText)
                else layer
            )
            for key, value in data.items():
                name = str(key)
                if self._is_meant(name, names):
                    found.append(value)
        return tuple(value for value in found if value)

    def _is_meant(self, key: str, names: Collection[str]) -> bool:
        """Tell whether a key of ``module_defaults`` means a task that is known by some names."""
        if key.startswith("group/"):
            return not self.module_group(key.removeprefix("group/")).isdisjoint(names)
        return key in names or key.replace("ansible.legacy.", "ansible.builtin.") in names


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run goes about its work (the options of the command line)."""

    forks: int = 100
    check: bool = False
    diff: bool = False
    limit: Any = None
    tags: tuple[str, ...] = ("all",)
    skip_tags: tuple[str, ...] = ()
    start_at_task: str | None = None
    step: bool = False
    verbosity: int = 0
    force_handlers: bool = False
    any_errors_fatal: bool = False
    task_timeout_seconds: int = 0
    extra_vars: Mapping[str, Any] = field(default_factory=dict)
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)


Subscriber = Callable[[Event], None]


class Outlet(Protocol):
    """A subscriber that works at its own pace; `engine.mailbox.Mailbox` is one."""

    @property
    def is_full(self) -> bool: ...

    async def room(self) -> None: ...


class Run:
    """One run of plays. Belongs to the event loop that it is started in."""

    def __init__(self, services: Services, options: RunOptions, subscribers: Iterable[Subscriber] = ()) -> None:
        self.services = services
        self.options = options
        self._subscribers: list[tuple[tuple[type[Event], ...], Subscriber]] = []
        self._routes: dict[type[Event], tuple[Subscriber, ...]] = {}
        self.outlets: list[Outlet] = []
        for subscriber in subscribers:
            self.subscribe(subscriber)
        self.stats: dict[str, HostStats] = {}
        self.custom_stats: dict[str, Any] = {}
        self.lost_hosts: dict[str, str] = {}
        self.cleared_hosts: set[str] = set()
        self.host_variables: dict[str, HostVariables] = {}
        self._events = 0
        self._tasks = 0
        self._warned: set[str] = set()
        self._asks_no_more = False
        self._targets: dict[tuple[Any, ...], Target] = {}
        self.merges_hashes: bool = services.settings.hash_behaviour == "merge"
        self._hostvars_layers = TaskLayers(None, PlayVariables(), self.merges_hashes)
        self.hostvars = HostVars(lambda: services.inventory.hosts, self._host_view)

    # -- telling

    def subscribe(self, subscriber: Subscriber, kinds: tuple[type[Event], ...] = (Event,)) -> None:
        """Call a function for every event of some kinds; kinds that are made on demand must be named."""
        self._subscribers.append((kinds, subscriber))
        self._routes = {}

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Tell a subscriber nothing more."""
        self._subscribers = [entry for entry in self._subscribers if entry[1] is not subscriber]
        self._routes = {}

    def listens(self, kind: type[Event]) -> bool:
        """Tell whether anybody wants events of a kind."""
        return bool(self._receivers(kind))

    def _receivers(self, kind: type[Event]) -> tuple[Subscriber, ...]:
        receivers = self._routes.get(kind)
        if receivers is None:
            receivers = self._routes[kind] = tuple(
                subscriber for kinds, subscriber in self._subscribers if wants(kind, kinds)
            )
        return receivers

    def emit(self, event: Event) -> None:
        """Hand an event to the subscribers, in order."""
        self._events += 1
        event.number = self._events
        event.time = time.time()
        for subscriber in self._receivers(type(event)):
            subscriber(event)

    async def keep_pace(self) -> None:
        """Wait for subscribers that are too far behind; cheap where there are none."""
        for outlet in list(self.outlets):
            if outlet.is_full:
                await outlet.room()

    def warn(self, text: str) -> None:
        """Tell a warning, once."""
        if text not in self._warned:
            self._warned.add(text)
            self.emit(Warned(text=text))

    async def confirm(self, task: Task) -> bool:
        """Ask whether a task is to run (``--step``); "continue" ends the asking.

        Raises:
            UsageError: There is nobody to ask.
        """
        ask = self.services.ask
        if self._asks_no_more:
            return True
        if ask is None:
            raise UsageError("--step asks before each task, but there is no terminal to ask on")
        name = str(task.name) or task.written_action
        answer = (await asyncio.to_thread(ask, f"Perform task: {name} (N)o/(y)es/(c)ontinue: ", False)).strip().lower()
        self._asks_no_more = answer in ("c", "continue")
        return answer in ("y", "yes", "c", "continue")

    def stats_of(self, host: str) -> HostStats:
        """Return a host's counters."""
        counters = self.stats.get(host)
        if counters is None:
            counters = self.stats[host] = HostStats()
        return counters

    def next_task_number(self) -> int:
        """Return the next task's number."""
        self._tasks += 1
        return self._tasks

    # -- variables

    def variables_of(self, name: str) -> HostVariables:
        """Return what is known of a host, known to the inventory or not."""
        variables = self.host_variables.get(name)
        if variables is None:
            inventory = self.services.inventory
            host = inventory.hosts.get(name)
            if host is None and name in ("localhost", "127.0.0.1", "::1"):
                host = inventory.implicit_localhost()
            variables = self.host_variables[name] = HostVariables()
            variables.magic.update(self._host_magic(name, host))
            if host is not None:
                variables.inventory = inventory.host_layers(host)
            variables.magic["ansible_facts"] = variables.ansible_facts
            self._load_cached_facts(name, variables)
        return variables

    def _host_magic(self, name: str, host: Any) -> dict[str, Any]:
        source = getattr(host, "source", None)
        return {
            "inventory_hostname": name,
            "inventory_hostname_short": name.split(".")[0],
            "group_names": self.services.inventory.group_names(host) if host is not None else [],
            "inventory_file": source,
            "inventory_dir": source and source.rpartition("/")[0],
        }

    def forget_inventory(self) -> None:
        """Read the inventory's layers anew for every host, after it has changed."""
        inventory = self.services.inventory
        for name, variables in self.host_variables.items():
            host = inventory.hosts.get(name)
            if host is not None:
                variables.inventory = inventory.host_layers(host)
                variables.magic["group_names"] = inventory.group_names(host)
                variables.version += 1

    def _load_cached_facts(self, name: str, variables: HostVariables) -> None:
        if self.services.fact_cache is not None:
            cached = self.services.fact_cache.get(name)
            if cached:
                self.keep_facts(variables, cached, name=None)

    def keep_facts(self, variables: HostVariables, facts: Mapping[str, Any], name: str | None = "") -> None:
        """Keep facts of a host: under their names, and without the prefix in ``ansible_facts``."""
        inject = self.services.settings.inject_facts_as_vars
        for key, value in facts.items():
            variables.ansible_facts[key.removeprefix("ansible_") if key != "ansible_local" else "ansible_local"] = value
            if inject or not key.startswith("ansible_"):
                variables.facts[key] = value
        if "ansible_local" in facts:
            variables.ansible_facts["local"] = facts["ansible_local"]
        if name is not None and self.services.fact_cache is not None:
            self.services.fact_cache.set(variables.magic["inventory_hostname"], dict(facts))

    def forget_facts(self, name: str) -> None:
        """Drop a host's facts from the cache."""
        if self.services.fact_cache is not None:
            self.services.fact_cache.delete(name)

    def _host_view(self, name: str) -> HostView | None:
        inventory = self.services.inventory
        if name not in inventory.hosts and name not in self.host_variables and name not in ("localhost", "127.0.0.1"):
            return None
        scope = self._hostvars_layers.scope(self.variables_of(name), TaskContext(self, ()))
        return HostView(scope, self.services.templar.variable)

    def set_play_variables(self, variables: PlayVariables) -> None:
        """Let ``hostvars`` show the run's own variables of the current play."""
        self._hostvars_layers = TaskLayers(
            None, PlayVariables(magic=variables.magic, extra=variables.extra), self.merges_hashes
        )

    def render_play_value(self, value: Any, variables: PlayVariables) -> Any:
        """Render a play keyword: with extra, play and magic variables, no host's."""
        layers = tuple(
            layer for layer in (variables.magic, variables.extra, variables.prompts, variables.play_vars) if layer
        )
        return self.services.templar.render(value, Scope(layers, TaskContext(self, ())))

    # -- targets

    async def connect(self, call: ActionCall) -> Connection:
        """Return the open connection that a task's call is to use.

        Raises:
            TransportError: The target cannot be reached.
            BecomeError: The privilege change was refused.
        """
        target = self.target_of(call)
        connection = await self.services.connections.get(target)
        facts = self.variables_of(call.target_host).ansible_facts
        if "discovered_interpreter_python" not in facts and target.interpreter in AUTOMATIC_INTERPRETERS:
            facts["discovered_interpreter_python"] = connection.greeting.executable
        return connection

    def target_of(self, call: ActionCall) -> Target:
        """Return where a call runs, and as whom; kept for as long as nothing that decides it changes."""
        task_run = call.task_run
        variables = self.variables_of(call.target_host)
        signature = self._signature(task_run)
        key = (call.target_host, variables.version, signature)
        target = self._targets.get(key) if signature is not None else None
        if target is None:
            own = call.host.name
            scope = call.scope if call.target_host == own else self._delegate_scope(task_run, call.target_host, own)
            reader = TargetReader(self.services, scope, call.scope, call.task)
            target = read_target(self.services, call.target_host, reader, self.options.passwords)
            if signature is not None and not reader.saw_template:
                self._targets[key] = target
        return target

    def address_of(self, call: ActionCall) -> str | None:
        """Return where a host is reached over the network, where that is not its name."""
        try:
            target = self.target_of(call)
        except ActionError:  # whoever reaches it is told; others need not be
            return None
        return target.address if target.connection == "ssh" and target.address != call.target_host else None

    def target_host(self, task: Task, scope: Scope) -> str | None:
        """Return the host that a task is delegated to, or None."""
        value = task.scope.delegate_to
        if isinstance(value, TemplateText):
            value = self.services.templar.render(value, scope)
        return None if value is OMIT or value is None or value == "" else str(value)

    def effective_variable(self, name: str, task_run: TaskRun, scope: Scope) -> Any:
        """Return one of the variables that tell how a task reaches its host; see `targets.effective`."""
        delegate = self.target_host(task_run.task, scope)
        own = str(Scope.find(scope, "inventory_hostname"))
        reached = scope if delegate in (None, own) else self._delegate_scope(task_run, str(delegate), own)
        if name == "ansible_delegated_vars":
            return MISSING if delegate is None else {delegate: HostView(reached, self.services.templar.variable)}
        reader = TargetReader(self.services, reached, scope, task_run.task)
        return effective(self.services, name, delegate or own, reader)

    def _delegate_scope(self, task_run: TaskRun, delegate: str, own: str) -> Scope:
        """Return what tells how a task reaches another host; ``inventory_hostname`` stays the task's own."""
        scope = task_run.layers.scope(self.variables_of(delegate), task_run.context)
        return scope.child({"inventory_hostname": own})

    @staticmethod
    def _signature(task_run: TaskRun) -> tuple[Any, ...] | None:
        """Return what a task contributes to its targets, or None where that depends on the host or the item."""
        cached = task_run.target_signature
        if cached is None:
            keywords = keyword_signature(task_run.task)
            layers = [layer for layer in task_run.layers.shared() if not CONNECTION_NAMES.isdisjoint(layer)]
            cached = task_run.target_signature = (None if keywords is None else (keywords, tuple(map(id, layers))),)
        signature: tuple[Any, ...] | None = cached[0]
        return signature

    async def reset_connection(self, task_run: TaskRun, host: HostRun) -> None:
        """Close the connection to a host; the next task opens it anew."""
        call = ActionCall(task_run, host, task_run.scope(host), {}, host.name)
        await self.services.connections.drop(self.target_of(call))

    async def refresh_inventory(self) -> None:
        """Read the inventory's sources again."""
        self.services.reload_inventory()
        self.forget_inventory()

    async def run_module(
        self, call: ActionCall, name: str, args: Mapping[str, Any], *, body: bytes = b"", check_mode: bool | None = None
    ) -> dict[str, Any]:
        """Run a module; see `engine.modules.run_module`."""
        return await modules.run_module(self, call, name, args, body=body, check_mode=check_mode)

    async def raw(
        self, call: ActionCall, command: str, executable: str | None, environment: Mapping[str, str]
    ) -> ExecOutput:
        """Run a command on a target that may have no Python."""
        directory = modules.working_directory(self, call)
        if directory is not None:
            command = f"cd {shlex.quote(directory)} || exit\n{command}"
        return await self.services.raw(self.target_of(call), command, executable, environment)

    def read_variable(self, name: str, scope: Scope, default: Any = None) -> Any:
        """Return a variable, rendered; the default where it does not exist."""
        if scope.find(name) is MISSING:
            return default
        return self.services.templar.render(scope.find(name), scope)

    # -- tags

    def selects(self, task: Task) -> bool:
        """Tell whether the run's tags select a task."""
        return tags_select(task.tags, frozenset(self.options.tags), frozenset(self.options.skip_tags))

    # -- running

    async def execute(
        self, plays: Sequence[Play], playbooks: Sequence[str], ends: Collection[int] = ()
    ) -> dict[str, HostStats]:
        """Run plays in order.

        Args:
            ends: How many plays have gone by where a playbook ends: it tells its counters, and where hosts have
                failed no other playbook follows.

        Returns:
            The counters of each host.

        Raises:
            AssibleError: A mistake in the playbook that no host is to blame for.
        """
        self._check_limit()
        self.emit(RunStarted(playbooks=list(playbooks), plays=len(plays), check=self.options.check))
        try:
            launcher = PlayLauncher(self)
            for number, play in enumerate(plays, 1):
                if not await launcher.run_play(play):
                    break
                if number in ends and number < len(plays):
                    if self.lost_hosts:
                        break
                    self._emit_stats()
        except BaseExceptionGroup as group:
            raise _first_cause(group) from None
        except asyncio.CancelledError:
            self._emit_stats()
            raise
        self._emit_stats()
        return self.stats

    def _emit_stats(self) -> None:
        cleared = sorted(self.cleared_hosts - set(self.lost_hosts))
        self.emit(RunStats(hosts=dict(self.stats), custom=dict(self.custom_stats), cleared=cleared))

    def _check_limit(self) -> None:
        """Refuse a limit that leaves no host, as a run without any would look like success."""
        inventory = self.services.inventory
        if self.options.limit and inventory.hosts and not inventory.match("all", limit=self.options.limit):
            raise InventoryError(
                f"the limit '{self.options.limit}' leaves no hosts",
                hint="see what the inventory holds with --list-hosts",
            )


def _first_cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the error inside a task group's: one of ours if there is one."""
    found: BaseException | None = None
    for error in group.exceptions:
        inner = _first_cause(error) if isinstance(error, BaseExceptionGroup) else error
        if found is None or (isinstance(inner, AssibleError) and not isinstance(found, AssibleError)):
            found = inner
    assert found is not None
    return found


def tags_select(tags: frozenset[str], wanted: frozenset[str], skipped: frozenset[str]) -> bool:
    """Tell whether ``--tags`` and ``--skip-tags`` select a task.

    ``always`` runs unless it is skipped by name, ``never`` runs only when one of the task's tags is asked for;
    ``all``, ``tagged`` and ``untagged`` mean what they say.
    """
    own = tags or frozenset({"untagged"})
    if wanted:
        if "always" in own or ("all" in wanted and "never" not in own):
            chosen = True
        else:
            chosen = bool(own & wanted) or ("tagged" in wanted and own != {"untagged"} and "never" not in own)
    else:
        chosen = "never" not in own
    if not chosen or not skipped:
        return chosen
    if "all" in skipped:
        return "always" in own and "always" not in skipped
    if own & skipped:
        return False
    return not ("tagged" in skipped and own != {"untagged"})


__all__ = ["Run", "RunOptions", "Services", "tags_select"]
