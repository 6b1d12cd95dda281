"""Every error that Assible raises.

AssibleError
├── SettingsError               a setting that has no valid value, a configuration file that does not parse
├── UsageError                  a command line or an API call that makes no sense
├── LanguageError               something is wrong in a source file
│   ├── YamlError               ... it is not YAML
│   ├── PlaybookError           ... it is YAML, but not a playbook
│   └── SourceFileError         ... it is missing or cannot be read
├── VaultError                  no secret, the wrong secret, or a damaged envelope
├── InventoryError              an inventory source or host pattern is wrong
├── PluginError                 a plugin failed or does not fit its kind
│   └── PluginNotFoundError     there is no plugin of that name
├── TemplateError               a template could not be rendered
│   ├── TemplateSyntaxError     ... it is not valid Jinja
│   ├── UndefinedVariableError  ... it reads a variable that does not exist
│   └── ConditionError          ... a conditional is not a boolean
├── HandlerNotFoundError        a task notified a handler that nothing provides
├── VariableNameError           a variable has a name that none can have
├── ActionError                 a task cannot do its work on a host; becomes a failed result
├── TransportError              a target cannot be reached or used; becomes an unreachable result
│   ├── ConnectError            ... the connection was refused, timed out or did not authenticate
│   ├── ConnectionLostError     ... it was there, and went away
│   ├── InterpreterError        ... no usable Python was found on it
│   └── ProtocolError           ... what came back is not what the agent says
└── BecomeError                 the privilege change was refused; becomes a failed result
"""

from __future__ import annotations

from collections.abc import Sequence
from linecache import getline
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assible.model.origin import Origin


class AssibleError(Exception):
    """The root: what is wrong, where, and what to do about it, as data.

    Args:
        message: One sentence that says what is wrong.
        origin: Where the mistake was written, if it was written anywhere.
        hint: What to do about it.
        others: Further errors found in the same source, reported together with this one.
    """

    def __init__(
        self,
        message: str,
        *,
        origin: Origin | None = None,
        hint: str | None = None,
        others: Sequence[AssibleError] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.origin = origin
        self.hint = hint
        self.others = tuple(others)

    def __str__(self) -> str:
        return self.message

    def describe(self) -> str:
        """Compose the full report: message, place, source line with a caret, hint, and the other errors."""
        parts = [self.message]
        if self.origin is not None:
            parts.append(f"  at {self.origin}")
            parts.extend(source_excerpt(self.origin))
        if self.hint:
            parts.append(f"  hint: {self.hint}")
        text = "\n".join(parts)
        return "\n\n".join([text, *(other.describe() for other in self.others)])


def source_excerpt(origin: Origin) -> list[str]:
    """Return the source line an origin points at, and a caret below its column; nothing if it cannot be read."""
    if not origin.line or origin.path.startswith("<"):
        return []
    line = getline(origin.path, origin.line).rstrip("\n").expandtabs(4)
    if not line.strip() or line.startswith("$ANSIBLE_VAULT"):
        return []
    excerpt = [f"  {origin.line:>4} | {line}"]
    if origin.column:
        excerpt.append("       | " + " " * (origin.column - 1) + "^")
    return excerpt


class SettingsError(AssibleError):
    """A setting has no valid value, or a configuration file does not parse."""


class UsageError(AssibleError):
    """A command line or an API call makes no sense."""


class LanguageError(AssibleError):
    """Something is wrong in a source file."""


class YamlError(LanguageError):
    """A source is not YAML."""


class PlaybookError(LanguageError):
    """A source is YAML, but not what a playbook, a role or a task list may hold."""


class SourceFileError(LanguageError):
    """A source file is missing or cannot be read."""


class VaultError(AssibleError):
    """No secret, the wrong secret, or a damaged envelope."""


class InventoryError(AssibleError):
    """An inventory source or a host pattern is wrong."""


class PluginError(AssibleError):
    """A plugin failed or does not fit its kind."""


class PluginNotFoundError(PluginError):
    """There is no plugin of that name."""


class TemplateError(AssibleError):
    """A template could not be rendered."""


class TemplateSyntaxError(TemplateError):
    """A template is not valid Jinja."""


class UndefinedVariableError(TemplateError):
    """A template reads a variable that does not exist."""


class ConditionError(TemplateError):
    """A conditional does not give a boolean."""


class HandlerNotFoundError(AssibleError):
    """A task notified a handler that nothing provides."""


class VariableNameError(AssibleError):
    """A variable has a name that none can have."""


class ActionError(AssibleError):
    """A task cannot do its work on a host; the engine makes a failed result of it.

    Args:
        result: Further keys of the failed result, beside ``msg``.
    """

    def __init__(self, message: str, *, result: dict[str, object] | None = None, **details: object) -> None:
        super().__init__(message, **details)  # type: ignore[arg-type]  # handed on as they came
        self.result = result or {}


class TransportError(AssibleError):
    """A target cannot be reached or used; the engine makes an unreachable result of it."""


class ConnectError(TransportError):
    """The connection was refused, timed out or did not authenticate."""


class ConnectionLostError(TransportError):
    """The connection was there, and went away."""


class InterpreterError(TransportError):
    """No usable Python was found on the target."""


class ProtocolError(TransportError):
    """What came back from the target is not what the agent says."""


class BecomeError(AssibleError):
    """The privilege change was refused; the engine makes a failed result of it."""
