"""Look in the system's databases (documented as ``ansible.builtin.getent``)."""

from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

KEEPS_CLEAN = True
SPEC: "Dict[str, Dict[str, Any]]" = {
    "database": {"type": "str", "required": True},
    "key": {"type": "str", "no_log": False},
    "service": {"type": "str"},
    "split": {"type": "str"},
    "fail_key": {"type": "bool", "default": True},
}
COLON_DATABASES = ("passwd", "shadow", "group", "gshadow")
MISSING_KEY = "the database lacks one of the keys"
REASONS = {
    1: "getent knows no such database, or wants a key",
    2: MISSING_KEY,
    3: "this database cannot be listed, only asked for a key",
}


def main() -> None:
    """Return the entries as the fact ``getent_DATABASE``."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    params = module.params
    program = module.get_bin_path("getent", True) or ""
    argv = [program, params["database"]]
    if params["key"] is not None:
        argv.append(params["key"])
    if params["service"] is not None:
        argv.extend(["-s", params["service"]])
    rc, stdout, _ = module.run_command(argv)
    fact = "getent_" + params["database"]
    if rc == 0:
        module.exit_json(ansible_facts={fact: parse(stdout, _separator(params))})
    if rc == 2 and not params["fail_key"]:
        module.exit_json(msg=MISSING_KEY, ansible_facts={fact: {params["key"]: None}})
    module.fail_json(msg=REASONS.get(rc, "getent failed"))


def _separator(params: "Dict[str, Any]") -> "Optional[str]":
    if params["split"] is not None:
        return str(params["split"])
    return ":" if params["database"] in COLON_DATABASES else None


def parse(text: str, separator: "Optional[str]") -> "Dict[str, Any]":
    """Return key -> fields; a key that comes more than once has a list of them."""
    collected: "Dict[str, List[List[str]]]" = {}
    for line in text.splitlines():
        fields = line.split(separator)
        if fields:
            collected.setdefault(fields[0], []).append(fields[1:])
    return {key: entries[0] if len(entries) == 1 else entries for key, entries in collected.items()}


if __name__ == "__main__":
    main()
