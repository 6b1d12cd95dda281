"""Tables whose values are imported when they are read."""

from __future__ import annotations

import sys

import pytest

from assible.registry.lazy import LazyTable, places


def test_a_name_stands_for_the_function_of_that_name_or_for_another() -> None:
    assert places(paths="basename dirname=parent", text="quote") == {
        "basename": "paths:basename",
        "dirname": "paths:parent",
        "quote": "text:quote",
    }


def test_a_module_is_imported_when_one_of_its_names_is_read() -> None:
    sys.modules.pop("wsgiref.headers", None)
    table = LazyTable("wsgiref", {"headers": "headers:Headers"})
    assert list(table) == ["headers"]
    assert "headers" in table
    assert "wsgiref.headers" not in sys.modules
    assert table["headers"].__name__ == "Headers"
    assert table["headers"] is table.get("headers")


def test_an_unknown_name_is_a_key_error() -> None:
    table = LazyTable("wsgiref", {})
    assert table.get("nope") is None
    with pytest.raises(KeyError):
        table["nope"]
