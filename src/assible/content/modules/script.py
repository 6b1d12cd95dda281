"""Run a script of the controller's on the target; the content is the call's body.

The action of the same name (documented as ``ansible.builtin.script``) is what a task uses.
"""

import os
import shlex

from assible.agent import current
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

SPEC: "Dict[str, Dict[str, Any]]" = {
    "_name": {"type": "str", "required": True},
    "_words": {"type": "str", "default": ""},
    "chdir": {"type": "str"},
    "creates": {"type": "str"},
    "removes": {"type": "str"},
    "executable": {"type": "str"},
}


def main() -> None:
    """Write the script into a private directory, and run it through a shell."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    params = module.params
    creates, removes = params["creates"], params["removes"]
    if creates and os.path.exists(os.path.expanduser(creates)):
        module.exit_json(skipped=True, msg="{} exists, matching creates option".format(creates))
    if removes and not os.path.exists(os.path.expanduser(removes)):
        module.exit_json(skipped=True, msg="{} does not exist, matching removes option".format(removes))
    if module.check_mode:
        module.exit_json(changed=True)
    rc, stdout, stderr = module.run_command(_line(module), use_unsafe_shell=True, encoding=None)
    result = {"changed": True, "rc": rc, "stdout": stdout, "stderr": stderr}  # type: Dict[str, Any]
    if rc != 0:
        module.fail_json(msg="non-zero return code", **result)
    module.exit_json(**result)


def _line(module: Module) -> str:
    """Return the command line; the script's words are the shell's to expand."""
    params = module.params
    path = os.path.join(module.tmpdir, os.path.basename(params["_name"]))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o700)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(current.body)
    os.chmod(path, 0o700)
    line = "{} {}".format(shlex.quote(path), params["_words"])
    if params["executable"]:
        line = "{} {}".format(params["executable"], line)
    if params["chdir"]:
        line = "cd {} && {}".format(shlex.quote(os.path.expanduser(params["chdir"])), line)
    return line


if __name__ == "__main__":
    main()
