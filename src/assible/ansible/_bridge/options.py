"""What ``context.CLIARGS`` of a program comes to: settings, options of a run, extra variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from assible.ansible._bridge import program
from assible.ansible.constants import with_constants
from assible.ansible.errors import AnsibleOptionsError, for_programs
from assible.language.keyvalue import parse_key_values
from assible.model.origin import Origin
from assible.model.text import source_text, trusted
from assible.settings import Settings

if TYPE_CHECKING:
    from assible.ansible.parsing.dataloader import DataLoader

_ORIGIN: Final = Origin("<extra vars>")
#: Option -> our setting.
_SETTINGS: Final[Mapping[str, str]] = {
    "become": "become",
    "become_method": "become_method",
    "become_user": "become_user",
    "connection": "transport",
    "private_key_file": "private_key_file",
    "remote_user": "remote_user",
    "ssh_common_args": "ssh_common_args",
    "ssh_extra_args": "ssh_extra_args",
    "timeout": "timeout_seconds",
}
#: What would be for programs that Assible does not call: files go over the one connection that there is.
_REFUSED: Final = ("scp_extra_args", "sftp_extra_args")
_RUN: Final = ("check", "diff", "start_at_task", "step", "force_handlers")
_TAGS: Final = ("tags", "skip_tags")


def settings_of(options: Mapping[str, Any]) -> Settings:
    """Return the settings that a program's options and constants come to.

    Raises:
        AnsibleOptionsError: An option cannot be honoured.
        SettingsError: One of them has no valid value.
    """
    for name in _REFUSED:
        if options.get(name):
            raise AnsibleOptionsError(f"the option '{name}' cannot be honoured: neither scp nor sftp is used")
    settings = with_constants(program.configured())
    changes = {ours: options[name] for name, ours in _SETTINGS.items() if options.get(name) not in (None, "")}
    changes["library"] = [*_directories(options.get("module_path")), *settings.library]
    return settings.replace(**changes)


def _directories(value: Any) -> list[str]:
    texts = [value] if isinstance(value, str) else list(value or ())
    return [path for text in texts for path in str(text).split(":") if path]


def run_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a run goes about its work, of a program's options."""
    found: dict[str, Any] = {name: options.get(name) or None for name in _RUN}
    for name in _TAGS:
        given = options.get(name)
        texts = [given] if isinstance(given, str) else list(given or ())
        found[name] = [tag.strip() for text in texts for tag in text.split(",") if tag.strip()] or None
    return found


def load_extra_vars(loader: DataLoader | None) -> dict[str, Any]:
    """Return the variables of ``CLIARGS['extra_vars']``: pairs, YAML, JSON, and files with ``@``; later ones win.

    Raises:
        AnsibleOptionsError: One of them is none of these.
    """
    found: dict[str, Any] = {}
    for item in (program.options() or {}).get("extra_vars") or ():
        found.update(item if isinstance(item, Mapping) else _extra(str(item).strip(), loader))
    return found


def _extra(text: str, loader: DataLoader | None) -> Mapping[str, Any]:
    from assible.ansible.parsing.dataloader import DataLoader

    if not text:
        return {}
    if text[0] in "@{[/.":
        reader = loader or DataLoader()
        with for_programs():
            data = trusted(reader.load_from_file(text[1:]) if text[0] == "@" else reader.load(text))
    else:
        data = {name: source_text(value, _ORIGIN) for name, value in parse_key_values(text).items()}
    if not isinstance(data, Mapping) or "_raw_params" in data:
        raise AnsibleOptionsError(f"extra variables are key=value, YAML, JSON or @FILE, not '{text}'")
    return data
