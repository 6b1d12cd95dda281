"""Gather facts (documented as ``ansible.builtin.setup``)."""

from assible.agent.toolkit.facts import collect
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

SPEC: "Dict[str, Dict[str, Any]]" = {
    "gather_subset": {"type": "list", "elements": "str", "default": ["all"]},
    "gather_timeout": {"type": "int", "default": 10},
    "filter": {"type": "list", "elements": "str", "default": []},
    "fact_path": {"type": "path", "default": "/etc/ansible/facts.d"},
}
PREFIXES = ("ansible_", "facter_", "ohai_")


def main() -> None:
    """Return the facts that are asked for, as variables."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    subsets = module.params["gather_subset"]
    try:
        gathered = collect.gather(module, subsets)
    except collect.UnknownSubset as error:
        text = "there is no subset '{}'; there are: all, {}"
        module.fail_json(msg=text.format(error, ", ".join(name for name in collect.names() if name != "all")))
        return
    facts = {name if name.startswith(PREFIXES) else "ansible_" + name: value for name, value in gathered.items()}
    facts["gather_subset"] = subsets
    facts["module_setup"] = True
    module.exit_json(ansible_facts=collect.matching(facts, [one for one in module.params["filter"] if one]))


if __name__ == "__main__":
    main()
