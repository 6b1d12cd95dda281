"""Plugins written for Ansible, found for a session and put into shape by the face."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from assible import _names
from assible.api.assembly import Parts
from assible.content.callbacks.colours import paint
from assible.model.events import Event


def load_callbacks(
    parts: Parts,
    stdout: str | None,
    enabled: Sequence[str],
    out: Callable[[str], object],
    err: Callable[[str], object],
    *,
    unnamed: bool,
    colour: bool,
    columns: int,
    verbosity: int,
    command_line: Mapping[str, Any],
) -> list[Callable[[Event], None]]:
    """Return callback plugins as listeners; see `AsyncSession.callback_plugins`.

    Raises:
        PluginNotFoundError: There is no plugin of the name that standard output is to go to.
    """
    settings = parts.settings
    directories = [
        path
        for path in (os.path.join(parts.base_dir, "callback_plugins"), *settings.callback_plugins)
        if os.path.isdir(path)
    ]
    if stdout is None and not enabled and not directories:
        return []
    _names.bind(owns_ansible=find_spec("ansible") is None)
    from assible.ansible._bridge.callback_plugins import CallbackPlugins
    from assible.ansible._bridge.current import Current
    from assible.ansible.inventory.host import Host

    def warn(text: str) -> None:
        line = f"[WARNING]: {text}"
        err((paint(line, settings.color_warn) if colour else line) + "\n")

    def host(name: str) -> Host:
        known = parts.inventory.hosts.get(name)
        return Host.of(known, parts.inventory) if known else Host(name)

    current = Current(settings, out, err, verbosity, columns, colour, command_line)
    collections = [os.path.join(parts.base_dir, "collections"), *settings.collections_path]
    plugins = CallbackPlugins(directories, collections, current, host, warn)
    return list(plugins.load(stdout, enabled, unnamed=unnamed))
