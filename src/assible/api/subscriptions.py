"""Who listens to a session's runs, and how each of them is served."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from assible.engine.mailbox import LIMIT, PATIENCE_SECONDS, Mailbox, TaskMailbox, ThreadMailbox
from assible.engine.run import Run
from assible.exceptions import UsageError
from assible.model.events import Event

Listener = Callable[[Any], Any]


@dataclass(slots=True, eq=False)
class Subscription:
    """A function that is called with a session's events; `close` ends it.

    Attributes:
        kinds: The event types that it gets, subtypes included.
        limit: How many events may wait for an async or threaded listener before the run waits for it.
        patience_seconds: How long it may take no event at all, with its mailbox full, before it is cut off.
    """

    listener: Listener
    kinds: tuple[type[Event], ...]
    in_thread: bool = False
    limit: int = LIMIT
    patience_seconds: float = PATIENCE_SECONDS
    is_open: bool = True

    def __post_init__(self) -> None:
        for kind in self.kinds:
            if not (isinstance(kind, type) and issubclass(kind, Event)):
                raise UsageError("subscribe wants event types of assible.events")
        if self.in_thread and is_async(self.listener):
            raise UsageError("an async function cannot be called in a thread; subscribe it without in_thread")

    def close(self) -> None:
        """Get no more events."""
        self.is_open = False

    def attach(self, run: Run) -> Mailbox | None:
        """Let a run tell this listener; the mailbox that it reads from, if it has one."""
        give_up = self._give_up(run)
        limits = {"limit": self.limit, "patience_seconds": self.patience_seconds}
        mailbox: Mailbox | None = None
        if self.in_thread:
            mailbox = ThreadMailbox(self.listener, give_up, "assible-subscriber", **limits)
        elif is_async(self.listener):
            mailbox = TaskMailbox(self.listener, give_up, **limits)
        if mailbox is None:
            run.subscribe(self._direct(give_up), self.kinds)
        else:
            run.subscribe(self._posted(mailbox), self.kinds)
            run.outlets.append(mailbox)
        return mailbox

    def _posted(self, mailbox: Mailbox) -> Callable[[Event], None]:
        def deliver(event: Event) -> None:
            if self.is_open:
                mailbox(event)

        return deliver

    def _direct(self, give_up: Callable[[str], None]) -> Callable[[Event], None]:
        broken = False
        listener = self.listener

        def deliver(event: Event) -> None:
            nonlocal broken
            if broken or not self.is_open:
                return
            try:
                outcome = listener(event)
            except Exception as error:  # a subscriber is the caller's code: it must not end the run
                broken = True
                give_up(f"{type(error).__name__}: {error}")
                return
            if outcome is not None and isinstance(outcome, Awaitable):
                broken = True
                if inspect.iscoroutine(outcome):
                    outcome.close()
                give_up("it returned something to await, but is no async function")

        return deliver

    @staticmethod
    def _give_up(run: Run) -> Callable[[str], None]:
        return lambda reason: run.warn(f"a subscriber failed and gets no more events: {reason}")


def is_async(listener: Listener) -> bool:
    """Tell whether a listener is an async function, or an object whose call is one."""
    return inspect.iscoroutinefunction(listener) or inspect.iscoroutinefunction(getattr(listener, "__call__", None))  # noqa: B004
