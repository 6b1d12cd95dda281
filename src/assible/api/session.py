"""Sessions: an inventory and warm connections, and the runs on them; async first, sync derived from it."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Mapping, Sequence
from typing import Any, Self, TypeVar

from assible.api.assembly import Parts, add_source, assemble, services_of
from assible.api.hosts import inventory_data
from assible.api.plays import Play, Task
from assible.api.result import RunResult
from assible.api.subscriptions import Listener, Subscription, is_async
from assible.engine.action import Action, ActionKind
from assible.engine.mailbox import LIMIT, PATIENCE_SECONDS, IteratorMailbox, Mailbox
from assible.engine.run import Run, RunOptions
from assible.exceptions import UsageError
from assible.hosts.inventory import Inventory
from assible.language.playbook import load_playbook, plays_from_data
from assible.language.vault import Vault
from assible.model import play as model
from assible.model.events import Event, RunStats
from assible.model.play import Keywords
from assible.model.text import trusted
from assible.registry.lookup import LookupCall
from assible.settings import Settings, load_settings
from assible.transport.pool import Opener

T = TypeVar("T")
Playbooks = str | os.PathLike[str] | Play | Sequence[str | os.PathLike[str] | Play]


class RunHandle:
    """A run that is going on: await it for its result, iterate over its events, or cancel it.

    What has happened before somebody asks for `events` is kept, so that nobody misses the first ones.
    """

    def __init__(
        self,
        run: Run,
        plays: Sequence[model.Play],
        playbooks: Sequence[str],
        keep_results: bool,
        ends: Sequence[int] = (),
    ) -> None:
        self._run = run
        self._result = RunResult()
        self._readers: list[IteratorMailbox] = []
        self._history: list[Event] = []
        self._keep_results = keep_results
        run.subscribe(self._take, (Event,) if keep_results else (RunStats,))
        self._task = asyncio.get_running_loop().create_task(self._go(plays, playbooks, ends))

    async def _go(self, plays: Sequence[model.Play], playbooks: Sequence[str], ends: Sequence[int]) -> RunResult:
        try:
            await self._run.execute(plays, playbooks, ends)
            return self._result
        finally:
            await self._finish()

    async def _finish(self) -> None:
        """Let every subscriber come to its end before the run counts as over."""
        for outlet in self._run.outlets:
            if isinstance(outlet, Mailbox) and not isinstance(outlet, IteratorMailbox):
                await outlet.finish()
        for reader in self._readers:
            reader.end()

    def _take(self, event: Event) -> None:
        self._result.take(event)
        if self._keep_results:
            self._history.append(event)

    def __await__(self) -> Generator[Any, None, RunResult]:
        return self._wait().__await__()

    async def _wait(self) -> RunResult:
        return await asyncio.shield(self._task)

    async def events(
        self, *kinds: type[Event], limit: int = LIMIT, patience_seconds: float = PATIENCE_SECONDS
    ) -> AsyncIterator[Event]:
        """Yield the events of the run, from its first one on; with ``keep_results=False`` from now on.

        Args:
            kinds: Only these types. Without them all but those that are made on demand (`assible.events.ON_DEMAND`).
            limit: How many events may wait for the reader before the run waits.
            patience_seconds: A reader that takes none for so long, while as many wait, is cut off.

        Raises:
            UsageError: The reader was too slow.
            AssibleError: What ended the run, after its last event.
        """
        wanted = kinds or (Event,)
        problems: list[str] = []
        reader = IteratorMailbox(problems.append, limit=limit, patience_seconds=patience_seconds)
        for event in self._history:
            if isinstance(event, wanted):
                reader(event)
        self._readers.append(reader)
        self._run.outlets.append(reader)
        self._run.subscribe(reader, wanted)
        if self._task.done():
            reader.end()
        try:
            while (next_event := await reader.next()) is not None:
                yield next_event
        finally:
            reader.close()
            self._run.unsubscribe(reader)
            self._run.outlets.remove(reader)
            self._readers.remove(reader)
        if problems:
            raise UsageError(f"this reader of events was cut off: {problems[0]}")
        await self._wait()

    async def cancel(self) -> RunResult:
        """Stop the run: remote process groups end, no more tasks start. Returns what was done until then."""
        self._task.cancel()
        try:
            await self._task
        except asyncio.CancelledError:
            pass
        return self._result

    @property
    def result(self) -> RunResult:
        """What the run has come to so far."""
        return self._result


class AsyncSession:
    """An inventory and its warm connections. Belongs to the event loop that it is used in.

    Args:
        inventory: A source as ``-i`` takes it or a list of them, a mapping in the form of a YAML inventory, a list of
            host names, or an `Inventory`.
        settings: Resolved settings, or a mapping of changes to those that the environment and files give.
        forks: How many hosts work at a time.
        base_dir: Where playbooks, roles and group_vars are; the first playbook's directory by default.
        vault: Opens encrypted content.
        ask: Asks the user (prompt, hidden) -> answer; without it nothing is asked.
        passwords: ``connection`` and ``become`` passwords, for where no variable gives one.

    Raises:
        AssibleError: A setting is wrong; an inventory source is, when the first run starts.
    """

    def __init__(
        self,
        *,
        inventory: Any = None,
        settings: Settings | Mapping[str, Any] | None = None,
        forks: int | None = None,
        base_dir: str | None = None,
        vault: Vault | None = None,
        ask: Callable[[str, bool], str] | None = None,
        passwords: Mapping[str, str] | None = None,
        verbosity: int = 0,
    ) -> None:
        resolved = settings if isinstance(settings, Settings) else load_settings(arguments=settings)
        self.settings = resolved.replace(forks=forks) if forks is not None else resolved
        self._inventory = inventory
        self._base_dir = base_dir
        self._vault = vault
        self._ask = ask
        self._passwords = dict(passwords or {})
        self._verbosity = verbosity
        self._parts: Parts | None = None
        self._subscriptions: list[Subscription] = []
        self._extensions: list[Callable[[Parts], None]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        if self._parts is not None:
            await self._parts.connections.close()

    def parts(self, base_dir: str | None = None) -> Parts:
        """Return the session's parts, put together on first use."""
        if self._parts is None:
            self._parts = assemble(
                self.settings, inventory=self._inventory, vault=self._vault, base_dir=self._base_dir or base_dir
            )
            for extend in self._extensions:
                extend(self._parts)
        return self._parts

    @property
    def inventory(self) -> Inventory:
        """The session's inventory."""
        return self.parts().inventory

    def flush_fact_cache(self) -> None:
        """Forget the cached facts of every host in the inventory."""
        parts = self.parts()
        if parts.fact_cache is not None:
            for name in parts.inventory.hosts:
                parts.fact_cache.delete(name)

    def subscribe(
        self,
        kind: type[Event] | tuple[type[Event], ...],
        listener: Listener,
        *,
        in_thread: bool = False,
        limit: int = LIMIT,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> Subscription:
        """Call a function for every event of some kinds, in order; one that raises costs a warning, not the run.

        A plain function is called at once, in the session's loop: it should be quick. An async one, and one that runs
        in a thread, works at its own pace behind a mailbox.

        Args:
            kind: An event type or several; `Event` means all but those that are made on demand.
            listener: A function, sync or async, of one event.
            in_thread: Call it in a thread of its own: for what blocks.
            limit: So many events may wait for it before the run starts no further tasks.
            patience_seconds: After so long without taking one of them it is cut off, with a warning.

        Raises:
            UsageError: It is no event type.
        """
        kinds = kind if isinstance(kind, tuple) else (kind,)
        subscription = Subscription(listener, kinds, in_thread, limit, patience_seconds)
        self._subscriptions.append(subscription)
        return subscription

    def callback_plugins(
        self,
        stdout: str | None,
        enabled: Sequence[str],
        *,
        out: Callable[[str], object],
        err: Callable[[str], object],
        unnamed: bool = True,
        colour: bool = False,
        columns: int = 79,
        command_line: Mapping[str, Any] | None = None,
    ) -> list[Callable[[Event], None]]:
        """Return callback plugins written for Ansible as listeners; subscribe them with ``in_thread``.

        They lie in ``callback_plugins`` beside the playbook, in the directories that the setting names, and in
        collections. One that cannot be used, or fails, costs a warning through ``err``.

        Args:
            stdout: The plugin that standard output belongs to; comes first.
            enabled: Further plugins by name.
            out: Takes what they print.
            err: Takes what they print as errors.
            unnamed: Also those that need not be named.
            command_line: What they may read of the program's options.

        Raises:
            PluginNotFoundError: There is no plugin of the name that standard output is to go to.
        """
        from assible.api.foreign import load_callbacks

        return load_callbacks(
            self.parts(), stdout, enabled, out, err, unnamed=unnamed, colour=colour, columns=columns,
            verbosity=self._verbosity, command_line=command_line or {},
        )  # fmt: skip

    def _extend(self, extend: Callable[[Parts], None]) -> None:
        """Change the session's parts, now or when they are put together."""
        self._extensions.append(extend)
        if self._parts is not None:
            extend(self._parts)

    def add_filter(self, name: str, function: Callable[..., Any]) -> None:
        """Add a Jinja filter to the session."""
        self._extend(lambda parts: parts.filters.update({name: function}))

    def add_test(self, name: str, function: Callable[..., Any]) -> None:
        """Add a Jinja test to the session."""
        self._extend(lambda parts: parts.tests.update({name: function}))

    def add_lookup(self, name: str, function: Callable[..., Sequence[Any]]) -> None:
        """Add a lookup to the session, also for ``with_name``.

        Args:
            function: Gets the list of terms, and the options by keyword; returns a list. It may block.
        """

        def lookup(terms: list[Any], call: LookupCall) -> list[Any]:
            return list(function(terms, **call.options))

        self._extend(lambda parts: parts.lookups.update({name: lookup}))

    def add_action(self, name: str, function: Action) -> None:
        """Add an action to the session: what a task of that name does.

        Args:
            function: An async function of one `assible.engine.action.ActionCall`; returns the result's data. Its
                ``args`` are rendered; ``await call.module(...)`` runs a module on the target.

        Raises:
            UsageError: It is not async.
        """
        if not is_async(function):
            raise UsageError("an action is an async function")
        self._extend(lambda parts: parts.own_actions.update({name: ActionKind(function)}))

    def add_connection(self, name: str, opener: Opener) -> None:
        """Add a kind of connection to the session, for ``ansible_connection``.

        Args:
            opener: An async function of one `assible.transport.connection.Target`; returns an open `Connection`.

        Raises:
            UsageError: It is not async.
        """
        if not is_async(opener):
            raise UsageError("what opens a connection is an async function")

        def add(parts: Parts) -> None:
            parts.connections.add(name, opener)
            parts.connection_kinds.add(name)

        self._extend(add)

    async def add_inventory(self, source: Any) -> None:
        """Add hosts to the session's inventory; runs that begin later see them.

        Args:
            source: What the session's ``inventory`` may be, or an iterable, sync or async, of hosts: names, pairs of
                name and variables, or mappings with ``name``, ``vars`` and ``groups``.

        Raises:
            UsageError: A host has none of these forms, or the session was given an `Inventory`.
            AssibleError: A source is wrong.
        """
        data = await inventory_data(source)
        if self._parts is None and self._inventory is None:
            self._inventory = []
        self._extend(lambda parts: add_source(parts, data))

    def start(self, playbook: Playbooks, *, keep_results: bool = True, **options: Any) -> RunHandle:
        """Start a run.

        Args:
            playbook: A playbook file, a `Play`, or a list of these.
            keep_results: Keep every result and event for whoever asks later. Without it the result has counters
                alone, and memory does not grow with the run.
            options: ``limit``, ``tags``, ``skip_tags``, ``extra_vars``, ``check``, ``diff``, ``start_at_task``,
                ``step``, ``forks``, ``force_handlers``; as the options of ``assible-playbook``.

        Raises:
            PlaybookError: A playbook is wrong.
            UsageError: An option does not exist.
        """
        items: Sequence[Any] = [playbook] if isinstance(playbook, (str, os.PathLike, Play)) else playbook
        files = [os.fspath(item) for item in items if not isinstance(item, Play)]
        parts = self.parts(os.path.dirname(os.path.abspath(files[0])) if files else None)
        run_options = self._options(options)
        services = services_of(parts, extra_vars=run_options.extra_vars, ask=self._ask)
        plays: list[model.Play] = []
        ends: list[int] = []
        for item in items:
            if isinstance(item, Play):
                plays.extend(
                    plays_from_data([item.as_source()], f"{parts.base_dir}/<python>", services.sources, Keywords())
                )
            else:
                plays.extend(load_playbook(os.fspath(item), services.sources))
                ends.append(len(plays))
        run = Run(services, run_options)
        self._subscriptions = [one for one in self._subscriptions if one.is_open]
        for subscription in self._subscriptions:
            subscription.attach(run)
        handle = RunHandle(run, plays, files, keep_results, ends)
        for text in parts.warnings:
            run.warn(text)
        parts.warnings.clear()
        return handle

    def _options(self, given: Mapping[str, Any]) -> RunOptions:
        known = RunOptions.__dataclass_fields__
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise UsageError(f"a run has no option '{unknown[0]}'", hint="there are: " + ", ".join(sorted(known)))
        values = {name: value for name, value in given.items() if value is not None}
        for name in ("tags", "skip_tags"):
            if name in values:
                value = values[name]
                values[name] = tuple(value.split(",")) if isinstance(value, str) else tuple(value)
        if "extra_vars" in values:
            values["extra_vars"] = trusted(values["extra_vars"])
        values.setdefault("tags", self.settings.tags or ("all",))
        values.setdefault("skip_tags", self.settings.skip_tags)
        values.setdefault("forks", self.settings.forks)
        values.setdefault("diff", self.settings.diff_always)
        values.setdefault("verbosity", self._verbosity)
        values.setdefault("force_handlers", self.settings.force_handlers)
        values.setdefault("any_errors_fatal", self.settings.any_errors_fatal)
        values.setdefault("task_timeout_seconds", self.settings.task_timeout_seconds)
        values["passwords"] = {**self._passwords, **values.get("passwords", {})}
        return RunOptions(**values)

    async def run(self, playbook: Playbooks, **options: Any) -> RunResult:
        """Run playbooks or plays to the end; see `start`."""
        handle = self.start(playbook, **options)
        try:
            return await handle
        except asyncio.CancelledError:
            await handle.cancel()
            raise

    async def run_module(
        self, module: str, args: str | Mapping[str, Any] | None = None, *, hosts: Any = "all", **options: Any
    ) -> RunResult:
        """Run one module on hosts.

        Args:
            args: Free-form text, or a mapping.
            hosts: A host pattern.
        """
        task = Task(module, args) if isinstance(args, str) else Task(module, args=dict(args or {}))
        return await self.run(Play(hosts=hosts, tasks=[task], gather_facts=False, name="Ad-hoc"), **options)


class Session:
    """The same, blocking, and safe to share between threads. Its loop runs in a thread of its own until `close`."""

    def __init__(self, **arguments: Any) -> None:
        self._async = AsyncSession(**arguments)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="assible-session", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        if not self._thread.is_alive():
            work.close()
            raise UsageError("the session is closed")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise

    def close(self) -> None:
        """Close all connections and end the session's thread."""
        if not self._thread.is_alive():
            return
        self._call(self._async.close())
        self._call(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, playbook: Playbooks, **options: Any) -> RunResult:
        """Run playbooks or plays to the end; see `AsyncSession.start`."""
        return self._call(self._async.run(playbook, **options))

    def run_module(
        self, module: str, args: str | Mapping[str, Any] | None = None, *, hosts: Any = "all", **options: Any
    ) -> RunResult:
        """Run one module on hosts; see `AsyncSession.run_module`."""
        return self._call(self._async.run_module(module, args, hosts=hosts, **options))

    def subscribe(
        self,
        kind: type[Event] | tuple[type[Event], ...],
        listener: Listener,
        *,
        in_thread: bool = False,
        limit: int = LIMIT,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> Subscription:
        """Call a function for events, in the session's thread or one of its own; see `AsyncSession.subscribe`."""
        return self._async.subscribe(
            kind, listener, in_thread=in_thread, limit=limit, patience_seconds=patience_seconds
        )

    def add_filter(self, name: str, function: Callable[..., Any]) -> None:
        """Add a Jinja filter to the session."""
        self._async.add_filter(name, function)

    def add_test(self, name: str, function: Callable[..., Any]) -> None:
        """Add a Jinja test to the session."""
        self._async.add_test(name, function)

    def add_lookup(self, name: str, function: Callable[..., Sequence[Any]]) -> None:
        """Add a lookup to the session; see `AsyncSession.add_lookup`."""
        self._async.add_lookup(name, function)

    def add_action(self, name: str, function: Action) -> None:
        """Add an action to the session; see `AsyncSession.add_action`."""
        self._async.add_action(name, function)

    def add_connection(self, name: str, opener: Opener) -> None:
        """Add a kind of connection to the session; see `AsyncSession.add_connection`."""
        self._async.add_connection(name, opener)

    def add_inventory(self, source: Any) -> None:
        """Add hosts to the session's inventory; see `AsyncSession.add_inventory`."""
        self._call(self._async.add_inventory(source))

    @property
    def inventory(self) -> Inventory:
        """The session's inventory."""
        return self._async.inventory


_SESSION_OPTIONS = frozenset({"inventory", "settings", "base_dir", "vault", "ask"})


def run(playbook: Playbooks, **options: Any) -> RunResult:
    """Run playbooks or plays in a session of their own; leaves no process behind.

    Args:
        options: Those of `AsyncSession` and of `AsyncSession.start`.
    """
    own = {name: options.pop(name) for name in _SESSION_OPTIONS & set(options)}
    with Session(**own) as session:
        return session.run(playbook, **options)


def run_module(
    module: str, args: str | Mapping[str, Any] | None = None, *, hosts: Any = "all", **options: Any
) -> RunResult:
    """Run one module in a session of its own; see `run`."""
    own = {name: options.pop(name) for name in _SESSION_OPTIONS & set(options)}
    with Session(**own) as session:
        return session.run_module(module, args, hosts=hosts, **options)
