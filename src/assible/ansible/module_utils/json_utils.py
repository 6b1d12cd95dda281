"""Find the JSON in what a module printed."""

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Tuple


def _filter_non_json_lines(data: str, objects_only: bool = False) -> "Tuple[str, List[str]]":
    """Return the JSON in lines that hold other words before and after it, and warnings about words after it.

    Args:
        objects_only: Look for ``{...}`` only, not for ``[...]``.

    Raises:
        ValueError: There is none.
    """
    lines = data.splitlines()
    pairs = {"{": "}"} if objects_only else {"{": "}", "[": "]"}
    starts = [index for index, line in enumerate(lines) if line.strip()[:1] in pairs]
    for start in starts:
        closing = pairs[lines[start].strip()[0]]
        for end in range(len(lines), start, -1):
            if not lines[end - 1].strip().endswith(closing):
                continue
            text = "\n".join(lines[start:end])
            try:
                json.loads(text)
            except ValueError:
                continue
            rest = "\n".join(lines[end:]).strip()
            return text, ["something was printed after the JSON: {!r}".format(rest)] if rest else []
    raise ValueError("there is no JSON in it")
