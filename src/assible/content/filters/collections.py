"""Dictionaries and lists: merging, reshaping, pairing, choosing."""

from __future__ import annotations

import itertools
import random
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from jinja2 import Environment, pass_environment
from jinja2.runtime import Undefined

from assible.exceptions import TemplateError
from assible.templating.undefined import fail, type_name

_LIST_MERGES: Final[Mapping[str, Callable[[list[Any], list[Any]], list[Any]]]] = {
    "replace": lambda old, new: new,
    "keep": lambda old, new: old,
    "append": lambda old, new: old + new,
    "prepend": lambda old, new: new + old,
    "append_rp": lambda old, new: [value for value in old if value not in new] + new,
    "prepend_rp": lambda old, new: new + [value for value in old if value not in new],
}


def combine(*terms: Any, recursive: bool = False, list_merge: str = "replace") -> dict[Any, Any]:
    """Merge dictionaries, later ones over earlier ones; a list of dictionaries counts as its elements.

    Args:
        terms: The dictionaries; empty ones and nulls are left out.
        recursive: Merge dictionaries inside dictionaries too.
        list_merge: What becomes of a list that stands over a list.
    """
    merge_lists = _LIST_MERGES.get(list_merge)
    if merge_lists is None:
        raise TemplateError(f"'list_merge' has no mode {list_merge!r}", hint="it is one of " + ", ".join(_LIST_MERGES))
    layers: list[Mapping[Any, Any]] = []
    for term in flatten(list(terms), levels=1):
        if isinstance(term, Undefined):
            fail(term)
        if not isinstance(term, Mapping):
            raise TemplateError(f"only dictionaries can be combined, not a value of type {type_name(term)!r}")
        layers.append(term)
    result: dict[Any, Any] = {}
    for layer in layers:
        result = _merged(result, layer, recursive, merge_lists) if result else dict(layer)
    return result


def _merged(
    old: Mapping[Any, Any],
    new: Mapping[Any, Any],
    recursive: bool,
    merge_lists: Callable[[list[Any], list[Any]], list[Any]],
) -> dict[Any, Any]:
    result = dict(old)
    for key, value in new.items():
        present = result.get(key)
        if recursive and isinstance(present, Mapping) and isinstance(value, Mapping):
            result[key] = _merged(present, value, recursive, merge_lists)
        elif isinstance(present, list) and isinstance(value, list):
            result[key] = merge_lists(list(present), list(value))
        else:
            result[key] = value
    return result


def dict2items(mapping: Any, key_name: str = "key", value_name: str = "value") -> list[dict[str, Any]]:
    """Return a dictionary's entries as a list of small dictionaries."""
    if not isinstance(mapping, Mapping):
        raise TemplateError(f"it takes a dictionary, not a value of type {type_name(mapping)!r}")
    return [{key_name: key, value_name: value} for key, value in mapping.items()]


def items2dict(items: Any, key_name: str = "key", value_name: str = "value") -> dict[Any, Any]:
    """Return the dictionary that a list of small dictionaries describes."""
    if isinstance(items, (str, Mapping)) or not isinstance(items, Sequence):
        raise TemplateError(f"it takes a list, not a value of type {type_name(items)!r}")
    if not all(isinstance(item, Mapping) for item in items):
        raise TemplateError("it takes a list of dictionaries")
    if not all(key_name in item and value_name in item for item in items):
        raise TemplateError(f"each dictionary of the list needs the keys {key_name!r} and {value_name!r}")
    return {item[key_name]: item[value_name] for item in items}


def flatten(values: Any, levels: int | None = None, skip_nulls: bool = True) -> list[Any]:
    """Return the elements of nested lists in one list, as many levels deep as asked."""
    if not isinstance(values, (list, tuple)):
        values = [values]
    result: list[Any] = []
    for value in values:
        if skip_nulls and (value is None or (isinstance(value, str) and value in ("None", "null"))):
            continue
        if isinstance(value, (list, tuple)) and (levels is None or levels >= 1):
            result.extend(flatten(value, None if levels is None else levels - 1, skip_nulls))
        else:
            result.append(value)
    return result


def zip_lists(*lists: Iterable[Any], strict: bool = False) -> list[list[Any]]:
    """Pair the elements of lists; the shortest decides, or with ``strict`` they must agree."""
    return [list(group) for group in zip(*lists, strict=strict)]


def zip_lists_longest(*lists: Iterable[Any], fillvalue: Any = None) -> list[list[Any]]:
    """Pair the elements of lists; the longest decides, the others are filled up."""
    return [list(group) for group in itertools.zip_longest(*lists, fillvalue=fillvalue)]


def product(*lists: Iterable[Any], repeat: int = 1) -> list[list[Any]]:
    """Return every way to take one element of each list."""
    return [list(group) for group in itertools.product(*lists, repeat=repeat)]


def permutations(values: Iterable[Any], r: int | None = None) -> list[list[Any]]:
    """Return every order of as many elements."""
    return [list(group) for group in itertools.permutations(values, r)]


def combinations(values: Iterable[Any], r: int) -> list[list[Any]]:
    """Return every choice of as many elements."""
    return [list(group) for group in itertools.combinations(values, r)]


def subelements(source: Any, subelements: Any, skip_missing: bool = False) -> list[list[Any]]:
    """Pair each element with each value of a list inside it, found by a dotted path or a list of keys."""
    elements = list(source.values()) if isinstance(source, Mapping) else source
    if isinstance(elements, str) or not isinstance(elements, Sequence):
        raise TemplateError("it takes a list of dictionaries, or a dictionary of them")
    if isinstance(subelements, str):
        keys = subelements.split(".")
    elif isinstance(subelements, list):
        keys = subelements
    else:
        raise TemplateError("the name of the subelements is a text or a list")
    pairs: list[list[Any]] = []
    for element in elements:
        pairs.extend([element, value] for value in _values_at(element, keys, skip_missing))
    return pairs


def _values_at(element: Any, keys: list[Any], skip_missing: bool) -> list[Any]:
    values = element
    for key in keys:
        if not isinstance(values, Mapping):
            raise TemplateError(f"{key!r} is looked for in what is not a dictionary")
        if key not in values:
            if skip_missing:
                return []
            raise TemplateError(f"an element has no key {key!r}", hint="'skip_missing=true' leaves such elements out")
        values = values[key]
    if isinstance(values, Undefined):
        fail(values)
    if not isinstance(values, list):
        raise TemplateError(f"the key {keys[-1]!r} does not hold a list")
    return values


def rekey_on_member(data: Any, key: Any, duplicates: str = "error") -> dict[Any, Any]:
    """Return a dictionary of dictionaries, by the value that each has under a key."""
    if duplicates not in ("error", "overwrite"):
        raise TemplateError(f"'duplicates' has no mode {duplicates!r}", hint="it is 'error' or 'overwrite'")
    if isinstance(data, str) or not isinstance(data, (Mapping, Iterable)):
        raise TemplateError(f"it takes a list or a dictionary, not a value of type {type_name(data)!r}")
    result: dict[Any, Any] = {}
    for element in data.values() if isinstance(data, Mapping) else data:
        if not isinstance(element, Mapping):
            raise TemplateError("an element is not a dictionary")
        if key not in element:
            raise TemplateError(f"an element has no key {key!r}")
        if element[key] in result and duplicates == "error":
            raise TemplateError(f"two elements have the same value under {key!r}")
        result[element[key]] = element
    return result


@pass_environment
def extract(environment: Environment, item: Any, container: Any, morekeys: Any = None) -> Any:
    """Return what a container has at a key or index, and at further keys inside that."""
    further = [] if morekeys is None else morekeys if isinstance(morekeys, list) else [morekeys]
    value = container
    for key in [item, *further]:
        value = environment.getitem(value, key)
    if isinstance(value, Undefined):
        fail(value)
    return value


def _generator(seed: Any) -> random.Random:
    return secrets.SystemRandom() if seed is None else random.Random(seed)


def choose(end: Any, start: int | None = None, step: int | None = None, seed: Any = None) -> Any:
    """Return a random element of a sequence, or a random number below a bound."""
    generator = _generator(seed)
    if isinstance(end, int):
        return generator.randrange(start or 0, end, step or 1)
    if not hasattr(end, "__iter__"):
        raise TemplateError("it takes a sequence or an integer")
    if start or step:
        raise TemplateError("'start' and 'step' are for integers only")
    return generator.choice(end)


def shuffle(values: Any, seed: Any = None) -> Any:
    """Return the elements in random order; what has no elements is returned as it is."""
    try:
        shuffled = list(values)
    except TypeError:
        return values
    _generator(seed).shuffle(shuffled)
    return shuffled
