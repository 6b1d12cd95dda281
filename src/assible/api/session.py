"""Sessions: an inventory and warm connections, and the runs on them; async first, sync derived from it."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from assible.api.assembly import Parts, assemble, services_of
from assible.api.plays import Play, Task
from assible.api.result import RunResult
from assible.engine.run import Run, RunOptions
from assible.exceptions import UsageError
from assible.hosts.inventory import Inventory
from assible.language.playbook import load_playbook, plays_from_data
from assible.language.vault import Vault
from assible.model import play as model
from assible.model.events import Event, RunStats
from assible.model.play import Keywords
from assible.model.text import trusted
from assible.settings import Settings, load_settings

T = TypeVar("T")
Listener = Callable[[Any], Any]
Playbooks = str | os.PathLike[str] | Play | Sequence[str | os.PathLike[str] | Play]


@dataclass(slots=True)
class _Subscription:
    kind: type[Event]
    listener: Listener


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
        self._queues: list[asyncio.Queue[Event | None]] = []
        self._history: list[Event] = []
        self._keep_results = keep_results
        run.subscribers.append(self._take)
        self._task = asyncio.get_running_loop().create_task(self._go(plays, playbooks, ends))

    async def _go(self, plays: Sequence[model.Play], playbooks: Sequence[str], ends: Sequence[int]) -> RunResult:
        try:
            await self._run.execute(plays, playbooks, ends)
            return self._result
        finally:
            for queue in self._queues:
                queue.put_nowait(None)

    def _take(self, event: Event) -> None:
        if self._keep_results or isinstance(event, RunStats):
            self._result.take(event)
        for queue in self._queues:
            queue.put_nowait(event)
        if self._keep_results:
            self._history.append(event)

    def __await__(self) -> Generator[Any, None, RunResult]:
        return self._wait().__await__()

    async def _wait(self) -> RunResult:
        return await asyncio.shield(self._task)

    async def events(self) -> AsyncIterator[Event]:
        """Yield every event of the run, from its first one on.

        Raises:
            AssibleError: What ended the run, after its last event.
        """
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        for event in self._history:
            queue.put_nowait(event)
        self._queues.append(queue)
        if self._task.done():
            queue.put_nowait(None)
        try:
            while (next_event := await queue.get()) is not None:
                yield next_event
        finally:
            self._queues.remove(queue)
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
        self._subscriptions: list[_Subscription] = []
        self._filters: dict[str, Callable[..., Any]] = {}
        self._tests: dict[str, Callable[..., Any]] = {}
        self._background: set[asyncio.Future[Any]] = set()

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
            self._parts.filters.update(self._filters)
            self._parts.tests.update(self._tests)
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

    def subscribe(self, kind: type[Event], listener: Listener) -> None:
        """Call a function, sync or async, for every event of a kind; `Event` itself means all.

        One that raises costs a warning.
        """
        if not (isinstance(kind, type) and issubclass(kind, Event)):
            raise UsageError("subscribe wants an event type of assible.events")
        self._subscriptions.append(_Subscription(kind, listener))

    def add_filter(self, name: str, function: Callable[..., Any]) -> None:
        """Add a Jinja filter to the session."""
        self._filters[name] = function
        if self._parts is not None:
            self._parts.filters[name] = function

    def add_test(self, name: str, function: Callable[..., Any]) -> None:
        """Add a Jinja test to the session."""
        self._tests[name] = function
        if self._parts is not None:
            self._parts.tests[name] = function

    def _deliver(self, run: Run) -> Callable[[Event], None]:
        broken: set[int] = set()

        def failed(number: int, error: BaseException) -> None:
            if number not in broken:
                broken.add(number)
                run.warn(f"a subscriber failed and gets no more events: {type(error).__name__}: {error}")

        def deliver(event: Event) -> None:
            for number, subscription in enumerate(self._subscriptions):
                if number in broken or not isinstance(event, subscription.kind):
                    continue
                try:
                    outcome = subscription.listener(event)
                except Exception as error:  # a subscriber is the caller's code: it must not end the run
                    failed(number, error)
                    continue
                if isinstance(outcome, Awaitable):
                    future = asyncio.ensure_future(outcome)
                    self._background.add(future)
                    future.add_done_callback(self._background.discard)

        return deliver

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
        run.subscribers.append(self._deliver(run))
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

    def subscribe(self, kind: type[Event], listener: Listener) -> None:
        """Call a function for every event of a kind, in the session's thread; see `AsyncSession.subscribe`."""
        self._async.subscribe(kind, listener)

    def add_filter(self, name: str, function: Callable[..., Any]) -> None:
        """Add a Jinja filter to the session."""
        self._async.add_filter(name, function)

    def add_test(self, name: str, function: Callable[..., Any]) -> None:
        """Add a Jinja test to the session."""
        self._async.add_test(name, function)

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
