"""The settings: names, types, defaults, and where each can be given.

Names, environment variables and ini keys are ansible-core's (``ansible-config list``). Every ``ANSIBLE_X`` is also read
as ``ASSIBLE_X``, which wins. Only settings that Assible acts on stand here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        name: Attribute of `Settings`.
        kind: ``bool``, ``int``, ``float``, ``str``, ``list`` (commas), ``path``, ``paths`` (colons).
        env: Environment variables, first wins; each ``ANSIBLE_`` one also with ``ASSIBLE_``.
        ini: ``(section, key)`` pairs, first wins.
        choices: The values that are allowed, where it is an enumeration.
    """

    name: str
    kind: str
    default: Any
    env: tuple[str, ...] = ()
    ini: tuple[tuple[str, str], ...] = ()
    choices: tuple[str, ...] = ()


def _s(
    name: str,
    kind: str,
    default: Any,
    env: str = "",
    ini: str = "",
    choices: tuple[str, ...] = (),
    more_env: tuple[str, ...] = (),
) -> Setting:
    pairs = tuple((section, key) for section, _, key in (item.partition(".") for item in ini.split()))
    return Setting(name, kind, default, ((f"ANSIBLE_{env}",) if env else ()) + more_env, pairs, choices)


REJECTED_EXTENSIONS: Final = (".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md", ".txt", ".rst")
_HOME = "~/.ansible"
FALLBACK_INTERPRETERS: Final = (
    "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9", "/usr/bin/python3", "python3",
    "python3.8", "python3.7", "python3.6", "/usr/libexec/platform-python",
)  # fmt: skip

SETTINGS: Final[tuple[Setting, ...]] = (
    _s("home", "path", _HOME, "HOME", "defaults.home"),
    _s("inventory", "list", ("/etc/ansible/hosts",), "INVENTORY", "defaults.inventory"),
    _s("forks", "int", 100, "FORKS", "defaults.forks"),
    _s("timeout_seconds", "int", 10, "TIMEOUT", "defaults.timeout"),
    _s("transport", "str", "ssh", "TRANSPORT", "defaults.transport"),
    _s("remote_user", "str", None, "REMOTE_USER", "defaults.remote_user"),
    _s("remote_port", "int", None, "REMOTE_PORT", "defaults.remote_port"),
    _s("private_key_file", "path", None, "PRIVATE_KEY_FILE", "defaults.private_key_file"),
    _s("host_key_checking", "bool", True, "HOST_KEY_CHECKING", "defaults.host_key_checking"),
    _s("ask_pass", "bool", False, "ASK_PASS", "defaults.ask_pass"),
    _s("interpreter_python", "str", "auto", "PYTHON_INTERPRETER", "defaults.interpreter_python"),
    _s("remote_tmp", "str", "~/.ansible/tmp", "REMOTE_TEMP", "defaults.remote_tmp", more_env=("ANSIBLE_REMOTE_TMP",)),
    _s("async_dir", "str", "~/.ansible_async", "ASYNC_DIR", "defaults.async_dir"),
    _s("executable", "str", "/bin/sh", "EXECUTABLE", "defaults.executable"),
    _s("become", "bool", False, "BECOME", "privilege_escalation.become"),
    _s("become_method", "str", "sudo", "BECOME_METHOD", "privilege_escalation.become_method"),
    _s("become_user", "str", "root", "BECOME_USER", "privilege_escalation.become_user"),
    _s("become_exe", "str", None, "BECOME_EXE", "privilege_escalation.become_exe"),
    _s("become_flags", "str", None, "BECOME_FLAGS", "privilege_escalation.become_flags"),
    _s("become_ask_pass", "bool", False, "BECOME_ASK_PASS", "privilege_escalation.become_ask_pass"),
    _s("become_password_file", "path", None, "BECOME_PASSWORD_FILE", "defaults.become_password_file"),
    _s("connection_password_file", "path", None, "CONNECTION_PASSWORD_FILE", "defaults.connection_password_file"),
    _s("ssh_args", "str", "-o ControlMaster=auto -o ControlPersist=60s", "SSH_ARGS", "ssh_connection.ssh_args"),
    _s("ssh_common_args", "str", "", "SSH_COMMON_ARGS", "ssh_connection.ssh_common_args"),
    _s("ssh_extra_args", "str", "", "SSH_EXTRA_ARGS", "ssh_connection.ssh_extra_args"),
    _s("ssh_executable", "str", "ssh", "SSH_EXECUTABLE", "ssh_connection.ssh_executable"),
    _s("ssh_retries", "int", 0, "SSH_RETRIES", "connection.retries ssh_connection.retries"),
    _s("ssh_control_path", "str", None, "SSH_CONTROL_PATH", "ssh_connection.control_path"),
    _s("ssh_control_path_dir", "str", "~/.ansible/cp", "SSH_CONTROL_PATH_DIR", "ssh_connection.control_path_dir"),
    _s("any_errors_fatal", "bool", False, "ANY_ERRORS_FATAL", "defaults.any_errors_fatal"),
    _s("force_handlers", "bool", False, "FORCE_HANDLERS", "defaults.force_handlers"),
    _s("gathering", "str", "implicit", "GATHERING", "defaults.gathering", ("smart", "explicit", "implicit")),
    _s("hash_behaviour", "str", "replace", "HASH_BEHAVIOUR", "defaults.hash_behaviour", ("replace", "merge")),
    _s("inject_facts_as_vars", "bool", True, "INJECT_FACT_VARS", "defaults.inject_facts_as_vars"),
    _s("strategy", "str", "linear", "STRATEGY", "defaults.strategy"),
    _s("no_log", "bool", False, "NO_LOG", "defaults.no_log"),
    _s("task_timeout_seconds", "int", 0, "TASK_TIMEOUT", "defaults.task_timeout"),
    _s("poll_interval_seconds", "int", 15, "POLL_INTERVAL", "defaults.poll_interval"),
    _s("error_on_missing_handler", "bool", True, "ERROR_ON_MISSING_HANDLER", "defaults.error_on_missing_handler"),
    _s("allow_broken_conditionals", "bool", False, "ALLOW_BROKEN_CONDITIONALS", "defaults.allow_broken_conditionals"),
    _s("jinja2_extensions", "list", (), "JINJA2_EXTENSIONS", "defaults.jinja2_extensions"),
    _s("ansible_managed", "str", "Ansible managed", "", "defaults.ansible_managed"),
    _s("roles_path", "paths", (f"{_HOME}/roles", "/usr/share/ansible/roles", "/etc/ansible/roles"), "ROLES_PATH", "defaults.roles_path"),
    _s("collections_path", "paths", (f"{_HOME}/collections", "/usr/share/ansible/collections"), "COLLECTIONS_PATH", "defaults.collections_path"),
    _s("library", "paths", (f"{_HOME}/plugins/modules", "/usr/share/ansible/plugins/modules"), "LIBRARY", "defaults.library"),
    _s("module_utils", "paths", (f"{_HOME}/plugins/module_utils", "/usr/share/ansible/plugins/module_utils"), "MODULE_UTILS", "defaults.module_utils"),
    _s("filter_plugins", "paths", (f"{_HOME}/plugins/filter", "/usr/share/ansible/plugins/filter"), "FILTER_PLUGINS", "defaults.filter_plugins"),
    _s("lookup_plugins", "paths", (f"{_HOME}/plugins/lookup", "/usr/share/ansible/plugins/lookup"), "LOOKUP_PLUGINS", "defaults.lookup_plugins"),
    _s("test_plugins", "paths", (f"{_HOME}/plugins/test", "/usr/share/ansible/plugins/test"), "TEST_PLUGINS", "defaults.test_plugins"),
    _s("inventory_enabled", "list", ("host_list", "script", "auto", "yaml", "ini", "toml"), "INVENTORY_ENABLED", "inventory.enable_plugins"),
    _s("inventory_ignore_extensions", "list", (*REJECTED_EXTENSIONS, ".orig", ".cfg", ".retry"), "INVENTORY_IGNORE", "defaults.inventory_ignore_extensions inventory.ignore_extensions"),
    _s("inventory_ignore_patterns", "list", (), "INVENTORY_IGNORE_REGEX", "defaults.inventory_ignore_patterns inventory.ignore_patterns"),
    _s("inventory_any_unparsed_is_failed", "bool", False, "INVENTORY_ANY_UNPARSED_IS_FAILED", "inventory.any_unparsed_is_failed"),
    _s("inventory_unparsed_is_failed", "bool", False, "INVENTORY_UNPARSED_FAILED", "inventory.unparsed_is_failed"),
    _s("inventory_unparsed_warning", "bool", True, "INVENTORY_UNPARSED_WARNING", "inventory.inventory_unparsed_warning"),
    _s("inventory_export", "bool", False, "INVENTORY_EXPORT", "inventory.export"),
    _s("host_pattern_mismatch", "str", "warning", "HOST_PATTERN_MISMATCH", "inventory.host_pattern_mismatch", ("warning", "error", "ignore")),
    _s("duplicate_yaml_dict_key", "str", "warn", "DUPLICATE_YAML_DICT_KEY", "defaults.duplicate_dict_key", ("warn", "error", "ignore")),
    _s("vault_password_file", "path", None, "VAULT_PASSWORD_FILE", "defaults.vault_password_file"),
    _s("vault_identity", "str", "default", "VAULT_IDENTITY", "defaults.vault_identity"),
    _s("vault_identity_list", "list", (), "VAULT_IDENTITY_LIST", "defaults.vault_identity_list"),
    _s("vault_encrypt_identity", "str", None, "VAULT_ENCRYPT_IDENTITY", "defaults.vault_encrypt_identity"),
    _s("vault_encrypt_salt", "str", None, "VAULT_ENCRYPT_SALT", "defaults.vault_encrypt_salt"),
    _s("force_valid_group_names", "str", "never", "TRANSFORM_INVALID_GROUP_CHARS", "defaults.force_valid_group_names", ("always", "never", "ignore", "silently")),
    _s("precedence", "list", ("all_inventory", "groups_inventory", "all_plugins_inventory", "all_plugins_play", "groups_plugins_inventory", "groups_plugins_play"), "PRECEDENCE", "defaults.precedence"),
    _s("yaml_extensions", "list", (".yml", ".yaml", ".json"), "YAML_FILENAME_EXT", "defaults.yaml_valid_extensions"),
    _s("inventory_use_extra_vars", "bool", False, "INVENTORY_USE_EXTRA_VARS", "inventory_plugins.use_extra_vars"),
    _s("vault_id_match", "bool", False, "VAULT_ID_MATCH", "defaults.vault_id_match"),
    _s("ask_vault_pass", "bool", False, "ASK_VAULT_PASS", "defaults.ask_vault_pass"),
    _s("fact_caching", "str", "memory", "CACHE_PLUGIN", "defaults.fact_caching"),
    _s("fact_caching_connection", "path", None, "CACHE_PLUGIN_CONNECTION", "defaults.fact_caching_connection"),
    _s("fact_caching_prefix", "str", "ansible_facts", "CACHE_PLUGIN_PREFIX", "defaults.fact_caching_prefix"),
    _s("fact_caching_timeout_seconds", "int", 86400, "CACHE_PLUGIN_TIMEOUT", "defaults.fact_caching_timeout"),
    _s("tags", "list", (), "RUN_TAGS", "tags.run"),
    _s("skip_tags", "list", (), "SKIP_TAGS", "tags.skip"),
    _s("diff_always", "bool", False, "DIFF_ALWAYS", "diff.always"),
    _s("diff_context", "int", 3, "DIFF_CONTEXT", "diff.context"),
    _s("inject_invocation", "bool", False, "INJECT_INVOCATION", "defaults.inject_invocation"),
    _s("verbosity", "int", 0, "VERBOSITY", "defaults.verbosity"),
    _s("force_color", "bool", False, "FORCE_COLOR", "defaults.force_color"),
    _s("nocolor", "bool", False, "NOCOLOR", "defaults.nocolor", more_env=("NO_COLOR",)),
    _s("display_skipped_hosts", "bool", True, "DISPLAY_SKIPPED_HOSTS", "defaults.display_skipped_hosts"),
    _s("display_ok_hosts", "bool", True, "DISPLAY_OK_HOSTS", "defaults.display_ok_hosts"),
    _s("display_failed_stderr", "bool", False, "DISPLAY_FAILED_STDERR", "defaults.display_failed_stderr"),
    _s("check_mode_markers", "bool", False, "CHECK_MODE_MARKERS", "defaults.check_mode_markers"),
    _s("show_custom_stats", "bool", False, "SHOW_CUSTOM_STATS", "defaults.show_custom_stats"),
    _s("deprecation_warnings", "bool", True, "DEPRECATION_WARNINGS", "defaults.deprecation_warnings"),
    _s("display_args_to_stdout", "bool", False, "DISPLAY_ARGS_TO_STDOUT", "defaults.display_args_to_stdout"),
    _s("display_included_hosts", "bool", True, "DISPLAY_INCLUDED_HOSTS", "defaults.display_included_hosts"),
    _s("show_per_host_start", "bool", False, "SHOW_PER_HOST_START", "defaults.show_per_host_start"),
    _s("show_task_path_on_failure", "bool", False, "SHOW_TASK_PATH_ON_FAILURE", "defaults.show_task_path_on_failure"),
    _s("result_format", "str", "json", "CALLBACK_RESULT_FORMAT", "defaults.callback_result_format", ("json", "yaml")),
    _s("pretty_results", "bool", None, "CALLBACK_FORMAT_PRETTY", "defaults.callback_format_pretty"),
    _s("result_indentation", "int", 4, "CALLBACK_RESULT_INDENTATION", "defaults.callback_result_indentation"),
    _s("result_yaml_line_width", "str", "default", "CALLBACK_YAML_LINE_WIDTH", "defaults.callback_result_yaml_line_width", ("default", "no-break", "terminal-width")),
    _s("stdout_callback", "str", "default", "STDOUT_CALLBACK", "defaults.stdout_callback"),
    _s("callbacks_enabled", "list", (), "CALLBACKS_ENABLED", "defaults.callbacks_enabled"),
    _s("callback_plugins", "paths", (f"{_HOME}/plugins/callback", "/usr/share/ansible/plugins/callback"), "CALLBACK_PLUGINS", "defaults.callback_plugins"),
    _s("load_callback_plugins", "bool", False, "LOAD_CALLBACK_PLUGINS", "defaults.bin_ansible_callbacks"),
    _s("log_path", "path", None, "LOG_PATH", "defaults.log_path"),
    _s("log_filter", "list", (), "LOG_FILTER", "defaults.log_filter"),
    _s("log_verbosity", "int", None, "LOG_VERBOSITY", "defaults.log_verbosity"),
    _s("log_format", "str", "plain", "LOG_FORMAT", "defaults.log_format", ("plain", "json")),
    _s("live_line", "bool", True, "LIVE_LINE", "defaults.live_line"),
    _s("tree_dir", "path", "~/.ansible/tree", "CALLBACK_TREE_DIR", "callback_tree.directory"),
    _s("junit_output_dir", "str", "~/.ansible.log", more_env=("JUNIT_OUTPUT_DIR",)),
    _s("junit_task_class", "bool", False, more_env=("JUNIT_TASK_CLASS",)),
    _s("junit_task_relative_path", "str", None, more_env=("JUNIT_TASK_RELATIVE_PATH",)),
    _s("junit_replace_out_of_tree_path", "str", None, more_env=("JUNIT_REPLACE_OUT_OF_TREE_PATH",)),
    _s("junit_fail_on_change", "bool", False, more_env=("JUNIT_FAIL_ON_CHANGE",)),
    _s("junit_fail_on_ignore", "bool", False, more_env=("JUNIT_FAIL_ON_IGNORE",)),
    _s("junit_include_setup_tasks_in_report", "bool", True, more_env=("JUNIT_INCLUDE_SETUP_TASKS_IN_REPORT",)),
    _s("junit_hide_task_arguments", "bool", False, more_env=("JUNIT_HIDE_TASK_ARGUMENTS",)),
    _s("junit_test_case_prefix", "str", "", more_env=("JUNIT_TEST_CASE_PREFIX",)),
    _s("color_changed", "str", "yellow", "COLOR_CHANGED", "colors.changed"),
    _s("color_debug", "str", "dark gray", "COLOR_DEBUG", "colors.debug"),
    _s("color_deprecate", "str", "purple", "COLOR_DEPRECATE", "colors.deprecate"),
    _s("color_diff_add", "str", "green", "COLOR_DIFF_ADD", "colors.diff_add"),
    _s("color_diff_lines", "str", "cyan", "COLOR_DIFF_LINES", "colors.diff_lines"),
    _s("color_diff_remove", "str", "red", "COLOR_DIFF_REMOVE", "colors.diff_remove"),
    _s("color_error", "str", "red", "COLOR_ERROR", "colors.error"),
    _s("color_highlight", "str", "white", "COLOR_HIGHLIGHT", "colors.highlight"),
    _s("color_included", "str", "cyan", "COLOR_INCLUDED", "colors.included"),
    _s("color_ok", "str", "green", "COLOR_OK", "colors.ok"),
    _s("color_skip", "str", "cyan", "COLOR_SKIP", "colors.skip"),
    _s("color_unreachable", "str", "bright red", "COLOR_UNREACHABLE", "colors.unreachable"),
    _s("color_verbose", "str", "blue", "COLOR_VERBOSE", "colors.verbose"),
    _s("color_warn", "str", "bright purple", "COLOR_WARN", "colors.warn"),
    _s("module_name", "str", "command", "", "defaults.module_name"),
    _s("editor", "str", "vi", "EDITOR", "defaults.editor", more_env=("EDITOR",)),
)  # fmt: skip
