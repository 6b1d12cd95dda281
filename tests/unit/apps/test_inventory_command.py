"""``assible-inventory``: its output is recorded from inventories that cover every kind of source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assible.apps.inventory import main

DATA = Path(__file__).parent.parent / "hosts" / "data"

CASES = {
    "ini": ["-i", "ini/hosts"],
    "yaml": ["-i", "yaml/hosts.yml"],
    "toml": ["-i", "toml/hosts.toml"],
    "script": ["-i", "script/meta.sh"],
    "script_without_meta": ["-i", "script/nometa.sh"],
    "constructed": ["-i", "constructed"],
    "precedence": ["-i", "precedence/hosts"],
    "precedence_with_playbook": ["-i", "precedence/hosts", "--playbook-dir", "pbdir"],
    "directory": ["-i", "directory"],
    "host_list": ["-i", "a,b:22,[::1]:33"],
    "several": ["-i", "precedence/hosts", "-i", "yaml/hosts.yml", "-i", "ini/hosts"],
    "limited": ["-i", "yaml/hosts.yml", "--limit", "web:!web1"],
    "generator": ["-i", "generator/gen.yml"],
}


@pytest.fixture(autouse=True)
def _in_the_data_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA)
    monkeypatch.setenv("ANSIBLE_CONFIG", "/dev/null")


@pytest.fixture
def enabled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "generator" in request.node.name:
        monkeypatch.setenv("ANSIBLE_INVENTORY_ENABLED", "auto,generator")


def expected(name: str) -> str:
    return (DATA / "expected" / name).read_text()


@pytest.mark.usefixtures("enabled")
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    ("options", "ending"),
    [(["--list"], ".json"), (["--list", "--export"], ".export.json"), (["--list", "-y"], ".yml")],
    ids=["list", "export", "yaml"],
)
def test_a_listing_is_as_recorded(
    case: str, options: list[str], ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*CASES[case], *options]) == 0
    assert capsys.readouterr().out.strip() == expected(case + ending).strip()


@pytest.mark.usefixtures("enabled")
@pytest.mark.parametrize("case", CASES)
def test_a_graph_is_as_recorded(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CASES[case], "--graph", "--vars"]) == 0
    assert capsys.readouterr().out.strip() == expected(f"{case}.graph").strip()


def test_one_host_is_shown_with_the_variables_of_its_groups(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-i", "precedence/hosts", "--host", "h1"]) == 0
    recorded = json.loads(expected("precedence.json"))["_meta"]["hostvars"]["h1"]
    assert json.loads(capsys.readouterr().out) == recorded


def test_a_graph_may_begin_at_any_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-i", "yaml/hosts.yml", "--graph", "inner"]) == 0
    assert capsys.readouterr().out == "@inner:\n  |--web1\n  |--in1\n"


def test_toml_can_be_read_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "out.toml"
    assert main(["-i", "toml/hosts.toml", "--list", "--toml", "--export", "--output", str(output)]) == 0
    main(["-i", str(output), "--list"])
    ours = json.loads(capsys.readouterr().out)
    recorded = json.loads(expected("toml.json"))
    assert ours["_meta"]["hostvars"] == recorded["_meta"]["hostvars"]
    assert {name: set(group.get("hosts", ())) for name, group in ours.items()} == {
        name: set(group.get("hosts", ())) for name, group in recorded.items()
    }


@pytest.mark.parametrize(
    "options",
    [[], ["--list", "--graph"], ["--host", "nobody"], ["--graph", "nothing"], ["--list", "--output", "/nowhere/x"]],
)
def test_wrong_usage_is_told_apart(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-i", "yaml/hosts.yml", *options]) == 5
    assert "[ERROR]" in capsys.readouterr().err


def test_a_source_that_cannot_be_read_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-i", "nowhere", "--list"]) == 0
    captured = capsys.readouterr()
    assert "nowhere' cannot be read" in captured.err
    assert json.loads(captured.out)["_meta"]["hostvars"] == {}


def test_output_goes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "out.json"
    main(["-i", "ini/hosts", "--list", "--output", str(output)])
    assert capsys.readouterr().out == ""
    assert output.read_text() == expected("ini.json").rstrip("\n")
