"""Split ``key=value`` arguments, quotes and Jinja blocks kept whole (documented: ``split_args``, ``unquote``)."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List

_PAIRS = {"{{": "}}", "{%": "%}", "{#": "#}"}


def is_quoted(data: str) -> bool:
    """Tell whether one pair of quotes holds all of it."""
    return len(data) > 1 and data[0] == data[-1] and data[0] in "\"'"


def unquote(data: str) -> str:
    """Return it without the quotes that hold all of it."""
    return data[1:-1] if is_quoted(data) else data


def split_args(args: str) -> "List[str]":
    """Split at blanks outside of quotes and Jinja blocks; a newline ends a word and stays with it.

    Raises:
        Exception: A quote or a block is not closed.
    """
    words: "List[str]" = []
    current, closing, position = "", "", 0
    while position < len(args):
        sign, pair = args[position], args[position : position + 2]
        step = 1
        if closing:
            if args.startswith(closing, position) and not (len(closing) == 1 and current.endswith("\\")):
                step = len(closing)
                closing = ""
        elif pair in _PAIRS:
            closing, step = _PAIRS[pair], 2
        elif sign in "\"'" and not current.endswith("\\"):
            closing = sign
        elif sign in " \t\n":
            if current:
                words.append(current)
            current = ""
            position += 1
            if sign == "\n" and words:
                words[-1] += "\n"
            continue
        current += args[position : position + step]
        position += step
    if closing:
        raise Exception("a quote or a block is not closed: {}".format(closing))
    return [*words, current] if current else words
