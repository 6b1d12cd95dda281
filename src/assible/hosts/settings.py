"""What the settings say of loading inventories."""

from __future__ import annotations

from typing import Any

from assible.settings import Settings


def options_of(settings: Settings) -> dict[str, Any]:
    """Return the options of `load_inventory` that the settings decide."""
    return {
        "enabled": settings.inventory_enabled,
        "ignore_extensions": settings.inventory_ignore_extensions,
        "ignore_patterns": settings.inventory_ignore_patterns,
        "any_unparsed_is_failed": settings.inventory_any_unparsed_is_failed,
        "unparsed_is_failed": settings.inventory_unparsed_is_failed,
        "unparsed_warning": settings.inventory_unparsed_warning,
        "pattern_mismatch": settings.host_pattern_mismatch,
        "recursive_merge": settings.hash_behaviour == "merge",
        "precedence": settings.precedence,
        "invalid_group_names": settings.force_valid_group_names,
        "yaml_extensions": settings.yaml_extensions,
        "use_extra_vars": settings.inventory_use_extra_vars,
    }
