"""YAML that plugins write."""

from __future__ import annotations

from typing import Any

import yaml

from assible.model.events import plain


class AnsibleDumper(yaml.SafeDumper):
    """Writes every kind of text and mapping as plain YAML; what a vault hides stays hidden."""


def _text(dumper: yaml.SafeDumper, value: Any) -> yaml.Node:
    return dumper.represent_str(str(value))


def _any(dumper: yaml.SafeDumper, value: Any) -> yaml.Node:
    data = plain(value)
    return dumper.represent_data(data)


AnsibleDumper.add_multi_representer(str, _text)
AnsibleDumper.add_multi_representer(dict, _any)
AnsibleDumper.add_multi_representer(list, _any)
AnsibleDumper.add_multi_representer(object, _any)
