"""How a module's ``run_command`` reads its arguments, and what it says where a program fails."""

import os

from assible.agent.toolkit import conversion, processes, report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, List, Optional, Union

WRONG_ARGUMENTS = 257
#: What other places call the ways to treat bytes that are no text.
ERROR_NAMES = {
    "surrogate_or_strict": "surrogateescape",
    "surrogate_or_replace": "surrogateescape",
    "surrogate_then_replace": "surrogateescape",
}


class BadCommand(Exception):
    """The arguments make no command."""


def words_of(args: "Any", shell: bool, expand: bool) -> "Union[str, List[str]]":
    """Return the words to run, or the line for a shell.

    Raises:
        BadCommand: It is neither words nor a line, or a quotation mark has no partner.
    """
    if isinstance(args, (list, tuple)):
        words = [conversion.to_str(word) for word in args if word is not None]
        if shell:
            import shlex

            return " ".join(shlex.quote(word) for word in words)
    elif isinstance(args, (str, bytes)):
        if shell:
            return conversion.to_str(args)
        try:
            words = processes.split(args)
        except ValueError as error:
            raise BadCommand("the command line cannot be split into words: {}".format(error))
    else:
        raise BadCommand("a command is a list of words or one text, not a {}".format(type(args).__name__))
    if not words:
        raise BadCommand("there is nothing to run: the command is empty")
    return [processes.expand(word) for word in words] if expand else words


def directory_of(cwd: "Optional[str]", ignore_invalid: bool) -> "Optional[str]":
    """Return where a program runs; None for where the module is.

    Raises:
        BadCommand: There is no such directory, and that matters.
    """
    if not cwd:
        return None
    path = os.path.abspath(os.path.expanduser(conversion.to_str(cwd)))
    if os.path.isdir(path):
        return path
    if not ignore_invalid:
        raise BadCommand("the working directory {} does not exist".format(path))
    return None


def environment_of(path_prefix: "Optional[str]", updates: "Iterable[Optional[Dict[str, Any]]]") -> "Dict[str, str]":
    """Return this process's environment with changes on top, later ones last."""
    environment = dict(os.environ)
    for update in updates:
        environment.update({conversion.to_str(key): conversion.to_str(value) for key, value in (update or {}).items()})
    if path_prefix:
        environment["PATH"] = path_prefix + os.pathsep + environment.get("PATH", "")
    return environment


def input_of(data: "Optional[Union[str, bytes]]", binary: bool) -> "Optional[bytes]":
    """Return what a program reads: a newline ends it, unless it is to be given as it is."""
    if data is None:
        return None
    raw = data if isinstance(data, bytes) else str(data).encode("utf-8", "surrogateescape")
    return raw if binary else raw + b"\n"


def prompt_of(pattern: "Optional[Union[str, bytes]]") -> "Optional[Callable[[bytes], bool]]":
    """Return what tells from a program's output whether it waits for an answer.

    Raises:
        BadCommand: The pattern is none.
    """
    if not pattern:
        return None
    import re

    try:
        compiled = re.compile(pattern.encode("utf-8") if isinstance(pattern, str) else pattern, re.MULTILINE)
    except re.error as error:
        raise BadCommand("prompt_regex is no regular expression: {}".format(error))
    return lambda output: compiled.search(output) is not None


def decoded(output: bytes, encoding: "Optional[str]", errors: str) -> "Union[str, bytes]":
    """Return output as text, or as it is where no encoding is named."""
    if encoding is None:
        return output
    return output.decode(encoding, ERROR_NAMES.get(errors, errors))


def shown(argv: "Union[str, List[str]]", secrets: "Iterable[str]") -> "Any":
    """Return a command for people to read, secrets masked."""
    import shlex

    text = argv if isinstance(argv, str) else " ".join(shlex.quote(word) for word in argv)
    return report.masked(text, secrets)


def failed_start(finished: "processes.Finished", secrets: "Iterable[str]") -> "Dict[str, Any]":
    """Return the result for a program that could not be started."""
    reason = getattr(finished.error, "strerror", None) or str(finished.error)
    command = shown(finished.argv, secrets)
    return {
        "rc": finished.rc,
        "stdout": b"",
        "stderr": b"",
        "msg": "the command cannot be started: {}".format(reason),
        "cmd": command,
        "exception": str(finished.error),
    }


def failed_program(finished: "processes.Finished", secrets: "Iterable[str]") -> "Dict[str, Any]":
    """Return the result for a program that failed."""
    stderr = finished.stderr.decode("utf-8", "replace")
    return {
        "cmd": shown(finished.argv, secrets),
        "rc": finished.rc,
        "stdout": finished.stdout,
        "stderr": finished.stderr,
        "msg": str(report.masked(stderr.rstrip(), secrets)),
    }
