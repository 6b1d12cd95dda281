"""Command line options that several commands share, and what they come to."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assible.exceptions import AssibleError
    from assible.language.vault import Vault
    from assible.settings import Settings

EXIT_ERROR, EXIT_USAGE, EXIT_PARSE, EXIT_OPTIONS, EXIT_INTERRUPTED, EXIT_BUG = 1, 2, 4, 5, 99, 250


class Parser(argparse.ArgumentParser):
    """A parser whose ``--version`` costs no imports, and that exits with 2 on wrong usage."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(prog=prog, description=description, allow_abbrev=False)
        self.add_argument("--version", action="store_true", help="show the version, where things are found, and exit")
        self.add_argument(
            "-v", "--verbose", dest="verbosity", action="count", default=0, help="show more; up to -vvvvvv"
        )


def add_inventory(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("hosts")
    group.add_argument(
        "-i",
        "--inventory",
        "--inventory-file",
        action="append",
        metavar="SOURCE",
        help="inventory file, directory, script or comma separated list of hosts; repeatable",
    )
    group.add_argument(
        "-l",
        "--limit",
        dest="limit",
        metavar="PATTERN",
        help="further limit the hosts; @FILE reads patterns from a file",
    )
    group.add_argument("--list-hosts", action="store_true", help="only list the matching hosts")
    group.add_argument("--flush-cache", action="store_true", help="clear the fact cache of every host in the inventory")


def add_vault(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("vault")
    group.add_argument(
        "--vault-id",
        dest="vault_ids",
        action="append",
        default=[],
        metavar="ID@SOURCE",
        help="a vault identity: label@file, label@script or label@prompt; repeatable",
    )
    group.add_argument(
        "-J",
        "--ask-vault-password",
        "--ask-vault-pass",
        dest="ask_vault_pass",
        action="store_true",
        help="ask for the vault password",
    )
    group.add_argument(
        "--vault-password-file",
        "--vault-pass-file",
        dest="vault_password_files",
        action="append",
        default=[],
        metavar="FILE",
        help="file or script with the vault password; repeatable",
    )


def add_connection(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("connection")
    group.add_argument(
        "--private-key", "--key-file", dest="private_key_file", metavar="FILE", help="private key for the connection"
    )
    group.add_argument("-u", "--user", dest="remote_user", metavar="USER", help="connect as this user")
    group.add_argument("-c", "--connection", dest="transport", metavar="KIND", help="connection type: ssh, local")
    group.add_argument(
        "-T",
        "--timeout",
        dest="timeout_seconds",
        type=int,
        metavar="SECONDS",
        help="time that a connection may take to open",
    )
    group.add_argument(
        "--ssh-common-args", metavar="ARGS", help="arguments for ssh and what uses it (e.g. ProxyCommand)"
    )
    group.add_argument("--ssh-extra-args", metavar="ARGS", help="arguments for ssh alone")
    group.add_argument("-k", "--ask-pass", action="store_true", help="ask for the connection password")
    group.add_argument(
        "--connection-password-file",
        "--conn-pass-file",
        dest="connection_password_file",
        metavar="FILE",
        help="file with the connection password",
    )


def add_become(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("privileges")
    group.add_argument("-b", "--become", action="store_true", default=None, help="become another user on the target")
    group.add_argument("--become-method", metavar="METHOD", help="how: sudo or su")
    group.add_argument("--become-user", metavar="USER", help="as whom; root by default")
    group.add_argument(
        "-K", "--ask-become-pass", dest="become_ask_pass", action="store_true", help="ask for the become password"
    )
    group.add_argument(
        "--become-password-file",
        "--become-pass-file",
        dest="become_password_file",
        metavar="FILE",
        help="file with the become password",
    )


def add_run(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("run")
    group.add_argument(
        "-e",
        "--extra-vars",
        dest="extra_vars",
        action="append",
        default=[],
        metavar="VARS",
        help="variables: key=value, YAML or JSON, or @FILE; repeatable",
    )
    group.add_argument("-f", "--forks", type=int, metavar="N", help="how many hosts work at a time")
    group.add_argument("-C", "--check", action="store_true", help="predict changes, make none")
    group.add_argument("-D", "--diff", action="store_true", default=None, help="show how files change")
    group.add_argument(
        "-M",
        "--module-path",
        action="append",
        default=[],
        metavar="DIR",
        help="further directories of modules; repeatable",
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("--live", action="store_true", help="show the output of commands while they run")
    group.add_argument("--profile", action="store_true", help="show where the time went, by task and host")


SETTING_OPTIONS = (
    "private_key_file", "remote_user", "transport", "timeout_seconds", "ssh_common_args", "ssh_extra_args", "become",
    "become_method", "become_user", "forks", "connection_password_file", "become_password_file",
)  # fmt: skip


def resolve_settings(options: argparse.Namespace) -> Settings:
    """Return the settings with the command line's on top.

    Raises:
        SettingsError: One of them is wrong.
    """
    from assible.settings import load_settings

    given = {name: getattr(options, name, None) for name in SETTING_OPTIONS}
    settings = load_settings(arguments=given)
    if options.inventory if hasattr(options, "inventory") else None:
        settings = settings.replace(inventory=[source for source in options.inventory])
    if getattr(options, "module_path", None):
        paths = [path for entry in options.module_path for path in entry.split(":") if path]
        settings = settings.replace(library=[*paths, *settings.library])
    return settings


def ask(prompt: str, hidden: bool) -> str:
    """Ask on the terminal."""
    if hidden:
        import getpass

        return getpass.getpass(prompt)
    return input(prompt)


def password_from_file(path: str) -> str:
    """Return the first line of a password file, or of what a script prints.

    Raises:
        UsageError: It cannot be read.
    """
    import subprocess

    from assible.exceptions import UsageError

    path = os.path.expanduser(path)
    try:
        if path == "-":
            text = sys.stdin.read()
        elif os.path.isfile(path) and os.access(path, os.X_OK):
            text = subprocess.run([path], capture_output=True, text=True, check=True).stdout
        else:
            with open(path, encoding="utf-8") as file:
                text = file.read()
    except (OSError, UnicodeDecodeError, subprocess.CalledProcessError) as error:
        raise UsageError(f"the password file {path} cannot be read: {type(error).__name__}") from error
    return text.strip("\r\n")


def passwords(options: argparse.Namespace, settings: Settings) -> dict[str, str]:
    """Return the connection and become passwords that are asked for or lie in files."""
    found: dict[str, str] = {}
    if settings.connection_password_file:
        found["connection"] = password_from_file(settings.connection_password_file)
    elif options.ask_pass or settings.ask_pass:
        found["connection"] = ask("SSH password: ", True)
    if settings.become_password_file:
        found["become"] = password_from_file(settings.become_password_file)
    elif options.become_ask_pass or settings.become_ask_pass:
        defaults = "[defaults to SSH password]" if "connection" in found else ""
        entered = ask(f"BECOME password{defaults}: ", True)
        found["become"] = entered or found.get("connection", "")
    return found


def vault_from(
    options: argparse.Namespace, settings: Settings, *, confirm: bool = False, required: bool = False
) -> Vault:
    """Return the vault with every secret that options and settings name.

    Args:
        confirm: What is asked for is asked twice.
        required: Ask for a secret where none is named.
    """
    from assible.language.vault import Vault, load_secret

    specs: list[str] = [*settings.vault_identity_list, *options.vault_ids]
    if settings.vault_password_file and not (options.vault_password_files or options.vault_ids):
        specs.append(f"{settings.vault_identity}@{settings.vault_password_file}")
    specs += [f"{settings.vault_identity}@{path}" for path in options.vault_password_files]
    if options.ask_vault_pass or settings.ask_vault_pass or (required and not specs):
        specs.append(f"{settings.vault_identity}@prompt_ask_vault_pass")
    return Vault([load_secret(spec, ask, confirm=confirm) for spec in specs], id_match=settings.vault_id_match)


def extra_vars(items: Sequence[str], vault: Vault) -> dict[str, Any]:
    """Return the variables of ``-e``: later ones win.

    Raises:
        UsageError: One of them is in none of the forms.
    """
    from assible.exceptions import UsageError
    from assible.language.files import SourceFiles
    from assible.language.keyvalue import parse_key_values
    from assible.language.yaml import load_yaml
    from assible.model.origin import Origin
    from assible.model.text import source_text

    merged: dict[str, Any] = {}
    origin = Origin("<command line -e>")
    for item in items:
        text = item.strip()
        data: Any
        if text.startswith("@"):
            data = SourceFiles(vault).yaml(text[1:])
        elif text[:1] in "{[":
            data = load_yaml(text, "<command line -e>")
        else:
            data = {key: source_text(value, origin) for key, value in parse_key_values(text).items()}
            if "_raw_params" in data:
                raise UsageError(f"-e wants key=value, YAML, JSON or @FILE, not '{text}'")
        if data is None:
            continue
        if not isinstance(data, dict):
            raise UsageError(f"-e wants a mapping of variables, and '{text}' is none")
        merged.update(data)
    return merged


def words(items: Sequence[str] | None) -> tuple[str, ...] | None:
    """Split repeated, comma separated options into words; None where there are none."""
    if not items:
        return None
    return tuple(word.strip() for item in items for word in item.split(",") if word.strip())


def use_colour(settings: Settings) -> bool:
    """Tell whether output is coloured: on a terminal, unless settings say otherwise."""
    if settings.force_color:
        return True
    return not settings.nocolor and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def columns() -> int:
    """Return the width of banners: the terminal's, or 79."""
    if not sys.stdout.isatty():
        return 79
    import shutil

    return max(shutil.get_terminal_size((80, 24)).columns - 1, 79)


def show_version(prog: str) -> int:
    """Write the version and where things are found."""
    from assible._version import __version__

    print(f"{prog} {__version__}")
    print("  speaks the language of ansible-core 2.21")
    from assible.settings import find_config_file

    print(f"  config file = {find_config_file(os.environ)}")
    print(f"  module location = {os.path.dirname(os.path.dirname(os.path.abspath(__file__)))}")
    print(f"  executable location = {os.path.abspath(sys.argv[0])}")
    print(f"  python version = {sys.version.split()[0]} ({sys.executable})")
    return 0


def command(
    parsed: Parser,
    run: Callable[[argparse.Namespace], int],
    argv: Sequence[str] | None,
    *,
    missing: Callable[[argparse.Namespace], str | None] = lambda options: None,
    vault_error: int = EXIT_PARSE,
) -> int:
    """Run a program: parse its command line, answer ``--version``, do the work.

    Args:
        missing: Says what the command line lacks, or None.
        vault_error: The exit code for what no secret opens.

    Returns:
        The exit code; 2 for a command line that makes no sense.
    """
    options = parsed.parse_args(argv)
    if options.version:
        return guarded(lambda: show_version(parsed.prog))
    lack = missing(options)
    if lack:
        parsed.print_usage(sys.stderr)
        print(f"{parsed.prog}: error: {lack}", file=sys.stderr)
        return EXIT_USAGE
    return guarded(lambda: run(options), vault_error=vault_error)


def guarded(work: Callable[[], int], *, vault_error: int = EXIT_PARSE) -> int:
    """Run a command; what a person can mend is told without a traceback.

    Args:
        vault_error: The exit code for what no secret opens.

    Returns:
        The exit code: 4 for a source that does not parse, 1 for other mistakes, 99 for Ctrl-C.
    """
    from assible.exceptions import AssibleError

    try:
        code = work()
        sys.stdout.flush()  # a reader that is gone must be noticed here, not while Python ends
        return code
    except KeyboardInterrupt:
        print("[ERROR]: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ERROR
    except AssibleError as error:
        print(f"[ERROR]: {error.describe()}", file=sys.stderr)
        return exit_code_of(error, vault_error)
    except Exception:  # a fault of ours: the report needs the traceback, and scripts the documented code
        import traceback

        traceback.print_exc()
        print("[ERROR]: this is a fault in Assible itself; please report it with the lines above", file=sys.stderr)
        return EXIT_BUG


def exit_code_of(error: AssibleError, vault_error: int) -> int:
    """Return the documented exit code for an error; the first kind that fits counts."""
    from assible import exceptions

    codes = (
        (exceptions.SourceFileError, EXIT_ERROR),
        (exceptions.LanguageError, EXIT_PARSE),
        (exceptions.VaultError, vault_error),
        (exceptions.TransportError, EXIT_PARSE),
        (exceptions.UsageError, EXIT_OPTIONS),
    )
    return next((code for kind, code in codes if isinstance(error, kind)), EXIT_ERROR)
