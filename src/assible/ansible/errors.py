"""Ansible's names for errors: what plugins raise and catch."""

from __future__ import annotations

from typing import Any

from assible.exceptions import (
    ActionError,
    AssibleError,
    ConnectError,
    PlaybookError,
    PluginError,
    TemplateError,
    TransportError,
    UndefinedVariableError,
    UsageError,
)


class AnsibleError(AssibleError):
    """The root of what plugins raise.

    Args:
        message: What is wrong.
        obj: A value of the playbook that the error is about; its place is reported.
        orig_exc: The exception behind this one.
    """

    def __init__(
        self,
        message: str = "",
        obj: Any = None,
        show_content: bool = True,
        suppress_extended_error: bool = False,
        orig_exc: BaseException | None = None,
        help_text: str | None = None,
    ) -> None:
        super().__init__(str(message), origin=getattr(obj, "origin", None) if show_content else None, hint=help_text)
        self.obj = obj
        self.orig_exc = orig_exc


class AnsibleOptionsError(AnsibleError, UsageError):
    """Bad options."""


class AnsibleParserError(AnsibleError, PlaybookError):
    """A source that does not parse."""


class AnsibleRuntimeError(AnsibleError):
    """Something went wrong while a play ran."""


class AnsibleTemplateError(AnsibleRuntimeError, TemplateError):
    """A template could not be rendered."""


class AnsibleUndefinedVariable(AnsibleTemplateError, UndefinedVariableError):
    """A template reads what does not exist."""


class AnsiblePluginError(AnsibleError, PluginError):
    """A plugin does not work."""


class AnsibleFilterError(AnsibleTemplateError):
    """A filter failed."""


class AnsibleFilterTypeError(AnsibleTemplateError, TypeError):
    """A filter got a value of the wrong type."""


class AnsibleLookupError(AnsibleTemplateError):
    """A lookup failed."""


class AnsibleConnectionFailure(AnsibleRuntimeError, ConnectError):
    """A target cannot be reached."""


class AnsibleFileNotFound(AnsibleRuntimeError):
    """A file on the controller is missing."""


class AnsibleAction(AnsibleRuntimeError, ActionError):
    """The root of what actions raise."""


class AnsibleActionFail(AnsibleAction):
    """An action failed."""


__all__ = [
    "AnsibleAction",
    "AnsibleActionFail",
    "AnsibleConnectionFailure",
    "AnsibleError",
    "AnsibleFileNotFound",
    "AnsibleFilterError",
    "AnsibleFilterTypeError",
    "AnsibleLookupError",
    "AnsibleOptionsError",
    "AnsibleParserError",
    "AnsiblePluginError",
    "AnsibleRuntimeError",
    "AnsibleTemplateError",
    "AnsibleUndefinedVariable",
    "TransportError",
]
