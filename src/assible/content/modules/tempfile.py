"""Create a temporary file or directory (documented as ``ansible.builtin.tempfile``)."""

import os
import tempfile

from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

KEEPS_CLEAN = True
SPEC: "Dict[str, Dict[str, Any]]" = {
    "state": {"type": "str", "default": "file", "choices": ["file", "directory"]},
    "path": {"type": "path"},
    "prefix": {"type": "str", "default": "ansible."},
    "suffix": {"type": "str", "default": ""},
}


def main() -> None:
    """Create it and return its path; the caller removes it."""
    module = Module(argument_spec=SPEC)
    params = module.params
    place = {"prefix": params["prefix"], "suffix": params["suffix"], "dir": params["path"]}
    try:
        if params["state"] == "file":
            descriptor, path = tempfile.mkstemp(**place)
            os.close(descriptor)
        else:
            path = tempfile.mkdtemp(**place)
    except OSError as error:
        module.fail_json(msg=str(error))
        raise
    module.exit_json(changed=True, path=path)


if __name__ == "__main__":
    main()
