"""Run a command (documented as ``ansible.builtin.command``; with ``_uses_shell`` also ``ansible.builtin.shell``)."""

import datetime
import os
import shlex

from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Union

KEEPS_CLEAN = True
SPEC: "Dict[str, Dict[str, Any]]" = {
    "_raw_params": {},
    "_uses_shell": {"type": "bool", "default": False},
    "cmd": {},
    "argv": {"type": "list", "elements": "str"},
    "chdir": {"type": "path"},
    "executable": {},
    "expand_argument_vars": {"type": "bool", "default": True},
    "creates": {"type": "path"},
    "removes": {"type": "path"},
    "stdin": {"required": False},
    "stdin_add_newline": {"type": "bool", "default": True},
    "strip_empty_ends": {"type": "bool", "default": True},
}


def main() -> None:
    """Run the command unless ``creates`` or ``removes`` say that it is not needed."""
    ways = [["_raw_params", "cmd", "argv"]]
    module = Module(argument_spec=SPEC, supports_check_mode=True, mutually_exclusive=ways, required_one_of=ways)
    result = {
        "changed": False,
        "stdout": "",
        "stderr": "",
        "rc": None,
        "cmd": None,
        "start": None,
        "end": None,
        "delta": None,
        "msg": "",
    }  # type: Dict[str, Any]
    params = module.params
    _warn(module)
    words = _words(module, result)
    result["cmd"] = words
    _enter_directory(module, result)
    _skip(module, result)
    if module.check_mode:
        _predict(module, result)
    _run(module, words, result)
    if params["strip_empty_ends"]:
        for stream in ("stdout", "stderr"):
            result[stream] = result[stream].rstrip("\r\n")
    if result["rc"] != 0:
        module.fail_json(**dict(result, msg="The command exited with a non-zero return code."))
    module.exit_json(**result)


def _warn(module: Module) -> None:
    if module.params["executable"] and not module.params["_uses_shell"]:
        module.warn(
            "'executable' needs a shell, which the command module does not use; it is left out: '{}'".format(
                module.params["executable"]
            )
        )
        module.params["executable"] = None


def _words(module: Module, result: "Dict[str, Any]") -> "Union[str, List[str]]":
    """Return the words to run; the line itself for a shell."""
    params = module.params
    line = params["_raw_params"] if params["_raw_params"] is not None else params["cmd"]
    if not (params["argv"] if params["argv"] is not None else (line or "").strip()):
        module.fail_json(**dict(result, rc=256, msg="no command given"))
    if params["argv"] is not None:
        return list(params["argv"])
    if params["_uses_shell"]:
        return str(line)
    try:
        return shlex.split(line)
    except ValueError as error:
        module.fail_json(**dict(result, rc=256, cmd=line, msg="the command cannot be split: {}".format(error)))
        raise


def _enter_directory(module: Module, result: "Dict[str, Any]") -> None:
    directory = module.params["chdir"]
    if not directory:
        return
    try:
        os.chdir(os.path.abspath(directory))
    except OSError as error:
        text = "the working directory cannot be entered"
        module.fail_json(**dict(result, msg=text, exception=str(error)))


def _skip(module: Module, result: "Dict[str, Any]") -> None:
    """End the module where the command is not needed."""
    verb = "Would not" if module.check_mode else "Did not"
    creates, removes = module.params["creates"], module.params["removes"]
    reason: "Optional[str]" = None
    if not creates and not removes:
        return
    import glob

    if creates and glob.glob(creates):
        reason = "{} exists".format(creates)
        result["msg"] = "{} run command since '{}' exists".format(verb, creates)
    elif removes and not glob.glob(removes):
        reason = "{} does not exist".format(removes)
        result["msg"] = "{} run command since '{}' does not exist".format(verb, removes)
    if reason is not None:
        module.exit_json(**dict(result, rc=0, stdout="skipped, since {}".format(reason)))


def _predict(module: Module, result: "Dict[str, Any]") -> None:
    """End the module in check mode: only ``creates`` and ``removes`` tell whether there would be a change."""
    result.update(rc=0, msg="Command would have run if not in check mode")
    if module.params["creates"] is None and module.params["removes"] is None:
        result["skipped"] = True
        module.exit_json(**result)
    module.exit_json(**dict(result, changed=True))


def _run(module: Module, words: "Union[str, List[str]]", result: "Dict[str, Any]") -> None:
    params = module.params
    start = datetime.datetime.now()
    rc, stdout, stderr = module.run_command(
        words,
        executable=params["executable"],
        use_unsafe_shell=params["_uses_shell"],
        encoding=None,
        data=params["stdin"],
        binary_data=not params["stdin_add_newline"],
        expand_user_and_vars=params["expand_argument_vars"],
    )
    end = datetime.datetime.now()
    result.update(
        changed=True,
        rc=rc,
        stdout=stdout.decode("utf-8", "surrogateescape"),
        stderr=stderr.decode("utf-8", "surrogateescape"),
        start=str(start),
        end=str(end),
        delta=str(end - start),
    )


if __name__ == "__main__":
    main()
