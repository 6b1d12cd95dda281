"""``assible-vault``: encrypt and decrypt files and strings."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from assible.apps import options as common

if TYPE_CHECKING:
    from assible.language.vault import Vault
    from assible.model.origin import Origin
    from assible.settings import Settings

PROG = "assible-vault"

_INDENT = " " * 10
_STANDARD_STREAM = "-"


def parser() -> common.Parser:
    """Return the command line's parser."""
    parser = common.Parser(PROG, "Encrypt and decrypt data files and strings.")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", parser_class=argparse.ArgumentParser)
    for name, text, add_options in (
        ("create", "create an encrypted file in an editor", _create_options),
        ("decrypt", "decrypt files", _output_options),
        ("edit", "edit an encrypted file", _edit_options),
        ("view", "show encrypted files", _file_options),
        ("encrypt", "encrypt files", _encrypt_options),
        ("encrypt_string", "encrypt strings for use in YAML files", _string_options),
        ("rekey", "change the password of encrypted files", _rekey_options),
    ):
        action = actions.add_parser(name, help=text, description=text.capitalize() + ".", allow_abbrev=False)
        action.add_argument("-v", "--verbose", dest="verbosity", action="count", default=0, help="show more")
        common.add_vault(action)
        add_options(action)
    return parser


def _file_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="file; standard input where there is none, or -")


def _output_options(parser: argparse.ArgumentParser) -> None:
    _file_options(parser)
    _output_option(parser)


def _output_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", metavar="FILE", help="where to write; - for standard output")


def _id_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--encrypt-vault-id", metavar="ID", help="the vault id to encrypt with, where secrets for several are given"
    )


def _encrypt_options(parser: argparse.ArgumentParser) -> None:
    _output_options(parser)
    _id_option(parser)


def _edit_options(parser: argparse.ArgumentParser) -> None:
    _file_options(parser)
    _id_option(parser)


def _create_options(parser: argparse.ArgumentParser) -> None:
    _edit_options(parser)
    parser.add_argument("--skip-tty-check", action="store_true", help="open the editor without a terminal too")


def _rekey_options(parser: argparse.ArgumentParser) -> None:
    _file_options(parser)
    _id_option(parser)
    new = parser.add_mutually_exclusive_group()
    new.add_argument("--new-vault-password-file", metavar="FILE", help="file or script with the new password")
    new.add_argument("--new-vault-id", metavar="ID@SOURCE", help="the new vault identity")


def _string_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("strings", nargs="*", metavar="STRING", help="string to encrypt; - for standard input")
    _output_option(parser)
    _id_option(parser)
    parser.add_argument("-p", "--prompt", action="store_true", help="ask for the string")
    parser.add_argument("--show-input", action="store_true", help="show what is typed at the prompt")
    parser.add_argument(
        "-n", "--name", dest="names", action="append", default=[], metavar="NAME", help="variable name; repeatable"
    )
    parser.add_argument("--stdin-name", metavar="NAME", help="variable name of what standard input holds")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns ansible-vault's exit codes."""
    return common.command(
        parser(),
        run,
        argv,
        missing=lambda options: None if options.action else "name an action",
        vault_error=common.EXIT_ERROR,
    )


def run(options: argparse.Namespace) -> int:
    """Carry out the action that the options name."""
    settings = common.resolve_settings(options)
    _ACTIONS[options.action](options, settings)
    return 0


# --- actions --------------------------------------------------------------------------------------------------------


def _encrypt(options: argparse.Namespace, settings: Settings) -> None:
    _check_output(options)
    vault = _vault(options, settings, confirm=True)
    vault_id = _encrypt_id(options, settings, vault)
    for path in options.files or [_STANDARD_STREAM]:
        plaintext = _read(path)
        _refuse_encrypted(plaintext)
        _write(options.output or path, _sealed(vault, plaintext, vault_id, settings))
    _report("Encryption successful")


def _decrypt(options: argparse.Namespace, settings: Settings) -> None:
    _check_output(options)
    vault = _vault(options, settings)
    for path in options.files or [_STANDARD_STREAM]:
        _write(options.output or path, _opened(vault, path))
    _report("Decryption successful")


def _view(options: argparse.Namespace, settings: Settings) -> None:
    vault = _vault(options, settings)
    for path in options.files:
        plaintext = _opened(vault, path)
        if sys.stdout.isatty():
            import pydoc  # only on a terminal

            pydoc.pager(plaintext.decode("utf-8", "replace"))
        else:
            _write(_STANDARD_STREAM, plaintext)


def _create(options: argparse.Namespace, settings: Settings) -> None:
    from assible.exceptions import UsageError

    if len(options.files) != 1:
        raise UsageError("Exactly one file can be created at a time.")
    if not options.skip_tty_check and not sys.stdout.isatty():
        raise UsageError("An editor cannot be opened without a terminal.", hint="Use --skip-tty-check if it can.")
    [path] = options.files
    if os.path.exists(path):
        raise UsageError(f"The file '{path}' exists already.", hint="Change it with 'edit'.")
    vault = _vault(options, settings, confirm=True)
    vault_id = _encrypt_id(options, settings, vault)
    with _private_file(path, b"") as draft:
        _open_editor(draft)
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        _write(path, _sealed(vault, _read(draft), vault_id, settings))


def _edit(options: argparse.Namespace, settings: Settings) -> None:
    vault = _vault(options, settings)
    for path in options.files:
        plaintext, secret = vault.open(_read(path), _origin(path))
        chosen = options.encrypt_vault_id or settings.vault_encrypt_identity
        vault_id = vault.secret_for(chosen).id if chosen else None
        with _private_file(path, plaintext) as draft:
            _open_editor(draft)
            edited = _read(draft)
        if edited != plaintext or (vault_id and vault_id != secret.id):
            keeper = vault if vault_id else type(vault)([secret])
            _write(path, _sealed(keeper, edited, vault_id, settings, _label(path, vault_id)))


def _rekey(options: argparse.Namespace, settings: Settings) -> None:
    from assible.language.vault import Vault, load_secret

    vault = _vault(options, settings)
    contents = [(path, _opened(vault, path)) for path in options.files]
    if options.new_vault_password_file:
        spec = f"{settings.vault_identity}@{options.new_vault_password_file}"
    else:
        spec = options.new_vault_id or f"{settings.vault_identity}@prompt_ask_vault_pass"
    new = Vault([load_secret(spec, common.ask, confirm=True)])
    vault_id = new.secret_for(options.encrypt_vault_id).id
    for path, plaintext in contents:
        _write(path, _sealed(new, plaintext, vault_id, settings))
    print("Rekey successful", file=sys.stderr)


def _encrypt_string(options: argparse.Namespace, settings: Settings) -> None:
    vault = _vault(options, settings, confirm=True)
    vault_id = _encrypt_id(options, settings, vault)
    strings = list(_strings(options))
    written: list[str] = []
    for number, (name, text, source) in enumerate(strings, start=1):
        if len(strings) > 1:
            what = (
                f'variable ("{name}", the string #{number} from {source})'
                if name
                else f"string #{number} from {source}"
            )
            print(f"# The encrypted version of the {what}.", file=sys.stderr)
        written.append(_yaml_block(name, _sealed(vault, text.encode("utf-8"), vault_id, settings)))
    _write(options.output or _STANDARD_STREAM, "".join(written).encode("utf-8"))
    _report("Encryption successful")


_ACTIONS: dict[str, Callable[[argparse.Namespace, Settings], None]] = {
    "create": _create,
    "decrypt": _decrypt,
    "edit": _edit,
    "view": _view,
    "encrypt": _encrypt,
    "encrypt_string": _encrypt_string,
    "rekey": _rekey,
}


# --- strings --------------------------------------------------------------------------------------------------------


def _strings(options: argparse.Namespace) -> Iterator[tuple[str | None, str, str]]:
    """Yield name, text and source of each string: from the prompt, from standard input, from the command line."""
    arguments = [text for text in options.strings if text != _STANDARD_STREAM]
    from_stdin = _STANDARD_STREAM in options.strings or bool(options.stdin_name)
    if options.prompt:
        yield _prompted(options)
    elif not arguments:
        from_stdin = True
    if from_stdin:
        yield options.stdin_name, _checked(sys.stdin.read(), "stdin"), "stdin"
    for index, text in enumerate(arguments):
        name = options.names[index] if index < len(options.names) else None
        yield name, _checked(text, "the command line args"), "the command line args"


def _prompted(options: argparse.Namespace) -> tuple[str | None, str, str]:
    if options.names:
        name = options.names.pop(0)
    else:
        name = common.ask("Variable name (enter for no name): ", False) or None
    label = f'Variable name "{name}"' if name else "String to encrypt"
    text = common.ask(f"{label}{'' if options.show_input else ' (hidden)'}: ", not options.show_input)
    return name, _checked(text, "the prompt"), "the prompt"


def _checked(text: str, source: str) -> str:
    from assible.exceptions import UsageError

    if not text:
        raise UsageError(f"There is no text from {source} to encrypt.")
    return text


def _yaml_block(name: str | None, envelope: bytes) -> str:
    head = f"{name}: !vault |" if name else "!vault |"
    lines = [head, *(_INDENT + line for line in envelope.decode("ascii").splitlines())]
    return "\n".join(lines) + "\n"


# --- secrets --------------------------------------------------------------------------------------------------------


def _vault(options: argparse.Namespace, settings: Settings, confirm: bool = False) -> Vault:
    """Return the vault with the secrets that are given; ask for one where there are none."""
    return common.vault_from(options, settings, confirm=confirm, required=True)


def _encrypt_id(options: argparse.Namespace, settings: Settings, vault: Vault) -> str:
    return vault.secret_for(options.encrypt_vault_id or settings.vault_encrypt_identity).id


def _label(path: str, vault_id: str | None) -> str | None:
    """Return the id that a file carries, where it is to keep it."""
    from assible.language.vault import vault_id_of

    return None if vault_id else vault_id_of(_read(path))


def _sealed(
    vault: Vault, plaintext: bytes, vault_id: str | None, settings: Settings, label: str | None = None
) -> bytes:
    salt = getattr(settings, "vault_encrypt_salt", None)
    envelope = vault.encrypt(plaintext, vault_id, salt.encode("utf-8") if salt else None, label=label)
    return envelope.encode("ascii")


def _opened(vault: Vault, path: str) -> bytes:
    return vault.decrypt(_read(path), _origin(path))


def _origin(path: str) -> Origin:
    from assible.model.origin import Origin

    return Origin("<stdin>" if path == _STANDARD_STREAM else os.path.abspath(path))


def _refuse_encrypted(data: bytes) -> None:
    from assible.exceptions import VaultError
    from assible.language.vault import is_encrypted

    if is_encrypted(data):
        raise VaultError("The input is encrypted already.")


# --- files ----------------------------------------------------------------------------------------------------------


def _check_output(options: argparse.Namespace) -> None:
    from assible.exceptions import UsageError

    if options.output and len(options.files) > 1:
        raise UsageError("--output takes the result of one file only.")


def _read(path: str) -> bytes:
    from assible.exceptions import VaultError

    try:
        if path == _STANDARD_STREAM:
            return sys.stdin.buffer.read()
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise VaultError(f"The file '{path}' cannot be read: {error.strerror}.") from error


def _write(path: str, data: bytes) -> None:
    """Write a file in one step, readable by its owner only; a link's target is written."""
    from assible.exceptions import VaultError

    if path == _STANDARD_STREAM:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        _replace(os.path.realpath(path), data)
    except OSError as error:
        raise VaultError(f"The file '{path}' cannot be written: {error.strerror}.") from error


def _replace(path: str, data: bytes) -> None:
    import tempfile  # slow to import

    descriptor, draft = tempfile.mkstemp(prefix=".assible-", dir=os.path.dirname(path))  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _keep_owner(path, draft)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _keep_owner(path: str, draft: str) -> None:
    try:
        status = os.stat(path)
        if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(draft, status.st_uid, status.st_gid)
    except OSError:  # a new file, or an owner that only root may give
        pass


@contextmanager
def _private_file(path: str, data: bytes) -> Iterator[str]:
    """Lend a file for an editor, which nobody else can read and which is overwritten and removed in the end."""
    import tempfile  # slow to import

    with tempfile.TemporaryDirectory(prefix="assible-vault-") as directory:
        draft = os.path.join(directory, os.path.basename(path))
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        try:
            yield draft
        finally:
            _overwrite(draft)


def _overwrite(path: str) -> None:
    try:
        with open(path, "r+b") as file:
            file.write(os.urandom(os.path.getsize(path)))
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # the editor has taken it away
        pass


def _open_editor(path: str) -> None:
    import shlex
    import subprocess

    from assible.exceptions import VaultError

    command = [*shlex.split(os.environ.get("EDITOR") or "vi"), path]
    try:
        status = subprocess.run(command, check=False).returncode
    except OSError as error:
        raise VaultError(
            f"The editor '{command[0]}' cannot be run: {error.strerror}.", hint="Set the variable EDITOR."
        ) from error
    if status:
        raise VaultError(f"The editor failed with status {status}; nothing was changed.")


def _report(text: str) -> None:
    if sys.stdout.isatty():
        print(text, file=sys.stderr)
