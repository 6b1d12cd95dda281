"""The face of a module: Ansible's documented ``AnsibleModule``, thin over the parts beside it."""

import json
import os
import stat
import sys

from assible.agent import current
from assible.agent.toolkit import arguments, files, processes, report, selinux
from assible.agent.toolkit import attributes as file_attributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

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


class Module(object):
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
            self.exit_json(skipped=True, msg="remote module ({}) does not support check mode".format(self._name))
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

    def exit_json(self, **result: "Any") -> None:
        """Report success and end the module."""
        self._leave(result, 0)

    def fail_json(self, msg: str, **result: "Any") -> None:
        """Report failure and end the module; an exception that is being handled joins the report."""
        result = dict(result, failed=True, msg=msg)
        if "exception" not in result and sys.exc_info()[2] is not None:
            import traceback

            result["exception"] = traceback.format_exc()
        self._leave(result, 1)

    def fail_on_missing_params(self, required_params: "Optional[Sequence[str]]" = None) -> None:
        """Fail where one of the parameters has no value."""
        missing = [name for name in required_params or () if not self.params.get(name)]
        if missing:
            self.fail_json("missing required arguments: {}".format(", ".join(missing)))

    def warn(self, warning: str) -> None:
        """Add a warning to the result."""
        if warning not in self._warnings:
            self._warnings.append(warning)

    def deprecate(
        self,
        msg: str,
        version: "Optional[str]" = None,
        date: "Optional[str]" = None,
        collection_name: "Optional[str]" = None,
        help_text: "Optional[str]" = None,
    ) -> None:
        """Add a note that something will go to the result."""
        note = {"msg": msg, "version": version, "date": date, "collection_name": collection_name}
        if help_text:
            note["help_text"] = help_text
        if note not in self._deprecations:
            self._deprecations.append(note)

    def log(self, msg: str, log_args: "Optional[Dict[str, Any]]" = None) -> None:
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
            return arguments.to_bool(arg)
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
            places = os.environ.get("PATH", "") + os.pathsep + os.pathsep.join(processes.SYSTEM_DIRECTORIES)
            self.fail_json(msg='Failed to find required executable "{}" in paths: {}'.format(arg, places))
        return path

    def is_executable(self, path: str) -> bool:
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
        errors: str = "surrogateescape",
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
        argv = self._argv(args, use_unsafe_shell, expand_user_and_vars)
        shell = executable or self._shell or "/bin/sh"
        directory = self._directory(cwd, ignore_invalid_cwd)
        finished = processes.run(
            argv,
            shell=shell if use_unsafe_shell else None,
            data=_input(data, binary_data),
            cwd=directory,
            environment=self._environment(path_prefix, environ_update),
            umask=umask,
            close_fds=close_fds,
            pass_fds=pass_fds or (),
            prompt=_prompt(prompt_regex),
            before=before_communicate_callback,
        )
        if finished.error is not None:
            if not handle_exceptions:
                raise finished.error
            self._fail_start(finished)
        if check_rc and finished.rc != 0:
            self._fail_program(finished)
        if encoding is None:
            return finished.rc, finished.stdout, finished.stderr
        return finished.rc, finished.stdout.decode(encoding, errors), finished.stderr.decode(encoding, errors)

    def sha1(self, filename: str) -> "Optional[str]":
        """Return a file's SHA-1 digest."""
        return self.digest_from_file(filename, "sha1")

    def sha256(self, filename: str) -> "Optional[str]":
        """Return a file's SHA-256 digest."""
        return self.digest_from_file(filename, "sha256")

    def md5(self, filename: str) -> "Optional[str]":
        """Return a file's MD5 digest.

        Raises:
            ValueError: The platform forbids MD5.
        """
        return files.digest(filename, "md5")

    def digest_from_file(self, filename: str, algorithm: str) -> "Optional[str]":
        """Return a file's digest; None where there is no file."""
        try:
            return files.digest(filename, algorithm)
        except (OSError, ValueError) as error:
            self.fail_json(msg="cannot compute the {} of {}: {}".format(algorithm, filename, error))
            raise

    def backup_local(self, fn: str) -> str:
        """Copy a file beside itself and return the copy's path."""
        try:
            return files.backup(fn)
        except OSError as error:
            self.fail_json(msg="no backup of {} could be made: {}".format(fn, error))
            raise

    def atomic_move(self, src: str, dest: str, unsafe_writes: bool = False, keep_dest_attrs: bool = True) -> None:
        """Put a file in the place of another in one step, attributes and SELinux context kept."""
        context = None
        if selinux.is_active():
            context = selinux.context_of(dest) if os.path.exists(dest) else selinux.default_context(dest)
        try:
            files.move(src, dest, unsafe_writes, keep_dest_attrs)
        except OSError as error:
            self.fail_json(msg="{} could not take the place of {}: {}".format(src, dest, error))
        if context is not None:
            self.set_context_if_different(dest, context, False)

    def preserved_copy(self, src: str, dest: str) -> None:
        """Copy a file with its mode, owner, context and file attributes."""
        import shutil

        shutil.copy2(src, dest)
        info = os.stat(src)
        files._try_chown(dest, info.st_uid, info.st_gid)
        if selinux.is_active():
            self.set_context_if_different(dest, selinux.context_of(src), False)

    def user_and_group(self, path: str, expand: bool = True) -> "Tuple[int, int]":
        """Return a file's uid and gid."""
        return files.user_and_group(arguments.to_path(path) if expand else path, follow=False)

    def find_mount_point(self, path: str) -> str:
        """Return the mount point that a path lies under."""
        return files.mount_point(path)

    def load_file_common_arguments(self, params: "Dict[str, Any]", path: "Optional[str]" = None) -> "Dict[str, Any]":
        """Return what the parameters ask of a file's attributes, for ``set_fs_attributes_if_different``."""
        return file_attributes.wanted(params, path)

    def set_fs_attributes_if_different(
        self, file_args: "Dict[str, Any]", changed: bool, diff: "Optional[Dict[str, Any]]" = None, expand: bool = True
    ) -> bool:
        """Give a file the owner, group, mode, context and attributes that are asked for; return whether it changed."""
        path = file_args["path"]
        changed = self.set_context_if_different(path, file_args["secontext"], changed, diff)
        changed = self.set_owner_if_different(path, file_args["owner"], changed, diff, expand)
        changed = self.set_group_if_different(path, file_args["group"], changed, diff, expand)
        changed = self.set_mode_if_different(path, file_args["mode"], changed, diff, expand)
        return self.set_attributes_if_different(path, file_args["attributes"], changed, diff, expand)

    set_file_attributes_if_different = set_fs_attributes_if_different
    set_directory_attributes_if_different = set_fs_attributes_if_different

    def set_mode_if_different(
        self,
        path: str,
        mode: "Any",
        changed: bool,
        diff: "Optional[Dict[str, Any]]" = None,
        expand: bool = True,
    ) -> bool:
        """Set a file's mode; return whether it, or anything before, changed."""
        return self._change(file_attributes.set_mode, "mode", path, mode, changed, diff, expand)

    def set_owner_if_different(
        self,
        path: str,
        owner: "Any",
        changed: bool,
        diff: "Optional[Dict[str, Any]]" = None,
        expand: bool = True,
    ) -> bool:
        """Set a file's owner; return whether it, or anything before, changed."""
        return self._change(file_attributes.set_owner, "owner", path, owner, changed, diff, expand)

    def set_group_if_different(
        self,
        path: str,
        group: "Any",
        changed: bool,
        diff: "Optional[Dict[str, Any]]" = None,
        expand: bool = True,
    ) -> bool:
        """Set a file's group; return whether it, or anything before, changed."""
        return self._change(file_attributes.set_group, "group", path, group, changed, diff, expand)

    def set_attributes_if_different(
        self,
        path: str,
        attributes: "Any",
        changed: bool,
        diff: "Optional[Dict[str, Any]]" = None,
        expand: bool = True,
    ) -> bool:
        """Set a file's flags as ``chattr`` does; return whether they, or anything before, changed."""
        return self._change(file_attributes.set_flags, "attributes", path, attributes, changed, diff, expand)

    def set_context_if_different(
        self, path: str, context: "Sequence[Any]", changed: bool, diff: "Optional[Dict[str, Any]]" = None
    ) -> bool:
        """Set a file's SELinux context; return whether it, or anything before, changed."""
        special = tuple(self._selinux_special_fs)

        def change(where: str, wanted: "Any", check_mode: bool) -> "file_attributes.Change":
            return file_attributes.set_context(where, wanted, check_mode, special)

        return self._change(change, "SELinux context", path, context, changed, diff, False)

    def set_default_selinux_context(self, path: str, changed: bool) -> bool:
        """Give a file the context that the policy has for it."""
        if not selinux.is_active():
            return changed
        return self.set_context_if_different(path, selinux.default_context(path), changed)

    def selinux_enabled(self) -> bool:
        """Tell whether SELinux is active."""
        return selinux.is_active()

    def selinux_mls_enabled(self) -> bool:
        """Tell whether SELinux labels have levels."""
        return selinux.is_multi_level()

    def selinux_initial_context(self) -> "List[Optional[str]]":
        """Return a context that asks for nothing."""
        return selinux.empty_context()

    def selinux_context(self, path: str) -> "List[Optional[str]]":
        """Return a file's context."""
        return selinux.context_of(path)

    def selinux_default_context(self, path: str, mode: int = 0) -> "List[Optional[str]]":
        """Return the context that the policy has for a path."""
        return selinux.default_context(path, mode)

    def is_special_selinux_path(self, path: str) -> "Tuple[bool, Optional[List[Optional[str]]]]":
        """Tell whether a path lies on a file system without labels of its own, and which context all of it has."""
        return file_attributes.is_special_mount(path, tuple(self._selinux_special_fs))

    def get_file_attributes(self, path: str, include_version: bool = True) -> "Dict[str, Any]":
        """Return a file's flags as ``lsattr`` tells them."""
        return file_attributes.flags_of(path, include_version)

    def add_path_info(self, kwargs: "Dict[str, Any]") -> "Dict[str, Any]":
        """Add what is known of the file that ``path`` or ``dest`` names to a result."""
        path = kwargs.get("path", kwargs.get("dest"))
        if path is None or not os.path.exists(path):
            return kwargs
        facts = files.describe(path)
        kwargs.update(facts)
        if selinux.is_active():
            kwargs["secontext"] = ":".join(part or "" for part in selinux.context_of(path))
        return kwargs

    def bytes_to_human(self, size: int) -> str:
        """Return a size in words, such as ``1.50 KB``."""
        for unit, power in arguments.UNITS.items():
            if size >= 1 << power:
                return "{:.2f} {}".format(float(size) / (1 << power), unit + "B" if unit != "B" else "Bytes")
        return "{:.2f} Bytes".format(float(size))

    pretty_bytes = bytes_to_human

    def human_to_bytes(self, number: "Any", isbits: bool = False) -> int:
        """Return the number that words such as ``1.5K`` mean."""
        return arguments.to_bits_count(number) if isbits else arguments.to_bytes_count(number)

    human_readable = bytes_to_human

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
        for warning in checked.warnings:
            self.warn(warning)
        for note in checked.deprecations:
            self.deprecate(**note)
        errors = checked.errors
        if self._ignore_unknown_opts and checked.unsupported:
            errors = errors[: -len(checked.unsupported)]
        if errors:
            self.params = given
            self.fail_json(msg="; ".join(dict.fromkeys(errors)))

    def _leave(self, result: "Dict[str, Any]", code: int) -> None:
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
        if self._warnings:
            result["warnings"] = self._warnings
        if self._deprecations:
            result["deprecations"] = self._deprecations

    def _argv(self, args: "Any", use_shell: bool, expand: bool) -> "Union[str, List[str]]":
        if not isinstance(args, (list, tuple, str, bytes)):
            self.fail_json(msg="Argument 'args' to run_command must be list or string", rc=257, cmd=str(args))
        if use_shell:
            if isinstance(args, (list, tuple)):
                import shlex

                return " ".join(shlex.quote(arguments.to_str(word)) for word in args)
            return arguments.to_str(args)
        if isinstance(args, (list, tuple)):
            words = [arguments.to_str(word) for word in args if word is not None]
        else:
            words = processes.split(args)
        words = [processes.expand(word) for word in words] if expand else words
        return words

    def _directory(self, cwd: "Optional[str]", ignore_invalid: bool) -> "Optional[str]":
        if not cwd:
            return None
        path = os.path.abspath(os.path.expanduser(cwd))
        if os.path.isdir(path):
            return path
        if not ignore_invalid:
            self.fail_json(msg="the working directory is none: {}".format(path))
        return None

    def _environment(self, path_prefix: "Optional[str]", update: "Optional[Dict[str, Any]]") -> "Dict[str, str]":
        environment = dict(os.environ)
        environment.update(self.run_command_environ_update)
        environment.update({key: str(value) for key, value in (update or {}).items()})
        if path_prefix:
            environment["PATH"] = path_prefix + os.pathsep + environment.get("PATH", "")
        return environment

    def _shown(self, argv: "Union[str, List[str]]") -> "Any":
        import shlex

        text = argv if isinstance(argv, str) else " ".join(shlex.quote(word) for word in argv)
        return report.masked(text, self.no_log_values)

    def _fail_start(self, finished: processes.Finished) -> None:
        self.fail_json(
            rc=finished.rc,
            stdout=b"",
            stderr=b"",
            msg="the command could not be run",
            cmd=self._shown(finished.argv),
            exception=str(finished.error),
        )

    def _fail_program(self, finished: processes.Finished) -> None:
        stderr = finished.stderr.decode("utf-8", "replace")
        self.fail_json(
            cmd=self._shown(finished.argv),
            rc=finished.rc,
            stdout=finished.stdout,
            stderr=finished.stderr,
            msg=str(report.masked(stderr.rstrip(), self.no_log_values)),
        )

    def _change(
        self,
        function: "Callable[[str, Any, bool], file_attributes.Change]",
        what: str,
        path: str,
        value: "Any",
        changed: bool,
        diff: "Optional[Dict[str, Any]]",
        expand: bool,
    ) -> bool:
        """Let a function change one attribute, record the difference, and fail the module where it cannot."""
        if value is None:
            return changed
        path = arguments.to_path(path) if expand else path
        if self.check_mode and not os.path.lexists(path):
            return True
        try:
            change = function(path, value, self.check_mode)
        except (OSError, LookupError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.fail_json(msg="the {} of {} cannot be set: {}".format(what, path, reason), path=path)
            raise
        if change is None:
            return changed
        if diff is not None:
            diff.setdefault("before", {})[change[0]] = change[1]
            diff.setdefault("after", {})[change[0]] = change[2]
        return True


def _input(data: "Optional[Union[str, bytes]]", binary: bool) -> "Optional[bytes]":
    if data is None:
        return None
    raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    return raw if binary else raw + b"\n"


def _prompt(pattern: "Optional[Union[str, bytes]]") -> "Optional[Callable[[bytes], bool]]":
    if not pattern:
        return None
    import re

    compiled = re.compile(pattern.encode("utf-8") if isinstance(pattern, str) else pattern, re.MULTILINE)
    return lambda output: compiled.search(output) is not None
