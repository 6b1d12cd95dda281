"""The face of a module: Ansible's documented ``AnsibleModule``, thin over the parts beside it.

Here are its parameters, its results and the programs it runs; ``module_files`` has what it does to files.
"""

import json
import os
import stat
import sys

from assible.agent import current
from assible.agent.toolkit import arguments, commands, conversion, notes, processes, report, selinux, sizes
from assible.agent.toolkit.module_files import ModuleFiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, NoReturn, Optional, Sequence, Tuple, Union

#: Internal arguments -> the attribute that holds each, and its value where the controller says nothing.
INTERNAL: "Dict[str, Tuple[str, Any]]" = {
    "check_mode": ("check_mode", False),
    "debug": ("_debug", False),
    "diff": ("_diff", False),
    "keep_remote_files": ("_keep_remote_files", False),
    "ignore_unknown_opts": ("_ignore_unknown_opts", False),
    "module_name": ("_name", None),
    "no_log": ("no_log", False),
    "remote_tmp": ("_remote_tmp", None),
    "target_log_info": ("_target_log_info", None),
    "selinux_special_fs": ("_selinux_special_fs", list(selinux.SPECIAL_FILE_SYSTEMS)),
    "shell_executable": ("_shell", None),
    "socket": ("_socket_path", None),
    "string_conversion_action": ("_string_conversion_action", "warn"),
    "syslog_facility": ("_syslog_facility", "USER"),
    "tmpdir": ("_tmpdir", None),
    "verbosity": ("_verbosity", 0),
    "version": ("ansible_version", "0.0"),
}
PREFIX = "_ansible_"


class Module(ModuleFiles):
    """A module's parameters, and what it can do on the target.

    Constructing it checks the parameters; bad ones end the module with a failed result.

    Args:
        argument_spec: The options.
        bypass_checks: Take the parameters as they are.
        no_log: Log nothing of this module.
        mutually_exclusive: Groups of options of which one may be given.
        required_together: Groups of options that must be given together.
        required_one_of: Groups of options of which one must be given.
        add_file_common_args: Add ``mode``, ``owner``, ``group`` and the like.
        supports_check_mode: Whether the module can predict its changes; one that cannot is skipped in check mode.
        required_if: ``[option, value, options that it requires, any is enough]``.
        required_by: Option -> options that it requires.
    """

    def __init__(
        self,
        argument_spec: "Dict[str, Any]",
        bypass_checks: bool = False,
        no_log: bool = False,
        mutually_exclusive: "Optional[Sequence[Any]]" = None,
        required_together: "Optional[Sequence[Any]]" = None,
        required_one_of: "Optional[Sequence[Any]]" = None,
        add_file_common_args: bool = False,
        supports_check_mode: bool = False,
        required_if: "Optional[Sequence[Any]]" = None,
        required_by: "Optional[Dict[str, Any]]" = None,
    ) -> None:
        self.check_mode = False
        self.no_log = no_log
        self._diff = False
        self._name = current.name.rpartition(".")[2]
        self._debug = False
        self._verbosity = 0
        self._tmpdir: "Optional[str]" = None
        self._remote_tmp: "Optional[str]" = None
        self._keep_remote_files = False
        self._shell: "Optional[str]" = None
        self._selinux_special_fs = list(selinux.SPECIAL_FILE_SYSTEMS)
        self._syslog_facility = "USER"
        self._ignore_unknown_opts = False
        self.ansible_version = "0.0"
        self.supports_check_mode = supports_check_mode
        self.argument_spec = arguments.with_file_options(argument_spec) if add_file_common_args else argument_spec
        self.aliases = {
            alias: name for name, option in self.argument_spec.items() for alias in option.get("aliases") or ()
        }
        self.cleanup_files: "List[str]" = []
        self.run_command_environ_update: "Dict[str, str]" = {}
        self.no_log_values: "set[str]" = set()
        self._warnings: "List[str]" = []
        self._deprecations: "List[Dict[str, Any]]" = []
        self.params = self._take_internal(dict(current.args))
        if self.check_mode and not supports_check_mode:
            self.exit_json(skipped=True, msg="the module {} cannot run in check mode".format(self._name))
        rules = {
            "mutually_exclusive": mutually_exclusive,
            "required_together": required_together,
            "required_one_of": required_one_of,
            "required_if": required_if,
            "required_by": required_by,
        }
        if not bypass_checks:
            self._check(rules)

    @property
    def tmpdir(self) -> str:
        """A private directory for this run; removed when the module ends."""
        from assible.agent import runner

        if self._tmpdir is None:
            parent = self._remote_tmp or current.tmp
            try:
                path = runner.make_private_directory(parent, "ansible-moduletmp-")
            except OSError:
                path = runner.make_private_directory(None, "ansible-moduletmp-")
            self._tmpdir = path
            if not self._keep_remote_files:
                self.add_cleanup_file(path)
        return self._tmpdir

    def exit_json(self, **result: "Any") -> "NoReturn":
        """Report success and end the module."""
        self._leave(result, 0)

    def fail_json(self, msg: str, **result: "Any") -> "NoReturn":
        """Report failure and end the module; an exception that is being handled joins the report.

        Args:
            msg: What is wrong.
            result: Further keys; ``exception`` may be an exception, the text of a traceback, or None for none.
        """
        result = dict(result, failed=True, msg=msg)
        error = result.pop("exception", sys.exc_info()[1])
        if isinstance(error, BaseException):
            import traceback

            error = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        if error is not None:
            result["exception"] = error
        self._leave(result, 1)

    def fail_on_missing_params(self, required_params: "Optional[Sequence[str]]" = None) -> None:
        """Fail where one of the parameters has no value."""
        missing = [name for name in required_params or () if not self.params.get(name)]
        if missing:
            self.fail_json(msg="missing required arguments: {}".format(", ".join(missing)))

    def warn(self, warning: str, help_text: "Optional[str]" = None) -> None:
        """Add a warning to the result."""
        warning = "{} {}".format(warning, help_text) if help_text else str(warning)
        if warning not in self._warnings:
            self._warnings.append(warning)

    def deprecate(
        self,
        msg: str,
        version: "Optional[str]" = None,
        date: "Optional[str]" = None,
        collection_name: "Optional[str]" = None,
        deprecator: "Any" = None,
        help_text: "Optional[str]" = None,
    ) -> None:
        """Add a note that something will go to the result; ``deprecator`` is what newer modules name its source by."""
        note = {"msg": msg, "version": version, "date": date, "collection_name": collection_name}
        if help_text:
            note["help_text"] = help_text
        if note not in self._deprecations:
            self._deprecations.append(note)

    def error_as_warning(
        self, msg: "Optional[str]", exception: BaseException, help_text: "Optional[str]" = None
    ) -> None:
        """Add an exception to the result as a warning."""
        self.warn(": ".join(text for text in (msg, str(exception)) if text), help_text=help_text)

    def log(self, msg: "Any", log_args: "Optional[Dict[str, Any]]" = None) -> None:
        """Write a line to the system's log, secrets masked; nothing for a module that logs nothing."""
        if self.no_log:
            return
        try:
            import syslog
        except ImportError:
            return
        facility = getattr(syslog, "LOG_" + self._syslog_facility, syslog.LOG_USER)
        syslog.openlog("ansible-" + self._name, 0, facility)
        syslog.syslog(syslog.LOG_INFO, str(report.masked(str(msg), self.no_log_values)).replace("\0", ""))

    def debug(self, msg: str) -> None:
        """Write a line to the system's log where the controller asked for debugging."""
        if self._debug:
            self.log("[debug] {}".format(msg))

    def boolean(self, arg: "Any") -> "Optional[bool]":
        """Return a truth value for the words that mean one; None for None."""
        if arg is None:
            return None
        try:
            return conversion.to_bool(arg)
        except TypeError as error:
            self.fail_json(msg=str(error))
            raise

    def jsonify(self, data: "Any") -> str:
        """Return JSON text."""
        return json.dumps(data, default=report._plain)

    def from_json(self, data: str) -> "Any":
        """Return what JSON text says."""
        return json.loads(data)

    def add_cleanup_file(self, path: str) -> None:
        """Remove a path when the module ends."""
        if path not in self.cleanup_files:
            self.cleanup_files.append(path)

    def do_cleanup_files(self) -> None:
        """Remove what was to be removed."""
        for path in self.cleanup_files:
            self.cleanup(path)

    def cleanup(self, tmpfile: str) -> None:
        """Remove a path; one that cannot be removed is worth a log line only."""
        from assible.agent import runner

        try:
            runner.remove_tree(tmpfile)
        except OSError as error:
            self.log("could not remove {}: {}".format(tmpfile, error))

    def get_bin_path(
        self, arg: str, required: bool = False, opt_dirs: "Optional[Sequence[str]]" = None
    ) -> "Optional[str]":
        """Return the path of a program; fail where it is required and missing."""
        path = processes.find_program(arg, opt_dirs or ())
        if path is None and required:
            self.fail_json(msg=processes.missing_text(arg, opt_dirs or ()))
        return path

    @staticmethod
    def is_executable(path: str) -> bool:
        """Tell whether a file has any execute bit."""
        return bool(os.stat(path).st_mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH))

    def run_command(
        self,
        args: "Union[str, bytes, Sequence[Any]]",
        check_rc: bool = False,
        close_fds: bool = True,
        executable: "Optional[str]" = None,
        data: "Optional[Union[str, bytes]]" = None,
        binary_data: bool = False,
        path_prefix: "Optional[str]" = None,
        cwd: "Optional[str]" = None,
        use_unsafe_shell: bool = False,
        prompt_regex: "Optional[Union[str, bytes]]" = None,
        environ_update: "Optional[Dict[str, Any]]" = None,
        umask: "Optional[int]" = None,
        encoding: "Optional[str]" = "utf-8",
        errors: str = "surrogate_or_strict",
        expand_user_and_vars: bool = True,
        pass_fds: "Optional[Sequence[int]]" = None,
        before_communicate_callback: "Optional[Callable[[Any], Any]]" = None,
        ignore_invalid_cwd: bool = True,
        handle_exceptions: bool = True,
    ) -> "Tuple[int, Any, Any]":
        """Run a program and return ``(rc, stdout, stderr)``.

        Args:
            args: Words, or a command line: split into words, or given to a shell where ``use_unsafe_shell`` is set.
            check_rc: Fail the module where the program fails.
            close_fds: Whether other descriptors are closed.
            executable: The shell to use.
            data: What the program reads; a newline is added unless ``binary_data``.
            binary_data: Give the data as it is.
            path_prefix: A directory that comes first in ``PATH``.
            cwd: Working directory.
            use_unsafe_shell: Run through a shell.
            prompt_regex: Output that means that the program waits for input nobody will give.
            environ_update: Variables on top of the module's own.
            umask: The program's umask.
            encoding: How output becomes text; None leaves bytes.
            errors: What happens to bytes that are no text.
            expand_user_and_vars: Expand ``~`` and variables in the words.
            pass_fds: Descriptors that the program keeps.
            before_communicate_callback: Called with the started process.
            ignore_invalid_cwd: Go on in the present directory where ``cwd`` does not exist.
            handle_exceptions: Fail the module where the program cannot be started; else raise.
        """
        try:
            argv = commands.words_of(args, use_unsafe_shell, expand_user_and_vars)
            directory = commands.directory_of(cwd, ignore_invalid_cwd)
            prompt = commands.prompt_of(prompt_regex)
        except commands.BadCommand as error:
            self.fail_json(
                msg=str(error), rc=commands.WRONG_ARGUMENTS, cmd=str(report.masked(args, self.no_log_values))
            )
            raise
        shell = executable or self._shell or "/bin/sh"
        finished = processes.run(
            argv,
            shell=shell if use_unsafe_shell else None,
            data=commands.input_of(data, binary_data),
            cwd=directory,
            environment=commands.environment_of(path_prefix, (self.run_command_environ_update, environ_update)),
            umask=umask,
            close_fds=close_fds,
            pass_fds=pass_fds or (),
            prompt=prompt,
            before=before_communicate_callback,
        )
        if finished.error is not None:
            if not handle_exceptions:
                raise finished.error
            self.fail_json(**commands.failed_start(finished, self.no_log_values))
        if check_rc and finished.rc != 0:
            self.fail_json(**commands.failed_program(finished, self.no_log_values))
        stdout, stderr = (commands.decoded(output, encoding, errors) for output in (finished.stdout, finished.stderr))
        return finished.rc, stdout, stderr

    @staticmethod
    def bytes_to_human(size: "Any") -> str:
        """Return a size in words, such as ``1.50 KB``."""
        return sizes.describe(size)

    pretty_bytes = bytes_to_human

    @staticmethod
    def human_to_bytes(number: "Any", isbits: bool = False) -> int:
        """Return the number that words such as ``1.5K`` mean.

        Raises:
            ValueError: They are no size.
        """
        return sizes.parse(number, bits=isbits)

    def append_to_file(self, filename: str, str: str) -> None:
        """Add a line to a file."""
        with open(conversion.to_path(filename), "a") as stream:
            stream.write(str + "\n")

    def check_file_absent_if_check_mode(self, file_path: str) -> bool:
        """Tell whether check mode meets a file that an earlier task would have made."""
        return self.check_mode and not os.path.exists(file_path)

    @staticmethod
    def get_buffer_size(fd: int) -> int:
        """Return how many bytes a pipe takes at a time."""
        return os.fpathconf(fd, "PC_PIPE_BUF")

    def _take_internal(self, args: "Dict[str, Any]") -> "Dict[str, Any]":
        """Move the controller's own arguments into attributes."""
        for name, (attribute, default) in INTERNAL.items():
            value = args.pop(PREFIX + name, None)
            if value is not None or not hasattr(self, attribute):
                setattr(self, attribute, default if value is None else value)
        for name in [name for name in args if name.startswith(PREFIX)]:
            del args[name]
        return args

    def _check(self, rules: "Dict[str, Any]") -> None:
        given = dict(self.params)
        checked = arguments.check(self.argument_spec, self.params, self._name, rules)
        self.params = checked.params
        self.no_log_values = checked.secrets
        for warning in checked.warnings + arguments.exposed(self.argument_spec, self.params):
            self.warn(warning)
        for note in checked.deprecations:
            self.deprecate(**note)
        errors = checked.errors
        if self._ignore_unknown_opts and checked.unsupported:
            errors = errors[: -len(checked.unsupported)]
        if errors:
            self.params = given
            self.fail_json(msg="; ".join(dict.fromkeys(errors)))

    def _leave(self, result: "Dict[str, Any]", code: int) -> "NoReturn":
        self.add_path_info(result)
        result.setdefault("changed", False)
        result.setdefault("invocation", {"module_args": self.params})
        self._add_notes(result)
        self.do_cleanup_files()
        report.emit(report.masked(result, self.no_log_values))
        sys.exit(code)

    def _add_notes(self, result: "Dict[str, Any]") -> None:
        """Join warnings that a module collected by itself with those that it called for."""
        more = result.pop("warnings", None) or []
        for text in [more] if isinstance(more, str) else more:
            self.warn(text)
        for note in result.pop("deprecations", None) or []:
            if isinstance(note, dict):
                self.deprecate(**{str(key): value for key, value in note.items()})
            elif isinstance(note, (list, tuple)):
                self.deprecate(*note)
            else:
                self.deprecate(str(note))
        for text in notes.warnings:
            self.warn(text)
        for note in notes.deprecations:
            self.deprecate(**note)
        if self._warnings:
            result["warnings"] = self._warnings
        if self._deprecations:
            result["deprecations"] = self._deprecations
