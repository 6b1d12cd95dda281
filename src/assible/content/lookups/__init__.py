"""The lookups that ship, by name, and what runs them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from assible.exceptions import PluginNotFoundError, TemplateError
from assible.registry.lazy import LazyTable, places
from assible.registry.lookup import Lookup, LookupCall
from assible.templating.plugins import plain_name
from assible.templating.scope import Scope

LOOKUPS: Final[Mapping[str, Lookup]] = LazyTable(
    __name__,
    places(
        files="file=file_text fileglob first_found unvault",
        tables="csvfile ini",
        commands="pipe lines",
        lists="dict=dict_items items indexed_items list=as_list nested together subelements random_choice",
        sequence="sequence",
        run="env vars=variables varnames inventory_hostnames config",
        password="password",
        template="template",
        url="url",
    ),
)


class _NoRun:
    """The context of a scope that belongs to no run."""

    search_dirs: tuple[str, ...] = ()

    @property
    def templar(self) -> Any:
        raise TemplateError("this lookup needs a run")

    def read_file(self, path: str) -> bytes:
        return Path(path).read_bytes()

    def warn(self, text: str) -> None:
        """Drop the warning: there is nobody to tell."""

    def match_hosts(self, pattern: str) -> list[str]:
        raise TemplateError("this lookup needs an inventory")

    def setting(self, name: str) -> Any:
        raise KeyError(name)

    def setting_origin(self, name: str) -> str:
        return "default"


def run_lookup(
    name: str, terms: list[Any], options: dict[str, Any], scope: Scope, known: Mapping[str, Lookup] = LOOKUPS
) -> list[Any]:
    """Run a lookup; see `LookupRunner`.

    Args:
        known: The lookups by name; those that ship by default.

    Raises:
        PluginNotFoundError: where there is none of that name.
    """
    short = plain_name(name)
    lookup = known.get(short)
    if lookup is None:
        from difflib import get_close_matches

        near = get_close_matches(short, known, n=2)
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else None
        raise PluginNotFoundError(f"there is no lookup {name!r}", hint=hint)
    context = scope.context or _NoRun()
    search_dirs = tuple(context.search_dirs)
    basedir = getattr(context, "basedir", None) or (search_dirs[-1] if search_dirs else os.getcwd())
    own = {key: value for key, value in options.items() if not key.startswith("_")}
    call = LookupCall(own, scope, context, search_dirs, basedir, getattr(context, "env", None) or os.environ)
    return lookup(terms, call)
