"""The rules between the options of an argument spec: which exclude, and which require each other.

A rule is looked into by a function that returns what breaks it, and put into words by another.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, List, Sequence, Tuple


def groups_of(terms: "Any") -> "List[Sequence[str]]":
    """Return groups of names; a name alone is a group of one."""
    groups = [terms] if isinstance(terms, str) else terms or ()
    return [[group] if isinstance(group, str) else group for group in groups]


def count(names: "Any", params: "Any") -> int:
    """Return how many of the names are given."""
    wanted = {names} if isinstance(names, str) else set(names)
    return len(wanted & set(params))


def exclusive(terms: "Any", params: "Dict[str, Any]") -> "List[Sequence[str]]":
    """Return the groups of which more than one is given."""
    return [group for group in groups_of(terms) if count(group, params) > 1]


def apart(terms: "Any", params: "Dict[str, Any]") -> "List[Sequence[str]]":
    """Return the groups of which some are given, and others not."""
    return [group for group in groups_of(terms) if 0 < count(group, params) < len(group)]


def none_of(terms: "Any", params: "Dict[str, Any]") -> "List[Sequence[str]]":
    """Return the groups of which none is given."""
    return [group for group in groups_of(terms) if not count(group, params)]


def unmet(requirements: "Any", params: "Dict[str, Any]") -> "List[Dict[str, Any]]":
    """Return what ``required_if`` lacks, in the documented form."""
    found = []
    for rule in requirements or ():
        name, value, names = rule[:3]
        any_is_enough = len(rule) > 3 and bool(rule[3])
        if name not in params or params[name] != value:
            continue
        missing = [other for other in names if other not in params]
        if missing and (not any_is_enough or len(missing) == len(names)):
            kind = "any" if any_is_enough else "all"
            found.append(
                {"missing": missing, "requires": kind, "parameter": name, "value": value, "requirements": names}
            )
    return found


def lacking(requirements: "Any", params: "Dict[str, Any]") -> "Dict[str, List[str]]":
    """Return option -> the options that it requires, and that are not given."""
    found = {}
    for name, names in (requirements or {}).items():
        names = [names] if isinstance(names, str) else names
        if params.get(name) is not None:
            found[name] = [other for other in names if params.get(other) is None]
    return {name: missing for name, missing in found.items() if missing}


def say_exclusive(broken: "Sequence[Sequence[str]]") -> "List[str]":
    """Put clashes into words: all in one sentence."""
    clashes = ", ".join("|".join(group) for group in broken)
    return ["parameters are mutually exclusive: " + clashes] if broken else []


def say_apart(broken: "Iterable[Sequence[str]]") -> "List[str]":
    """Put groups that are not complete into words."""
    return ["parameters are required together: " + ", ".join(group) for group in broken]


def say_none_of(broken: "Iterable[Sequence[str]]") -> "List[str]":
    """Put groups of which none is given into words."""
    return ["one of the following is required: " + ", ".join(group) for group in broken]


def say_unmet(broken: "Iterable[Dict[str, Any]]") -> "List[str]":
    """Put what a value of an option requires into words."""
    text = "where {} is {}, {} needed and missing: {}"
    quantity = {"any": "one of these is", "all": "these are"}
    return [
        text.format(one["parameter"], one["value"], quantity[one["requires"]], ", ".join(one["missing"]))
        for one in broken
    ]


def say_lacking(broken: "Dict[str, List[str]]") -> "List[str]":
    """Put what an option requires into words."""
    return ["'{}' also needs: {}".format(name, ", ".join(missing)) for name, missing in broken.items()]


#: Rule -> the kind of mistake, what finds it, and what puts it into words.
TABLE: "Dict[str, Tuple[str, Callable[..., Any], Callable[..., List[str]]]]" = {
    "mutually_exclusive": ("MutuallyExclusive", exclusive, say_exclusive),
    "required_together": ("RequiredTogether", apart, say_apart),
    "required_one_of": ("RequiredOneOf", none_of, say_none_of),
    "required_if": ("RequiredIf", unmet, say_unmet),
    "required_by": ("RequiredBy", lacking, say_lacking),
}
