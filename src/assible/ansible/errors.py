"""Ansible's names for errors: what plugins raise and catch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from assible.exceptions import (
    ActionError,
    AssibleError,
    BecomeError,
    ConditionError,
    ConnectError,
    InventoryError,
    LanguageError,
    PlaybookError,
    PluginError,
    PluginNotFoundError,
    SourceFileError,
    TemplateError,
    TemplateSyntaxError,
    TransportError,
    UndefinedVariableError,
    UsageError,
    VaultError,
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


class AnsibleAuthenticationFailure(AnsibleConnectionFailure):
    """A target refused who asked."""


class AnsibleFileNotFound(AnsibleRuntimeError, SourceFileError):
    """A file on the controller is missing.

    Args:
        paths: Where it was looked for.
        file_name: What was looked for.
    """

    def __init__(
        self,
        message: str = "",
        obj: Any = None,
        show_content: bool = True,
        suppress_extended_error: bool = False,
        orig_exc: BaseException | None = None,
        paths: Any = None,
        file_name: str | None = None,
        help_text: str | None = None,
    ) -> None:
        text = message or (f"the file '{file_name}' was not found" if file_name else "a file was not found")
        super().__init__(text, obj, show_content, suppress_extended_error, orig_exc, help_text)
        self.paths = paths
        self.file_name = file_name


class AnsibleAssertionError(AnsibleError, AssertionError):
    """Something was called in a way that makes no sense."""


class AnsibleInternalError(AnsibleError):
    """Something that cannot be has happened."""


class AnsibleTypeError(AnsibleRuntimeError, TypeError):
    """A value is of the wrong type."""


class AnsibleRequiredOptionError(AnsibleOptionsError):
    """An option that is needed is missing."""


class AnsibleUndefinedConfigEntry(AnsibleError):
    """There is no such setting."""


class AnsibleVaultError(AnsibleError, VaultError):
    """A vault cannot be opened or sealed."""


class AnsibleVaultPasswordError(AnsibleVaultError):
    """A vault's secret cannot be had."""


class AnsibleVaultFormatError(AnsibleVaultError):
    """An envelope is damaged."""


class AnsiblePluginNotFound(AnsiblePluginError, PluginNotFoundError):
    """There is no plugin of that name."""


class AnsibleTemplateSyntaxError(AnsibleTemplateError, TemplateSyntaxError):
    """A template is not valid Jinja."""


class AnsibleBrokenConditionalError(AnsibleTemplateError, ConditionError):
    """A conditional does not give a boolean."""


AnsibleConditionalError = AnsibleBrokenConditionalError


class AnsibleAction(AnsibleRuntimeError, ActionError):
    """The root of what actions raise."""


class AnsibleActionFail(AnsibleAction):
    """An action failed."""


class AnsibleActionSkip(AnsibleAction):
    """An action has nothing to do."""


#: Our errors -> what a program catches; the first that fits counts.
_CAUGHT: tuple[tuple[type[AssibleError], type[AnsibleError]], ...] = (
    (SourceFileError, AnsibleFileNotFound),
    (LanguageError, AnsibleParserError),
    (VaultError, AnsibleVaultError),
    (UndefinedVariableError, AnsibleUndefinedVariable),
    (TemplateSyntaxError, AnsibleTemplateSyntaxError),
    (ConditionError, AnsibleBrokenConditionalError),
    (TemplateError, AnsibleTemplateError),
    (UsageError, AnsibleOptionsError),
    (PluginNotFoundError, AnsiblePluginNotFound),
    (PluginError, AnsiblePluginError),
    (TransportError, AnsibleConnectionFailure),
    (BecomeError, AnsibleRuntimeError),
    (InventoryError, AnsibleError),
    (AssibleError, AnsibleError),
)


def as_ansible(error: AssibleError) -> AnsibleError:
    """Return an error in the class that a program written for Ansible catches; all that it says is kept."""
    if isinstance(error, AnsibleError):
        return error
    kind = next(theirs for ours, theirs in _CAUGHT if isinstance(error, ours))
    made = kind(error.message)
    made.origin, made.hint, made.others = error.origin, error.hint, error.others
    return made


@contextmanager
def for_programs() -> Iterator[None]:
    """Raise errors in the classes that programs written for Ansible catch."""
    try:
        yield
    except AnsibleError:
        raise
    except AssibleError as error:
        raise as_ansible(error) from error


__all__ = [
    "AnsibleAction",
    "AnsibleActionFail",
    "AnsibleActionSkip",
    "AnsibleAssertionError",
    "AnsibleAuthenticationFailure",
    "AnsibleBrokenConditionalError",
    "AnsibleConditionalError",
    "AnsibleConnectionFailure",
    "AnsibleError",
    "AnsibleFileNotFound",
    "AnsibleFilterError",
    "AnsibleFilterTypeError",
    "AnsibleInternalError",
    "AnsibleLookupError",
    "AnsibleOptionsError",
    "AnsibleParserError",
    "AnsiblePluginError",
    "AnsiblePluginNotFound",
    "AnsibleRequiredOptionError",
    "AnsibleRuntimeError",
    "AnsibleTemplateError",
    "AnsibleTemplateSyntaxError",
    "AnsibleTypeError",
    "AnsibleUndefinedConfigEntry",
    "AnsibleUndefinedVariable",
    "AnsibleVaultError",
    "AnsibleVaultFormatError",
    "AnsibleVaultPasswordError",
    "TransportError",
]
