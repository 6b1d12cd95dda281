"""The face of a module, as far as files go: digests, moves, attributes, SELinux."""

import os

from assible.agent.toolkit import attributes as file_attributes
from assible.agent.toolkit import conversion, files, selinux

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, NoReturn, Optional, Sequence, Tuple


class ModuleFiles(object):
    """What a module does to files; a failure ends the module."""

    check_mode = False
    _selinux_special_fs: "Sequence[str]" = selinux.SPECIAL_FILE_SYSTEMS

    def fail_json(self, msg: str, **result: "Any") -> "NoReturn":
        """Report failure and end the module."""
        raise SystemExit(msg)

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

    def digest_from_file(self, filename: str, algorithm: "Any") -> "Optional[str]":
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
        return files.user_and_group(conversion.to_path(path) if expand else path, follow=False)

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
        path = conversion.to_path(path) if expand else path
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
