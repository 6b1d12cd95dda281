"""Results as people read them on a console: JSON on one line or several, or YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from assible.model.events import plain

_UNPRINTABLE = re.compile(r"[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNBROKEN = 10**9


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """How results are written.

    Attributes:
        kind: ``json`` or ``yaml``.
        pretty: Always over several lines (True), never (False), or where the result is meant to be read (None). YAML is
            pretty unless this is False: text loses what stands in the way of reading.
        line_width: Of YAML: ``default``, ``no-break`` or ``terminal-width``.
        columns: The terminal's width.
    """

    kind: str = "json"
    pretty: bool | None = None
    indentation: int = 4
    line_width: str = "default"
    columns: int = 79

    def write(self, data: Mapping[str, Any], spread: bool) -> str:
        """Return a result as text, to stand behind ``=> ``.

        Args:
            spread: The result is meant to be read, so JSON gets several lines.
        """
        if self.kind == "yaml":
            return self._yaml(data)
        several = spread if self.pretty is None else self.pretty
        return json.dumps(plain(data), sort_keys=True, ensure_ascii=False, indent=self.indentation if several else None)

    def _yaml(self, data: Mapping[str, Any]) -> str:
        import yaml

        pretty = self.pretty is not False
        value = _readable(dict(data)) if pretty else data
        widths = {"no-break": _UNBROKEN, "terminal-width": self.columns}
        text = yaml.dump(
            _plain_yaml(value, pretty),
            Dumper=_dumper(),
            default_flow_style=False,
            allow_unicode=True,
            sort_keys=True,
            indent=self.indentation if pretty else None,
            width=widths.get(self.line_width),
        )
        text = text.removesuffix("...\n")
        margin = " " * self.indentation
        lines = [margin + line if line else line for line in text.rstrip("\n").split("\n")]
        return "\n" + "\n".join(lines) + ("\n" if text.endswith("\n\n") else "")


#: One line of JSON, or several where a result is meant to be read.
DEFAULT_FORMAT: Final = ResultFormat()


class _Block(str):
    """Text of several lines."""

    __slots__ = ()


def _readable(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out what says the same twice."""
    for name in ("stdout", "stderr"):
        if data.get(f"{name}_lines") is not None and name in data:
            data[f"{name}_lines"] = "<omitted>"
    return data


def for_people(value: Any) -> Any:
    """Return a result without what is only for programs, inside of loops too."""
    if isinstance(value, Mapping):
        return {key: for_people(item) for key, item in value.items() if not _is_internal(str(key))}
    return [for_people(item) for item in value] if isinstance(value, list) else value


def _is_internal(key: str) -> bool:
    return key.startswith("_ansible_") or key in ("failed", "skipped")


def _plain_yaml(value: Any, pretty: bool) -> Any:
    """Return a value of the types that YAML's own writer knows."""
    if isinstance(value, str):
        if "\n" in value:
            return _Block(_tidy(value) if pretty else value)
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain_yaml(item, pretty) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_yaml(item, pretty) for item in value]
    if isinstance(value, (bool, int, float, type(None))) or hasattr(value, "isoformat"):
        return value
    return _plain_yaml(plain(value), pretty)


def _tidy(text: str) -> str:
    """Return text in a form that YAML can show as it is."""
    clean = _UNPRINTABLE.sub("", text.expandtabs())
    return "\n".join(line.rstrip() for line in clean.split("\n")).rstrip()


def _dumper() -> type:
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    Dumper.add_representer(
        _Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")
    )
    return Dumper
