"""Values out of CSV, INI and properties files."""

from __future__ import annotations

import configparser
import csv
import io
import re
from collections.abc import Mapping
from typing import Any, Final

from assible.content.lookups.files import find_or_fail
from assible.content.lookups.options import Option, read_options, split_term
from assible.exceptions import TemplateError
from assible.registry.lookup import LookupCall

_CSV: Final = {
    "col": Option("int", 1),
    "keycol": Option("int", 0),
    "default": Option(),
    "delimiter": Option("str", "TAB"),
    "encoding": Option("str", "utf-8"),
    "file": Option("str", "ansible.csv"),
}
_INI: Final = {
    "type": Option("str", "ini", ("ini", "properties")),
    "file": Option("str", "ansible.ini"),
    "section": Option("str", "global"),
    "re": Option("bool", False),
    "encoding": Option("str", "utf-8"),
    "default": Option("raw", ""),
    "case_sensitive": Option("bool", False),
    "allow_no_value": Option("bool", False),
    "interpolation": Option("bool", True),
}
# configparser wants a section; a properties file has none.
_PROPERTIES: Final = "java_properties"


def csvfile(terms: list[Any], call: LookupCall) -> list[Any]:
    """Return a column of the row whose key column equals the term."""
    values: list[Any] = []
    for term in terms:
        key, given = split_term(term, _CSV)
        if not key:
            raise TemplateError("there is no key to search for")
        options = read_options(_CSV, call, {**call.options, **given})
        value = _csv_value(key, options, call)
        values.extend(value if isinstance(value, list) else [] if value is None else [value])
    return values


def _csv_value(key: str, options: Mapping[str, Any], call: LookupCall) -> Any:
    text = call.read_file(find_or_fail(options["file"], "files", call), options["encoding"])
    delimiter = "\t" if options["delimiter"] in ("TAB", "\\t") else options["delimiter"]
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        if row and row[options["keycol"]] == key:
            return row[options["col"]]
    return options["default"]


def ini(terms: list[Any], call: LookupCall) -> list[Any]:
    """Return the value of a key in a section, or with ``re`` of every key that a regular expression matches."""
    table = {**_INI, "allow_none": Option("bool")}
    values: list[Any] = []
    for term in terms:
        key, given = split_term(term, table)
        options = read_options(table, call, {**call.options, **given})
        if options["allow_none"] is not None:
            options["allow_no_value"] = options["allow_none"]
        values.extend(_ini_values(key, options, call))
    return values


def _ini_values(key: str, options: Mapping[str, Any], call: LookupCall) -> list[Any]:
    text = call.read_file(find_or_fail(options["file"], "files", call), options["encoding"])
    section = options["section"]
    if options["type"] == "properties":
        section, text = _PROPERTIES, f"[{_PROPERTIES}]\n{text}"
    parser = _parsed(text, options)
    if not parser.has_section(section):
        raise TemplateError(f"the file {options['file']!r} has no section {section!r}")
    if options["re"]:
        return [value for name, value in parser.items(section) if re.match(key, name)]
    try:
        value = parser.get(section, key)
    except configparser.NoOptionError:
        value = options["default"]
    return value if isinstance(value, list) else [] if value is None else [value]


def _parsed(text: str, options: Mapping[str, Any]) -> configparser.RawConfigParser:
    parser = configparser.ConfigParser(
        allow_no_value=options["allow_no_value"],
        interpolation=configparser.BasicInterpolation() if options["interpolation"] else None,
    )
    if options["case_sensitive"]:
        parser.optionxform = str  # type: ignore[assignment, method-assign]  # the documented way
    try:
        parser.read_string(text, options["file"])
    except configparser.DuplicateOptionError as error:
        raise TemplateError(
            f"the file {options['file']!r} has the key {error.option!r} twice",
            hint="'case_sensitive=true' keeps keys apart that differ in case",
        ) from error
    except configparser.Error as error:
        raise TemplateError(f"the file {options['file']!r} does not parse: {error.message.splitlines()[0]}") from error
    return parser
