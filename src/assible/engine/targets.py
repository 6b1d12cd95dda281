"""From variables, keywords and settings to a `Target`: where a task runs, and as whom.

For each option the first of these counts: a variable (``assible_x`` before ``ansible_x``), the play keyword, the
setting.
Source: the "ssh", "local", "sudo" and "su" plugin pages of Ansible's documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from assible.exceptions import ActionError
from assible.language.keywords import as_bool
from assible.model.play import Task
from assible.model.text import TemplateText, VaultedText, is_templated
from assible.templating.scope import MISSING, OMIT, Scope
from assible.transport.connection import Become, Target

if TYPE_CHECKING:
    from assible.engine.run import Services


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a target: the variables that set it (first wins), its keyword, its setting, its type."""

    field: str
    variables: tuple[str, ...]
    keyword: str | None = None
    setting: str | None = None
    convert: Callable[[Any], Any] = str


def _flag(value: Any) -> bool:
    return as_bool("connection option", value)


def _seconds(value: Any) -> float:
    return float(value)


CONNECTION_OPTIONS: Final = (
    Option("address", ("ansible_host", "ansible_ssh_host")),
    Option("port", ("ansible_port", "ansible_ssh_port"), "port", "remote_port", int),
    Option("user", ("ansible_user", "ansible_ssh_user"), "remote_user", "remote_user"),
    Option("password", ("ansible_password", "ansible_ssh_pass", "ansible_ssh_password")),
    Option("private_key_file", ("ansible_private_key_file", "ansible_ssh_private_key_file"), None, "private_key_file"),
    Option("interpreter", ("ansible_python_interpreter",), None, "interpreter_python"),
    Option("timeout_seconds", ("ansible_timeout", "ansible_ssh_timeout"), None, "timeout_seconds", _seconds),
    Option("retries", ("ansible_ssh_retries",), None, "ssh_retries", int),
    Option(
        "host_key_checking",
        ("ansible_host_key_checking", "ansible_ssh_host_key_checking"),
        None,
        "host_key_checking",
        _flag,
    ),
    Option("ssh_executable", ("ansible_ssh_executable",), None, "ssh_executable"),
    Option("ssh_args", ("ansible_ssh_args",), None, "ssh_args"),
    Option("ssh_common_args", ("ansible_ssh_common_args",), None, "ssh_common_args"),
    Option("ssh_extra_args", ("ansible_ssh_extra_args",), None, "ssh_extra_args"),
    Option("control_path", ("ansible_control_path",), None, "ssh_control_path"),
    Option("control_path_dir", ("ansible_control_path_dir",), None, "ssh_control_path_dir"),
)
BECOME_OPTIONS: Final = (
    Option("user", ("ansible_become_user", "ansible_{method}_user"), "become_user", "become_user"),
    Option(
        "password",
        ("ansible_become_password", "ansible_become_pass", "ansible_{method}_pass", "ansible_{method}_password"),
    ),
    Option("exe", ("ansible_become_exe", "ansible_{method}_exe"), "become_exe", "become_exe"),
    Option("flags", ("ansible_become_flags", "ansible_{method}_flags"), "become_flags", "become_flags"),
)
_METHODS = ("sudo", "su")
_OTHER_NAMES = ("ansible_connection", "ansible_become", "ansible_become_method")
LOCAL_CONNECTIONS: Final = frozenset({"local", "ansible.builtin.local"})
SSH_CONNECTIONS: Final = frozenset({"ssh", "smart", "ansible.builtin.ssh", "paramiko", "paramiko_ssh"})


def _all_names() -> Iterable[str]:
    for option in (*CONNECTION_OPTIONS, *BECOME_OPTIONS):
        for name in option.variables:
            for method in _METHODS if "{method}" in name else ("",):
                yield name.format(method=method)
    yield from _OTHER_NAMES


def _both(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        yield "assible_" + name.removeprefix("ansible_")
        yield name


CONNECTION_NAMES: Final = frozenset(_both(_all_names()))
KEYWORDS: Final = (
    "connection",
    "port",
    "remote_user",
    "become",
    "become_user",
    "become_method",
    "become_exe",
    "become_flags",
)


def keyword_signature(task: Task) -> tuple[Any, ...] | None:
    """Return the connection keywords of a task as a key; None where a template among them must be rendered."""
    values = tuple(getattr(task.scope, name) for name in KEYWORDS)
    return None if any(is_templated(value) for value in values) else values


class TargetReader:
    """Reads one target's options from a scope; notes whether any of them came from a template.

    Args:
        scope: Variables of the host that is reached.
        keyword_scope: Variables that templated keywords see: those of the host that the task belongs to.
    """

    def __init__(self, services: Services, scope: Scope, keyword_scope: Scope, task: Task) -> None:
        self._services = services
        self._scope = scope
        self._keyword_scope = keyword_scope
        self._task = task
        self.saw_template = False

    def _rendered(self, value: Any, scope: Scope) -> Any:
        if isinstance(value, (TemplateText, VaultedText)):
            self.saw_template = True
            return self._services.templar.render(value, scope)
        return value

    def variable(self, names: Iterable[str]) -> Any:
        """Return the first of these variables that is set, or MISSING."""
        for name in _both(names):
            value = Scope.find(self._scope, name)  # what is set, and not what a `TaskScope` would work out from this
            if value is not MISSING:
                value = self._rendered(value, self._scope)
                if value is not OMIT and value is not None:
                    return value
        return MISSING

    def keyword(self, name: str) -> Any:
        """Return a keyword's value, or MISSING."""
        value = self._rendered(getattr(self._task.scope, name), self._keyword_scope)
        return MISSING if value is None or value is OMIT else value

    def option(self, option: Option, method: str = "") -> Any:
        """Return an option's value from wherever it is set; None where it is not."""
        value = self.variable(name.format(method=method) for name in option.variables)
        if value is MISSING and option.keyword:
            value = self.keyword(option.keyword)
        if value is MISSING:
            value = getattr(self._services.settings, option.setting) if option.setting else None
        try:
            return None if value is None else option.convert(value)
        except (TypeError, ValueError):
            raise ActionError(f"the connection option '{option.variables[0]}' has an unusable value") from None

    def connection_kind(self) -> str:
        """Return the name of the connection plugin."""
        value = self.variable(("ansible_connection",))
        if value is MISSING:
            value = self.keyword("connection")
        return str(self._services.settings.transport if value is MISSING else value)

    def become(self, passwords: Mapping[str, str]) -> Become | None:
        """Return the privilege change, if the task wants one."""
        wanted = self.variable(("ansible_become",))
        if wanted is MISSING:
            wanted = self.keyword("become")
        if wanted is MISSING:
            wanted = self._services.settings.become
        if not as_bool("become", wanted):
            return None
        method = self.variable(("ansible_become_method",))
        if method is MISSING:
            method = self.keyword("become_method")
        if method is MISSING:
            method = self._services.settings.become_method
        method = str(method).removeprefix("ansible.builtin.")
        if method not in _METHODS:
            raise ActionError(f"the become method '{method}' is not supported", hint="use sudo or su")
        values = {option.field: self.option(option, method) for option in BECOME_OPTIONS}
        if values["password"] is None:
            values["password"] = passwords.get("become")
        return Become(
            method=method,
            user=values["user"] or "root",
            password=values["password"],
            exe=values["exe"],
            flags=values["flags"],
        )


#: What a task may ask for though nothing sets it -> the option that tells it.
_TOLD_BY_OPTION: Final = {
    variable: option
    for option in CONNECTION_OPTIONS
    if option.field in ("address", "user", "private_key_file")
    for variable in option.variables
}
EFFECTIVE_NAMES: Final = frozenset(
    {*_TOLD_BY_OPTION, "ansible_port", "ansible_ssh_port", "ansible_connection", "ansible_shell_executable"}
    | {"ansible_timeout", "ansible_ssh_timeout", "ansible_pipelining", "ansible_ssh_pipelining"}
)


def effective(services: Services, name: str, host: str, reader: TargetReader) -> Any:
    """Return how a host is reached, under one of `EFFECTIVE_NAMES`; MISSING where it is left to ssh."""
    settings = services.settings
    if name == "ansible_connection":
        kind = reader.connection_kind()
        is_set = reader.variable(("ansible_connection",)) is not MISSING
        return kind if is_set or "." in kind else f"ansible.builtin.{kind}"
    if name == "ansible_shell_executable":
        return settings.executable
    if name.endswith("timeout"):
        return settings.timeout_seconds
    if name.endswith("pipelining"):
        return False
    if name.endswith("port"):
        value = reader.variable(("ansible_port", "ansible_ssh_port"))
        return settings.remote_port or MISSING if value is MISSING else value
    value = reader.option(_TOLD_BY_OPTION[name])
    if value is None:
        return host if name.endswith("host") else MISSING
    return value


def read_target(services: Services, name: str, reader: TargetReader, passwords: Mapping[str, str]) -> Target:
    """Build the target for a host.

    Raises:
        ActionError: An option has no usable value, or the connection plugin is not known.
    """
    kind = reader.connection_kind()
    become = reader.become(passwords)
    if kind in LOCAL_CONNECTIONS:
        interpreter = reader.option(CONNECTION_OPTIONS[5])
        return Target(name=name, connection="local", interpreter=interpreter, become=become)
    if kind not in services.connection_kinds and kind not in SSH_CONNECTIONS:
        raise ActionError(f"the connection plugin '{kind}' is not supported", hint="use ssh or local")
    values = {option.field: reader.option(option) for option in CONNECTION_OPTIONS}
    if values["address"] is None:
        values["address"] = name
    if values["password"] is None:
        values["password"] = passwords.get("connection")
    own = kind if kind in services.connection_kinds else "ssh"
    return Target(name=name, connection=own, become=become, **{k: v for k, v in values.items() if v is not None})
