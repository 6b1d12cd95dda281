"""Return a file's content (documented as ``ansible.builtin.slurp``)."""

import base64
import errno
import os

from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

KEEPS_CLEAN = True
SPEC: "Dict[str, Dict[str, Any]]" = {
    "src": {"type": "path", "required": True, "aliases": ["path"]},
    "armor": {"type": "bool", "default": True},
}
REASONS = {
    errno.ENOENT: "File not found: {}",
    errno.EACCES: "{} may not be read",
    errno.EISDIR: "{} is a directory",
}


def main() -> None:
    """Read the file."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    source = module.params["src"]
    try:
        with open(source, "rb") as stream:
            data = stream.read()
    except OSError as error:
        module.fail_json(msg=REASONS.get(error.errno or 0, "{} cannot be read").format(source))
        raise
    if module.params["armor"]:
        module.exit_json(content=base64.b64encode(data).decode("ascii"), source=source, encoding="base64")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        module.fail_json(msg="{} is not UTF-8 text; leave 'armor' on to read it".format(os.path.basename(source)))
        raise
    module.exit_json(content=text, source=source, encoding="utf-8")


if __name__ == "__main__":
    main()
