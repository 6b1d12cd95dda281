"""Run modules on targets: their arguments, their environment, and what their output means."""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assible.engine import jobs
from assible.engine.action import ActionCall
from assible.exceptions import ActionError
from assible.model.events import Deprecated, OutputChunk
from assible.model.text import TemplateText
from assible.transport.connection import Detach, ModuleCall, ModuleOutput, OutputSink

if TYPE_CHECKING:
    from assible.engine.run import Run

MAX_SHOWN_OUTPUT = 4096
_STREAMS = {"out": "stdout", "err": "stderr"}


def internal_args(run: Run, call: ActionCall, name: str, check_mode: bool | None) -> dict[str, Any]:
    """Return the arguments that every module gets beside its own."""
    task_run = call.task_run
    return {
        "_ansible_check_mode": call.check_mode if check_mode is None else check_mode,
        "_ansible_diff": call.diff,
        "_ansible_no_log": task_run.no_log is not False,
        "_ansible_debug": False,
        "_ansible_verbosity": run.options.verbosity,
        "_ansible_version": run.services.version,
        "_ansible_module_name": name,
        "_ansible_syslog_facility": "LOG_USER",
        "_ansible_selinux_special_fs": ["fuse", "nfs", "vboxsf", "ramfs", "9p", "vfat"],
        "_ansible_string_conversion_action": "warn",
        "_ansible_socket": None,
        "_ansible_shell_executable": run.read_variable(
            "ansible_shell_executable", call.scope, run.services.settings.executable
        ),
        "_ansible_keep_remote_files": False,
        "_ansible_tmpdir": None,
        "_ansible_remote_tmp": run.read_variable("ansible_remote_tmp", call.scope, run.services.settings.remote_tmp),
    }


def environment_of(call: ActionCall) -> dict[str, str]:
    """Return the task's environment, rendered; inner layers win.

    Raises:
        ActionError: A layer is not a mapping.
    """
    merged: dict[str, str] = {}
    for layer in call.task.scope.environment:
        value = call.render(layer)
        if isinstance(layer, TemplateText) and isinstance(value, list):
            layers = value
        else:
            layers = [value]
        for one in layers:
            if not isinstance(one, Mapping):
                raise ActionError("'environment' wants a mapping, or a list of mappings")
            merged.update({str(name): _text(item) for name, item in one.items() if item is not None})
    return merged


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


async def run_module(
    run: Run, call: ActionCall, name: str, args: Mapping[str, Any], *, body: bytes = b"", check_mode: bool | None = None
) -> dict[str, Any]:
    """Run a module on the call's target and return its result.

    Raises:
        ActionError: There is no such module.
        TransportError: The target is unreachable.
        Cancellation ends the module's processes on the target.
    """
    payload = run.services.payload(name)
    connection = await run.connect(call)
    full = {**args, **internal_args(run, call, name, check_mode)}
    seconds, poll = jobs.limits(run, call)
    request = ModuleCall(
        payload=payload,
        args=full,
        body=body,
        environment=environment_of(call) if call.task.scope.environment else {},
        cwd=working_directory(run, call),
        detach=Detach(jobs.new_job_id(), jobs.directory_of(call), seconds) if seconds else None,
        on_output=_chunks(run, call) if call.task_run.streams and not seconds else None,
    )
    data = interpret(run, call, name, await connection.run(request))
    if not seconds:
        return data
    if poll and not data.get("failed"):
        return await jobs.follow(call, connection, data, seconds, poll)
    return {**data, "changed": True, "finished": bool(data.get("finished")), "started": bool(data.get("started"))}


def _chunks(run: Run, call: ActionCall) -> OutputSink:
    """Return what turns pieces of output into events; characters that are cut wait for their rest."""
    decoders = {name: codecs.getincrementaldecoder("utf-8")("replace") for name in _STREAMS}

    def take(name: str, data: bytes) -> None:
        text = decoders[name].decode(data)
        if text:
            run.emit(OutputChunk(host=call.host.name, task_id=call.task_run.number, stream=_STREAMS[name], text=text))

    return take


def working_directory(run: Run, call: ActionCall) -> str | None:
    """Return where a module runs: beside the playbook on the controller, in the login directory elsewhere."""
    return call.task_run.play.play.base_dir if run.target_of(call).connection == "local" else None


def interpret(run: Run, call: ActionCall, name: str, output: ModuleOutput) -> dict[str, Any]:
    """Turn a module's output into result data; warnings in it become events."""
    data = parse_output(output)
    if data is None:
        return broken_output(name, output, hide=call.task_run.no_log is not False)
    for text in data.pop("warnings", None) or ():
        run.warn(str(text))
    for entry in data.pop("deprecations", None) or ():
        run.emit(Deprecated(text=str(entry.get("msg", entry)) if isinstance(entry, dict) else str(entry)))
    if not run.services.settings.inject_invocation:
        data.pop("invocation", None)
    for key in [key for key in data if key.startswith("_ansible_")]:
        del data[key]
    if data.get("failed") is not True and output.rc not in (0, None) and "rc" not in data and "failed" not in data:
        data["failed"] = True
    return data


def parse_output(output: ModuleOutput) -> dict[str, Any] | None:
    """Return the JSON object that a module reported, or None where there is none."""
    if output.problem is not None:
        return None
    text = output.result or output.stdout
    data = _load(text)
    if data is None and not output.result:
        start = text.find(b"{")
        end = text.rfind(b"}")
        data = _load(text[start : end + 1]) if 0 <= start < end else None
    return data


def _load(text: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(text.decode("utf-8", "replace"))
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


def broken_output(name: str, output: ModuleOutput, hide: bool) -> dict[str, Any]:
    """Return a failed result for a module that gave none of its own."""
    reasons = {
        "timeout": "ran longer than it may",
        "cancelled": "was cancelled",
        "too_much_output": "gave more output than it may",
        None: f"ended with code {output.rc} and no result",
    }
    data: dict[str, Any] = {
        "failed": True,
        "changed": False,
        "msg": f"The module {name} {reasons.get(output.problem, output.problem)}",
        "rc": output.rc,
    }
    if not hide:
        data["module_stdout"] = output.stdout[:MAX_SHOWN_OUTPUT].decode("utf-8", "replace")
        data["module_stderr"] = output.stderr[-MAX_SHOWN_OUTPUT:].decode("utf-8", "replace")
    return data
