"""Facts by one call (documented: ``ansible_facts``, ``get_all_facts``)."""

from assible.agent.toolkit.facts import collect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Sequence


def ansible_facts(module: "Any", gather_subset: "Optional[Sequence[str]]" = None) -> "Dict[str, Any]":
    """Return facts without their prefix.

    Args:
        gather_subset: As for ``setup``; the module's own parameter of that name, or everything, where it is None.
    """
    params = getattr(module, "params", {})
    params.setdefault("fact_path", None)
    asked = gather_subset or params.get("gather_subset") or ["all"]
    return collect.gather(module, asked)


def get_all_facts(module: "Any") -> "Dict[str, Any]":
    """Return what the module's parameter ``gather_subset`` asks for."""
    return ansible_facts(module, module.params["gather_subset"])
