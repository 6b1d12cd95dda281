"""Vault envelopes, secrets and ids."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assible.exceptions import VaultError
from assible.language.vault import Vault, VaultSecret, is_encrypted, load_secret, vault_id_of

FOREIGN = """\
$ANSIBLE_VAULT;1.2;AES256;dev
65646262616539653864333762376162636134356234396537623437623065396165373138336238
6462373163393139323064303033353239313831373262640a333138356164626634663266386162
36326539663137313064373763363537636663343563393361323333376230333462346433336530
3732363963323930650a316135633564396661393831623961623862336161393237346231633731
6632
"""


def vault(*pairs: tuple[str, str], id_match: bool = False) -> Vault:
    return Vault([VaultSecret(name, secret.encode()) for name, secret in pairs], id_match)


def no_question(prompt: str, hidden: bool) -> str:
    raise AssertionError(prompt)


def test_an_envelope_made_elsewhere_is_opened() -> None:
    assert vault(("dev", "secret1")).decrypt(FOREIGN) == b"hello\n"


def test_the_format_is_reproducible_with_a_fixed_salt() -> None:
    made = vault(("default", "pw")).encrypt(b"text", salt=b"0" * 32)
    assert made == vault(("default", "pw")).encrypt(b"text", salt=b"0" * 32)
    lines = made.split("\n")
    assert lines[0] == "$ANSIBLE_VAULT;1.1;AES256"
    assert lines[-1] == ""
    assert {len(line) for line in lines[1:-2]} == {80}


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=200))
def test_what_is_sealed_is_opened(plaintext: bytes) -> None:
    both = vault(("default", "pw"))
    assert both.decrypt(both.encrypt(plaintext)) == plaintext


def test_an_id_is_written_into_the_header() -> None:
    made = vault(("prod", "pw")).encrypt(b"x")
    assert made.startswith("$ANSIBLE_VAULT;1.2;AES256;prod\n")
    assert vault_id_of(made) == "prod"
    assert is_encrypted(made.encode())


def test_other_ids_are_tried_unless_ids_must_match() -> None:
    made = vault(("prod", "pw")).encrypt(b"x")
    assert vault(("a", "no"), ("b", "pw")).decrypt(made) == b"x"
    with pytest.raises(VaultError, match="'prod'"):
        vault(("b", "pw"), id_match=True).decrypt(made)


def test_open_tells_which_secret_fitted() -> None:
    made = vault(("prod", "pw")).encrypt(b"x")
    assert vault(("a", "no"), ("b", "pw")).open(made)[1].id == "b"


def test_several_ids_need_a_choice_for_encryption() -> None:
    both = vault(("a", "x"), ("b", "y"))
    with pytest.raises(VaultError, match="several"):
        both.encrypt(b"x")
    assert vault_id_of(both.encrypt(b"x", "b")) == "b"
    with pytest.raises(VaultError, match="'c'"):
        both.encrypt(b"x", "c")


@pytest.mark.parametrize(
    "damaged",
    [
        "plain text",
        "$ANSIBLE_VAULT;1.1;AES256\nzz\n",
        "$ANSIBLE_VAULT;1.1;AES256\n6161\n",
        "$ANSIBLE_VAULT;9.9;AES256\n6161\n",
        "$ANSIBLE_VAULT;1.1;DES\n6161\n",
        "$ANSIBLE_VAULT",
        FOREIGN[:-3] + "\n",
        FOREIGN.replace("6632\n", "6633\n"),
    ],
)
def test_a_damaged_envelope_is_refused(damaged: str) -> None:
    with pytest.raises(VaultError):
        vault(("dev", "secret1")).decrypt(damaged)


def test_no_secrets_is_told_with_what_to_do() -> None:
    with pytest.raises(VaultError) as caught:
        Vault([]).decrypt(FOREIGN)
    assert "--vault-password-file" in (caught.value.hint or "")


def test_secrets_are_not_shown() -> None:
    assert "pw" not in repr(VaultSecret("a", b"pw"))


def test_a_password_file_is_stripped(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("\n  spaced pw  \n\n")
    assert load_secret(str(tmp_path / "pw"), no_question) == VaultSecret("default", b"spaced pw")
    assert load_secret(f"dev@{tmp_path / 'pw'}", no_question).id == "dev"
    assert load_secret(f"@{tmp_path / 'pw'}", no_question).id == "default"


@pytest.mark.parametrize(("name", "secret"), [("pw.sh", b"got:  "), ("pw-client.sh", b"got: --vault-id dev ")])
def test_a_script_gives_the_password_and_a_client_is_told_the_id(tmp_path: Path, name: str, secret: bytes) -> None:
    script = tmp_path / name
    script.write_text('#!/bin/sh\necho "got: $* "\n')
    script.chmod(0o755)
    assert load_secret(f"dev@{script}", no_question).secret == secret


def test_a_failing_script_and_an_empty_or_missing_file_are_refused(tmp_path: Path) -> None:
    script = tmp_path / "bad.sh"
    script.write_text("#!/bin/sh\nexit 3\n")
    script.chmod(0o755)
    (tmp_path / "empty").write_text("\n")
    for source, message in ((script, "status 3"), (tmp_path / "empty", "empty"), (tmp_path / "none", "not found")):
        with pytest.raises(VaultError, match=message):
            load_secret(str(source), no_question)


def test_a_prompt_names_the_id_and_asks_twice_on_demand() -> None:
    asked: list[tuple[str, bool]] = []

    def ask(prompt: str, hidden: bool) -> str:
        asked.append((prompt, hidden))
        return "pw\n"

    assert load_secret("dev@prompt", ask).secret == b"pw"
    load_secret("prompt", ask, confirm=True)
    load_secret("prompt_ask_vault_pass", ask)
    assert asked == [
        ("Vault password (dev): ", True),
        ("New vault password (default): ", True),
        ("Confirm new vault password (default): ", True),
        ("Vault password: ", True),
    ]


def test_two_different_answers_are_refused() -> None:
    answers = iter(["one", "two"])
    with pytest.raises(VaultError, match="not the same"):
        load_secret("prompt", lambda prompt, hidden: next(answers), confirm=True)
