"""Kinds of facts that collections add (documented: ``BaseFactCollector``)."""

import platform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Set


class CollectorNotFoundError(KeyError):
    """There is no such kind of facts."""


class CycleFoundInFactDeps(Exception):
    """Kinds of facts need each other in a circle."""


class UnresolvedFactDep(ValueError):
    """A kind of facts needs one that there is not."""


class BaseFactCollector(object):
    """A kind of facts: inherit from it, name it, and return facts from ``collect``."""

    _fact_ids: "Set[str]" = set()
    _platform = "Generic"
    name: "Optional[str]" = None
    required_facts: "Set[str]" = set()

    def __init__(self, collectors: "Optional[List[Any]]" = None, namespace: "Any" = None) -> None:
        self.collectors = collectors or []
        self.namespace = namespace
        self.fact_ids = {self.name, *self._fact_ids}

    @classmethod
    def platform_match(cls, platform_info: "Dict[str, Any]") -> "Any":
        """Return the class where it is made for a platform, else None."""
        return cls if platform_info.get("system") == cls._platform else None

    def collect(self, module: "Any" = None, collected_facts: "Optional[Dict[str, Any]]" = None) -> "Dict[str, Any]":
        """Return facts; those of the collectors inside, where it has any."""
        facts: "Dict[str, Any]" = {}
        for collector in self.collectors:
            facts.update(collector.collect_with_namespace(module, dict(collected_facts or {}, **facts)))
        return facts

    def collect_with_namespace(
        self, module: "Any" = None, collected_facts: "Optional[Dict[str, Any]]" = None
    ) -> "Dict[str, Any]":
        """Return facts under the names that the namespace gives them."""
        facts = self.collect(module=module, collected_facts=collected_facts) or {}
        if self.namespace is None:
            return facts
        return {self.namespace.transform(name): value for name, value in facts.items()}


def find_collectors_for_platform(all_collector_classes: "Any", compat_platforms: "Any") -> "List[Any]":
    """Return the classes made for one of some platforms, the first of each name."""
    found: "Dict[Any, Any]" = {}
    for wanted in compat_platforms:
        for one in all_collector_classes:
            if one.platform_match(wanted):
                found.setdefault(one.name, one)
    return list(found.values())


def here() -> "List[Dict[str, str]]":
    """Return the platforms that this machine is."""
    return [{"system": platform.system()}, {"system": "Generic"}]
