"""Facts, for modules that gather some themselves."""

from assible.ansible.module_utils.facts.compat import ansible_facts, get_all_facts

__all__ = ["ansible_facts", "get_all_facts"]
