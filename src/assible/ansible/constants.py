"""``ansible.constants``: the settings of the session that a plugin runs in, under Ansible's names.

Only what Assible has a setting for can be read, and a few names that never change.
"""

from __future__ import annotations

import os
from typing import Any, Final

from assible.ansible._bridge.current import current
from assible.content.callbacks.colours import COLOURS

_RENAMED: Final = {
    "ANSIBLE_FORCE_COLOR": "force_color",
    "ANSIBLE_NOCOLOR": "nocolor",
    "CALLBACKS_ENABLED": "callbacks_enabled",
    "COLOR_ERROR": "color_error",
    "DEFAULT_CALLBACK_PLUGIN_PATH": "callback_plugins",
    "DEFAULT_FILTER_PLUGIN_PATH": "filter_plugins",
    "DEFAULT_HOST_LIST": "inventory",
    "DEFAULT_LOAD_CALLBACK_PLUGINS": "load_callback_plugins",
    "DEFAULT_MODULE_PATH": "library",
    "DEFAULT_MODULE_UTILS_PATH": "module_utils",
    "DEFAULT_POLL_INTERVAL": "poll_interval_seconds",
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
    "DEFAULT_DEBUG": False,
    "DEFAULT_KEEP_REMOTE_FILES": False,
    "DEFAULT_LOCAL_TMP": os.environ.get("TMPDIR", "/tmp"),
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


def setting_name(name: str) -> str:
    """Return our name of a setting that Ansible calls so."""
    return _RENAMED.get(name, name.removeprefix("DEFAULT_").removeprefix("ANSIBLE_").lower())


def __getattr__(name: str) -> Any:
    if name in _FIXED:
        return _FIXED[name]
    if name.isupper():
        try:
            value = getattr(current().settings, setting_name(name))
        except AttributeError:
            pass
        else:
            return list(value) if isinstance(value, tuple) else value
    raise AttributeError(f"there is no constant {name!r}")
