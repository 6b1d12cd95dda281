"""Ansible's ``plugins``: the classes that plugins are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class AnsiblePlugin:
    """What every plugin has: options, by name.

    Attributes:
        allow_extras: Options that are not documented may be set.
    """

    allow_extras = False
    _load_name = ""
    _original_path = ""
    ansible_name = ""
    ansible_aliases: tuple[str, ...] = ()
    #: Reads what the documentation names; whoever loads a plugin gives its class one.
    _read_options: Callable[..., Mapping[str, Any]] = staticmethod(
        lambda variables=None, direct=None: dict(direct or {})
    )

    def __init__(self) -> None:
        self._options: dict[str, Any] = {}

    def matches_name(self, possible_names: Any) -> bool:
        """Tell whether one of some names is the plugin's."""
        return bool({self._load_name, self.ansible_name, *self.ansible_aliases} & set(possible_names))

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        """Return an option.

        Raises:
            KeyError: The plugin documents no such option.
        """
        if option not in self._options:
            found = self._documented()
            if option not in found:
                raise KeyError(f"the plugin '{self._load_name}' documents no option '{option}'")
            self._options[option] = found[option]
        return self._options[option]

    def get_option_and_origin(self, option: str, hostvars: Any = None) -> tuple[Any, str]:
        """Return an option and, as far as it is known, where it came from."""
        return self.get_option(option, hostvars), "unknown"

    def get_options(self, hostvars: Any = None) -> dict[str, Any]:
        """Return every option by name."""
        return {**self._documented(), **self._options}

    def set_option(self, option: str, value: Any) -> None:
        """Set an option."""
        self._options[option] = value

    def set_options(
        self,
        task_keys: Mapping[str, Any] | None = None,
        var_options: Any = None,
        direct: Mapping[str, Any] | None = None,
    ) -> None:
        """Set the options: what the documentation's sources give, and what is given here on top."""
        self._options = dict(self._read_options(var_options, direct))

    def has_option(self, option: str) -> bool:
        """Tell whether the plugin has an option."""
        return option in self._options or option in self._documented()

    @property
    def option_definitions(self) -> dict[str, Any]:
        """Return the names of the options."""
        return {name: {} for name in self._documented()}

    def _documented(self) -> Mapping[str, Any]:
        return self._read_options()


class AnsibleJinja2Plugin(AnsiblePlugin):
    """A filter or test with documentation of its own."""
