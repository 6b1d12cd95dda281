"""Load the entries of a play's ``roles`` list."""

from __future__ import annotations

from typing import Any

from assible.language.role_files import RoleChoice, parse_entry
from assible.language.tasks import Place, RoleUse, load_role
from assible.model.origin import Origin
from assible.model.play import Keywords


def load_play_role(entry: Any, outer: Keywords, place: Place, origin: Origin | None) -> RoleUse:
    """Load one entry: a role's name, or a mapping with keywords and parameters."""
    return load_role(parse_entry(entry, origin, place.render), RoleChoice(), outer, place, static_params=True)
