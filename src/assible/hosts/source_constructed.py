"""Source ``constructed``: variables and groups made of the variables that earlier sources gave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from assible.exceptions import InventoryError, TemplateError
from assible.hosts.configured import has_config_name, option, read_config
from assible.hosts.context import Context
from assible.hosts.inventory import Inventory, safe_group_name
from assible.model.hosts import Host
from assible.model.origin import Origin
from assible.model.text import TemplateText

NAMES: Final = ("ansible.builtin.constructed", "constructed")
KEYED_OPTIONS: Final = frozenset({"key", "prefix", "separator", "parent_group", "default_value", "trailing_separator"})
OPTIONS: Final = frozenset(
    {"compose", "groups", "keyed_groups", "leading_separator", "strict", "use_extra_vars", "use_vars_plugins"}
)


def verify(path: str, context: Context) -> bool:
    """Accept a file with a name that configurations may have."""
    return has_config_name(path, context)


def parse(path: str, inventory: Inventory, context: Context) -> None:
    """Apply a configuration to every host that is known so far.

    Raises:
        InventoryError: An option is wrong; or, with ``strict``, an expression fails.
    """
    config = read_config(path, NAMES, OPTIONS, context)
    builder = Constructed.from_config(config, path, inventory, context)
    for host in list(inventory.hosts.values()):
        builder.apply(host)


@dataclass(frozen=True, slots=True)
class Constructed:
    """Makes variables and groups of a host's variables. Other sources may use it too.

    Attributes:
        inventory: What is extended.
        context: Evaluates and renders.
        path: The configuration, for errors.
        compose: Variable names and the expressions that give their values.
        groups: Group names and the conditions under which a host belongs to them.
        keyed_groups: How groups are named after values; see the documentation of ``constructed``.
        strict: A failing expression is an error; else it is passed over.
        leading_separator: Names without prefix begin with the separator.
        variables_of: Gives the variables of a host.
    """

    inventory: Inventory
    context: Context
    path: str
    compose: Mapping[str, Any] = field(default_factory=dict)
    groups: Mapping[str, Any] = field(default_factory=dict)
    keyed_groups: tuple[Mapping[str, Any], ...] = ()
    strict: bool = False
    leading_separator: bool = True
    variables_of: Callable[[Host], dict[str, Any]] = lambda host: dict(host.vars)

    @classmethod
    def from_config(cls, config: Mapping[str, Any], path: str, inventory: Inventory, context: Context) -> Constructed:
        """Read the options of a configuration.

        Raises:
            InventoryError: An option is of the wrong kind.
        """
        keyed = option(config, "keyed_groups", list, [], path)
        for entry in keyed:
            _check_keyed(entry, path)
        with_files = option(config, "use_vars_plugins", bool, False, path)
        use_extra = option(config, "use_extra_vars", bool, context.use_extra_vars, path)
        extra = context.extra_vars if use_extra else {}
        return cls(
            inventory,
            context,
            path,
            compose=option(config, "compose", dict, {}, path),
            groups=option(config, "groups", dict, {}, path),
            keyed_groups=tuple(keyed),
            strict=option(config, "strict", bool, False, path),
            leading_separator=option(config, "leading_separator", bool, True, path),
            variables_of=lambda host: _variables(host, inventory, context, extra, with_files),
        )

    def apply(self, host: Host) -> None:
        """Extend the inventory by what the variables of one host give."""
        if self.compose:
            variables = self.variables_of(host)
            for name, expression in self.compose.items():
                self._compose(host, name, expression, variables)
        if self.groups or self.keyed_groups:
            variables = self.variables_of(host)
            for name, condition in self.groups.items():
                self._add_if(host, name, condition, variables)
            for entry in self.keyed_groups:
                self._add_keyed(host, entry, variables)

    def _compose(self, host: Host, name: str, expression: Any, variables: dict[str, Any]) -> None:
        try:
            value = self._evaluate(expression, variables)
        except (TemplateError, InventoryError) as error:
            self._failed(f"The variable '{name}' of the host '{host.name}' cannot be set: {error}", expression, error)
        else:
            self.inventory.set_variable(host, name, value)

    def _add_if(self, host: Host, name: str, condition: Any, variables: dict[str, Any]) -> None:
        try:
            belongs = condition if isinstance(condition, bool) else self._evaluate(condition, variables)
            if not isinstance(belongs, bool):
                raise InventoryError(f"the condition gives {belongs!r}, which is no boolean.")
        except (TemplateError, InventoryError) as error:
            message = f"Whether the host '{host.name}' belongs to the group '{name}' cannot be decided: {error}"
            self._failed(message, condition, error)
        else:
            if belongs:
                group = self.inventory.add_group(safe_group_name(str(name)))
                self.inventory.add_host(host.name, group)

    def _add_keyed(self, host: Host, entry: Mapping[str, Any], variables: dict[str, Any]) -> None:
        key = entry.get("key")
        try:
            value = self._evaluate(key, variables)
            if not value and (value not in (None, "") or entry.get("default_value") is None):
                raise InventoryError("the value is empty.")
            parent = self._parent(entry, variables)
        except (TemplateError, InventoryError) as error:
            message = f"The groups that '{key}' gives the host '{host.name}' cannot be named: {error}"
            self._failed(message, key, error)
            return
        for name in self._names(value, entry, key):
            group = self.inventory.add_group(safe_group_name(name))
            if parent:
                self.inventory.add_child(self.inventory.add_group(safe_group_name(parent)), group)
            self.inventory.add_host(host.name, group)

    def _parent(self, entry: Mapping[str, Any], variables: dict[str, Any]) -> str | None:
        parent = entry.get("parent_group")
        if isinstance(parent, TemplateText):
            parent = self.context.renderer()(parent, variables)
        return str(parent) if parent else None

    def _names(self, value: Any, entry: Mapping[str, Any], key: Any) -> list[str]:
        separator = str(entry.get("separator", "_"))
        default = entry.get("default_value")
        trailing = entry.get("trailing_separator", True)
        if isinstance(value, Mapping):
            bare = [_pair(name, part, separator, default, trailing) for name, part in value.items()]
        elif isinstance(value, (list, tuple)):
            bare = [_or_default(part, default) for part in value]
        elif value is None or isinstance(value, str):
            bare = [_or_default(value, default)]
        else:
            raise InventoryError(
                f"The key '{key}' of a keyed group gives a {type(value).__name__}; groups are named after text, lists "
                "and mappings.",
                origin=getattr(key, "origin", None) or Origin(self.path),
                hint=f"Write the key as '{key} | string'.",
            )
        prefix = str(entry.get("prefix") or "")
        between = separator if prefix or self.leading_separator else ""
        return [prefix if not name and trailing is False else f"{prefix}{between}{name}" for name in bare]

    def _evaluate(self, expression: Any, variables: dict[str, Any]) -> Any:
        if not isinstance(expression, str):
            raise InventoryError("an expression must be text.")
        return self.context.evaluator()(expression, variables)

    def _failed(self, message: str, expression: Any, error: Exception) -> None:
        if self.strict:
            origin = getattr(expression, "origin", None) or Origin(self.path)
            raise InventoryError(message, origin=origin) from error


def _variables(
    host: Host, inventory: Inventory, context: Context, extra: Mapping[str, Any], with_files: bool
) -> dict[str, Any]:
    variables: dict[str, Any] = {}
    for group in inventory.ancestors(host) if host.groups else ():
        variables.update(inventory.own_variables(group, files=with_files))
    variables.update(inventory.own_variables(host, files=with_files))
    if context.facts is not None:
        variables.update(context.facts(host.name))
    variables["inventory_hostname"] = host.name
    variables["group_names"] = inventory.group_names(host)
    variables.update(extra)
    return variables


def _check_keyed(entry: Any, path: str) -> None:
    origin = getattr(entry, "origin", None) or Origin(path)
    if not isinstance(entry, Mapping):
        raise InventoryError("Each entry of 'keyed_groups' must be a mapping.", origin=origin)
    unknown = [str(name) for name in entry if name not in KEYED_OPTIONS]
    if unknown:
        raise InventoryError(f"A keyed group has no option {', '.join(map(repr, unknown))}.", origin=origin)
    if entry.get("default_value") is not None and entry.get("trailing_separator") is not None:
        raise InventoryError("A keyed group takes default_value or trailing_separator, not both.", origin=origin)


def _or_default(value: Any, default: Any) -> str:
    if value in (None, ""):
        return "" if default is None else str(default)
    return str(value)


def _pair(name: Any, value: Any, separator: str, default: Any, trailing: Any) -> str:
    text = _or_default(value, default)
    return str(name) if not text and trailing is False else f"{name}{separator}{text}"
