"""Options that a plugin documents about itself: read its documentation, and find each value where it says."""

from __future__ import annotations

import configparser
import os
from collections.abc import Callable, Mapping
from typing import Any, Final

from assible.exceptions import PluginError
from assible.settings import Settings
from assible.settings.load import convert
from assible.settings.table import Setting

#: Options that Ansible documents once for several plugins: fragment -> option -> our setting.
FRAGMENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "default_callback": {
        "check_mode_markers": "check_mode_markers",
        "display_failed_stderr": "display_failed_stderr",
        "display_included_hosts": "display_included_hosts",
        "display_ok_hosts": "display_ok_hosts",
        "display_skipped_hosts": "display_skipped_hosts",
        "show_custom_stats": "show_custom_stats",
        "show_per_host_start": "show_per_host_start",
        "show_task_path_on_failure": "show_task_path_on_failure",
    },
    "result_format_callback": {
        "pretty_results": "pretty_results",
        "result_format": "result_format",
        "result_indentation": "result_indentation",
        "result_yaml_line_width": "result_yaml_line_width",
    },
}
_KINDS: Final[Mapping[str, str]] = {
    "bool": "bool", "boolean": "bool", "int": "int", "integer": "int", "float": "float", "str": "str", "string": "str",
    "list": "list", "path": "path", "tmp": "path", "tmppath": "path", "pathspec": "paths", "pathlist": "list",
}  # fmt: skip
FragmentSource = Callable[[str], str | None]


class PluginOptions:
    """What a plugin's documentation says of its options, and the values that they have.

    Args:
        name: The plugin's name, for messages.
        documentation: The text that it calls ``DOCUMENTATION``.
        settings: The session's; shared options are read from them.
        fragment: Returns the documentation that a collection's fragment holds.

    Raises:
        PluginError: The documentation is not YAML.
    """

    def __init__(
        self, name: str, documentation: str, settings: Settings, fragment: FragmentSource = lambda name: None
    ) -> None:
        self._name = name
        self._settings = settings
        self._specs: dict[str, Mapping[str, Any]] = {}
        self._shared: dict[str, str] = {}
        self._add(documentation, fragment)

    def _add(self, text: str, fragment: FragmentSource) -> None:
        data = _yaml(self._name, text)
        named = data.get("extends_documentation_fragment") or ()
        for each in [named] if isinstance(named, str) else named:
            short = str(each).removeprefix("ansible.builtin.")
            if short in FRAGMENTS:
                self._shared.update(FRAGMENTS[short])
            else:
                found = fragment(str(each))
                if found:
                    self._add(found, fragment)
        for option, spec in (data.get("options") or {}).items():
            if option != "_terms":  # what a lookup is called with, and no option
                self._specs[str(option)] = spec or {}
            self._shared.pop(str(option), None)

    def values(
        self, variables: Mapping[str, Any] | None = None, direct: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the value of every option.

        Args:
            variables: Where those are read that the documentation lets variables set; they win over the rest.
            direct: What is given by the caller; this wins over all.

        Raises:
            PluginError: One that is required has none, or a value does not fit.
        """
        ini = _ini(self._settings.config_file)
        found = {option: getattr(self._settings, setting) for option, setting in self._shared.items()}
        specs = {option: spec for option, spec in self._specs.items() if option not in (direct or ())}
        found |= {option: self._value(option, spec, ini, variables) for option, spec in specs.items()}
        return {**found, **(direct or {})}

    def _value(
        self,
        option: str,
        spec: Mapping[str, Any],
        ini: configparser.ConfigParser,
        variables: Mapping[str, Any] | None,
    ) -> Any:
        raw, source = _find(spec, ini, variables or {})
        if raw is None:
            raw, source = spec.get("default"), "the default"
            if isinstance(raw, str) and "{{" in raw:
                raw = raw.replace('{{ ANSIBLE_HOME ~ "', str(self._settings.home)).replace('" }}', "")
        if raw is None:
            if spec.get("required"):
                raise PluginError(f"the plugin '{self._name}' needs its option '{option}', which nothing gives")
            return None
        kind = _KINDS.get(str(spec.get("type", "str")))
        if kind is None or ("type" not in spec and not isinstance(raw, str)):
            return raw
        if spec.get("type") in ("list", "pathlist") and not isinstance(raw, (str, list, tuple)):
            return [raw]
        choices = spec.get("choices")
        value = convert(Setting(option, kind, None, choices=tuple(map(str, choices or ()))), raw, source)
        return list(value) if isinstance(value, tuple) else value


def _find(spec: Mapping[str, Any], ini: configparser.ConfigParser, variables: Mapping[str, Any]) -> tuple[Any, str]:
    """Return the value that a variable, the environment or the configuration file gives, and where it stands."""
    for entry in reversed(spec.get("vars") or ()):
        name = str(entry["name"])
        if name in variables:
            return variables[name], f"the variable {name}"
    for entry in spec.get("env") or ():
        name = str(entry["name"])
        for variable in (name.replace("ANSIBLE_", "ASSIBLE_", 1), name):
            if variable in os.environ:
                return os.environ[variable], f"the environment variable {variable}"
    for entry in spec.get("ini") or ():
        section, key = str(entry["section"]), str(entry["key"])
        if ini.has_option(section, key):
            return ini.get(section, key), f"[{section}] {key}"
    return None, ""


def _yaml(name: str, text: str) -> Mapping[str, Any]:
    import yaml

    try:
        data = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise PluginError(f"the documentation of the plugin '{name}' is not YAML: {error}") from error
    return data if isinstance(data, Mapping) else {}


def _ini(path: str | None) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(inline_comment_prefixes=(";",), interpolation=None, strict=False)
    if path:
        parser.read(path, encoding="utf-8")
    return parser
