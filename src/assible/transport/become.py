"""Privilege changes: a child agent as another user, under the first one."""

from __future__ import annotations

import secrets
import shlex
from dataclasses import dataclass
from typing import Any

from assible.agent import bootstrap
from assible.exceptions import BecomeError
from assible.transport import payload
from assible.transport.agent_connection import AgentConnection
from assible.transport.connection import AUTOMATIC_INTERPRETERS, Become, Greeting, Target
from assible.transport.link import RefusedError

COMMAND_PLACE = "ASSIBLE_COMMAND"
NEEDS_TERMINAL = ("must have a tty", "must be run from a terminal", "a terminal is required")
NOT_ALLOWED = ("not in the sudoers file", "is not allowed to", "may not run")

#: How programs of this kind ask for a password, in the languages in which they are known to.
SU_PROMPTS = (
    "Password", "Passwort", "Mot de passe", "Contraseña", "Wachtwoord", "Senha", "Lösenord", "Adgangskode", "Passord",
    "Heslo", "Hasło", "Jelszó", "Parola", "Parole", "Пароль", "Парола", "Лозинка", "Salasana", "Parool", "Geslo",
    "סיסמה", "गुप्तशब्द", "பயனாளர்", "పాస్‌వర్డ్", "パスワード", "암호", "密码", "密碼", "口令", "Kata laluan", "Sandi",
    "Slaptažodis", "Contrasenya", "Pasahitza", "Lykilorð", "Şifre", "كلمة المرور", "รหัสผ่าน", "Mật khẩu",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """What is started, and how it asks for a password."""

    argv: list[str]
    prompt: str = ""
    prompts: tuple[str, ...] = ()


def sudo_command(become: Become, script: str) -> Command:
    """Return the command line for ``sudo``; with a password it asks by a prompt that nothing else prints."""
    flags = shlex.split("-H -S -n" if become.flags is None else become.flags)
    prompt = ""
    if become.password is not None:
        prompt = f"[assible-{secrets.token_hex(8)}] password:"
        flags = [flag for flag in (_without_n(flag) for flag in flags) if flag] + ["-p", prompt]
        if "-S" not in flags and "--stdin" not in flags:
            flags.append("-S")
    argv = [become.exe or "sudo", *flags, "-u", become.user, "/bin/sh", "-c", script]
    if become.chdir:
        argv = ["/bin/sh", "-c", f"cd {shlex.quote(become.chdir)} && exec {shlex.join(argv)}"]
    return Command(argv, prompt)


def su_command(become: Become, script: str) -> Command:
    """Return the command line for ``su``, which asks in its own words."""
    flags = shlex.split(become.flags or "")
    argv = [become.exe or "su", *flags, become.user, "-c", bootstrap.login_command(script)]
    return Command(argv, prompts=become.prompts or SU_PROMPTS)


def template_command(become: Become, script: str) -> Command:
    """Return the command line for a method that is described by a template."""
    assert become.template is not None
    command = become.template.replace(COMMAND_PLACE, bootstrap.login_command(script))
    return Command(["/bin/sh", "-c", command], prompts=become.prompts or SU_PROMPTS)


METHODS = {"sudo": sudo_command, "su": su_command}


async def open_become(base: AgentConnection, target: Target) -> AgentConnection:
    """Start a child agent with the target's `Become` under the agent of ``base``.

    Raises:
        BecomeError: The privilege change was refused, or did not happen in time.
    """
    link = base.link
    for tty in (False, True):
        channel = link.new_channel()
        request = become_request(target, base.greeting.executable, tty)
        try:
            header, _ = await link.request(channel, request)
        except RefusedError as refusal:
            if tty or not needs_terminal(refusal):
                raise in_words(refusal, target) from refusal
        else:
            return AgentConnection(link, Greeting.from_wire(header), channel)
    raise AssertionError("the second attempt returns or raises")


def become_request(target: Target, executable: str | None, tty: bool) -> dict[str, Any]:
    """Return the request that starts a child agent.

    Args:
        target: Its `Become` says how.
        executable: The interpreter of the agent above; tried first where the target's is automatic.
        tty: Whether the program gets a terminal of its own to control it.
    """
    become = target.become
    assert become is not None
    source, nonce = payload.first_stage()
    announce = f"assible-become-{secrets.token_hex(16)}"
    interpreters = target.interpreters
    if executable and target.interpreter in AUTOMATIC_INTERPRETERS:
        interpreters = (executable, *interpreters)
    command = _command(become, bootstrap.shell_script(interpreters, len(source), announce))
    return {
        "t": "become",
        "argv": command.argv,
        "announce": announce,
        "nonce": nonce,
        "password": become.password,
        "prompt": command.prompt,
        "prompts": command.prompts,
        "timeout": target.timeout_seconds,
        "tty": tty,
    }


def needs_terminal(refusal: RefusedError) -> bool:
    """Tell whether a program refused because it has no terminal."""
    return any(text in refusal.text for text in NEEDS_TERMINAL)


def _command(become: Become, script: str) -> Command:
    if become.template is not None:
        return template_command(become, script)
    build = METHODS.get(become.method)
    if build is None:
        known = ", ".join(sorted(METHODS))
        raise BecomeError(f"the become method {become.method} is not known here (known: {known})")
    return build(become, script)


def _without_n(flag: str) -> str:
    """Return a flag of sudo without the ``n`` that forbids it to ask."""
    if flag in ("-n", "--non-interactive"):
        return ""
    if flag.startswith("-") and not flag.startswith("--") and flag[1:].isalpha() and "n" in flag:
        return flag.replace("n", "")
    return flag


def in_words(refusal: RefusedError, target: Target) -> BecomeError:
    """Return the error that tells a person why a privilege change failed."""
    become = target.become or Become()
    said = "; ".join(line.strip() for line in refusal.text.splitlines() if line.strip())
    what, hint = _explanation(refusal, become)
    where = f"becoming {become.user} with {become.method} on {target.name} failed: {what}"
    return BecomeError(f"{where} ({said})" if said else where, hint=hint)


def _explanation(refusal: RefusedError, become: Become) -> tuple[str, str | None]:
    text = refusal.text
    program = become.exe or become.method
    if "No such file or directory" in text and text.startswith(f"{program}:"):
        return f"{program} is not installed", "install it, or choose another become_method"
    if any(phrase in text for phrase in NOT_ALLOWED):
        return "the user may not do that", "check the target's sudoers file"
    if refusal.reason == "refused" and "password is required" in text:
        return "a password is needed", "give it with --ask-become-pass or ansible_become_password"
    return _REASONS.get(refusal.reason, ("it was refused", None))


_REASONS: dict[str, tuple[str, str | None]] = {
    "wrong_password": ("the password is wrong", "check ansible_become_password"),
    "refused_after_password": ("the password is wrong or the change is not allowed", "check ansible_become_password"),
    "password_needed": ("a password is needed", "give it with --ask-become-pass or ansible_become_password"),
    "timeout": ("it did not answer in time", "raise the timeout, or see whether it waits for something"),
    "no_interpreter": ("no usable Python for that user", "set ansible_python_interpreter to one that the user can run"),
}
