"""Giving a file new content in one step: written beside it, checked, backed up, and complete before anyone sees it."""

import os
import shutil
import stat

from assible.agent.toolkit import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Union

    from assible.agent.toolkit.module import Module

MAX_NAME = 200


class Draft(object):
    """A new content for a path, in a private file beside it.

    Attributes:
        path: What it is to replace.
        place: Where the draft is.
        wanted: Attributes that are asked for, as ``load_file_common_arguments`` gives them; ``mode`` may be None.
    """

    __slots__ = ("_descriptor", "module", "path", "place", "wanted")

    def __init__(self, module: "Module", path: str, wanted: "Dict[str, Any]") -> None:
        self.module = module
        self.path = path
        self.wanted = wanted
        name = ".ansible_tmp" + os.urandom(6).hex() + os.path.basename(path)[:MAX_NAME]
        self.place = os.path.join(os.path.dirname(path) or ".", name)
        try:
            self._descriptor = _create(self.place)
        except OSError as error:
            if not module.params.get("unsafe_writes"):
                module.fail_json(msg="cannot write beside {}: {}".format(path, error.strerror), path=path)
            self.place = os.path.join(module.tmpdir, name)
            self._descriptor = _create(self.place)

    def write(self, source: "Union[bytes, str]") -> None:
        """Write the content: bytes, or those of the file that text names."""
        module = self.module
        try:
            with os.fdopen(self._descriptor, "wb") as stream:
                if isinstance(source, bytes):
                    stream.write(source)
                else:
                    with open(source, "rb") as reader:
                        shutil.copyfileobj(reader, stream, files.READ_BYTES)
        except OSError as error:
            self.abandon()
            module.fail_json(msg="writing {} failed: {}".format(self.path, error.strerror), path=self.path)

    def take(self, source: str) -> bool:
        """Let a file that nobody else needs become the draft; False where it lies on another file system."""
        if os.stat(source).st_dev != os.fstat(self._descriptor).st_dev:
            return False
        os.close(self._descriptor)
        os.unlink(self.place)  # a rename over another file would wait for the disk
        os.rename(source, self.place)
        os.chmod(self.place, 0o600)
        return True

    def validate(self, command: "Optional[str]", in_full: bool = False, **shown: "Any") -> "Dict[str, Any]":
        """Run the command that the user trusts to tell good content from bad; ``%s`` is the draft.

        Args:
            command: Nothing is run where there is none.
            in_full: Give what the command said as values of a failure, too.
            shown: Further values of a failure.

        Returns:
            What it said: ``rc``, ``stdout`` and ``stderr``; nothing where there is no command.
        """
        if not command:
            return {}
        module = self.module
        if "%s" not in command:
            self.abandon()
            module.fail_json(msg="validate must contain %s: {}".format(command), **shown)
        self._prepare()  # the command may look at owner and mode
        rc, stdout, stderr = module.run_command(command % self.place)
        if rc != 0:
            self.abandon()
            text = "failed to validate: the command ended with {}: {}".format(rc, (stderr or stdout).strip())
            if in_full:
                shown.update(exit_status=rc, stdout=stdout, stderr=stderr)
            module.fail_json(msg=text.rstrip(": "), **shown)
        return {"rc": rc, "stdout": stdout, "stderr": stderr}

    def commit(self, backup: bool = False) -> str:
        """Put the draft in place with its attributes; return the path of the backup, or ``""``."""
        self._prepare()
        copy = self.module.backup_local(self.path) if backup and os.path.exists(self.path) else ""
        try:
            self.module.atomic_move(
                self.place, self.path, bool(self.module.params.get("unsafe_writes")), keep_dest_attrs=False
            )
        except SystemExit:
            self.abandon()
            raise
        self.module.set_fs_attributes_if_different(self.wanted, True, expand=False)
        return copy

    def abandon(self) -> None:
        """Give up and leave nothing behind."""
        try:
            os.unlink(self.place)
        except OSError:
            pass

    def _prepare(self) -> None:
        """Give the draft the owner and mode that it shall have: what is asked for, else those of the old file.

        A link is replaced by a new file.
        """
        is_kept = os.path.exists(self.path) and not os.path.islink(self.path)
        present = os.stat(self.path) if is_kept else None
        mode = stat.S_IMODE(present.st_mode) if present else default_mode()
        wanted = self.wanted
        try:
            if wanted.get("mode") is not None:
                mode = files.parse_mode(wanted["mode"], mode, False, umask())
            uid = files.user_number(wanted["owner"]) if wanted.get("owner") is not None else None
            gid = files.group_number(wanted["group"]) if wanted.get("group") is not None else None
            if uid is not None or gid is not None:
                os.chown(self.place, -1 if uid is None else uid, -1 if gid is None else gid)
        except (OSError, LookupError, ValueError) as error:
            self.abandon()
            reason = getattr(error, "strerror", None) or str(error)
            self.module.fail_json(msg="the attributes of {} cannot be set: {}".format(self.path, reason))
        keep_uid = present.st_uid if present else os.geteuid()
        keep_gid = present.st_gid if present else os.getegid()
        files._try_chown(self.place, keep_uid if uid is None else -1, keep_gid if gid is None else -1)
        os.chmod(self.place, mode)


def _create(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def umask() -> int:
    """Return the umask."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def default_mode() -> int:
    """Return the mode that a new file gets."""
    return files.DEFAULT_MODE & ~umask()


def replace(
    module: "Module", path: str, content: bytes, wanted: "Dict[str, Any]", backup: bool = False, validate: str = ""
) -> str:
    """Give a file new content; return the path of the backup, or ``""``. Fails the module where that cannot be."""
    draft = Draft(module, path, dict(wanted, path=path))
    draft.write(content)
    draft.validate(validate)
    return draft.commit(backup)
