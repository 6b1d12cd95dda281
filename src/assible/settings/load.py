"""Resolve the settings table: arguments over environment over configuration file over default."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assible.exceptions import SettingsError
from assible.settings.table import SETTINGS, Setting

_ARGUMENT = "an argument"
_TRUE = frozenset({"y", "yes", "on", "1", "true", "t"})
_FALSE = frozenset({"n", "no", "off", "0", "false", "f"})
_BY_NAME = MappingProxyType({setting.name: setting for setting in SETTINGS})
#: The names that Ansible documents, without ``DEFAULT_`` and in lower case, where ours differ.
_DOCUMENTED = MappingProxyType(
    {name.removeprefix("ANSIBLE_").lower(): setting.name for setting in SETTINGS for name in setting.env}
)


class Settings:
    """Every setting, resolved and frozen: an attribute each.

    Attributes:
        config_file: The configuration file that was read, or None.
        origins: Where each value that is no default came from: ``env: NAME``, a file's path or ``an argument``.
    """

    __slots__ = ("_values", "config_file", "origins")

    def __init__(
        self,
        values: Mapping[str, Any] = MappingProxyType({}),
        config_file: str | None = None,
        origins: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        unknown = sorted(set(values) - set(_BY_NAME))
        if unknown:
            raise SettingsError(f"there is no setting named '{unknown[0]}'")
        defaults = {setting.name: convert(setting, setting.default, "the default") for setting in SETTINGS}
        object.__setattr__(self, "_values", MappingProxyType({**defaults, **values}))
        object.__setattr__(self, "config_file", config_file)
        object.__setattr__(self, "origins", MappingProxyType(dict(origins)))

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"there is no setting named '{name}'") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("settings are frozen; use replace()")

    def replace(self, **changes: Any) -> Settings:
        """Return settings with some values changed.

        Raises:
            SettingsError: A name does not exist or a value does not fit.
        """
        values = dict(self._values)
        for name, value in changes.items():
            if name not in _BY_NAME:
                raise SettingsError(f"there is no setting named '{name}'")
            values[name] = convert(_BY_NAME[name], value, _ARGUMENT)
        return Settings(values, self.config_file, {**self.origins, **dict.fromkeys(changes, _ARGUMENT)})

    def as_dict(self) -> dict[str, Any]:
        """Return all values by name."""
        return dict(self._values)


def setting_name(documented: str) -> str | None:
    """Return our name of a setting that Ansible documents (``DEFAULT_TIMEOUT``), or that is ours already."""
    short = documented.lower().removeprefix("default_")
    return next((name for name in (documented.lower(), short, _DOCUMENTED.get(short)) if name in _BY_NAME), None)


def convert(setting: Setting, value: Any, source: str, base: str | None = None) -> Any:
    """Convert a raw value to the setting's type; relative paths are relative to `base`.

    Raises:
        SettingsError: The value does not fit.
    """
    if value is None:
        return None
    try:
        converted = _CONVERTERS[setting.kind](value, base)
    except (TypeError, ValueError):
        raise SettingsError(f"the setting '{setting.name}' wants a value of type {setting.kind}, in {source}") from None
    if setting.choices and converted not in setting.choices:
        raise SettingsError(
            f"the setting '{setting.name}' has no choice '{converted}', in {source}",
            hint="choose one of: " + ", ".join(setting.choices),
        )
    return converted


def _bool(value: Any, base: str | None) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(word)


def _list(value: Any, base: str | None) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    return tuple(str(item).strip() for item in items if str(item).strip())


def _path(value: Any, base: str | None) -> str:
    path = os.path.expanduser(os.path.expandvars(str(value)))
    if base and not os.path.isabs(path) and not path.startswith("{{"):
        path = os.path.join(base, path)
    return path


def _paths(value: Any, base: str | None) -> tuple[str, ...]:
    items = value.split(":") if isinstance(value, str) else value
    return tuple(_path(item, base) for item in items if item)


_CONVERTERS = {
    "bool": _bool,
    "int": lambda value, base: int(value),
    "float": lambda value, base: float(value),
    "str": lambda value, base: str(value),
    "list": _list,
    "path": _path,
    "paths": _paths,
}


def find_config_file(environ: Mapping[str, str], cwd: str | None = None) -> str | None:
    """Return the configuration file that counts.

    The first of ``ASSIBLE_CONFIG``/``ANSIBLE_CONFIG``, ``assible.cfg`` and ``ansible.cfg`` in the working directory
    (unless everybody may write there), ``~/.assible.cfg``, ``~/.ansible.cfg``, ``/etc/assible/assible.cfg`` and
    ``/etc/ansible/ansible.cfg``.
    """
    for variable in ("ASSIBLE_CONFIG", "ANSIBLE_CONFIG"):
        if environ.get(variable):
            path = os.path.expanduser(environ[variable])
            return os.path.join(path, "ansible.cfg") if os.path.isdir(path) else path
    here = Path(cwd or os.getcwd())
    candidates: list[Path] = []
    try:
        if not here.stat().st_mode & 0o002:
            candidates += [here / "assible.cfg", here / "ansible.cfg"]
    except OSError:
        pass
    home = Path(environ.get("HOME", "/"))
    candidates += [home / ".assible.cfg", home / ".ansible.cfg"]
    candidates += [Path("/etc/assible/assible.cfg"), Path("/etc/ansible/ansible.cfg")]
    for candidate in candidates:
        if os.access(candidate, os.R_OK):
            return str(candidate)
    return None


def load_settings(
    environ: Mapping[str, str] | None = None, config_file: str | None = None, arguments: Mapping[str, Any] | None = None
) -> Settings:
    """Read settings from where they may stand.

    Args:
        environ: The environment; ``os.environ`` by default.
        config_file: The file to read instead of the one that `find_config_file` finds.
        arguments: Values that win over all others; None among them means not given.

    Raises:
        SettingsError: The file is missing or does not parse, or a value does not fit.
    """
    environ = os.environ if environ is None else environ
    path = config_file or find_config_file(environ)
    ini = _read_ini(path) if path else {}
    base = os.path.dirname(os.path.abspath(path)) if path else None
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for setting in SETTINGS:
        found, origin = _lookup(setting, environ, ini, path, base)
        if found is not None:
            values[setting.name], origins[setting.name] = found, origin
    for name, value in (arguments or {}).items():
        if value is not None:
            if name not in _BY_NAME:
                raise SettingsError(f"there is no setting named '{name}'")
            values[name], origins[name] = convert(_BY_NAME[name], value, _ARGUMENT), _ARGUMENT
    return Settings(values, path, origins)


def _lookup(
    setting: Setting, environ: Mapping[str, str], ini: Mapping[tuple[str, str], str], path: str | None, base: str | None
) -> tuple[Any, str]:
    """Return a setting's value and where it stands; None where nothing sets it."""
    for name in setting.env:
        for variable in (name.replace("ANSIBLE_", "ASSIBLE_", 1), name):
            if variable in environ and (environ[variable] or setting.kind in ("str", "list", "paths")):
                value = convert(setting, environ[variable], f"the environment variable {variable}")
                return value, f"env: {variable}"
    for section_key in setting.ini:
        if section_key in ini:
            place = f"{path}, [{section_key[0]}] {section_key[1]}"
            return convert(setting, ini[section_key], place, base), str(path)
    return None, ""


def _read_ini(path: str) -> dict[tuple[str, str], str]:
    import configparser

    parser = configparser.ConfigParser(inline_comment_prefixes=(";",), interpolation=None, strict=False)
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
    except (OSError, configparser.Error, UnicodeDecodeError) as error:
        raise SettingsError(f"the configuration file {path} cannot be read: {error}") from error
    found: dict[tuple[str, str], str] = {}
    for section in parser.sections():
        for key, value in parser.items(section):
            text = value.strip()
            if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
                text = text[1:-1]
            found[(section, key)] = text
    return found


def split_arguments(text: str | None) -> tuple[str, ...]:
    """Split a setting that holds command line arguments."""
    return tuple(shlex.split(text)) if text else ()
