"""Tell what is mounted, or may be (documented as ``ansible.builtin.mount_facts``)."""

import os
import re

from assible.agent.toolkit import processes
from assible.agent.toolkit.facts import hardware
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List

    Mount = Dict[str, Any]

SPEC: "Dict[str, Dict[str, Any]]" = {
    "sources": {"type": "list", "elements": "str"},
    "mount_binary": {"type": "raw", "default": "mount"},
    "devices": {"type": "list", "elements": "str"},
    "fstypes": {"type": "list", "elements": "str"},
    "timeout": {"type": "float"},
    "on_timeout": {"type": "str", "default": "error", "choices": ["error", "warn", "ignore"]},
    "include_aggregate_mounts": {"type": "bool"},
}
DYNAMIC = ("/etc/mtab", "/proc/mounts", "/etc/mnttab")
STATIC = ("/etc/fstab", "/etc/vfstab", "/etc/filesystems")
ALIASES = {"all": DYNAMIC + STATIC, "dynamic": DYNAMIC, "static": STATIC}
PROGRAM = "mount"
_LINUX = re.compile(r"^(?P<device>.+?) on (?P<mount>.+) type (?P<fstype>\S+) \((?P<options>[^)]*)\)")
_BSD = re.compile(r"^(?P<device>.+?) on (?P<mount>.+) \((?P<fstype>[^,)]+)(?:, (?P<options>[^)]*))?\)$")
_AIX = re.compile(
    r"^(?:(?P<node>\S+)\s+|\s+)(?P<device>\S+)\s+(?P<mount>\S+)\s+(?P<fstype>\S+)\s+"
    r"(?P<time>[A-Z][a-z]{2} \d{2} \d{2}:\d{2})\s*(?P<options>\S*)\s*$"
)
_STANZA = re.compile(r"^(/\S*):\s*$")


def entry(data: str, device: str, mount: str, fstype: str, **more: "Any") -> "Mount":
    """Return what is known of one mount; ``data`` is how the source says it."""
    return dict(more, mount=mount, device=device, fstype=fstype, ansible_context={"source_data": data})


def number(text: str) -> "Any":
    """Return a number; other text as it is."""
    return int(text) if text.isdigit() else text


def parse_table(text: str) -> "Iterator[Mount]":
    """Read a table such as fstab, mtab and mnttab, with four to six columns, or vfstab, with seven."""
    for line in text.splitlines():
        line = line.strip()
        words = [hardware.without_octal(word) for word in line.partition(" #")[0].split()]
        if not words or words[0].startswith("#"):
            continue
        if 4 <= len(words) <= 6 and all(word.isdigit() for word in words[4:]):
            more = dict(zip(("dump", "passno"), map(int, words[4:])))  # type: Dict[str, Any]
            yield entry(line, words[0], words[1], words[2], options=words[3], **more)
        elif len(words) == 7:
            device, checked, mount, fstype, turn, boot, options = words
            more = {"device_to_fsck": checked, "passno": number(turn), "mount_at_boot": boot}
            yield entry(line, device, mount, fstype, options=options, **more)


def parse_stanzas(text: str) -> "Iterator[Mount]":
    """Read the stanzas of AIX's /etc/filesystems."""
    place = ""
    lines: "List[str]" = []
    for line in [*text.splitlines(), "/:"]:
        match = _STANZA.match(line)
        if match is None:
            if place and line.strip() and not line.startswith("*"):
                lines.append(line)
            continue
        if place and lines:
            yield _stanza(place, lines)
        place, lines = match.group(1), []


def _stanza(place: str, lines: "List[str]") -> "Mount":
    split = (line.partition("=") for line in lines)
    attributes = {key.strip(): value.strip() for key, _, value in split}
    device = attributes.get("dev", "")
    if attributes.get("nodename"):
        device = "{}:{}".format(attributes["nodename"], device)
    data = "\n".join(["{}:".format(place), *lines])
    return entry(data, device, place, attributes.get("vfs") or "unknown", attributes=attributes)


def parse_file(text: str) -> "List[Mount]":
    """Read a file of mounts, whatever its form."""
    stanzas = any(_STANZA.match(line) for line in text.splitlines())
    return list(parse_stanzas(text) if stanzas else parse_table(text))


def parse_program(text: str) -> "Iterator[Mount]":
    """Read what ``mount`` says on Linux, the BSDs and AIX."""
    for line in text.splitlines():
        for pattern in (_LINUX, _BSD, _AIX):
            match = pattern.match(line)
            if match:
                told = {key: value for key, value in match.groupdict().items() if value}
                node = told.pop("node", None)
                device = told.pop("device")
                yield entry(line, "{}:{}".format(node, device) if node else device, **told)
                break


class TimedOut(Exception):
    """A file system or program did not answer in time."""


class Reader(object):
    """Reads the sources that are asked for."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.params = module.params
        self.uuids = {device: names[0] for device, names in hardware.links()["uuids"].items()}

    def sources(self) -> "List[str]":
        """Return the sources by name, each once."""
        asked = self.params["sources"] or ["all"]
        names = [name for one in asked for name in ALIASES.get(one, (one,))]
        found: "Dict[str, str]" = {}
        for name in names:
            found.setdefault(os.path.realpath(name) if name.startswith("/") else name, name)
        is_repeated = len(names) != len(set(names))
        if is_repeated and self.params["sources"]:
            self.module.warn("'sources' names some sources more than once; each is read once")
        return list(found.values())

    def mounts(self) -> "Iterator[Mount]":
        """Yield what all sources say, in their order."""
        asked = self.params["sources"] or ["all"]
        program = self.params["mount_binary"]
        names = self.sources()
        is_dynamic = any(one in ("all", "dynamic") for one in asked)
        had_dynamic = False
        after = max([index for index, name in enumerate(names) if name in DYNAMIC] or [-1])
        for index, name in enumerate(names):
            if name == PROGRAM or name == program:
                yield from self._told(name)
            else:
                found = self._read(name)
                had_dynamic = had_dynamic or (name in DYNAMIC and bool(found))
                yield from found
            if index == after and is_dynamic and not had_dynamic and program and program not in names:
                yield from self._told(str(program))

    def _read(self, name: str) -> "List[Mount]":
        try:
            with open(name, encoding="utf-8", errors="surrogateescape") as stream:
                text = stream.read()
        except OSError:
            return []
        return self._marked(parse_file(text), name)

    def _told(self, name: str) -> "List[Mount]":
        program = self.params["mount_binary"]
        if not program:
            self.module.fail_json(msg="'sources' names {}, but 'mount_binary' is null".format(name))
        path = self.module.get_bin_path(program, True) or program
        try:
            return self._marked(list(parse_program(self._run(path))), name)
        except TimedOut as error:
            self.settle(error)
            return []

    def _run(self, path: str) -> str:
        seconds = self.params["timeout"]
        argv = [path] if seconds is None else [self.module.get_bin_path("timeout") or "timeout", str(seconds), path]
        finished = processes.run(argv, environment=dict(os.environ, LC_ALL="C"))
        if seconds is not None and finished.rc == 124:
            raise TimedOut("{} gave no answer within {} s".format(path, seconds))
        if finished.error or finished.rc != 0:
            text = finished.stderr.decode("utf-8", "replace").strip() or str(finished.error)
            self.module.fail_json(msg="{} failed: {}".format(path, text))
        return finished.stdout.decode("utf-8", "surrogateescape")

    @staticmethod
    def _marked(found: "List[Mount]", source: str) -> "List[Mount]":
        for one in found:
            one["ansible_context"]["source"] = source
        return found

    def settle(self, error: TimedOut) -> None:
        """Do about a timeout what is asked for."""
        if self.params["on_timeout"] == "error":
            self.module.fail_json(msg=str(error))
        elif self.params["on_timeout"] == "warn":
            self.module.warn(str(error))

    def fits(self, mount: "Mount") -> bool:
        """Tell whether a mount is one of those that are asked for."""
        import fnmatch

        for option, key in (("devices", "device"), ("fstypes", "fstype")):
            patterns = self.params[option]
            if patterns and not any(fnmatch.fnmatch(mount[key], pattern) for pattern in patterns):
                return False
        return True

    def complete(self, mount: "Mount") -> "Mount":
        """Add what the file system itself and the device tell.

        Raises:
            TimedOut: The file system does not answer.
        """
        device = mount["device"]
        name = os.path.basename(os.path.realpath(device)) if device.startswith("/") else ""
        uuid = device[len("UUID=") :] if device.startswith("UUID=") else self.uuids.get(name)
        sizes = hardware.sizes_of(mount["mount"], self.params["timeout"])
        if "note" in sizes:
            raise TimedOut("{} gave no answer within {} s".format(mount["mount"], self.params["timeout"]))
        return dict(mount, uuid=uuid, **sizes)


def check(module: Module) -> None:
    """Refuse values of a wrong kind."""
    params = module.params
    if params["mount_binary"] is not None and not isinstance(params["mount_binary"], str):
        module.fail_json(msg="'mount_binary' is the name of a program or null, not {}".format(params["mount_binary"]))
    if params["timeout"] is not None and params["timeout"] <= 0:
        module.fail_json(msg="'timeout' is a time, so {} makes no sense".format(params["timeout"]))
    if "" in (params["sources"] or ()):
        module.fail_json(msg="'sources' has an empty name in it")


def main() -> None:
    """Return mounts by mount point, and all of them where that is asked for."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    check(module)
    reader = Reader(module)
    every: "List[Mount]" = []
    for mount in reader.mounts():
        if not reader.fits(mount):
            continue
        try:
            every.append(reader.complete(mount))
        except TimedOut as error:
            reader.settle(error)
    points: "Dict[str, Mount]" = {}
    for mount in every:
        points.setdefault(mount["mount"], mount)
    if module.params["include_aggregate_mounts"] is None and _repeats(every):
        module.warn("some mount points occur repeatedly; 'include_aggregate_mounts' says whether all are returned")
    aggregate = every if module.params["include_aggregate_mounts"] else []
    module.exit_json(ansible_facts={"mount_points": points, "aggregate_mounts": aggregate})


def _repeats(mounts: "List[Mount]") -> bool:
    """Tell whether one source mounts two things in one place."""
    places = [(mount["ansible_context"]["source"], mount["mount"]) for mount in mounts]
    return len(places) != len(set(places))


if __name__ == "__main__":
    main()
