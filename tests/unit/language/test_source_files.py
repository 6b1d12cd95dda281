"""Reading source files once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assible.exceptions import SourceFileError, VaultError, YamlError
from assible.language.files import SourceFiles
from assible.language.vault import Vault, VaultSecret
from assible.model.text import TemplateText, VaultedText

VAULT = Vault([VaultSecret("default", b"pw")])


def test_a_parsed_file_is_kept_until_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "vars.yml"
    path.write_text("a: 1\n")
    files = SourceFiles()
    first = files.yaml(str(path))
    assert files.yaml(str(path)) is first
    path.write_text("a: 22\n")
    assert files.yaml(str(path)) == {"a": 22}


def test_a_vaulted_file_is_decrypted(tmp_path: Path) -> None:
    path = tmp_path / "vars.yml"
    path.write_text(VAULT.encrypt(b"a: '{{ x }}'\n"))
    files = SourceFiles(VAULT)
    assert files.text(str(path)) == "a: '{{ x }}'\n"
    assert type(files.yaml(str(path))["a"]) is TemplateText
    with pytest.raises(VaultError):
        SourceFiles().read(str(path))


def test_a_vaulted_scalar_is_opened_with_the_same_secrets(tmp_path: Path) -> None:
    path = tmp_path / "vars.yml"
    block = VAULT.encrypt(b"hidden").replace("\n", "\n  ")
    path.write_text(f"a: !vault |\n  {block}\n")
    value = SourceFiles(VAULT).yaml(str(path))["a"]
    assert isinstance(value, VaultedText)
    assert value.reveal() == "hidden"


def test_json_is_read_as_json_and_trusted(tmp_path: Path) -> None:
    path = tmp_path / "vars.json"
    path.write_text('{"a": 1e3,\n\t"b": "{{ x }}"}')
    value = SourceFiles().yaml(str(path))
    assert value == {"a": 1000.0, "b": "{{ x }}"}
    assert type(value["b"]) is TemplateText
    path.write_text("{a: yes}\n")
    assert SourceFiles().yaml(str(path)) == {"a": True}


def test_json_may_mark_text_as_encrypted_or_unsafe(tmp_path: Path) -> None:
    path = tmp_path / "vars.json"
    path.write_text('{"a": [{"__ansible_unsafe": "{{ x }}"}], "b": {"__ansible_vault": "sealed"}}')
    value = SourceFiles().yaml(str(path))
    assert type(value["a"][0]) is str
    assert isinstance(value["b"], VaultedText)
    assert (value.templated, value["a"].templated) == (True, False)


def test_missing_unreadable_and_broken_files_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "broken.yml").write_text("a: [\n")
    (tmp_path / "latin.txt").write_bytes(b"\xe9")
    files = SourceFiles()
    with pytest.raises(SourceFileError, match="No such file"):
        files.read(str(tmp_path / "none"))
    with pytest.raises(SourceFileError, match="directory"):
        files.read(str(tmp_path))
    with pytest.raises(SourceFileError, match="UTF-8"):
        files.text(str(tmp_path / "latin.txt"))
    with pytest.raises(YamlError):
        files.yaml(str(tmp_path / "broken.yml"))


def test_a_vars_directory_is_walked_in_order_without_hidden_and_foreign_files(tmp_path: Path) -> None:
    base = tmp_path / "web"
    (base / "sub").mkdir(parents=True)
    (base / ".hid").mkdir()
    names = "a b.yml c.yaml d.json e.txt f.yml~ .g.yml h.bak 10 2.yml Z.yml m.YML n.x.yml sub/k.yml .hid/l.yml"
    for name in names.split():
        (base / name).write_text("x: 1\n")
    (tmp_path / "web.yml").write_text("x: 1\n")
    found = [os.path.relpath(path, base) for path in SourceFiles().list_vars_files(str(base))]
    assert found == ["10", "2.yml", "Z.yml", "a", "b.yml", "c.yaml", "d.json", "n.x.yml", "sub/k.yml"]


def test_the_first_ending_that_exists_is_taken(tmp_path: Path) -> None:
    for name in ("h1.yml", "h1.json", "h2", "h2.yml"):
        (tmp_path / name).write_text("x: 1\n")
    files = SourceFiles()
    assert files.list_vars_files(str(tmp_path / "h1")) == [str(tmp_path / "h1.yml")]
    assert files.list_vars_files(str(tmp_path / "h2")) == [str(tmp_path / "h2")]
    assert files.list_vars_files(str(tmp_path / "h3")) == []


def test_threads_share_what_was_read(tmp_path: Path) -> None:
    paths = []
    for number in range(20):
        path = tmp_path / f"{number}.yml"
        path.write_text(f"a: {number}\n")
        paths.append(str(path))
    files = SourceFiles()
    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(files.yaml, paths * 5))
    assert [value["a"] for value in values] == list(range(20)) * 5
