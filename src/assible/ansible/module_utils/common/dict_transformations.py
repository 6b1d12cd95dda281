"""Mappings whose keys are spelled in camel case or with underscores, merged and compared."""

import re
from collections.abc import MutableMapping
from copy import deepcopy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional, Sequence, Tuple

#: Plural abbreviations such as ``ARNs``: one word.
_PLURALS = re.compile(r"[A-Z]{3,}s$")
_WORD_START = re.compile(r"(.)([A-Z][a-z]+)")
_CAPITAL = re.compile(r"([a-z0-9])([A-Z])")


def camel_dict_to_snake_dict(
    camel_dict: "Dict[str, Any]", reversible: bool = False, ignore_list: "Sequence[str]" = ()
) -> "Dict[str, Any]":
    """Return a mapping with its keys in snake case, and those of mappings inside.

    Args:
        reversible: Split at every capital, so that the way back gives the same.
        ignore_list: Keys whose values stay as they are.
    """
    return {
        _camel_to_snake(key, reversible=reversible): value
        if key in ignore_list
        else _walk(value, lambda inner: camel_dict_to_snake_dict(inner, reversible))
        for key, value in camel_dict.items()
    }


def snake_dict_to_camel_dict(snake_dict: "Dict[str, Any]", capitalize_first: bool = False) -> "Dict[str, Any]":
    """Return a mapping with its keys in camel case, and those of mappings inside."""
    return {
        _snake_to_camel(key, capitalize_first): _walk(
            value, lambda inner: snake_dict_to_camel_dict(inner, capitalize_first)
        )
        for key, value in snake_dict.items()
    }


def _walk(value: "Any", change: "Callable[[Dict[str, Any]], Dict[str, Any]]") -> "Any":
    if isinstance(value, dict):
        return change(value)
    if isinstance(value, list):
        return [_walk(item, change) for item in value]
    return value


def _snake_to_camel(snake: str, capitalize_first: bool = False) -> str:
    first, *rest = snake.split("_")
    camel = first + "".join(word.capitalize() or "_" for word in rest)
    return first.capitalize() + camel[len(first) :] if capitalize_first else camel


def _camel_to_snake(name: str, reversible: bool = False) -> str:
    if reversible:
        snake = re.sub(r"[A-Z]", lambda match: "_" + match.group(0).lower(), name)
    else:
        parted = _PLURALS.sub(lambda match: "_" + match.group(0).lower(), name)
        snake = _CAPITAL.sub(r"\1_\2", _WORD_START.sub(r"\1_\2", parted)).lower()
    return snake[1:] if snake.startswith("_") and not name.startswith("_") else snake


def dict_merge(a: "Dict[Any, Any]", b: "Any") -> "Any":
    """Return a mapping with another merged over it; mappings in both are merged, too."""
    if not isinstance(b, dict):
        return b
    merged = deepcopy(a)
    for key, value in b.items():
        if key in merged and isinstance(merged[key], dict):
            merged[key] = dict_merge(merged[key], value)
        else:
            merged[key] = deepcopy(value)
    return merged


def recursive_diff(
    dict1: "MutableMapping[Any, Any]", dict2: "MutableMapping[Any, Any]"
) -> "Optional[Tuple[Dict[Any, Any], Dict[Any, Any]]]":
    """Return what each of two mappings has that the other has not; None where they are equal.

    Raises:
        TypeError: One of them is no mapping.
    """
    if not all(isinstance(item, MutableMapping) for item in (dict1, dict2)):
        raise TypeError("two mappings are wanted, not a {} and a {}".format(type(dict1).__name__, type(dict2).__name__))
    left = {key: value for key, value in dict1.items() if key not in dict2}
    right = {key: value for key, value in dict2.items() if key not in dict1}
    for key in set(dict1) & set(dict2):
        if isinstance(dict1[key], dict) and isinstance(dict2[key], dict):
            inner = recursive_diff(dict1[key], dict2[key])
            if inner:
                left[key], right[key] = inner
        elif dict1[key] != dict2[key]:
            left[key], right[key] = dict1[key], dict2[key]
    return (left, right) if left or right else None
