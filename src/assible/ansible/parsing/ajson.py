"""JSON that plugins write."""

from __future__ import annotations

import json
from typing import Any

from assible.model.events import plain


class AnsibleJSONEncoder(json.JSONEncoder):
    """Writes what JSON does not know as text; what a vault hides stays hidden."""

    def __init__(self, preprocess_unsafe: bool = False, vault_to_text: bool = False, **options: Any) -> None:
        super().__init__(**options)

    def default(self, o: Any) -> Any:
        """Return plain data."""
        return plain(o)


AnsibleJSONDecoder = json.JSONDecoder
