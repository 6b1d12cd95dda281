"""``assible-vault``: every action, on files and streams."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from assible.apps import vault as command
from assible.apps.vault import main
from assible.language.vault import Vault, VaultSecret, vault_id_of
from assible.language.yaml import load_yaml


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANSIBLE_CONFIG", "/dev/null")
    (tmp_path / "pw").write_text("one\n")
    (tmp_path / "pw2").write_text("two\n")
    (tmp_path / "file").write_text("hello\n")
    return tmp_path


PW = ["--vault-password-file", "pw"]


def opened(path: Path, secret: str = "one") -> bytes:
    return Vault([VaultSecret("default", secret.encode())]).decrypt(path.read_bytes())


def test_a_file_is_encrypted_in_place_and_private(place: Path) -> None:
    (place / "file").chmod(0o644)
    assert main(["encrypt", *PW, "file"]) == 0
    assert opened(place / "file") == b"hello\n"
    assert stat.S_IMODE((place / "file").stat().st_mode) == 0o600
    assert sorted(path.name for path in place.iterdir()) == ["file", "pw", "pw2"]


def test_a_file_is_decrypted_in_place(place: Path) -> None:
    main(["encrypt", *PW, "file"])
    assert main(["decrypt", *PW, "file"]) == 0
    assert (place / "file").read_text() == "hello\n"


def test_the_target_of_a_link_is_written(place: Path) -> None:
    (place / "link").symlink_to("file")
    main(["encrypt", *PW, "link"])
    assert (place / "link").is_symlink()
    assert opened(place / "file") == b"hello\n"


def test_the_result_may_go_elsewhere(place: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    main(["encrypt", *PW, "file", "--output", "other"])
    assert (place / "file").read_text() == "hello\n"
    main(["decrypt", *PW, "other", "--output", "-"])
    assert capfdbinary.readouterr().out == b"hello\n"


def test_several_files_have_no_one_output(place: Path) -> None:
    assert main(["encrypt", *PW, "file", "pw2", "--output", "x"]) == 5


def test_streams_are_read_and_written(
    place: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"streamed")))
    main(["encrypt", *PW])
    envelope = capfdbinary.readouterr().out
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(envelope)))
    main(["decrypt", *PW])
    assert capfdbinary.readouterr().out == b"streamed"


def test_what_is_encrypted_is_not_encrypted_again(place: Path) -> None:
    main(["encrypt", *PW, "file"])
    assert main(["encrypt", *PW, "file"]) == 1


def test_view_shows_every_file(place: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    main(["encrypt", *PW, "file", "pw2"])
    assert main(["view", *PW, "file", "pw2"]) == 0
    assert capfdbinary.readouterr().out == b"hello\ntwo\n"


def test_rekey_changes_password_and_id(place: Path) -> None:
    main(["encrypt", *PW, "file"])
    assert main(["rekey", *PW, "--new-vault-id", "new@pw2", "file"]) == 0
    assert vault_id_of((place / "file").read_bytes()) == "new"
    assert opened(place / "file", "two") == b"hello\n"
    assert main(["rekey", "--vault-id", "pw2", "--new-vault-password-file", "pw", "file"]) == 0
    assert opened(place / "file") == b"hello\n"


def test_the_vault_id_to_encrypt_with_must_be_clear(place: Path) -> None:
    both = ["--vault-id", "a@pw", "--vault-id", "b@pw2"]
    assert main(["encrypt", *both, "file"]) == 1
    assert main(["encrypt", *both, "--encrypt-vault-id", "c", "file"]) == 1
    assert (place / "file").read_text() == "hello\n"
    assert main(["encrypt", *both, "--encrypt-vault-id", "b", "file"]) == 0
    assert vault_id_of((place / "file").read_bytes()) == "b"


def test_edit_keeps_the_id_and_the_secret_of_the_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main(["encrypt", "--vault-id", "prod@pw", "file"])
    monkeypatch.setenv("EDITOR", "sh -c 'echo more >> $0'")
    assert main(["edit", "--vault-id", "x@pw2", "--vault-id", "other@pw", "file"]) == 0
    assert vault_id_of((place / "file").read_bytes()) == "prod"
    assert opened(place / "file") == b"hello\nmore\n"


def test_edit_without_a_change_leaves_the_file_alone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main(["encrypt", *PW, "file"])
    before = (place / "file").read_bytes()
    monkeypatch.setenv("EDITOR", "true")
    assert main(["edit", *PW, "file"]) == 0
    assert (place / "file").read_bytes() == before


def test_a_failing_editor_changes_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main(["encrypt", *PW, "file"])
    before = (place / "file").read_bytes()
    monkeypatch.setenv("EDITOR", "sh -c 'echo more >> $0; exit 3'")
    assert main(["edit", *PW, "file"]) == 1
    assert (place / "file").read_bytes() == before


def test_create_opens_an_editor_and_refuses_what_exists(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "sh -c 'echo created > $0'")
    assert main(["create", *PW, "new/file"]) == 5  # no terminal
    assert main(["create", *PW, "--skip-tty-check", "new/file"]) == 0
    assert opened(place / "new" / "file") == b"created\n"
    assert main(["create", *PW, "--skip-tty-check", "file"]) == 5


def test_strings_become_yaml(place: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["encrypt_string", *PW, "-n", "first", "one two", "nameless"]) == 0
    captured = capsysbinary.readouterr()
    text = captured.out.decode()
    assert b'variable ("first", the string #1 from the command line args)' in captured.err
    secrets = Vault([VaultSecret("default", b"one")])
    head, tail = text.split("!vault |\n")[1:]
    value = load_yaml(f"first: !vault |\n{head}", "f", decrypt=secrets.decrypt_text)
    assert value["first"].reveal() == "one two"
    assert load_yaml(f"!vault |\n{tail}", "f", decrypt=secrets.decrypt_text).reveal() == "nameless"


def test_a_string_may_come_from_a_stream(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("piped"))
    assert main(["encrypt_string", *PW, "--stdin-name", "word"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"word: !vault |\n          $ANSIBLE_VAULT;1.1;AES256\n")


def test_an_empty_string_is_refused(place: Path) -> None:
    assert main(["encrypt_string", *PW, ""]) == 5


def test_strings_and_passwords_are_asked_for(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    asked: list[tuple[str, bool]] = []

    def ask(prompt: str, hidden: bool) -> str:
        asked.append((prompt, hidden))
        return "one" if "assword" in prompt else "text"

    monkeypatch.setattr(command.common, "ask", ask)
    assert main(["encrypt_string", "-p", "-n", "name"]) == 0
    assert asked == [
        ("New Vault password: ", True),
        ("Confirm New Vault password: ", True),
        ('Variable name "name" (hidden): ', True),
    ]


def test_mistakes_have_their_exit_codes(place: Path) -> None:
    assert main(["view", *PW, "nofile"]) == 1
    assert main(["decrypt", *PW, "file"]) == 1
    assert main([]) == 2
