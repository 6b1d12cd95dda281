"""What is wrong with a module's parameters, as exceptions (documented as ``module_utils.errors``)."""

from assible.agent.toolkit.arguments import FallbackNotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional, Type

AnsibleFallbackNotFound = FallbackNotFound


class AnsibleValidationError(Exception):
    """A mistake in the parameters."""

    def __init__(self, message: "Any") -> None:
        super().__init__(message)
        self.error_message = message

    @property
    def msg(self) -> str:
        """The sentence."""
        return str(self.args[0])


class AnsibleValidationErrorMultiple(AnsibleValidationError):
    """Several mistakes, in order."""

    def __init__(self, errors: "Optional[Iterable[AnsibleValidationError]]" = None) -> None:
        self.errors: "List[AnsibleValidationError]" = list(errors or ())
        super().__init__(self.errors)

    @property
    def msg(self) -> str:
        """The first mistake."""
        return self.errors[0].msg

    @property
    def messages(self) -> "List[str]":
        """All of them."""
        return [error.msg for error in self.errors]

    def __getitem__(self, index: int) -> AnsibleValidationError:
        return self.errors[index]

    def __setitem__(self, index: int, value: AnsibleValidationError) -> None:
        self.errors[index] = value

    def __delitem__(self, index: int) -> None:
        del self.errors[index]

    def append(self, error: AnsibleValidationError) -> None:
        """Add a mistake."""
        self.errors.append(error)

    def extend(self, errors: "AnsibleValidationErrorMultiple") -> None:
        """Add the mistakes of another."""
        self.errors.extend(errors.errors)


class AliasError(AnsibleValidationError):
    """An option's aliases are written wrongly."""


class ArgumentTypeError(AnsibleValidationError):
    """A value cannot be made one of the option's type."""


class ArgumentValueError(AnsibleValidationError):
    """A value is none of the choices."""


class DeprecationError(AnsibleValidationError):
    """A deprecation is written wrongly."""


class ElementError(AnsibleValidationError):
    """An element of a list has the wrong type."""


class MutuallyExclusiveError(AnsibleValidationError):
    """Options that exclude each other were given together."""


class NoLogError(AnsibleValidationError):
    """The secrets in a value cannot be told."""


class RequiredByError(AnsibleValidationError):
    """What an option requires is missing."""


class RequiredDefaultError(AnsibleValidationError):
    """An option is required, and has a default."""


class RequiredError(AnsibleValidationError):
    """A required option is missing."""


class RequiredIfError(AnsibleValidationError):
    """What a value of an option requires is missing."""


class RequiredOneOfError(AnsibleValidationError):
    """None of several options was given."""


class RequiredTogetherError(AnsibleValidationError):
    """Only some of the options were given that go together."""


class SubParameterTypeError(AnsibleValidationError):
    """A suboption is no mapping."""


class UnsupportedError(AnsibleValidationError):
    """There is no such option."""


KINDS: "Dict[str, Type[AnsibleValidationError]]" = {
    kind.__name__[: -len("Error")]: kind for kind in AnsibleValidationError.__subclasses__()
}
