"""Manage groups (documented as ``ansible.builtin.group``)."""

from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

SPEC: "Dict[str, Dict[str, Any]]" = {
    "state": {"type": "str", "default": "present", "choices": ["absent", "present"]},
    "name": {"type": "str", "required": True},
    "force": {"type": "bool", "default": False},
    "gid": {"type": "int"},
    "system": {"type": "bool", "default": False},
    "local": {"type": "bool", "default": False},
    "non_unique": {"type": "bool", "default": False},
    "gid_min": {"type": "int"},
    "gid_max": {"type": "int"},
}


def main() -> None:
    """See that the group is there, or that it is not."""
    module = Module(
        argument_spec=SPEC,
        supports_check_mode=True,
        required_if=[["non_unique", True, ["gid"]]],
    )
    params = module.params
    if params["force"] and params["local"]:
        module.fail_json(msg="'force' and 'local' cannot be combined")
    present = gid_of(params["name"], params["local"])
    argv = command(module, present)
    result = {"name": params["name"], "state": params["state"]}  # type: Dict[str, Any]
    if argv is not None and module.check_mode and (present is None or params["state"] == "absent"):
        module.exit_json(changed=True)
    if argv is not None and not module.check_mode:
        rc, stdout, stderr = module.run_command(argv)
        if rc != 0:
            module.fail_json(name=params["name"], msg=(stderr or stdout).strip())
        if stdout:
            result["stdout"] = stdout
        if stderr:
            result["stderr"] = stderr
    if params["state"] == "present":
        result["system"] = params["system"]
        result["gid"] = gid_of(params["name"], params["local"])
    module.exit_json(changed=argv is not None, **result)


def gid_of(name: str, is_local: bool = False) -> "Optional[int]":
    """Return a group's number; None where there is no such group.

    Args:
        name: The group.
        is_local: Ask /etc/group alone, not what the system is told by directory services.
    """
    if is_local:
        with open("/etc/group", encoding="utf-8", errors="surrogateescape") as stream:
            for line in stream:
                fields = line.rstrip("\n").split(":")
                if fields[0] == name and len(fields) > 2:
                    return int(fields[2])
        return None
    import grp

    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return None


def command(module: Module, present: "Optional[int]") -> "Optional[List[str]]":
    """Return the command that makes the change; None where there is none to make."""
    params = module.params
    prefix = "l" if params["local"] else ""
    if params["state"] == "absent":
        if present is None:
            return None
        force = ["-f"] if params["force"] and not params["local"] else []
        return [_program(module, prefix + "groupdel"), *force, params["name"]]
    number = [] if params["gid"] is None else ["-g", str(params["gid"])]
    if number and params["non_unique"]:
        number.append("-o")
    if present is None:
        if params["local"] and number and not params["non_unique"]:
            _refuse_taken(module)
        system = ["-r"] if params["system"] else []
        return [_program(module, prefix + "groupadd"), *number, *system, *_limits(params), params["name"]]
    if params["gid"] is None or present == params["gid"]:
        return None
    return [_program(module, prefix + "groupmod"), *number, params["name"]]


def _program(module: Module, name: str) -> str:
    return module.get_bin_path(name, True) or name


def _limits(params: "Dict[str, Any]") -> "List[str]":
    words: "List[str]" = []
    for option, key in (("gid_min", "GID_MIN"), ("gid_max", "GID_MAX")):
        if params[option] is not None:
            words.extend(["-K", "{}={}".format(key, params[option])])
    return words


def _refuse_taken(module: Module) -> None:
    """Fail where another group has the number: the programs for local groups do not look."""
    import grp

    try:
        other = grp.getgrgid(module.params["gid"]).gr_name
    except KeyError:
        return
    module.fail_json(msg="the group id {} belongs to the group '{}' already".format(module.params["gid"], other))


if __name__ == "__main__":
    main()
