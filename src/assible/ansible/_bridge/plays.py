"""Plays of data and files, loaded before they run, for programs that look at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assible.ansible._bridge import front, program
from assible.ansible._bridge.options import settings_of
from assible.ansible.parsing.dataloader import DataLoader
from assible.language import playbook as language
from assible.language.sources import Sources
from assible.model import play as model
from assible.model.play import Keywords
from assible.model.text import trusted

if TYPE_CHECKING:
    from assible.ansible.playbook.play import Play


def _sources(variable_manager: Any, loader: DataLoader) -> Sources:
    extra = trusted(variable_manager.extra_vars) if variable_manager is not None else {}
    return front.sources_of(settings_of(program.options() or {}), loader, extra)


def name_of(play: model.Play) -> str:
    """Return a play's name: its own, or its hosts."""
    if play.name:
        return str(play.name)
    return ",".join(map(str, play.hosts)) if isinstance(play.hosts, (list, tuple)) else str(play.hosts)


def load_play(source: Any, variable_manager: Any, loader: DataLoader | None) -> model.Play:
    """Load one play of source values.

    Raises:
        LanguageError: It is none.
    """
    reader = loader or DataLoader()
    sources = _sources(variable_manager, reader)
    return language.load_play(source, f"{reader.get_basedir()}/<python>", sources, Keywords())


def load_playbook(path: str, variable_manager: Any, loader: DataLoader | None) -> list[Play]:
    """Load the plays of a file.

    Raises:
        LanguageError: It is no playbook.
    """
    from assible.ansible.playbook.play import Play

    reader = loader or DataLoader()
    loaded = language.load_playbook(reader.path_dwim(path), _sources(variable_manager, reader))
    return [Play.of(play, "", name_of(play), [], False, variable_manager, reader) for play in loaded]
