"""Files of the controller."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from assible.content.lookups.options import Option, read_options, text_term
from assible.exceptions import TemplateError
from assible.registry.lookup import LookupCall

_FILE: Final = {"rstrip": Option("bool", True), "lstrip": Option("bool", False)}
_FIRST_FOUND: Final = {"files": Option(), "paths": Option(), "skip": Option("bool", False)}


def candidates(name: str, kind: str, directories: Iterable[str]) -> Iterator[str]:
    """Yield where a file may be: in the folder of its kind and beside it, directory by directory."""
    name = os.path.expanduser(name)
    if os.path.isabs(name):
        yield name
        return
    for directory in directories:
        yield os.path.join(directory, kind, name)
        yield os.path.join(directory, name)


def find(name: str, kind: str, directories: Iterable[str]) -> str | None:
    """Return the first of the candidates that exists."""
    for path in candidates(name, kind, directories):
        if os.path.exists(path):
            return os.path.normpath(path)
    return None


def find_or_fail(name: Any, kind: str, call: LookupCall) -> str:
    """Return the path of a file that must be there."""
    path = find(text_term(name), kind, call.search_dirs)
    if path is None:
        raise TemplateError(
            f"the file {name!r} was not found", hint="it was looked for in " + ", ".join(call.search_dirs or ("/",))
        )
    return path


def file_text(terms: list[Any], call: LookupCall) -> list[str]:
    """Return the text of files; white space at the end is dropped unless asked otherwise."""
    options = read_options(_FILE, call)
    texts = [call.read_file(find_or_fail(term, "files", call)) for term in terms]
    if options["lstrip"]:
        texts = [text.lstrip() for text in texts]
    return [text.rstrip() for text in texts] if options["rstrip"] else texts


def unvault(terms: list[Any], call: LookupCall) -> list[str]:
    """Return the text of files, decrypted."""
    read_options({}, call)
    return [call.read_file(find_or_fail(term, "files", call)) for term in terms]


def fileglob(terms: list[Any], call: LookupCall) -> list[str]:
    """Return the files that match patterns, from the first directory where there are any."""
    read_options({}, call)
    found: list[str] = []
    for term in terms:
        for pattern in candidates(text_term(term), "files", call.search_dirs):
            matches = sorted(path for path in glob.glob(pattern) if os.path.isfile(path))
            if matches:
                found.extend(matches)
                break
    return found


def first_found(terms: list[Any], call: LookupCall) -> list[str]:
    """Return the first file of a list that exists; with ``skip`` nothing where there is none."""
    options = read_options(_FIRST_FOUND, call)
    names, skip = _names(terms or [options], options)
    kind = getattr(call.context, "source_kind", "files")
    for name in names:
        path = find(name, kind, call.search_dirs)
        if path is not None:
            return [path]
    if skip:
        return []
    raise TemplateError("none of the files was found", hint="'skip=true' makes that no error")


def _names(terms: Sequence[Any], options: Mapping[str, Any]) -> tuple[list[str], bool]:
    """Return every name to look for, and whether it is an error to find none."""
    names: list[str] = []
    skip = bool(options["skip"])
    for term in terms:
        if isinstance(term, Mapping):
            names.extend(_joined(term.get("paths") or options["paths"], term.get("files") or options["files"]))
            skip = bool(term.get("skip", skip))
        elif isinstance(term, str):
            names.extend(_joined(options["paths"], term))
        elif isinstance(term, (list, tuple)):
            inner, skip = _names(term, {**options, "skip": skip})
            names.extend(inner)
        else:
            raise TemplateError(f"a term is text, a list or a dictionary, not {type(term).__name__!r}")
    return names, skip


def _joined(paths: Any, files: Any) -> list[str]:
    names = _split(files, r"[,;]")
    directories = _split(paths, r"[,:;]")
    return [os.path.join(directory, name) for directory in directories for name in names] if directories else names


def _split(value: Any, separators: str) -> list[str]:
    parts = [value] if isinstance(value, str) else list(value or ())
    return [name for part in parts for name in re.split(separators, text_term(part)) if name]
