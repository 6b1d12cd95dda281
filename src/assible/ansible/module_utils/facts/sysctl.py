"""Kernel parameters (documented: ``get_sysctl``)."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Sequence


def get_sysctl(module: "Any", prefixes: "Sequence[str]") -> "Dict[str, str]":
    """Return the parameters with some prefixes; nothing where they cannot be read."""
    program = module.get_bin_path("sysctl")
    if program is None:
        return {}
    try:
        rc, output, error = module.run_command([program, *prefixes])
    except OSError as failure:
        module.warn("kernel parameters cannot be read: {}".format(failure))
        return {}
    if rc != 0:
        module.warn("kernel parameters cannot be read: {}".format(error.strip()))
        return {}
    return parse(output)


def parse(output: str) -> "Dict[str, str]":
    """Read ``name = value`` or ``name: value``; an indented line goes on with the value before it."""
    found: "Dict[str, str]" = {}
    name = ""
    for line in output.splitlines():
        if line[:1].isspace() and name:
            found[name] += "\n" + line
            continue
        separator = min((sign for sign in "=:" if sign in line), key=line.index, default="")
        if not separator:
            continue
        name, _, value = line.partition(separator)
        name = name.strip()
        found[name] = value.strip()
    return found
