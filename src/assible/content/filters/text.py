"""Text: regular expressions, quoting, comments."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from assible.exceptions import TemplateError


def _compiled(pattern: Any, ignorecase: bool, multiline: bool) -> re.Pattern[str]:
    flags = (re.IGNORECASE if ignorecase else 0) | (re.MULTILINE if multiline else 0)
    return re.compile(str(pattern), flags)


def regex_replace(
    value: Any = "",
    pattern: Any = "",
    replacement: Any = "",
    ignorecase: bool = False,
    multiline: bool = False,
    count: int = 0,
    mandatory_count: int = 0,
) -> str:
    """Replace what a regular expression matches.

    Args:
        value: The text.
        pattern: The regular expression.
        replacement: What stands for a match; it may refer to groups.
        ignorecase: Match letters of either case.
        multiline: Let ``^`` and ``$`` match at each line.
        count: The most replacements; all where it is 0.
        mandatory_count: The number of replacements there must be; any where it is 0.
    """
    result, replaced = _compiled(pattern, ignorecase, multiline).subn(str(replacement), str(value), count)
    if mandatory_count and replaced != mandatory_count:
        raise TemplateError(f"the pattern must match {mandatory_count} times, and matches {replaced} times")
    return result


def regex_search(
    value: Any, regex: Any, *groups: str, ignorecase: bool = False, multiline: bool = False
) -> str | list[str | Any] | None:
    """Return the first match, or the asked groups of it; null where there is none."""
    references = [_group_reference(group) for group in groups]
    match = _compiled(regex, ignorecase, multiline).search(str(value))
    if match is None:
        return None
    return [match.group(reference) for reference in references] if references else match.group()


def _group_reference(group: str) -> str | int:
    found = re.match(r"\\(?:g<(\S+)>|(\d+))$", group)
    if found is None:
        raise TemplateError(f"{group!r} refers to no group", hint=r"write '\\1' or '\\g<name>'")
    name, number = found.groups()
    return name if name is not None else int(number)


def regex_findall(value: Any, regex: Any, multiline: bool = False, ignorecase: bool = False) -> list[Any]:
    """Return every match of a regular expression, or the groups of each."""
    return _compiled(regex, ignorecase, multiline).findall(str(value))


def regex_escape(value: Any, re_type: str = "python") -> str:
    """Return text with every character that a regular expression would read as something else escaped."""
    if re_type == "python":
        return re.escape(str(value))
    if re_type == "posix_basic":
        return re.sub(r"([].[^$*\\])", r"\\\1", str(value))
    raise TemplateError(f"there is no escaping for {re_type!r}", hint="it is 'python' or 'posix_basic'")


def quote(value: Any) -> str:
    """Return text as one word of a POSIX shell."""
    return shlex.quote("" if value is None else str(value))


def split(value: str, sep: str | None = None, maxsplit: int = -1) -> list[str]:
    """Split text at a separator, or at white space."""
    return value.split(sep, maxsplit)


class _Style(NamedTuple):
    decoration: str
    beginning: str = ""
    end: str = ""


_STYLES: Final[Mapping[str, _Style]] = {
    "plain": _Style("# "),
    "erlang": _Style("% "),
    "c": _Style("// "),
    "cblock": _Style(" * ", "/*", " */"),
    "xml": _Style(" - ", "<!--", "-->"),
}


def comment(
    text: str,
    style: str = "plain",
    *,
    decoration: str | None = None,
    beginning: str | None = None,
    end: str | None = None,
    newline: str = "\n",
    prefix: str | None = None,
    prefix_count: int = 1,
    postfix: str | None = None,
    postfix_count: int = 1,
) -> str:
    """Return text as a comment in the style of a language; each part of the style may be given."""
    chosen = _STYLES.get(style)
    if chosen is None:
        raise TemplateError(f"there is no comment style {style!r}", hint="the styles are " + ", ".join(_STYLES))
    decoration = chosen.decoration if decoration is None else decoration
    beginning = chosen.beginning if beginning is None else beginning
    end = chosen.end if end is None else end
    bare = decoration.rstrip()
    prefix = bare if prefix is None else prefix
    postfix = bare if postfix is None else postfix
    body = decoration + text.replace(newline, newline + decoration)
    return "".join(
        [
            beginning + newline if beginning else "",
            _line(prefix, newline) * prefix_count,
            # A line without text has no blank after the decoration.
            body.replace(decoration + newline, bare + newline),
            (newline + postfix if postfix else "") * postfix_count,
            newline + end if end else "",
        ]
    )


def _line(text: str, newline: str) -> str:
    if not text:
        return ""
    return newline if text == newline else text + newline
