"""``TaskQueueManager``: runs plays, and tells callbacks of them in the thread that calls `TaskQueueManager.run`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from assible.ansible._bridge import front, program
from assible.ansible._bridge.callbacks import ForeignCallback
from assible.ansible._bridge.current import Current, of_program, surroundings, to_stderr, to_stdout
from assible.ansible._bridge.options import run_options, settings_of
from assible.ansible._bridge.shipped import ShippedWriter
from assible.ansible._bridge.terminal import ask_on_terminal, is_terminal
from assible.ansible.errors import AnsibleOptionsError, for_programs
from assible.ansible.executor.stats import AggregateStats
from assible.ansible.inventory.host import Host
from assible.ansible.playbook.play_context import PlayContext
from assible.ansible.plugins.callback import CallbackBase
from assible.ansible.vars.hostvars import HostVars
from assible.model import events
from assible.model import play as model

if TYPE_CHECKING:
    from assible.ansible.inventory.manager import InventoryManager
    from assible.ansible.parsing.dataloader import DataLoader
    from assible.ansible.playbook import Playbook
    from assible.ansible.playbook.play import Play
    from assible.ansible.vars.manager import VariableManager
    from assible.api.classic import ClassicSession
    from assible.engine.run import Run

#: What `TaskQueueManager.run` does not tell: a playbook has a beginning and an end, a play alone has not.
_OF_PLAYBOOKS: Final = (events.RunStarted, events.NoHostsMatched)
_PASSWORDS: Final[Mapping[str, str]] = {"conn_pass": "connection", "become_pass": "become"}


class TaskQueueManager:
    """Runs plays over one inventory, with connections that stay open from play to play until `cleanup`.

    Args:
        passwords: ``conn_pass`` and ``become_pass``.
        stdout_callback_name: What has standard output: the name of a writer or callback plugin, a `CallbackBase`
            object, or a class of such; by default what the settings say.
        run_additional_callbacks: Also start callback plugins beside it, as settings and directories name them.
        run_tree: Also write each host's last result to a file, in the directory that the settings name.
        forks: How many hosts work at a time.
        stdout_callback: The older name of ``stdout_callback_name``.
    """

    RUN_OK = 0
    RUN_ERROR = 1
    RUN_FAILED_HOSTS = 2
    RUN_UNREACHABLE_HOSTS = 4
    RUN_FAILED_BREAK_PLAY = 8
    RUN_UNKNOWN_ERROR = 255

    def __init__(
        self,
        inventory: InventoryManager,
        variable_manager: VariableManager,
        loader: DataLoader,
        passwords: Mapping[str, str | None] | None,
        stdout_callback_name: Any = None,
        run_additional_callbacks: bool = True,
        run_tree: bool = False,
        forks: int | None = None,
        *,
        stdout_callback: Any = None,
    ) -> None:
        self._inventory = inventory
        self._variable_manager = variable_manager
        self._loader = loader
        self.passwords = dict(passwords or {})
        self._stdout_callback = stdout_callback_name if stdout_callback is None else stdout_callback
        self._run_additional_callbacks = run_additional_callbacks
        self._run_tree = run_tree
        self._forks = forks
        self._stats = AggregateStats()
        self._failed_hosts: dict[str, bool] = {}
        self._unreachable_hosts: dict[str, bool] = {}
        self._callback_plugins: list[Any] = []
        self._callbacks_loaded = False
        self._terminated = False
        self._session: ClassicSession | None = None
        self._session_dir = ""
        self._current: Current | None = None
        HostVars(inventory, variable_manager, loader)

    # -- what a program asks for

    def get_inventory(self) -> InventoryManager:
        """Return the inventory."""
        return self._inventory

    def get_variable_manager(self) -> VariableManager:
        """Return what knows variables."""
        return self._variable_manager

    def get_loader(self) -> DataLoader:
        """Return what reads files."""
        return self._loader

    def get_workers(self) -> list[Any]:
        """Return nothing: there are no worker processes."""
        return []

    def has_dead_workers(self) -> bool:
        """Say no: there are no worker processes."""
        return False

    def clear_failed_hosts(self) -> None:
        """Let hosts that have failed take part in the plays that follow."""
        self._failed_hosts = {}

    def terminate(self) -> None:
        """Run nothing more."""
        self._terminated = True

    def cleanup(self) -> None:
        """Close all connections; a later run opens them again."""
        session, self._session, self._current = self._session, None, None
        if session is not None:
            session.close()

    # -- what a run stands on

    def _surroundings(self) -> Current:
        if self._current is None:
            self._current = of_program(settings_of(program.options() or {}))
        return self._current

    def _opened(self) -> ClassicSession:
        """Return the session; another base directory means other plugins and roles, and so another session."""
        if self._session is not None and self._session_dir != self._loader.get_basedir():
            self.cleanup()
        if self._session is None:
            now = self._surroundings()
            self._session_dir = self._loader.get_basedir()
            passwords = {ours: value for theirs, ours in _PASSWORDS.items() if (value := self.passwords.get(theirs))}
            self._session = front.open_session(
                inventory=self._inventory.inventory,
                settings=now.settings,
                forks=self._forks or now.command_line.get("forks") or None,
                base_dir=self._loader.get_basedir(),
                vault=self._loader.vault,
                passwords=passwords,
                verbosity=now.verbosity,
                ask=ask_on_terminal if is_terminal() else None,
            )
        return self._session

    # -- callbacks

    def load_callbacks(self) -> None:
        """Make the callbacks ready; `run` does it where nobody has.

        Raises:
            AnsibleError: What standard output is to go to does not exist.
        """
        if self._callbacks_loaded:
            return
        self._callbacks_loaded = True
        with for_programs(), surroundings(self._surroundings()):
            self._callback_plugins = [*self._stdout_plugins(), *self._further_plugins()]

    def _stdout_plugins(self) -> list[Any]:
        chosen = self._stdout_callback
        now = self._surroundings()
        if isinstance(chosen, type) and issubclass(chosen, CallbackBase):
            chosen = chosen()
            chosen.set_options()
        if isinstance(chosen, CallbackBase):
            return [chosen]
        if chosen is not None and not isinstance(chosen, str):
            raise AnsibleOptionsError("a callback is a CallbackBase object, a class of such, or a name")
        name = chosen or now.settings.stdout_callback
        writer = ShippedWriter.named(name, now)
        return [writer] if writer is not None else self._by_name(name, ())

    def _further_plugins(self) -> list[Any]:
        now = self._surroundings()
        enabled = now.settings.callbacks_enabled if self._run_additional_callbacks else ()
        beside = [ShippedWriter.beside(name, now) for name in enabled]
        foreign = [name for name, writer in zip(enabled, beside, strict=True) if writer is None]
        tree = [ShippedWriter.beside("tree", now)] if self._run_tree else []
        found = self._by_name(None, foreign) if self._run_additional_callbacks else []
        return [*(writer for writer in (*beside, *tree) if writer is not None), *found]

    def _by_name(self, stdout: str | None, enabled: Sequence[str]) -> list[Any]:
        now = self._surroundings()
        found = self._opened().callback_plugins(
            stdout, enabled, out=to_stdout, err=to_stderr, unnamed=stdout is None, colour=now.colour,
            columns=now.columns, command_line=now.command_line,
        )  # fmt: skip
        return [adapter.plugin for adapter in found]

    def send_callback(self, method_name: str, *args: Any, **kwargs: Any) -> None:
        """Call a method of every callback that has it; then ``v2_on_any``. One that raises costs a warning."""
        self.load_callbacks()
        with surroundings(self._surroundings()):
            for plugin in self._plugins():
                if not getattr(plugin, "disabled", False):
                    self._send(plugin, method_name, *args, **kwargs)

    def _send(self, plugin: Any, method_name: str, *args: Any, **kwargs: Any) -> None:
        for name in (method_name, "v2_on_any"):
            method = getattr(plugin, name, None)
            if method is not None:
                try:
                    method(*args, **kwargs)
                except Exception as error:  # a callback is the program's code: it costs a warning, and never the run
                    self._warn(f"the callback method '{name}' failed: {type(error).__name__}: {error}")

    def _warn(self, text: str) -> None:
        to_stderr(f"[WARNING]: {text}\n")

    def _plugins(self) -> list[Any]:
        """Return the callbacks; an object that was put in the place of the one for standard output stands for it."""
        chosen = self._stdout_callback
        if not isinstance(chosen, CallbackBase) or chosen in self._callback_plugins:
            return self._callback_plugins
        return [chosen, *(one for one in self._callback_plugins if not isinstance(one, ShippedWriter))]

    def _listeners(self, playbook: Playbook | None) -> list[Any]:
        """Return the callbacks as listeners: objects that take events."""
        now = self._surroundings()

        def host(name: str) -> Host:
            return self._inventory.get_host(name) or Host(name)

        return [
            plugin.writer
            if isinstance(plugin, ShippedWriter)
            else ForeignCallback(
                plugin,
                getattr(plugin, "CALLBACK_NAME", "") or type(plugin).__name__,
                now,
                host,
                self._warn,
                is_stdout=isinstance(self._stdout_callback, str) and plugin is self._callback_plugins[0],
                variables=self._variable_manager,
                playbook=playbook,
            )
            for plugin in self._plugins()
        ]

    # -- running

    def run(self, play: Play) -> int:
        """Run a play on its hosts; those that have failed before take no part.

        Returns:
            ``RUN_OK``, or ``RUN_FAILED_HOSTS`` or ``RUN_UNREACHABLE_HOSTS`` where a host is lost, now or before.

        Raises:
            AnsibleError: A mistake in the play that no host is to blame for.
        """
        loaded = play._parts()
        if loaded is None:
            raise AnsibleOptionsError("this play has no content", help_text="make one with Play.load")
        return self.run_loaded([loaded], None)

    def run_loaded(self, plays: Sequence[model.Play], playbook: Playbook | None) -> int:
        """Run loaded plays: those of a playbook, which is told from its beginning to its end, or one alone."""
        self.load_callbacks()
        if self._terminated:
            return self.RUN_ERROR
        now = self._surroundings()
        with for_programs(), surroundings(now):
            session = self._opened()
            self._inventory.inventory.use_playbook_dir(plays[0].base_dir if plays else None)
            for text in self._inventory.warnings:
                session.warn(text)
            self._inventory.warnings.clear()
            context = PlayContext(None, self.passwords)
            for plugin in self._plugins():
                self._send_context(plugin, context)
            told = _Told(self._listeners(playbook), self._stats, playbook is not None)
            session.run(
                plays,
                [playbook._file_name] if playbook is not None else [],
                self._options(now),
                kinds=told.kinds,
                deliver=told,
                before=self._begin,
                after=self._end,
            )
        return self._code()

    @staticmethod
    def _send_context(plugin: Any, context: PlayContext) -> None:
        if not isinstance(plugin, ShippedWriter) and hasattr(plugin, "set_play_context"):
            plugin.set_play_context(context)

    def _options(self, now: Current) -> dict[str, Any]:
        return {
            **run_options(now.command_line),
            "limit": self._inventory.limit,
            "extra_vars": self._variable_manager.extra_vars,
        }

    def _begin(self, run: Run) -> None:
        run.lost_hosts.update(dict.fromkeys((*self._failed_hosts, *self._unreachable_hosts), ""))
        self._variable_manager.give(run)

    def _end(self, run: Run) -> None:
        self._variable_manager.take(run)
        for name in run.lost_hosts:
            if name in self._failed_hosts or name in self._unreachable_hosts:
                continue
            is_unreachable = run.stats_of(name).unreachable > 0
            (self._unreachable_hosts if is_unreachable else self._failed_hosts)[name] = True

    def _code(self) -> int:
        if self._unreachable_hosts:
            return self.RUN_UNREACHABLE_HOSTS
        return self.RUN_FAILED_HOSTS if self._failed_hosts else self.RUN_OK


class _Told:
    """Hands the events of a run to callbacks, and keeps the counters.

    Args:
        is_playbook: They are told its beginning and its end.
    """

    def __init__(self, listeners: Sequence[Any], stats: AggregateStats, is_playbook: bool) -> None:
        self._listeners = listeners
        self._stats = stats
        self._is_playbook = is_playbook
        told = {kind for one in listeners for kind in one.kinds}
        self.kinds = (events.RunStats, *(told - {events.RunStats} - (set() if is_playbook else set(_OF_PLAYBOOKS))))

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.RunStats):
            self._stats.add(event.hosts, event.custom)
            if not self._is_playbook:
                return
            event = events.RunStats(
                hosts=self._stats.as_hosts(), custom=dict(self._stats.custom), cleared=event.cleared
            )
        for listener in self._listeners:
            if events.wants(type(event), listener.kinds):
                listener(event)


__all__ = ["TaskQueueManager"]
