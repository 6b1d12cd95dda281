"""Begin plays: their hosts, batches and variables, the implicit tasks, and what a finished play leaves behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from assible.engine.context import TaskContext, find_source, search_dirs
from assible.engine.hosts import HostRun
from assible.engine.play_run import PlayRun, strategy_of
from assible.engine.program import Program, compile_nodes, enter
from assible.engine.prompts import ask_prompts
from assible.engine.strategy_free import run_free, run_host_pinned
from assible.engine.strategy_linear import run_linear
from assible.engine.variables import PlayVariables
from assible.exceptions import ActionError, PlaybookError, TemplateError, UndefinedVariableError, UsageError
from assible.language.keywords import as_bool, type_name
from assible.model.events import NoHostsMatched, PlayStarted
from assible.model.play import Keywords, Play, Role, Task
from assible.model.text import SourceDict, is_templated

if TYPE_CHECKING:
    from assible.engine.run import Run

STRATEGIES: Final[dict[str, Callable[[PlayRun], Awaitable[None]]]] = {
    "linear": run_linear,
    "free": run_free,
    "host_pinned": run_host_pinned,
}
_BUILTIN = "ansible.builtin."


class PlayLauncher:
    """Runs the plays of one run, one after the other."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._start_at = run.options.start_at_task

    async def run_play(self, play: Play) -> bool:
        """Run a play on all of its batches.

        Returns:
            Whether the plays after it are to run.
        """
        run = self._run
        variables = self._play_variables(play)
        written, play = play, self._rendered(play, variables)
        hosts = self._hosts(play)
        name = self._name(replace(play, hosts=written.hosts) if isinstance(written.hosts, list) else play)
        ask_prompts(run, play, variables)
        if not hosts:
            run.emit(PlayStarted(name=name, hosts=[], check=run.options.check, play=play))
            run.emit(NoHostsMatched())
            return True
        alive = [host for host in hosts if host not in run.lost_hosts]
        if not alive:
            run.emit(PlayStarted(name=name, hosts=[], check=run.options.check, play=play))
            return True
        for batch in batches(alive, [self._run.render_play_value(size, variables) for size in play.serial]):
            run.emit(PlayStarted(name=name, hosts=batch, check=run.options.check, play=play))
            play_run = await self._run_batch(play, batch, hosts, variables)
            lost = [host for host in play_run.hosts if host.failed or host.unreachable]
            run.lost_hosts.update({host.name: play.name for host in lost})
            if play_run.ends_play:
                return not lost or any(h not in run.lost_hosts for h in alive)
            if len(lost) == len(batch):
                return False
        return True

    def _name(self, play: Play) -> str:
        if play.name:
            return str(play.name)
        return ",".join(str(item) for item in play.hosts) if isinstance(play.hosts, (list, tuple)) else str(play.hosts)

    def _rendered(self, play: Play, variables: PlayVariables) -> Play:
        """Render the play's own keywords."""
        names = (
            "name", "hosts", "gather_facts", "gather_subset", "gather_timeout", "fact_path", "force_handlers", "order",
            "strategy",
        )  # fmt: skip
        changes: dict[str, Any] = {}
        for name in names:
            value = getattr(play, name)
            if is_templated(value):
                try:
                    changes[name] = self._run.render_play_value(value, variables)
                except TemplateError as error:
                    if name == "name":
                        continue
                    error.origin = error.origin or play.origin
                    raise
        return replace(play, **changes) if changes else play

    def _hosts(self, play: Play) -> list[str]:
        pattern = play.hosts
        if isinstance(pattern, (list, tuple)):
            pattern = [str(item) for item in pattern]
        found = self._run.services.inventory.match(pattern, limit=self._run.options.limit, order=play.order)
        return [host.name for host in found]

    # -- variables

    def _play_variables(self, play: Play) -> PlayVariables:
        run = self._run
        variables = PlayVariables(
            extra=run.options.extra_vars,
            play_vars=play.vars,
            role_vars=tuple(r.vars for r in reversed(play.roles) if r.vars and r.public),
            role_defaults=tuple(r.defaults for r in reversed(play.roles) if r.defaults and r.public),
        )
        variables.magic.update(self._magic(play))
        run.set_play_variables(variables)
        return variables

    def _magic(self, play: Play) -> dict[str, Any]:
        import os
        import sys

        run = self._run
        options, settings = run.options, run.services.settings
        names = [role.name for role in play.roles]
        major, minor, *rest = [*run.services.version.split("."), "0", "0"][:3]
        return {
            "playbook_dir": os.path.abspath(play.base_dir),
            "groups": run.services.inventory.groups_map(),
            "hostvars": run.hostvars,
            "ansible_version": {
                "full": run.services.version,
                "major": int(major),
                "minor": int(minor),
                "revision": int(rest[0]) if rest and rest[0].isdigit() else 0,
                "string": run.services.version,
            },
            "ansible_check_mode": options.check,
            "ansible_diff_mode": options.diff,
            "ansible_forks": options.forks,
            "ansible_verbosity": options.verbosity,
            "ansible_run_tags": list(options.tags),
            "ansible_skip_tags": list(options.skip_tags),
            **({"ansible_limit": options.limit} if options.limit else {}),
            "ansible_inventory_sources": list(settings.inventory),
            "ansible_config_file": settings.config_file,
            "ansible_playbook_python": sys.executable,
            "ansible_play_name": str(play.name) or self._name(play),
            "ansible_play_role_names": [role.name for role in play.roles if not role.parents],
            "ansible_role_names": names,
            "ansible_dependent_role_names": [role.name for role in play.roles if role.parents],
            "role_names": names,
        }

    def _load_vars_files(self, play: Play, hosts: Sequence[HostRun], variables: PlayVariables) -> None:
        """Load ``vars_files``: once where their names are plain, for each host where a variable decides."""
        if not play.vars_files:
            return
        shared: tuple[Mapping[str, Any], ...] | None = None
        if not any(is_templated(entry) for entry in play.vars_files):
            shared = self._vars_files_of(play, None, variables)
        for host in hosts:
            host.variables.vars_files = shared if shared is not None else self._vars_files_of(play, host, variables)

    def _vars_files_of(
        self, play: Play, host: HostRun | None, variables: PlayVariables
    ) -> tuple[Mapping[str, Any], ...]:
        layers: list[Mapping[str, Any]] = []
        for entry in play.vars_files:
            alternatives = entry if isinstance(entry, list) else [entry]
            layers.append(self._first_vars_file(play, alternatives, host, variables))
        return tuple(layer for layer in reversed(layers) if layer)

    def _first_vars_file(
        self, play: Play, names: Sequence[Any], host: HostRun | None, variables: PlayVariables
    ) -> Mapping[str, Any]:
        run = self._run
        for name in names:
            try:
                if is_templated(name):
                    name = self._render_for(host, name, play, variables)
                path = find_source(str(name), "vars", (play.base_dir,))
            except UndefinedVariableError as error:
                run.warn(f"vars_files: '{name}' is left out, because {error}")
                return {}
            except ActionError:
                continue
            data = run.services.files.yaml(path)
            if data is None:
                return {}
            if not isinstance(data, dict):
                raise PlaybookError(
                    f"a variables file is a mapping, but '{name}' holds {type_name(data)}", origin=play.origin
                )
            return data
        run.warn(f"vars_files: none of these was found: {', '.join(str(name) for name in names)}")
        return {}

    def _render_for(self, host: HostRun | None, value: Any, play: Play, variables: PlayVariables) -> Any:
        run = self._run
        if host is None:
            return run.render_play_value(value, variables)
        from assible.engine.variables import TaskLayers

        scope = TaskLayers(None, variables, run.merges_hashes).scope(
            host.variables, TaskContext(run, search_dirs(None, play.base_dir))
        )
        return run.services.templar.render(value, scope)

    # -- one batch

    async def _run_batch(self, play: Play, batch: list[str], all_hosts: list[str], variables: PlayVariables) -> PlayRun:
        run = self._run
        hosts = [HostRun(name, run.variables_of(name)) for name in batch]
        for host in hosts:
            host.variables.vars_files = ()
        variables.magic.update(_host_lists(all_hosts, batch, run.lost_hosts))
        self._load_vars_files(play, hosts, variables)
        play_run = PlayRun(run, play, hosts, variables)
        play_run.all_hosts = all_hosts
        program = self._program(play, play_run)
        for host in hosts:
            host.position = enter(program).position
        if program.tasks:
            await STRATEGIES[strategy_of(play, run)](play_run)
        return play_run

    def _program(self, play: Play, play_run: PlayRun) -> Program:
        """Return the play as a program: facts first, handlers flushed after each section."""
        nodes: list[Any] = []
        gather = self._gather_task(play, play_run)
        if gather is not None:
            nodes.append(gather)
        for section in play.sections:
            if section:
                nodes.extend(section)
                nodes.append(implicit_meta(play, "flush_handlers"))
        program = compile_nodes(nodes, self._run.selects)
        if self._start_at is not None:
            program = self._from_start_task(program, play_run)
        return program

    def _gather_task(self, play: Play, play_run: PlayRun) -> Task | None:
        gathering = self._run.services.settings.gathering
        wanted = play.gather_facts
        if wanted is None:
            if gathering == "explicit":
                return None
        elif not as_bool("gather_facts", wanted, play.origin):
            return None
        if gathering == "smart" and wanted is None and all(h.variables.ansible_facts for h in play_run.hosts):
            return None
        args = {}
        for keyword, option in (
            ("gather_subset", "gather_subset"),
            ("gather_timeout", "gather_timeout"),
            ("fact_path", "fact_path"),
        ):
            value = getattr(play, keyword)
            if value is not None:
                args[option] = value
        keywords = replace(play.keywords, vars=(), when=())
        return Task(
            action=_BUILTIN + "gather_facts",
            written_action="gather_facts",
            args=SourceDict(args),
            name="Gathering Facts",
            origin=play.origin,
            scope=keywords,
            inherited=keywords,
            search_file="",
            is_implicit=True,
            tags=frozenset({"always", *(str(tag) for tag in play.keywords.tags)}),
        )

    def _from_start_task(self, program: Program, play_run: PlayRun) -> Program:
        """Leave out what stands before ``--start-at-task``."""
        import fnmatch

        wanted = self._start_at or ""
        for index, task in enumerate(program.tasks):
            if task.is_implicit:
                continue
            shown = f"{task.scope.role.title} : {task.name}" if task.scope.role else str(task.name)
            if any(fnmatch.fnmatch(name, wanted) for name in (str(task.name), shown) if name):
                self._start_at = None
                gather = [
                    i
                    for i in range(index)
                    if program.tasks[i].is_implicit and program.tasks[i].action.endswith("gather_facts")
                ]
                keep = [*gather, *range(index, len(program.tasks))]
                return _without(program, keep)
        return Program((), ())


def _without(program: Program, keep: list[int]) -> Program:
    """Return a program that starts later; blocks that begin before it lose what is cut off."""
    from assible.engine.program import Region

    offset = {old: new for new, old in enumerate(keep)}

    def moved(index: int) -> int:
        return sum(1 for old in keep if old < index)

    regions: dict[Region, Region] = {}

    def shift(region: Region | None) -> Region | None:
        if region is None:
            return None
        if region not in regions:
            regions[region] = Region(
                shift(region.parent),
                region.parent_section,
                moved(region.start),
                moved(region.rescue),
                moved(region.always),
                moved(region.end),
            )
        return regions[region]

    return Program(
        [program.tasks[old] for old in offset],
        [(shift(program.places[old][0]), program.places[old][1]) for old in offset],
    )


def _host_lists(all_hosts: Sequence[str], batch: Sequence[str], lost: Collection[str]) -> dict[str, Any]:
    living = [name for name in all_hosts if name not in lost]
    return {
        "ansible_play_hosts_all": list(all_hosts),
        "ansible_play_hosts": living,
        "ansible_play_batch": [name for name in batch if name not in lost],
        "play_hosts": [name for name in batch if name not in lost],
    }


def batches(hosts: Sequence[str], sizes: Sequence[Any]) -> list[list[str]]:
    """Split hosts as ``serial`` says: numbers, percentages, or a list of these, whose last one repeats.

    Raises:
        UsageError: A size is neither a number nor a percentage.
    """
    flat = [item for size in sizes for item in (size if isinstance(size, list) else [size])]
    counts = [_batch_size(size, len(hosts)) for size in flat]
    if not counts or all(count <= 0 for count in counts):
        return [list(hosts)]
    found: list[list[str]] = []
    start = 0
    while start < len(hosts):
        count = counts[min(len(found), len(counts) - 1)]
        if count <= 0:
            count = len(hosts)
        found.append(list(hosts[start : start + count]))
        start += count
    return found


def _batch_size(size: Any, total: int) -> int:
    try:
        if isinstance(size, str) and size.strip().endswith("%"):
            return max(int(float(size.strip()[:-1]) / 100.0 * total), 1)
        return int(size)
    except (TypeError, ValueError):
        raise UsageError(f"'serial' wants numbers or percentages, not {size!r}") from None


def implicit_meta(play: Play, action: str) -> Task:
    """Return a ``meta`` task that the play has although nobody wrote it."""
    return Task(
        action=_BUILTIN + "meta",
        written_action="meta",
        args=SourceDict({"_raw_params": action}),
        name="",
        origin=play.origin,
        scope=Keywords(),
        inherited=play.keywords,
        search_file="",
        is_implicit=True,
        tags=frozenset({"always"}),
    )


__all__ = ["PlayLauncher", "Role", "batches", "implicit_meta"]
