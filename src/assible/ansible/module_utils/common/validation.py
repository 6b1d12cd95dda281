"""Single checks of parameters (documented as ``module_utils.common.validation``).

The ``check_required_*`` functions return what they found, and raise TypeError where that is anything.
"""

from assible.agent.toolkit import conversion, rules, sizes
from assible.ansible.module_utils.common.collections import is_iterable
from assible.ansible.module_utils.common.text.converters import to_native
from assible.ansible.module_utils.common.text.formatters import human_to_bytes
from assible.ansible.module_utils.parsing.convert_bool import boolean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence, TypeVar

    Found = TypeVar("Found")

count_terms = rules.count
check_type_bool = conversion.to_bool
check_type_bits = conversion.to_bits_count
check_type_bytes = conversion.to_bytes_count
check_type_dict = conversion.to_dict
check_type_float = conversion.to_float
check_type_int = conversion.to_int
check_type_jsonarg = conversion.to_json
check_type_list = conversion.to_list
check_type_path = conversion.to_path


def check_type_raw(value: "Any") -> "Any":
    """Return a value as it is."""
    return value


def check_type_str(value: "Any", allow_conversion: bool = True, param: "Optional[str]" = None, prefix: str = "") -> str:
    """Return text.

    Args:
        allow_conversion: Make text of other values, too.
        param: The option's name, for the message.
        prefix: What stands before the name.

    Raises:
        TypeError: It is no text, and may not be made one.
    """
    if isinstance(value, str):
        return value
    if allow_conversion:
        return conversion.to_str(value)
    what = "the value of '{}{}'".format(prefix, param) if param else "the value"
    raise TypeError("{} is a {} and no text".format(what, type(value).__name__))


def check_mutually_exclusive(
    terms: "Any", parameters: "Dict[str, Any]", options_context: "Optional[Sequence[str]]" = None
) -> "List[Any]":
    """Check that at most one of each group is given."""
    return _checked(rules.exclusive(terms, parameters), rules.say_exclusive, options_context)


def check_required_one_of(
    terms: "Any", parameters: "Dict[str, Any]", options_context: "Optional[Sequence[str]]" = None
) -> "List[Any]":
    """Check that at least one of each group is given."""
    return _checked(rules.none_of(terms, parameters), rules.say_none_of, options_context)


def check_required_together(
    terms: "Any", parameters: "Dict[str, Any]", options_context: "Optional[Sequence[str]]" = None
) -> "List[Any]":
    """Check that groups are given whole or not at all."""
    return _checked(rules.apart(terms, parameters), rules.say_apart, options_context)


def check_required_if(
    requirements: "Any", parameters: "Dict[str, Any]", options_context: "Optional[Sequence[str]]" = None
) -> "List[Any]":
    """Check what values of options require."""
    return _checked(rules.unmet(requirements, parameters), rules.say_unmet, options_context)


def check_required_by(
    requirements: "Any", parameters: "Dict[str, Any]", options_context: "Optional[Sequence[str]]" = None
) -> "Dict[str, List[str]]":
    """Check what options require."""
    return _checked(rules.lacking(requirements, parameters), rules.say_lacking, options_context)


def check_required_arguments(
    argument_spec: "Optional[Dict[str, Any]]",
    parameters: "Dict[str, Any]",
    options_context: "Optional[Sequence[str]]" = None,
) -> "List[str]":
    """Check that everything required is given."""
    missing = [
        name for name, option in (argument_spec or {}).items() if option.get("required") and name not in parameters
    ]
    return _checked(missing, _say_missing, options_context)


def check_missing_parameters(
    parameters: "Dict[str, Any]", required_parameters: "Optional[Sequence[str]]" = None
) -> "List[str]":
    """Check that parameters have values."""
    missing = [name for name in required_parameters or () if not parameters.get(name)]
    return _checked(missing, _say_missing, None)


def safe_eval(value: "Any", locals: "Any" = None, include_exceptions: bool = False) -> "Any":
    """Return the Python literal that text spells; the text where it spells none. It never runs anything."""
    import ast

    error = None
    try:
        result = ast.literal_eval(value) if isinstance(value, str) else value
    except (ValueError, SyntaxError) as failure:
        result, error = value, failure
    return (result, error) if include_exceptions else result


def _say_missing(names: "Sequence[str]") -> "List[str]":
    return ["missing required arguments: {}".format(", ".join(sorted(names)))] if names else []


def _checked(found: "Found", describe: "Callable[[Any], List[str]]", context: "Optional[Sequence[str]]") -> "Found":
    if found:
        place = " found in {}".format(" -> ".join(context)) if context else ""
        raise TypeError("; ".join(text + place for text in describe(found)))
    return found


__all__ = [
    "boolean",
    "check_missing_parameters",
    "check_mutually_exclusive",
    "check_required_arguments",
    "check_required_by",
    "check_required_if",
    "check_required_one_of",
    "check_required_together",
    "check_type_bits",
    "check_type_bool",
    "check_type_bytes",
    "check_type_dict",
    "check_type_float",
    "check_type_int",
    "check_type_jsonarg",
    "check_type_list",
    "check_type_path",
    "check_type_raw",
    "check_type_str",
    "count_terms",
    "human_to_bytes",
    "is_iterable",
    "safe_eval",
    "sizes",
    "to_native",
]
