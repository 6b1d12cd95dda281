"""Manage one-line apt repositories (documented as ``ansible.builtin.apt_repository``).

Only the line that is asked for is touched: all others, comments and rubbish among them, stay as they are written.
"""

import os
import re

from assible.agent.toolkit import debian, files
from assible.agent.toolkit.facts import distribution
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

SPEC: "Dict[str, Dict[str, Any]]" = {
    "repo": {"type": "str", "required": True},
    "state": {"type": "str", "default": "present", "choices": ["absent", "present"]},
    "mode": {"type": "raw"},
    "update_cache": {"type": "bool", "default": True, "aliases": ["update-cache"]},
    "update_cache_retries": {"type": "int", "default": 5},
    "update_cache_retry_max_delay": {"type": "int", "default": 12},
    "filename": {"type": "str"},
    "install_python_apt": {"type": "bool", "default": True},
    "validate_certs": {"type": "bool", "default": True},
    "codename": {"type": "str"},
}
MAIN = "/etc/apt/sources.list"
PARTS = "/etc/apt/sources.list.d"
KEYS = "/etc/apt/trusted.gpg.d"
LAUNCHPAD = "https://api.launchpad.net/1.0/~{}/+archive/ubuntu/{}"
KEY_SERVER = "https://keyserver.ubuntu.com/pks/lookup?op=get&options=mr&search=0x{}"
PPA = "deb https://ppa.launchpadcontent.net/{}/{}/ubuntu {} main"
NO_CERTIFICATE_CHECKS = ("Acquire::https::Verify-Peer=false", "Acquire::https::Verify-Host=false")

_SOURCE = re.compile(r"(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?((?:cdrom:\[[^\]]*\]\S*)|[^\s\[]\S*)\s+(\S.*)$")


class Source(object):
    """A line of a list file that names a repository, as far as two of them can be told apart."""

    __slots__ = ("enabled", "text")

    def __init__(self, text: str, enabled: bool) -> None:
        self.text = text
        self.enabled = enabled


def parse_source(line: str) -> "Optional[Source]":
    """Return the repository that a line names, also where it is commented out; None where it names none."""
    text = line.strip()
    enabled = not text.startswith("#")
    text = text.lstrip("# \t") if not enabled else text
    match = _SOURCE.match(text.partition("#")[0].strip())
    if match is None:
        return None
    kind, options, uri, rest = match.groups()
    words = [kind] + (["[{}]".format(" ".join(options.split()))] if options is not None else []) + [uri]
    return Source(" ".join(words + rest.split()), enabled)


def with_source(lines: "List[str]", text: str) -> "Optional[List[str]]":
    """Return the lines with a repository switched on that is commented out; None where none of them names it."""
    found = [index for index, line in enumerate(lines) if _names(line, text)]
    if not found:
        return None
    if any(_is_enabled(lines[index]) for index in found):
        return lines
    changed = list(lines)
    changed[found[0]] = text
    return changed


def without_source(lines: "List[str]", text: str) -> "List[str]":
    """Return the lines but those that name a repository."""
    return [line for line in lines if not (_names(line, text))]


def _names(line: str, text: str) -> bool:
    source = parse_source(line)
    return source is not None and source.text == text


def _is_enabled(line: str) -> bool:
    source = parse_source(line)
    return source is not None and source.enabled


def file_name(text: str) -> str:
    """Return the name of the list file for a repository, made of its address."""
    match = _SOURCE.match(text)
    address = match.group(3) if match else text
    address = re.sub(r"\[[^\]]*\]", "", address)
    address = re.sub(r"^[A-Za-z+]+://", "", address)
    address = address.rpartition("@")[2]
    return "_".join(re.findall(r"[A-Za-z0-9-]+", address.replace("-", "_"))) + ".list"


def parse_ppa(repo: str) -> "Tuple[str, str]":
    """Return owner and name of ``ppa:OWNER/NAME``; the name is ``ppa`` where none is given."""
    owner, _, name = repo[len("ppa:") :].strip().partition("/")
    return owner.lstrip("~"), (name.rpartition("/")[2] or "ppa")


class Lists(object):
    """The list files: what is in them, and what shall be."""

    def __init__(self) -> None:
        parts = sorted(os.listdir(PARTS)) if os.path.isdir(PARTS) else []
        paths = [MAIN] + [os.path.join(PARTS, name) for name in parts if name.endswith(".list")]
        self.before = {path: _read(path) for path in paths if os.path.isfile(path)}
        self.after = dict(self.before)

    def add(self, text: str, path: str) -> None:
        """Have a repository: where a line names it already there, else at the end of a file."""
        for known in self.after:
            lines = with_source(self.after[known].split("\n"), text)
            if lines is not None:
                self.after[known] = "\n".join(lines)
                return
        content = self.after.get(path, _read(path))
        if path not in self.before and content:
            self.before[path] = content
        self.after[path] = content + ("\n" if content and not content.endswith("\n") else "") + text + "\n"

    def remove(self, text: str) -> None:
        """Have a repository nowhere; a file that has nothing else goes."""
        for path, content in list(self.after.items()):
            rest = "\n".join(without_source(content.split("\n"), text))
            if rest != content:
                self.after[path] = rest if rest.strip() else ""

    def changed(self) -> "List[str]":
        """Return the files that are not as they shall be."""
        paths = sorted(set(self.before) | set(self.after))
        return [path for path in paths if self.before.get(path, "") != self.after.get(path, "")]

    def diff(self) -> "List[Dict[str, str]]":
        """Return the difference of every file."""
        found = []
        for path in self.changed():
            before, after = self.before.get(path, ""), self.after.get(path, "")
            found.append(
                {
                    "before": before,
                    "after": after,
                    "before_header": path if before else "/dev/null",
                    "after_header": path if after else "/dev/null",
                }
            )
        return found

    def write(self, module: Module, contents: "Dict[str, str]") -> None:
        """Give the files that change these contents; one without any goes."""
        for path in self.changed():
            content = contents.get(path, "")
            if content:
                _write(module, path, content)
            elif os.path.exists(path):
                os.unlink(path)


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read()
    except OSError:
        return ""


def _write(module: Module, path: str, content: str) -> None:
    is_new = not os.path.exists(path)
    draft = os.path.join(module.tmpdir, os.path.basename(path))
    with open(draft, "w", encoding="utf-8", errors="surrogateescape") as stream:
        stream.write(content)
    if not os.path.isdir(os.path.dirname(path)):
        os.makedirs(os.path.dirname(path))
    module.atomic_move(draft, path)
    if is_new:
        mode = module.params["mode"]
        module.set_mode_if_different(path, "0644" if mode is None else mode, False)


def main() -> None:
    """See that the repository is there, or that it is not."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    module.deprecate(
        "'apt_repository' goes away; 'deb822_repository' writes the form that apt prefers",
        version="2.25",
        collection_name="ansible.builtin",
    )
    params = module.params
    if not params["repo"].strip():
        module.fail_json(msg="the option 'repo' is empty")
    text, key = resolve(module)
    lists = Lists()
    if params["state"] == "absent":
        lists.remove(text)
    else:
        name = params["filename"] + ".list" if params["filename"] else file_name(text)
        lists.add(text, os.path.normpath(os.path.join(PARTS, name)))
    changed = lists.changed()
    if changed and not module.check_mode:
        apply(module, lists, key if params["state"] == "present" else None)
    module.exit_json(
        changed=bool(changed),
        repo=params["repo"],
        state=params["state"],
        sources_added=[path for path in changed if not lists.before.get(path)],
        sources_removed=[path for path in changed if not lists.after.get(path)],
        diff=lists.diff() if module._diff else [],
    )


def apply(module: Module, lists: Lists, key: "Optional[str]") -> None:
    """Write the files and fetch the package lists; put the files back where that fails."""
    try:
        if key is not None:
            add_key(module, key)
        lists.write(module, lists.after)
    except OSError as error:
        lists.write(module, lists.before)
        module.fail_json(msg="the repository cannot be written: {}".format(error))
    if not module.params["update_cache"]:
        return
    try:
        debian.update_lists(
            module,
            module.params["update_cache_retries"],
            module.params["update_cache_retry_max_delay"],
            options=() if module.params["validate_certs"] else NO_CERTIFICATE_CHECKS,
        )
    except SystemExit:
        lists.write(module, lists.before)
        raise


def resolve(module: Module) -> "Tuple[str, Optional[str]]":
    """Return the repository's line in its plain form, and the fingerprint of the key that a PPA needs."""
    repo = module.params["repo"].strip()
    if not repo.startswith("ppa:"):
        source = parse_source(repo)
        if source is None or not source.enabled:
            module.fail_json(msg="'{}' is no line of a list of sources".format(repo))
            raise AssertionError(repo)
        return source.text, None
    owner, name = parse_ppa(repo)
    codename = module.params["codename"] or str(distribution.collect().get("distribution_release") or "")
    if not owner or not codename:
        module.fail_json(msg="the PPA '{}' needs an owner, and the system a code name".format(repo))
    text = PPA.format(owner, name, codename)
    return text, fingerprint(module, owner, name) if module.params["state"] == "present" else None


def fingerprint(module: Module, owner: str, name: str) -> "Optional[str]":
    """Ask Launchpad for the fingerprint of a PPA's key."""
    import json

    place = os.path.join(module.tmpdir, "ppa.json")
    try:
        debian.download(LAUNCHPAD.format(owner, name), place, module.params["validate_certs"])
        with open(place, encoding="utf-8") as stream:
            return str(json.load(stream)["signing_key_fingerprint"])
    except (OSError, ValueError, KeyError) as error:
        module.fail_json(msg="Launchpad tells nothing of the PPA {}/{}: {}".format(owner, name, error))
        raise


def add_key(module: Module, key: str) -> None:
    """Put a key where apt trusts it, unless it is there.

    Raises:
        OSError: It cannot be fetched or written.
    """
    path = os.path.join(KEYS, "ppa-{}.asc".format(key))
    if os.path.exists(path):
        return
    draft = os.path.join(module.tmpdir, "key.asc")
    debian.download(KEY_SERVER.format(key), draft, module.params["validate_certs"])
    os.chmod(draft, files.DEFAULT_MODE & 0o644)
    module.atomic_move(draft, path)
    os.chmod(path, 0o644)


if __name__ == "__main__":
    main()
