"""The facts that ship, as classes such as collections bring (documented: ``collectors``)."""

from assible.agent.toolkit.facts import collect
from assible.ansible.module_utils.facts.collector import BaseFactCollector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional


class ShippedFactCollector(BaseFactCollector):
    """One kind of the facts that ship."""

    def collect(self, module: "Any" = None, collected_facts: "Optional[Dict[str, Any]]" = None) -> "Dict[str, Any]":
        """Return its facts."""
        known = collected_facts or {}
        plain = {name[len("ansible_") :] if name.startswith("ansible_") else name: known[name] for name in known}
        return collect.COLLECTORS[str(self.name)].gather(module, plain)


def _class_for(name: str, one: "collect.Collector") -> "Any":
    body = {"name": name, "_fact_ids": set(one.names), "required_facts": set(one.needs)}
    return type(name.title().replace("_", "") + "FactCollector", (ShippedFactCollector,), body)


collectors: "List[Any]" = [_class_for(name, one) for name, one in collect.COLLECTORS.items()]
