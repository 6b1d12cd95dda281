"""Values that carry notes (documented: ``deprecate_value``, ``native_type_name``)."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional


def deprecate_value(
    value: "Any",
    msg: str,
    version: "Optional[str]" = None,
    date: "Optional[str]" = None,
    collection_name: "Optional[str]" = None,
    deprecator: "Any" = None,
    help_text: "Optional[str]" = None,
) -> "Any":
    """Return a value of a result; that it will go is noted with the result, whether or not anybody reads it."""
    from assible.ansible.module_utils.common import warnings

    warnings.deprecate(msg, version=version, date=date, collection_name=collection_name, help_text=help_text)
    return value


def deprecator_from_collection_name(collection_name: "Optional[str]") -> "Optional[str]":
    """Return what stands for a collection as the source of a deprecation."""
    return collection_name


def native_type_name(value: "Any") -> str:
    """Return the name of a value's type, or of a type."""
    kind = value if isinstance(value, type) else type(value)
    return kind.__name__
