"""Lists out of lists, for loops."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Mapping
from typing import Any, Final

from assible.content.lookups.options import Option, read_options
from assible.exceptions import TemplateError
from assible.registry.lookup import LookupCall
from assible.templating.undefined import type_name

_FLAGS: Final = {"skip_missing": Option("bool", False)}


def _flat(values: Any) -> list[Any]:
    """Return the elements of the lists in a list, one level deep."""
    return [element for value in values for element in (value if isinstance(value, (list, tuple)) else [value])]


def as_list(terms: list[Any], call: LookupCall) -> list[Any]:
    """Return the terms as they are."""
    read_options({}, call)
    return terms


def items(terms: list[Any], call: LookupCall) -> list[Any]:
    """Return the terms, and the elements of terms that are lists."""
    read_options({}, call)
    return _flat(terms)


def indexed_items(terms: list[Any], call: LookupCall) -> list[Any]:
    """Return the same as `items`, each with its index."""
    read_options({}, call)
    return [[index, value] for index, value in enumerate(_flat(terms))]


def dict_items(terms: list[Any], call: LookupCall) -> list[Any]:
    """Return the entries of dictionaries as small dictionaries with ``key`` and ``value``."""
    read_options({}, call)
    for term in terms:
        if not isinstance(term, Mapping):
            raise TemplateError(f"it takes dictionaries, not a value of type {type_name(term)!r}")
    return [{"key": key, "value": value} for term in terms for key, value in term.items()]


def nested(terms: list[Any], call: LookupCall) -> list[Any]:
    """Return every way to take one element of each term."""
    read_options({}, call)
    if not terms:
        raise TemplateError("it takes at least one list")
    lists = [term if isinstance(term, (list, tuple)) else [term] for term in terms]
    return [_flat(group) for group in itertools.product(*lists)]


def together(terms: list[Any], call: LookupCall) -> list[Any]:
    """Return the first elements of all lists, then the second ones, and so on; shorter lists are filled with null."""
    read_options({}, call)
    if not terms:
        raise TemplateError("it takes at least one list")
    lists = [term if isinstance(term, (list, tuple)) else [term] for term in terms]
    return [_flat(group) for group in itertools.zip_longest(*lists)]


def random_choice(terms: list[Any], call: LookupCall) -> list[Any]:
    """Return one of the terms."""
    read_options({}, call)
    return [secrets.choice(terms)] if terms else []


def subelements(terms: list[Any], call: LookupCall) -> list[Any]:
    """Pair each dictionary of a list, without the key, with each element of the list under that key."""
    read_options({}, call)
    if not 2 <= len(terms) <= 3:
        raise TemplateError("it takes a list, a key, and perhaps flags")
    elements, path = terms[0], terms[1]
    flags = read_options(_FLAGS, call, terms[2] if len(terms) == 3 else {})
    if isinstance(elements, Mapping):
        elements = list(elements.values())
    if not isinstance(elements, list) or not isinstance(path, str):
        raise TemplateError("it takes a list or a dictionary of dictionaries, and a key as text")
    pairs: list[Any] = []
    for element in elements:
        if not isinstance(element, Mapping):
            raise TemplateError(f"it takes dictionaries, not a value of type {type_name(element)!r}")
        if element.get("skipped", False) is False:
            rest, values = _without(element, path.split("."), flags["skip_missing"])
            pairs.extend([rest, value] for value in values)
    return pairs


def _without(element: Mapping[str, Any], keys: list[str], skip_missing: bool) -> tuple[dict[str, Any], list[Any]]:
    """Return a dictionary without a key inside it, and the list under that key."""
    key, *further = keys
    if key not in element:
        if skip_missing:
            return dict(element), []
        raise TemplateError(f"an element has no key {key!r}", hint="the flag 'skip_missing' leaves such elements out")
    rest, found = dict(element), element[key]
    if further:
        if not isinstance(found, Mapping):
            raise TemplateError(f"the key {key!r} does not hold a dictionary")
        rest[key], values = _without(found, further, skip_missing)
        return rest, values
    if not isinstance(found, list):
        raise TemplateError(f"the key {key!r} does not hold a list")
    del rest[key]
    return rest, found
