"""The JSON schema of events, made from their types."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any

from assible.model import events
from assible.model.play import Play, Task
from assible.model.result import HostStats

_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def event_schema() -> dict[str, Any]:
    """Return a schema (draft 2020-12) that every event's `Event.as_dict` fits: ``kind`` tells which."""
    kinds = sorted(events.event_kinds().items())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Assible events",
        "description": "One event of a run, as the json writer and the log file in JSON write it.",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name, _ in kinds],
        "$defs": {
            **{name: _event(kind) for name, kind in kinds},
            "host_stats": _object(_hints(HostStats), [field.name for field in dataclasses.fields(HostStats)]),
        },
    }


def _event(kind: type[events.Event]) -> dict[str, Any]:
    names = events.public_fields(kind)
    schema = _object(_hints(kind), names)
    head = {"version": {"const": events.SCHEMA_VERSION}, "kind": {"const": kind.kind}}
    schema["properties"] = {**head, **schema["properties"]}
    schema["required"] = [*head, *names]
    schema["description"] = (kind.__doc__ or "").partition("\n")[0]
    return schema


def _hints(kind: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(kind, localns={"Play": Play, "Task": Task})


def _object(hints: dict[str, Any], names: typing.Iterable[str]) -> dict[str, Any]:
    properties = {name: _value(hints[name]) for name in names}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _value(hint: Any) -> dict[str, Any]:
    """Return the schema of one annotated type."""
    if hint is Any:
        return {}
    if hint in _TYPES:
        return {"type": _TYPES[hint]}
    if hint is HostStats:
        return {"$ref": "#/$defs/host_stats"}
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _value(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _value(arguments[1])}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_value(argument) for argument in arguments]}
    raise TypeError(f"an event cannot have a field of the type {hint}")
