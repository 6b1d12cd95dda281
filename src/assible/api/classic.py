"""What the classic names (`assible.ansible`) need of the API: sessions whose listeners run in the caller's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from queue import SimpleQueue
from threading import Lock
from typing import Any

from assible.api.assembly import assemble, services_of, use_role
from assible.api.session import RunHandle, Session
from assible.engine.mailbox import Mailbox
from assible.engine.run import Run
from assible.hosts.inventory import Inventory
from assible.language.sources import Sources
from assible.language.vault import Vault
from assible.model import play as model
from assible.model.events import Event
from assible.settings import Settings


def load_inventory(
    sources: Sequence[str], settings: Settings, vault: Vault, base_dir: str, warn: Callable[..., None]
) -> Inventory:
    """Load an inventory from its sources; without any it is empty.

    Raises:
        AssibleError: A source is wrong.
    """
    quiet = settings if sources else settings.replace(inventory_unparsed_warning=False)
    parts = assemble(quiet, inventory=list(sources), vault=vault, base_dir=base_dir)
    for text in parts.warnings:
        warn(text)
    return parts.inventory


def sources_of(settings: Settings, vault: Vault, base_dir: str, extra_vars: Mapping[str, Any]) -> Sources:
    """Return what plays are loaded with before there is a session that runs them."""
    parts = assemble(settings, inventory=Inventory(), vault=vault, base_dir=base_dir)
    return services_of(parts, extra_vars=extra_vars, ask=None).sources


class CallerMailbox(Mailbox):
    """What a run has told and the thread that waits for it has yet to take.

    It is never cut off: while its thread is busy with an event, the run waits.
    """

    def __init__(self) -> None:
        super().__init__(lambda reason: None, patience_seconds=float("inf"))
        self._queue: SimpleQueue[Event | None] = SimpleQueue()

    def _add(self, event: Event) -> None:
        self._queue.put(event)

    def end(self) -> None:
        """Let `drain` come to an end behind what waits."""
        self._queue.put(None)

    def drain(self, deliver: Callable[[Event], None]) -> None:
        """Hand over events as they come, until the end."""
        while (event := self._queue.get()) is not None:
            try:
                deliver(event)
            finally:
                self._taken += 1


class ClassicSession:
    """Runs of one task queue, one after the other, with warm connections.

    Args:
        arguments: Those of `Session`.
    """

    def __init__(self, **arguments: Any) -> None:
        self._session = Session(**arguments)
        self._lock = Lock()

    def callback_plugins(self, stdout: str | None, enabled: Sequence[str], **options: Any) -> list[Any]:
        """Return callback plugins by name; see `AsyncSession.callback_plugins`."""
        return self._session._async.callback_plugins(stdout, enabled, **options)

    def warn(self, text: str) -> None:
        """Let the next run tell a warning."""
        self._session._async.parts().warnings.append(text)

    def run(
        self,
        plays: Sequence[model.Play],
        playbooks: Sequence[str],
        options: Mapping[str, Any],
        *,
        kinds: tuple[type[Event], ...],
        deliver: Callable[[Event], None],
        before: Callable[[Run], None],
        after: Callable[[Run], None],
    ) -> None:
        """Run loaded plays; events are handed over in the thread that calls.

        Args:
            kinds: What is handed over.
            before: Is given the run before it begins.
            after: Is given the run when it is over, however it ended.

        Raises:
            AssibleError: A mistake in a play.
        """
        with self._lock:
            mailbox = CallerMailbox()
            subscription = self._session.subscribe(kinds, mailbox)
            work = self._go(plays, playbooks, options, mailbox, before, after)
            future = asyncio.run_coroutine_threadsafe(work, self._session._loop)
            future.add_done_callback(lambda done: mailbox.end())
            try:
                mailbox.drain(deliver)
                future.result()
            finally:
                mailbox.close()
                future.cancel()
                subscription.close()

    async def _go(
        self,
        plays: Sequence[model.Play],
        playbooks: Sequence[str],
        options: Mapping[str, Any],
        mailbox: CallerMailbox,
        before: Callable[[Run], None],
        after: Callable[[Run], None],
    ) -> None:
        handle, run = self._start(plays, playbooks, options)
        run.outlets.append(mailbox)
        try:
            before(run)
            await handle
        except asyncio.CancelledError:
            await handle.cancel()
            raise
        finally:
            after(run)

    def _start(
        self, plays: Sequence[model.Play], playbooks: Sequence[str], options: Mapping[str, Any]
    ) -> tuple[RunHandle, Run]:
        session = self._session._async
        parts = session.parts()
        for role in {role.path for play in plays for role in play.roles}:
            use_role(parts, role)
        chosen = session._options(options)
        run = Run(services_of(parts, extra_vars=chosen.extra_vars, ask=session._ask), chosen)
        for subscription in session._subscriptions:
            if subscription.is_open:
                subscription.attach(run)
        session._subscriptions = [one for one in session._subscriptions if one.is_open]
        for text in parts.warnings:
            run.warn(text)
        parts.warnings.clear()
        return RunHandle(run, plays, playbooks, keep_results=False), run

    def close(self) -> None:
        """Close all connections."""
        self._session.close()
