"""The tests that ship, by name; each module is imported when one of its tests is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from assible.registry.lazy import LazyTable, places

TESTS: Final[Mapping[str, Callable[..., Any]]] = LazyTable(
    __name__,
    places(
        results="failed failure=failed succeeded success=succeeded successful=succeeded changed change=changed "
        "skipped skip=skipped unreachable reachable timedout started finished",
        patterns="match search regex",
        versions="version version_compare=version",
        sets="subset issubset=subset superset issuperset=superset contains all=all_true any=any_true",
        values="truthy falsy nan isnan=nan vault_encrypted vaulted_file",
        paths="directory is_dir=directory file=regular_file is_file=regular_file link is_link=link exists "
        "link_exists mount is_mount=mount abs=absolute is_abs=absolute same_file is_same_file=same_file",
        urls="uri url urn",
    ),
)
