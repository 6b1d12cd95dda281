"""``ansible.constants``: the settings of the session that a plugin or program runs in, under Ansible's names.

Only what Assible has a setting for can be read, and a few names that never change. A program may set a constant before
it runs something; what it sets belongs to its thread or task (see `_bridge.program`), and counts for what it makes from
then on.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from types import ModuleType
from typing import Any, Final

from assible.ansible._bridge import program
from assible.ansible._bridge.current import current
from assible.content.callbacks.colours import COLOURS
from assible.exceptions import SettingsError
from assible.settings import SETTINGS, Settings

_RENAMED: Final = {
    "ANSIBLE_FORCE_COLOR": "force_color",
    "ANSIBLE_NOCOLOR": "nocolor",
    "CALLBACKS_ENABLED": "callbacks_enabled",
    "COLOR_ERROR": "color_error",
    "DEFAULT_CALLBACK_PLUGIN_PATH": "callback_plugins",
    "DEFAULT_FILTER_PLUGIN_PATH": "filter_plugins",
    "DEFAULT_ASK_PASS": "ask_pass",
    "DEFAULT_BECOME_ASK_PASS": "become_ask_pass",
    "DEFAULT_HOST_LIST": "inventory",
    "DEFAULT_LOAD_CALLBACK_PLUGINS": "load_callback_plugins",
    "DEFAULT_MODULE_PATH": "library",
    "DEFAULT_MODULE_UTILS_PATH": "module_utils",
    "DEFAULT_POLL_INTERVAL": "poll_interval_seconds",
    "DEFAULT_TEST_PLUGIN_PATH": "test_plugins",
    "DEFAULT_TIMEOUT": "timeout_seconds",
    "DISPLAY_SKIPPED_HOSTS": "display_skipped_hosts",
    "TASK_TIMEOUT": "task_timeout_seconds",
    "TAGS_RUN": "tags",
    "TAGS_SKIP": "skip_tags",
}
_FIXED: Final[dict[str, Any]] = {
    "BOOL_TRUE": frozenset({"y", "yes", "on", "1", "true", "t", 1}),
    "COLOR_CODES": COLOURS,
    "DEFAULT_BECOME_PASS": None,
    "DEFAULT_PASSWORD_CHARS": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:-_",
    "DEFAULT_SUBSET": None,
    "LOCALHOST": ("127.0.0.1", "localhost", "::1"),
    "MODULE_NO_JSON": ("command", "win_command", "shell", "win_shell", "raw"),
    "TREE_DIR": None,
    "_ACTION_DEBUG": ("debug", "ansible.builtin.debug", "ansible.legacy.debug"),
    "_ACTION_IMPORT_PLAYBOOK": ("import_playbook", "ansible.builtin.import_playbook"),
    "_ACTION_INCLUDE_ROLE": ("include_role", "ansible.builtin.include_role"),
    "_ACTION_INCLUDE_TASKS": ("include_tasks", "ansible.builtin.include_tasks"),
    "_ACTION_META": ("meta", "ansible.builtin.meta"),
    "_ACTION_SETUP": ("setup", "ansible.builtin.setup", "gather_facts", "ansible.builtin.gather_facts"),
}


#: Features that Assible has not, and the one value that says so: setting it changes nothing, any other is refused.
_ABSENT: Final[dict[str, Any]] = {
    "ANSIBLE_NOCOWS": True,
    "COMMAND_WARNINGS": False,
    "DEFAULT_KEEP_REMOTE_FILES": False,
    "DEFAULT_DEBUG": False,
    "PARAMIKO_HOST_KEY_AUTO_ADD": False,
    "RETRY_FILES_ENABLED": False,
}
_NAMES: Final = frozenset(setting.name for setting in SETTINGS)
_PAGE: Final = "docs/classic-api.md lists what is offered"


def setting_name(name: str) -> str:
    """Return our name of a setting that Ansible calls so."""
    return _RENAMED.get(name, name.removeprefix("DEFAULT_").removeprefix("ANSIBLE_").lower())


@lru_cache(maxsize=1)
def _local_tmp() -> str:
    """Make the directory for temporary files of this process; programs remove it as a whole, so it is nobody else's."""
    import atexit
    import shutil
    import tempfile

    path = tempfile.mkdtemp(prefix="ansible-local-")
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def with_constants(settings: Settings) -> Settings:
    """Return settings with the constants on top that the program has set."""
    changes = {setting_name(name): value for name, value in program.constants().items()}
    return settings.replace(**{name: value for name, value in changes.items() if name in _NAMES})


def __getattr__(name: str) -> Any:
    if name in program.constants():
        return program.constants()[name]
    if name == "DEFAULT_LOCAL_TMP":
        return _local_tmp()
    if name in _FIXED or name in _ABSENT:
        return _FIXED[name] if name in _FIXED else _ABSENT[name]
    if name.isupper() and setting_name(name) in _NAMES:
        value = getattr(current().settings, setting_name(name))
        return list(value) if isinstance(value, tuple) else value
    raise AttributeError(f"there is no constant {name!r}; {_PAGE}")


class _Constants(ModuleType):
    """The module; constants are set for the context that sets them."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.isupper():
            super().__setattr__(name, value)
        elif name == "DEFAULT_LOCAL_TMP" or _fits(name, value):
            program.set_constant(name, value)
        else:
            raise AttributeError(f"the constant {name!r} cannot be set to {value!r} here; {_PAGE}")

    def __delattr__(self, name: str) -> None:
        if name.isupper():
            program.unset_constant(name)
        else:
            super().__delattr__(name)


def _fits(name: str, value: Any) -> bool:
    """Tell whether a constant may have a value: one of a setting that converts, or the only one of what is absent."""
    if name in _ABSENT:
        return bool(value == _ABSENT[name])
    if name in _FIXED or setting_name(name) not in _NAMES:
        return False
    try:
        current().settings.replace(**{setting_name(name): value})
    except SettingsError:
        return False
    return True


sys.modules[__name__].__class__ = _Constants
