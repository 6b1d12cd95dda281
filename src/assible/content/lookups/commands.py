"""What commands print, run by a shell on the controller."""

from __future__ import annotations

import subprocess
from typing import Any

from assible.content.lookups.options import read_options, text_term
from assible.exceptions import TemplateError
from assible.registry.lookup import LookupCall


def pipe(terms: list[Any], call: LookupCall) -> list[str]:
    """Return the output of each command, without white space at its end."""
    read_options({}, call)
    return [_output(term, call).rstrip() for term in terms]


def lines(terms: list[Any], call: LookupCall) -> list[str]:
    """Return the lines that commands print."""
    read_options({}, call)
    return [line.rstrip() for term in terms for line in _output(term, call).splitlines()]


def _output(term: Any, call: LookupCall) -> str:
    finished = subprocess.run(
        text_term(term),
        shell=True,
        cwd=call.basedir,
        env=dict(call.env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    if finished.returncode:
        raise TemplateError(f"the command ended with exit code {finished.returncode}")
    return finished.stdout.decode("utf-8", "surrogateescape")
