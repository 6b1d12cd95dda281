"""Put a file together from fragments on the target (documented as ``ansible.builtin.assemble``)."""

import hashlib
import os

from assible.agent.toolkit import files, fragments, writing
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

KEEPS_CLEAN = True
SPEC: "Dict[str, Dict[str, Any]]" = {
    "src": {"type": "path", "required": True},
    "dest": {"type": "path", "required": True},
    "delimiter": {"type": "str"},
    "backup": {"type": "bool", "default": False},
    "remote_src": {"type": "bool", "default": True},
    "regexp": {"type": "str"},
    "ignore_hidden": {"type": "bool", "default": False},
    "validate": {"type": "str"},
    "decrypt": {"type": "bool", "default": True},
}


def main() -> None:
    """Write the joined fragments where they differ from what is there."""
    module = Module(argument_spec=SPEC, add_file_common_args=True, supports_check_mode=True)
    params = module.params
    source, dest = params["src"], params["dest"]
    if not os.path.exists(source):
        module.fail_json(msg="there is no source {}".format(source))
    if not os.path.isdir(source):
        module.fail_json(msg="the source {} is not a directory".format(source))
    content = _join(module)
    checksum = hashlib.new("sha1", content).hexdigest()
    result = {"src": source, "dest": dest, "checksum": checksum, "md5sum": _md5(content), "msg": "OK"}  # type: Dict[str, Any]
    if os.path.isdir(dest):
        module.fail_json(msg="{} is a directory".format(dest))
    wanted = module.load_file_common_arguments(params, dest)
    changed = not os.path.exists(dest) or files.digest(dest, "sha1") != checksum
    if module._diff:
        result["diff"] = _difference(dest, content)
    if changed and not module.check_mode:
        draft = writing.Draft(module, dest, wanted)
        draft.write(content)
        validation = draft.validate(params["validate"])
        if validation:
            result["validation"] = validation
        backup = draft.commit(params["backup"])
        if backup:
            result["backup_file"] = backup
    elif not changed:
        changed = module.set_fs_attributes_if_different(wanted, False)
    module.exit_json(changed=changed, **result)


def _join(module: Module) -> bytes:
    params = module.params
    try:
        return fragments.join(params["src"], _read, params["delimiter"], params["regexp"], params["ignore_hidden"])
    except (OSError, ValueError) as error:
        module.fail_json(msg=str(error))
        raise


def _read(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()


def _md5(content: bytes) -> "Optional[str]":
    try:
        return hashlib.new("md5", content).hexdigest()
    except ValueError:  # the platform forbids it
        return None


def _difference(dest: str, content: bytes) -> "Dict[str, Any]":
    before = _read(dest) if os.path.exists(dest) else b""
    texts = [side.decode("utf-8", "surrogateescape") for side in (before, content)]
    return {"before_header": dest, "before": texts[0], "after_header": dest, "after": texts[1]}


if __name__ == "__main__":
    main()
