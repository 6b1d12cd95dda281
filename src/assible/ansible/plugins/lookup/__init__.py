"""``LookupBase``: what lookup plugins are made of."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assible.ansible.plugins import AnsiblePlugin
from assible.ansible.utils.display import Display
from assible.exceptions import PluginError

display = Display()


class LookupBase(AnsiblePlugin):
    """A lookup: `run` turns terms into a list of values."""

    def __init__(self, loader: Any = None, templar: Any = None, **kwargs: Any) -> None:
        super().__init__()
        self._loader = loader
        self._templar = templar
        self._display = display

    @abstractmethod
    def run(self, terms: list[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Return the values."""

    def get_basedir(self, variables: Mapping[str, Any]) -> str:
        """Return where files are looked for first: the role, else the playbook."""
        return str(variables.get("role_path") or self._loader.get_basedir())

    def find_file_in_search_path(
        self, myvars: Mapping[str, Any], subdir: str, needle: str, ignore_missing: bool = False
    ) -> str | None:
        """Return the file that a task's relative path means; None, with a warning, where there is none."""
        paths = list(myvars.get("ansible_search_path") or [self.get_basedir(myvars)])
        try:
            return str(self._loader.path_dwim_relative_stack(paths, subdir, needle))
        except PluginError:
            if not ignore_missing:
                self._display.warning(f"there is no file '{needle}' among {subdir}")
            return None

    @staticmethod
    def _flatten(terms: Iterable[Any]) -> list[Any]:
        """Return a list with the elements of the lists in it."""
        flat: list[Any] = []
        for term in terms:
            flat.extend(term if isinstance(term, (list, tuple)) else [term])
        return flat

    @staticmethod
    def _combine(a: Iterable[Any], b: Iterable[Any]) -> list[list[Any]]:
        """Return every element of one list with every one of another."""
        second = list(b)
        return [LookupBase._flatten([x, y]) for x in a for y in second]

    @staticmethod
    def _flatten_hash_to_list(terms: Mapping[Any, Any]) -> list[dict[str, Any]]:
        """Return a mapping as a list of ``key`` and ``value``."""
        return [{"key": key, "value": value} for key, value in terms.items()]


__all__: Sequence[str] = ("LookupBase", "display")
