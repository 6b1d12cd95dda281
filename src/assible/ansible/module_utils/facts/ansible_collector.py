"""Facts of several kinds in one go (documented: ``get_ansible_collector``)."""

import fnmatch

from assible.agent.toolkit.facts import collect
from assible.ansible.module_utils.facts.collector import BaseFactCollector, find_collectors_for_platform, here

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence


class AnsibleFactCollector(BaseFactCollector):
    """Gathers what its collectors know, one after the other.

    Args:
        filter_spec: Patterns: facts that fit none of them are left out.
    """

    def __init__(
        self, collectors: "Optional[List[Any]]" = None, namespace: "Any" = None, filter_spec: "Any" = None
    ) -> None:
        super().__init__(collectors, namespace)
        self.filter_spec: "List[str]" = [filter_spec] if isinstance(filter_spec, str) else list(filter_spec or ())

    def collect(self, module: "Any" = None, collected_facts: "Optional[Dict[str, Any]]" = None) -> "Dict[str, Any]":
        """Return all facts that pass the filter; a collector that fails is worth a warning."""
        facts: "Dict[str, Any]" = {}
        for collector in self.collectors:
            try:
                new = collector.collect_with_namespace(module, dict(collected_facts or {}, **facts))
            except Exception as error:  # a collection's own code
                if module is not None:
                    module.warn("the {} facts could not be gathered: {}".format(collector.name, error))
                continue
            facts.update(new)
        return {name: value for name, value in facts.items() if self._passes(name)}

    def _passes(self, name: str) -> bool:
        patterns = [pattern for pattern in self.filter_spec if pattern]
        short = name.replace("ansible_", "", 1)
        return not patterns or any(
            fnmatch.fnmatch(name, pattern) or fnmatch.fnmatch(short, pattern) for pattern in patterns
        )


class CollectorMetaDataCollector(BaseFactCollector):
    """Tells which facts were asked for."""

    name = "gather_subset"

    def __init__(
        self,
        collectors: "Optional[List[Any]]" = None,
        namespace: "Any" = None,
        gather_subset: "Any" = None,
        module_setup: "Optional[bool]" = None,
    ) -> None:
        super().__init__(collectors, namespace)
        self.gather_subset = gather_subset
        self.module_setup = module_setup

    def collect(self, module: "Any" = None, collected_facts: "Optional[Dict[str, Any]]" = None) -> "Dict[str, Any]":
        """Return what was asked for."""
        told = {"gather_subset": self.gather_subset}
        return dict(told, module_setup=self.module_setup) if self.module_setup else told


def get_ansible_collector(
    all_collector_classes: "Sequence[Any]",
    namespace: "Any" = None,
    filter_spec: "Any" = None,
    gather_subset: "Optional[Sequence[str]]" = None,
    gather_timeout: "Optional[int]" = None,
    minimal_gather_subset: "Any" = None,
) -> AnsibleFactCollector:
    """Return what gathers the facts of a subset.

    Args:
        gather_timeout: The facts that ship keep to limits of their own.

    Raises:
        TypeError: The subset names something that there is not.
    """
    asked = list(gather_subset or ["all"])
    classes = find_collectors_for_platform(all_collector_classes, here())
    foreign = {one.name for one in classes} - set(collect.COLLECTORS)
    try:
        chosen = set(collect.choose([name for name in asked if name.lstrip("!") not in foreign]))
    except collect.UnknownSubset as error:
        raise TypeError("there is no subset {}".format(error))
    chosen |= {name for name in foreign if name in asked or ("all" in asked and "!" + name not in asked)}
    parts = [one(namespace=namespace) for one in classes if one.name in chosen]
    parts.append(CollectorMetaDataCollector(gather_subset=asked, module_setup=True))
    return AnsibleFactCollector(parts, namespace=None, filter_spec=filter_spec)
