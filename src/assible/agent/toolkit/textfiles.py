"""Editing text files: reading them, and writing back what changed with all that the editing modules share."""

import os

from assible.agent.toolkit import writing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from assible.agent.toolkit.module import Module

ATTRIBUTES_CHANGED = "ownership, perms or SE linux context changed"


class TextFile(object):
    """A text file that a module edits.

    Attributes:
        exists: Whether there was a file.
        text: Its content; empty where there is none.
    """

    __slots__ = ("encoding", "exists", "module", "path", "text")

    def __init__(self, module: "Module", path: str, encoding: str, missing: "Optional[str]" = None) -> None:
        """Read it; fail the module where it is a directory, or missing and ``missing`` says that this is an error."""
        self.module = module
        self.path = path
        self.encoding = encoding
        self.text = ""
        if os.path.isdir(path):
            module.fail_json(rc=256, msg="{} is a directory, not a file".format(path))
        self.exists = os.path.exists(path)
        if not self.exists:
            if missing is not None:
                module.fail_json(rc=257, msg=missing)
            return
        try:
            with open(path, "rb") as stream:
                self.text = stream.read().decode(encoding, "surrogateescape")
        except (OSError, LookupError, UnicodeError) as error:
            module.fail_json(msg="{} cannot be read: {}".format(path, error))

    def lines(self) -> "List[str]":
        """Return the lines, each with the newline that ends it."""
        parts = self.text.split("\n")
        found = [part + "\n" for part in parts[:-1]]
        return [*found, parts[-1]] if parts[-1] else found

    def diff(self, text: str) -> "Dict[str, Any]":
        """Return the difference between the file and its new content."""
        header = "{} (content)".format(self.path)
        return {"before": self.text, "after": text, "before_header": header, "after_header": header}

    def write(self, text: str) -> str:
        """Write new content, validated and backed up as asked; return the backup's path, or ``""``."""
        module = self.module
        if module.check_mode:
            return ""
        path = os.path.realpath(self.path)
        directory = os.path.dirname(path)
        if not os.path.isdir(directory):
            try:
                os.makedirs(directory)
            except OSError as error:
                module.fail_json(msg="Error creating {}: {}".format(directory, error.strerror))
        try:
            content = text.encode(self.encoding, "surrogateescape")
        except UnicodeError as error:
            module.fail_json(msg="the text cannot be written as {}: {}".format(self.encoding, error))
        nothing = dict.fromkeys(("mode", "owner", "group", "attributes"))  # type: Dict[str, Any]
        nothing["secontext"] = module.selinux_initial_context()
        params = module.params
        return writing.replace(
            module, path, content, nothing, bool(params.get("backup")) and self.exists, params.get("validate") or ""
        )


def finish(module: "Module", path: str, changed: bool, message: str, **result: "Any") -> None:
    """Set the attributes that were asked for and end the module; ``diff`` is that of the content."""
    attributes: "Dict[str, Any]" = {}
    content = result.pop("diff", None)
    wanted = module.load_file_common_arguments(module.params, path)
    if (os.path.exists(path) or not module.check_mode) and module.set_fs_attributes_if_different(
        wanted, False, attributes
    ):
        message += (" and " if changed else "") + ATTRIBUTES_CHANGED
        changed = True
    if module._diff:
        header = "{} (file attributes)".format(path)
        attributes.update(before_header=header, after_header=header)
        result["diff"] = [content, attributes]
    module.exit_json(changed=changed, msg=message, **result)
