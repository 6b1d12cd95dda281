"""Check parameters against an argument spec without a module (documented: ``ArgumentSpecValidator``)."""

import copy

from assible.agent.toolkit import arguments
from assible.ansible.module_utils.errors import (
    KINDS,
    AnsibleValidationError,
    AnsibleValidationErrorMultiple,
    UnsupportedError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Set, Union


class ValidationResult(object):
    """What came of checking parameters.

    Attributes:
        errors: The mistakes, as exceptions.
    """

    def __init__(self, parameters: "Dict[str, Any]") -> None:
        self._no_log_values: "Set[str]" = set()
        self._unsupported_parameters: "Set[Union[str, Any]]" = set()
        self._validated_parameters = copy.deepcopy(parameters)
        self._deprecations: "List[Dict[str, Any]]" = []
        self._warnings: "List[str]" = []
        self._aliases: "Dict[str, str]" = {}
        self.errors = AnsibleValidationErrorMultiple()

    @property
    def validated_parameters(self) -> "Dict[str, Any]":
        """The parameters with their types and defaults."""
        return self._validated_parameters

    @property
    def unsupported_parameters(self) -> "Set[Any]":
        """Names that the spec does not know; a suboption's is a tuple of names."""
        return self._unsupported_parameters

    @property
    def error_messages(self) -> "List[str]":
        """The mistakes, in words."""
        return self.errors.messages


class ArgumentSpecValidator(object):
    """Checks parameters against one spec, as often as needed.

    Args:
        argument_spec: The options.
        mutually_exclusive: As for ``AnsibleModule``, like all the others.
    """

    def __init__(
        self,
        argument_spec: "Dict[str, Any]",
        mutually_exclusive: "Optional[Any]" = None,
        required_together: "Optional[Any]" = None,
        required_one_of: "Optional[Any]" = None,
        required_if: "Optional[Any]" = None,
        required_by: "Optional[Any]" = None,
    ) -> None:
        self.argument_spec = argument_spec
        self._wanted = {
            "mutually_exclusive": mutually_exclusive,
            "required_together": required_together,
            "required_one_of": required_one_of,
            "required_if": required_if,
            "required_by": required_by,
        }

    def validate(self, parameters: "Dict[str, Any]", *args: "Any", **kwargs: "Any") -> ValidationResult:
        """Check parameters; mistakes are part of the result."""
        result = ValidationResult(parameters)
        checked = arguments.check(self.argument_spec, result._validated_parameters, "", self._wanted)
        result._validated_parameters = checked.params
        result._no_log_values = set(checked.secrets)
        result._warnings = checked.warnings
        result._deprecations = checked.deprecations
        for names, _ in checked.unsupported:
            result._unsupported_parameters.add(names if len(names) > 1 else names[0])
        for problem in checked.errors:
            result.errors.append(_as_error(problem))
        return result


class ModuleArgumentSpecValidator(ArgumentSpecValidator):
    """The same for modules, which hand warnings on."""

    def validate(self, parameters: "Dict[str, Any]", *args: "Any", **kwargs: "Any") -> ValidationResult:
        """Check parameters; warnings and deprecations are kept for the module's result."""
        from assible.ansible.module_utils.common import warnings

        result = super().validate(parameters)
        for text in result._warnings:
            warnings.warn(text)
        for note in result._deprecations:
            warnings.deprecate(**note)
        return result


def _as_error(problem: "arguments.Problem") -> AnsibleValidationError:
    text = str(problem)
    if problem.kind == "Unsupported":
        return UnsupportedError(text.partition("module: ")[2])
    return KINDS.get(problem.kind, AnsibleValidationError)(text)
