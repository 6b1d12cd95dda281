"""Replace text by a regular expression (documented as ``ansible.builtin.replace``)."""

import re

from assible.agent.toolkit import textfiles
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Tuple

KEEPS_CLEAN = True
SPEC: "Dict[str, Dict[str, Any]]" = {
    "path": {"type": "path", "required": True, "aliases": ["dest", "destfile", "name"]},
    "regexp": {"type": "str", "required": True},
    "replace": {"type": "str", "default": ""},
    "after": {"type": "str"},
    "before": {"type": "str"},
    "backup": {"type": "bool", "default": False},
    "validate": {"type": "str"},
    "encoding": {"type": "str", "default": "utf-8"},
}
#: Patterns of the part that is worked on, by whether ``after`` and ``before`` are given.
SECTIONS = {
    (True, True): "{after}(?P<subsection>.*?){before}",
    (True, False): "{after}(?P<subsection>.*)",
    (False, True): "(?P<subsection>.*){before}",
}


def main() -> None:
    """Replace all matches."""
    module = Module(argument_spec=SPEC, add_file_common_args=True, supports_check_mode=True)
    params = module.params
    path = params["path"]
    file = textfiles.TextFile(module, path, params["encoding"], "there is no file {}".format(path))
    try:
        section = find_section(params, file.text)
        if section is None:
            text = "'before' and 'after' enclose nothing in {}"
            module.exit_json(changed=False, msg=text.format(_pattern(params)), rc=0)
            return
        start, end = section
        new, count = re.subn(params["regexp"], params["replace"], file.text[start:end], flags=re.MULTILINE)
    except re.error as error:
        module.fail_json(msg="the replacement does not work: {}".format(error))
        raise
    new = file.text[:start] + new + file.text[end:]
    changed = count > 0 and new != file.text
    result: "Dict[str, Any]" = {}
    message = "{} replacements made".format(count) if changed else ""
    if changed:
        backup = file.write(new)
        if backup:
            result["backup_file"] = backup
    attributes: "Dict[str, Any]" = {}
    if module.set_fs_attributes_if_different(module.load_file_common_arguments(params, path), False, attributes):
        message += (" and " if changed else "") + textfiles.ATTRIBUTES_CHANGED
        changed = True
    if module._diff and new != file.text:
        result["diff"] = {"before_header": path, "before": file.text, "after_header": path, "after": new}
    module.exit_json(changed=changed, msg=message, rc=0, **result)


def _pattern(params: "Dict[str, Any]") -> str:
    key = (params["after"] is not None, params["before"] is not None)
    return SECTIONS[key].format(after=params["after"], before=params["before"])


def find_section(params: "Dict[str, Any]", text: str) -> "Optional[Tuple[int, int]]":
    """Return the part that is worked on; None where ``after`` and ``before`` match nothing."""
    if params["after"] is None and params["before"] is None:
        return 0, len(text)
    match = re.search(_pattern(params), text, re.DOTALL)
    return (match.start("subsection"), match.end("subsection")) if match else None


if __name__ == "__main__":
    main()
