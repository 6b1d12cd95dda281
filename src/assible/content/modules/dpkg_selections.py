"""Say what dpkg is to do with a package (documented as ``ansible.builtin.dpkg_selections``)."""

from assible.agent.toolkit import debian
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

SPEC: "Dict[str, Dict[str, Any]]" = {
    "name": {"type": "str", "required": True},
    "selection": {"type": "str", "required": True, "choices": ["install", "hold", "deinstall", "purge"]},
}


def main() -> None:
    """See that dpkg has the selection."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    program = module.get_bin_path("dpkg", True) or "dpkg"
    name, after = module.params["name"], module.params["selection"]
    _, stdout, _ = module.run_command(
        [program, "--get-selections", name], check_rc=True, environ_update=debian.ENVIRONMENT
    )
    before = parse_selections(stdout).get(name)
    if before is None:
        module.fail_json(msg="dpkg knows no package '{}' that it could {}".format(name, after))
    result = {"changed": before != after, "before": before, "after": after}  # type: Dict[str, Any]
    if module._diff:
        result["diff"] = {"before": "{} {}\n".format(name, before), "after": "{} {}\n".format(name, after)}
    if before != after and not module.check_mode:
        module.run_command(
            [program, "--set-selections"],
            data="{} {}".format(name, after),
            check_rc=True,
            environ_update=debian.ENVIRONMENT,
        )
    module.exit_json(**result)


def parse_selections(text: str) -> "Dict[str, str]":
    """Return package -> selection; a package that only has this system's architecture is known by its name alone."""
    found = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2:
            found[words[0]] = words[1]
            found.setdefault(words[0].partition(":")[0], words[1])
    return found


if __name__ == "__main__":
    main()
