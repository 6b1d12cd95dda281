"""JSON and YAML, both ways."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import yaml
from jinja2.runtime import Undefined

from assible.exceptions import TemplateError
from assible.model.text import VaultedText
from assible.templating.undefined import fail

_SafeDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def to_json(value: Any, *, vault_to_text: bool = True, preprocess_unsafe: bool = True, **options: Any) -> str:
    """Return a value as JSON; the options are those of ``json.dumps``.

    ``preprocess_unsafe`` decides how marked values are written; values carry no marks here, so both settings agree.
    """
    for overridden in ("cls", "default"):
        options.pop(overridden, None)

    def default(other: Any) -> Any:
        if isinstance(other, VaultedText) and not vault_to_text:
            return {"__ansible_vault": other.ciphertext}
        return _json_value(other)

    return json.dumps(value, default=default, **options)


def to_nice_json(value: Any, indent: int = 4, sort_keys: bool = True, **options: Any) -> str:
    """Return a value as JSON over several lines, with sorted keys."""
    options["separators"] = (",", ": ")
    return to_json(value, indent=indent, sort_keys=sort_keys, **options)


def _json_value(value: Any) -> Any:
    if isinstance(value, Undefined):
        fail(value)
    if isinstance(value, VaultedText):
        return value.reveal()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, (set, frozenset)):
        return list(value)
    raise TypeError(f"a value of type {type(value).__name__!r} cannot be written as JSON")


def from_json(text: str, **options: Any) -> Any:
    """Read JSON; the options are those of ``json.loads``."""
    return json.loads(text, **options)


class _Dumper(_SafeDumper):  # type: ignore[misc]  # the C class has no types
    """Writes whatever templates handle; a vaulted value is written decrypted."""

    def write_text(self, data: str) -> Any:
        return self.represent_str(str(data))

    def write_mapping(self, data: Mapping[Any, Any]) -> Any:
        return self.represent_dict(dict(data))

    def write_list(self, data: Any) -> Any:
        return self.represent_list(data)

    def write_undefined(self, data: Undefined) -> Any:
        fail(data)

    def write_vaulted(self, data: VaultedText) -> Any:
        return self.represent_str(str(data.reveal()))


class _EncryptedDumper(_Dumper):
    def write_vaulted(self, data: VaultedText) -> Any:
        return self.represent_scalar("!vault", data.ciphertext, style="|")


class _RedactingDumper(_Dumper):
    def write_vaulted(self, data: VaultedText) -> Any:
        return self.represent_str("<redacted>")


class _RefusingDumper(_Dumper):
    def write_vaulted(self, data: VaultedText) -> Any:
        raise TemplateError("a vaulted value stands in what is to be written as YAML")


_DUMPERS: Final = {
    "decrypt": _Dumper,
    "keep_encrypted": _EncryptedDumper,
    "redact": _RedactingDumper,
    "fail": _RefusingDumper,
}
for _dumper in _DUMPERS.values():
    _dumper.add_multi_representer(str, _dumper.write_text)
    _dumper.add_multi_representer(Mapping, _dumper.write_mapping)
    _dumper.add_multi_representer(dict, _dumper.write_mapping)
    _dumper.add_multi_representer(list, _dumper.write_list)
    _dumper.add_multi_representer(tuple, _dumper.write_list)
    _dumper.add_multi_representer(Undefined, _dumper.write_undefined)
    _dumper.add_representer(VaultedText, _dumper.write_vaulted)


def to_yaml(
    value: Any, default_flow_style: bool | None = None, vault_behavior: str | None = None, **options: Any
) -> str:
    """Return a value as YAML, inner collections in one line; the options are those of ``yaml.dump``."""
    dumper = _DUMPERS.get(vault_behavior or "decrypt")
    if dumper is None:
        raise ValueError(f"vault_behavior is one of {', '.join(_DUMPERS)}")
    text = yaml.dump(value, Dumper=dumper, allow_unicode=True, default_flow_style=default_flow_style, **options)
    return text.decode() if isinstance(text, bytes) else str(text)


def to_nice_yaml(value: Any, indent: int = 4, default_flow_style: bool | None = False, **options: Any) -> str:
    """Return a value as YAML with a line for each element."""
    return to_yaml(value, indent=indent, default_flow_style=default_flow_style, **options)


def from_yaml(text: Any) -> Any:
    """Read one YAML document; what is not text is returned as it is."""
    return yaml.load(str(text), Loader=_SafeLoader) if isinstance(text, str) else text


def from_yaml_all(text: Any) -> Any:
    """Read all YAML documents of a text; nothing gives an empty list."""
    if text is None:
        return []
    return list(yaml.load_all(str(text), Loader=_SafeLoader)) if isinstance(text, str) else text
