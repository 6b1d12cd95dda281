"""The way from the classic names to the API that does their work.

Programs written for Ansible begin here, at the face, and the rooms import downwards only: the face does not import the
API, which assembles it. So the API's module of that purpose is found by its name, in this one place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from assible.hosts.inventory import Inventory
from assible.settings import Settings

if TYPE_CHECKING:
    from assible.ansible.parsing.dataloader import DataLoader
    from assible.api.classic import ClassicSession
    from assible.language.sources import Sources


def _classic() -> Any:
    return import_module("assible.api.classic")


def load_inventory(
    sources: Sequence[str], settings: Settings, loader: DataLoader, warn: Callable[..., None]
) -> Inventory:
    """Load an inventory from its sources.

    Raises:
        AssibleError: A source is wrong.
    """
    inventory: Inventory = _classic().load_inventory(sources, settings, loader.vault, loader.get_basedir(), warn)
    return inventory


def sources_of(settings: Settings, loader: DataLoader, extra_vars: Mapping[str, Any]) -> Sources:
    """Return what plays are loaded with, as far as a program looks at them before they run."""
    sources: Sources = _classic().sources_of(settings, loader.vault, loader.get_basedir(), extra_vars)
    return sources


def open_session(**arguments: Any) -> ClassicSession:
    """Return a session for the runs of one task queue; see `assible.api.classic.ClassicSession`."""
    session: ClassicSession = _classic().ClassicSession(**arguments)
    return session
