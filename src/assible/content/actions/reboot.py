"""``reboot``: restart the target and wait until it is back. Source: the page of ansible.builtin.reboot."""

from __future__ import annotations

import asyncio
import shlex
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from assible.engine.action import ActionCall, ActionKind
from assible.exceptions import ActionError, AssibleError, TransportError
from assible.transport.connection import ExecOutput

OPTIONS: Final = frozenset(
    {"boot_time_command", "connect_timeout", "connect_timeout_sec", "msg", "post_reboot_delay", "post_reboot_delay_sec"}
    | {"pre_reboot_delay", "pre_reboot_delay_sec", "reboot_command", "reboot_timeout", "reboot_timeout_sec"}
    | {"search_paths", "test_command"}
)
PATHS: Final = ("/sbin", "/bin", "/usr/sbin", "/usr/bin", "/usr/local/sbin")
BOOT_ID: Final = "cat /proc/sys/kernel/random/boot_id"
MESSAGE: Final = "Reboot initiated by Ansible"
#: Seconds between two looks, at first and at most.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 12.0
#: Seconds that a silent target gets for one look, where the connection says nothing else.
LOOK_SECONDS: Final = 30.0
#: What starts the reboot on each kernel; ``{0}`` seconds, ``{1}`` minutes, ``{2}`` the message.
COMMANDS: Final = {
    "Linux": "shutdown -r {1} {2}",
    "Darwin": "shutdown -r +{1} {2}",
    "OpenBSD": "shutdown -r +{1} {2}",
    "FreeBSD": "shutdown -r +{0}s {2}",
    "NetBSD": "shutdown -r +{1} {2}",
    "DragonFly": "shutdown -r +{0}s {2}",
    "SunOS": "shutdown -y -g {0} -i 6 {2}",
    "AIX": "shutdown -Fr",
    "VMkernel": "reboot",
}
ALPINE: Final = "reboot"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the task asks for. Times are in seconds."""

    reboot_seconds: float
    connect_seconds: float
    pre_delay: int
    post_delay: int
    message: str
    test_command: str
    boot_time_command: str
    reboot_command: str | None
    search_paths: tuple[str, ...]


def wishes(args: dict[str, Any]) -> Wishes:
    """Read the options.

    Raises:
        ActionError: One has a wrong value.
    """
    paths = args.get("search_paths") or PATHS
    names = [part.strip() for part in paths.split(",")] if isinstance(paths, str) else paths
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ActionError(f"'search_paths' is a list of directories, not {paths!r}")
    command = args.get("reboot_command")
    return Wishes(
        reboot_seconds=_number(args, "reboot_timeout", 600),
        connect_seconds=_number(args, "connect_timeout", 0) or LOOK_SECONDS,
        pre_delay=max(0, int(_number(args, "pre_reboot_delay", 0))),
        post_delay=0 if command else max(0, int(_number(args, "post_reboot_delay", 0))),
        message=str(args.get("msg") or MESSAGE),
        test_command=str(args.get("test_command") or "whoami"),
        boot_time_command=_text(args, "boot_time_command", BOOT_ID),
        reboot_command=_text(args, "reboot_command", "") if command is not None else None,
        search_paths=tuple(names),
    )


def _number(args: dict[str, Any], name: str, default: float) -> float:
    value = args.get(name)
    value = args.get(f"{name}_sec") if value is None else value
    try:
        return default if value is None else float(value)
    except (TypeError, ValueError):
        raise ActionError(f"'{name}' is a number of seconds, not {value!r}") from None


def _text(args: dict[str, Any], name: str, default: str) -> str:
    value = args.get(name)
    if value is None:
        return default
    if not isinstance(value, str) or not value.strip():
        raise ActionError(f"'{name}' is a command, not {value!r}")
    return value


async def reboot(call: ActionCall) -> dict[str, Any]:
    """Restart the target and wait until it has booted anew and answers."""
    target = call.run.target_of(call)
    if target.connection == "local":
        raise ActionError(
            "the controller does not restart itself", result={"elapsed": 0, "rebooted": False, "changed": False}
        )
    if call.check_mode:
        return {"changed": True, "elapsed": 0, "rebooted": True}
    wish = wishes(call.args)
    started = time.monotonic()
    told: dict[str, object] = {"changed": False, "rebooted": False}
    try:
        before = await _boot_id(call, wish)
        await _start(call, wish, await _command(call, wish))
        told["rebooted"] = True
        await asyncio.sleep(wish.post_delay)
        await _repeat(wish.reboot_seconds, "the target did not boot anew", lambda: _has_booted(call, wish, before))
        await _repeat(wish.reboot_seconds, "the target does not pass its test", lambda: _passes_test(call, wish))
    except ActionError as error:
        told["elapsed"] = int(time.monotonic() - started)
        raise ActionError(error.message, hint=error.hint, result=told) from error
    return {"changed": True, "elapsed": int(time.monotonic() - started), "rebooted": True}


async def _run(call: ActionCall, command: str, seconds: float | None = None) -> ExecOutput:
    """Run a command on the target, at the task's privilege level.

    Raises:
        TransportError: The target is not to be reached, or says nothing for too long.
    """
    try:
        async with asyncio.timeout(seconds):
            connection = await call.connection()
            return await connection.execute(command)
    except TimeoutError as error:
        await _forget(call)
        raise TransportError(f"the target says nothing within {seconds:g} s") from error


async def _boot_id(call: ActionCall, wish: Wishes, seconds: float | None = None) -> str:
    """Return what tells this boot from others.

    Raises:
        ActionError: The command fails.
    """
    output = await _run(call, wish.boot_time_command, seconds)
    if output.rc != 0:
        raise ActionError(f"the command that tells one boot from another failed: {_said(output)}")
    return _decoded(output.stdout).strip()


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def _said(output: ExecOutput) -> str:
    return (_decoded(output.stderr).strip() or _decoded(output.stdout).strip()) or "it said nothing"


async def _command(call: ActionCall, wish: Wishes) -> str:
    """Return the command that restarts the target, its program with its path."""
    if wish.reboot_command is not None:
        program, _, rest = wish.reboot_command.partition(" ")
        if program.startswith("/"):
            return wish.reboot_command
    else:
        form = await _form(call)
        program, _, rest = form.format(wish.pre_delay, wish.pre_delay // 60, shlex.quote(wish.message)).partition(" ")
    path = await _find(call, program, wish.search_paths)
    return f"{shlex.quote(path)} {rest}".strip()


async def _form(call: ActionCall) -> str:
    kernel = (await call.connection()).greeting.uname[0]
    if kernel == "Linux" and (await (await call.connection()).stat("/etc/alpine-release")).exists:
        return ALPINE
    return COMMANDS.get(kernel, COMMANDS["Linux"])


async def _find(call: ActionCall, program: str, places: tuple[str, ...]) -> str:
    """Return the program's path on the target.

    Raises:
        ActionError: It is in none of the places.
    """
    connection = await call.connection()
    for place in places:
        path = f"{place.rstrip('/')}/{program}"
        if (await connection.stat(path, follow=True)).exists:
            return path
    raise ActionError(
        f"the target has no {program} in {', '.join(places)}",
        hint="name other directories with 'search_paths'",
    )


async def _start(call: ActionCall, wish: Wishes, command: str) -> None:
    """Have the target restart; that the connection ends is no failure."""
    try:
        output = await _run(call, command, max(wish.connect_seconds, LOOK_SECONDS))
    except TransportError:
        return
    finally:
        await _forget(call)
    if output.rc > 0:
        raise ActionError(f"the command that restarts the target failed: {_said(output)} (code {output.rc})")


async def _forget(call: ActionCall) -> None:
    """Close the connection: the next look opens one to the system that is there then."""
    await call.run.services.connections.drop(call.run.target_of(call))


async def _has_booted(call: ActionCall, wish: Wishes, before: str) -> str | None:
    """Return why the target counts as not booted anew; None where it does."""
    now = await _boot_id(call, wish, wish.connect_seconds)
    return "it still runs the boot that it ran before" if not now or now == before else None


async def _passes_test(call: ActionCall, wish: Wishes) -> str | None:
    """Return why the target is not ready; None where it is."""
    output = await _run(call, wish.test_command, wish.connect_seconds)
    return None if output.rc == 0 else _said(output)


async def _repeat(seconds: float, failure: str, look: Callable[[], Awaitable[str | None]]) -> None:
    """Look until all is well, at growing intervals.

    Raises:
        ActionError: The time is over.
    """
    end = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while True:
        try:
            reason = await look()
            if reason is None:
                return
        except AssibleError as error:
            reason = error.message
        if time.monotonic() + pause > end:
            raise ActionError(f"{failure} within {seconds:g} s: {reason}")
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


KINDS = {"reboot": ActionKind(reboot, options=OPTIONS)}
