"""Options of the plugins that ship, as the lookup ``config`` reads them: a variable first, then the setting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from assible.engine.targets import BECOME_OPTIONS, CONNECTION_OPTIONS, Option
from assible.exceptions import TemplateError
from assible.registry.lookup import LookupCall
from assible.templating.scope import MISSING
from assible.templating.views import plain

#: Names that differ between our options of a target and the documented ones of a plugin.
_SSH_NAMES: Final = {
    "address": "host",
    "user": "remote_user",
    "timeout_seconds": "timeout",
    "retries": "reconnection_retries",
    "password": "password",
}
_BECOME_NAMES: Final = {"user": "become_user", "password": "become_pass", "exe": "become_exe", "flags": "become_flags"}
_SHELL: Final = (
    Option("remote_tmp", ("ansible_remote_tmp",), None, "remote_tmp"),
    Option("async_dir", ("ansible_async_dir",), None, "async_dir"),
)


def _named(options: Iterable[Option], names: Mapping[str, str]) -> dict[str, Option]:
    return {names.get(option.field, option.field): option for option in options if option.field != "interpreter"}


_PLUGINS: Final[Mapping[tuple[str, str], Mapping[str, Option]]] = {
    ("connection", "ssh"): _named(CONNECTION_OPTIONS, _SSH_NAMES),
    ("connection", "local"): {},
    ("become", "sudo"): _named(BECOME_OPTIONS, _BECOME_NAMES),
    ("become", "su"): _named(BECOME_OPTIONS, _BECOME_NAMES),
    ("shell", "sh"): _named(_SHELL, {}),
}


#: What the documentation gives where nothing else does, and our settings leave it to the program.
_DEFAULTS: Final[Mapping[tuple[str, str], Any]] = {
    ("sudo", "become_exe"): "sudo",
    ("sudo", "become_flags"): "-H -S -n",
    ("su", "become_exe"): "su",
    ("su", "become_flags"): "",
}


def plugin_option(kind: str, plugin: str, name: str, call: LookupCall) -> tuple[Any, str]:
    """Return the value of a plugin's option, and where it was set.

    Raises:
        KeyError: The plugin has no such option.
        TemplateError: There is no such plugin among those whose options can be read.
    """
    short = plugin.removeprefix("ansible.builtin.")
    options = _PLUGINS.get((kind, short))
    if options is None:
        known = ", ".join(f"{one} {which}" for one, which in _PLUGINS)
        raise TemplateError(f"the options of the {kind} plugin {plugin!r} cannot be read", hint=f"these can: {known}")
    option = options[name]
    for variable in option.variables:
        written = variable.format(method=short)
        if call.scope.find(written) is not MISSING:
            return plain(call.context.templar.variable(written, call.scope)), f"var: {written}"
    value = call.context.setting(option.setting) if option.setting else None
    if value is None:
        return _DEFAULTS.get((short, name)), "default"
    return value, call.context.setting_origin(str(option.setting))
