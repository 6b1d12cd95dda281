"""JSON with the values that modules use (documented: ``AnsibleJSONEncoder``)."""

import json

from assible.agent.toolkit import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class AnsibleJSONEncoder(json.JSONEncoder):
    """Writes dates as text, bytes as text, sets as lists.

    Args:
        preprocess_unsafe: Says nothing here: values that come from a target are never rendered.
        vault_to_text: The same for encrypted values.
    """

    def __init__(self, preprocess_unsafe: bool = False, vault_to_text: bool = False, **options: "Any") -> None:
        super().__init__(**options)

    def default(self, o: "Any") -> "Any":
        """Return something that JSON has for a value that it has not."""
        return report._plain(o)


def json_dump(structure: "Any") -> str:
    """Return JSON for people to read: indented, keys sorted."""
    return json.dumps(structure, cls=AnsibleJSONEncoder, sort_keys=True, indent=4)
