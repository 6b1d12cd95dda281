"""Which Linux distribution this is: the names of the public package ``distro``, from the files that systems have."""

import os
import shlex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

OS_RELEASE = ("etc/os-release", "usr/lib/os-release")
NORMALIZED_OS_ID = {"ol": "oracle", "opensuse-leap": "opensuse"}
NORMALIZED_LSB_ID = {
    "enterpriseenterpriseas": "oracle",
    "enterpriseenterpriseserver": "oracle",
    "redhatenterpriseworkstation": "rhel",
    "redhatenterpriseserver": "rhel",
    "redhatenterprisecomputenode": "rhel",
}
NORMALIZED_DISTRO_ID = {"redhat": "rhel"}
#: Release files that tell nothing of their own.
IGNORED = ("debian_version", "lsb-release", "oem-release", "os-release", "system-release", "plesk-release")


class LinuxDistribution(object):
    """What the files of a root directory tell; ``lsb_release`` and ``uname`` only where they are this machine's.

    Args:
        include_lsb: Ask ``lsb_release``.
        os_release_file: Read this one.
        distro_release_file: Read this release file.
        include_uname: Ask the kernel.
        root_dir: Where the files are.
        include_oslevel: Ask AIX for its level.
    """

    def __init__(
        self,
        include_lsb: "Optional[bool]" = None,
        os_release_file: str = "",
        distro_release_file: str = "",
        include_uname: "Optional[bool]" = None,
        root_dir: "Optional[str]" = None,
        include_oslevel: "Optional[bool]" = None,
    ) -> None:
        root = root_dir or "/"
        places = [os.path.join(root, name) for name in OS_RELEASE]
        self.root_dir = root_dir
        self.include_lsb = root_dir is None if include_lsb is None else include_lsb
        self.include_uname = root_dir is None if include_uname is None else include_uname
        self.include_oslevel = root_dir is None if include_oslevel is None else include_oslevel
        self.os_release_file = os_release_file or next((path for path in places if os.path.isfile(path)), places[0])
        self.distro_release_file = distro_release_file
        self._etc = os.path.join(root, "etc")
        self._known: "Dict[str, Dict[str, str]]" = {}

    def linux_distribution(self, full_distribution_name: bool = True) -> "Tuple[str, str, str]":
        """Return name (or id), version and code name."""
        return (self.name() if full_distribution_name else self.id(), self.version(), self.codename())

    def id(self) -> str:
        """Return the id, such as ``debian``; empty where nothing tells."""
        told = (
            (self.os_release_attr("id"), NORMALIZED_OS_ID),
            (self.lsb_release_attr("distributor_id"), NORMALIZED_LSB_ID),
            (self.distro_release_attr("id"), NORMALIZED_DISTRO_ID),
            (self.uname_attr("id"), NORMALIZED_DISTRO_ID),
        )
        for name, normal in told:
            if name:
                word = name.lower().replace(" ", "_")
                return normal.get(word, word)
        return ""

    def name(self, pretty: bool = False) -> str:
        """Return the name; with version and code name where a pretty one is asked for."""
        attributes = ("pretty_name", "description") if pretty else ("name", "distributor_id")
        found = self.os_release_attr(attributes[0]) or self.lsb_release_attr(attributes[1])
        if found:
            return found
        plain = self.distro_release_attr("name") or self.uname_attr("name")
        version = self.version(pretty=True) if pretty else ""
        return "{} {}".format(plain, version) if version else plain

    def version(self, pretty: bool = False, best: bool = False) -> str:
        """Return the version; the most precise of all that are told where the best is asked for."""
        versions = [
            self.os_release_attr("version_id"),
            self.lsb_release_attr("release"),
            self.distro_release_attr("version_id"),
            _version_in(self.os_release_attr("pretty_name")),
            _version_in(self.lsb_release_attr("description")),
            self.uname_attr("release"),
        ]
        if self.id() == "debian" or "debian" in self.like().split():
            versions.append(_text(os.path.join(self._etc, "debian_version")))
        told = [version for version in versions if version]
        chosen = told[0] if told else ""
        if best:
            for version in told:
                if version.count(".") > chosen.count(".") or not chosen:
                    chosen = version
        name = self.codename()
        return "{} ({})".format(chosen, name) if pretty and chosen and name else chosen

    def version_parts(self, best: bool = False) -> "Tuple[str, str, str]":
        """Return major, minor and build number."""
        parts = self.version(best=best).split(".")
        digits = [part if part.isdigit() else "" for part in parts[:3]]
        return tuple(digits + [""] * (3 - len(digits)))  # type: ignore[return-value]

    def major_version(self, best: bool = False) -> str:
        """Return the version's first part."""
        return self.version_parts(best)[0]

    def minor_version(self, best: bool = False) -> str:
        """Return the version's second part."""
        return self.version_parts(best)[1]

    def build_number(self, best: bool = False) -> str:
        """Return the version's third part."""
        return self.version_parts(best)[2]

    def like(self) -> str:
        """Return the ids of distributions that this one comes from."""
        return self.os_release_attr("id_like")

    def codename(self) -> str:
        """Return the release's code name."""
        told = self.os_release_info().get("codename")
        if told is not None:
            return told
        return self.lsb_release_attr("codename") or self.distro_release_attr("codename")

    def info(self, pretty: bool = False, best: bool = False) -> "Dict[str, Any]":
        """Return all of it as a mapping."""
        major, minor, build = self.version_parts(best)
        return {
            "id": self.id(),
            "version": self.version(pretty, best),
            "version_parts": {"major": major, "minor": minor, "build_number": build},
            "like": self.like(),
            "codename": self.codename(),
        }

    def os_release_info(self) -> "Dict[str, str]":
        """Return what os-release tells, keys in lower case."""
        return self._once("os_release", lambda: _os_release(_text(self.os_release_file)))

    def lsb_release_info(self) -> "Dict[str, str]":
        """Return what ``lsb_release`` tells."""
        return self._once("lsb", lambda: _colon_lines(_output(["lsb_release", "-a"])) if self.include_lsb else {})

    def distro_release_info(self) -> "Dict[str, str]":
        """Return what a file such as ``/etc/redhat-release`` tells."""
        return self._once("release", self._release_file)

    def uname_info(self) -> "Dict[str, str]":
        """Return what the kernel tells of systems that are no Linux."""
        return self._once("uname", lambda: _kernel() if self.include_uname else {})

    def oslevel_info(self) -> str:
        """Return AIX's level."""
        return _output(["oslevel"]).strip() if self.include_oslevel else ""

    def os_release_attr(self, attribute: str) -> str:
        """Return one thing of os-release; empty where it is missing."""
        return self.os_release_info().get(attribute, "")

    def lsb_release_attr(self, attribute: str) -> str:
        """Return one thing of ``lsb_release``; empty where it is missing."""
        return self.lsb_release_info().get(attribute, "")

    def distro_release_attr(self, attribute: str) -> str:
        """Return one thing of the release file; empty where it is missing."""
        return self.distro_release_info().get(attribute, "")

    def uname_attr(self, attribute: str) -> str:
        """Return one thing of the kernel; empty where it is missing."""
        return self.uname_info().get(attribute, "")

    def _once(self, what: str, read: "Any") -> "Dict[str, str]":
        if what not in self._known:
            self._known[what] = read()
        return self._known[what]

    def _release_file(self) -> "Dict[str, str]":
        paths = [self.distro_release_file] if self.distro_release_file else _release_files(self._etc)
        for path in paths:
            lines = _text(path).splitlines()
            if not lines:
                continue
            found = _release_line(lines[0])
            found["id"] = os.path.basename(path).replace("_", "-").partition("-")[0].lower()
            return found
        return {}


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read().strip()
    except OSError:
        return ""


def _output(argv: "List[str]") -> str:
    """Return what a program prints; nothing where it is missing or fails."""
    from assible.agent.toolkit import processes

    program = processes.find_program(argv[0])
    finished = processes.run([program, *argv[1:]]) if program else None
    return finished.stdout.decode("utf-8", "replace") if finished and finished.rc == 0 else ""


def _os_release(text: str) -> "Dict[str, str]":
    found = {}
    for line in text.splitlines():
        key, separator, value = line.strip().partition("=")
        if not separator or key.startswith("#"):
            continue
        try:
            found[key.lower()] = " ".join(shlex.split(value))
        except ValueError:
            found[key.lower()] = value
    codename = found.get("version_codename", found.get("ubuntu_codename"))
    if codename is None and "(" in found.get("version", ""):
        codename = found["version"].partition("(")[2].partition(")")[0]
    if codename is not None:
        found["codename"] = codename
        found["release_codename"] = codename
    return found


def _colon_lines(text: str) -> "Dict[str, str]":
    pairs = [line.partition(":") for line in text.splitlines()]
    return {key.strip().lower().replace(" ", "_"): value.strip() for key, colon, value in pairs if colon}


def _kernel() -> "Dict[str, str]":
    info = os.uname()
    if info.sysname == "Linux":
        return {}
    return {"id": info.sysname.lower(), "name": info.sysname, "release": info.release.partition("-")[0]}


def _release_files(directory: str) -> "List[str]":
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return []
    fitting = [name for name in names if name.endswith(("-release", "_release", "-version", "_version"))]
    return [os.path.join(directory, name) for name in fitting if name not in IGNORED]


def _release_line(line: str) -> "Dict[str, str]":
    """Read ``NAME release VERSION (CODENAME)``."""
    found = {}
    name, _, rest = line.partition(" release ")
    version = _version_in(rest or line)
    found["name"] = name.strip() if rest else line.partition(version)[0].strip() if version else line.strip()
    if version:
        found["version_id"] = version
    if "(" in line:
        found["codename"] = line.rpartition("(")[2].partition(")")[0]
    return found


def _version_in(text: str) -> str:
    """Return the first word of a text that is a version number; empty where none is."""
    for word in text.split():
        if word[:1].isdigit() and all(part.isdigit() for part in word.split(".")):
            return word
    return ""


_here = LinuxDistribution()
id = _here.id
name = _here.name
version = _here.version
version_parts = _here.version_parts
major_version = _here.major_version
minor_version = _here.minor_version
build_number = _here.build_number
like = _here.like
codename = _here.codename
info = _here.info
linux_distribution = _here.linux_distribution
os_release_info = _here.os_release_info
lsb_release_info = _here.lsb_release_info
distro_release_info = _here.distro_release_info
uname_info = _here.uname_info
os_release_attr = _here.os_release_attr
lsb_release_attr = _here.lsb_release_attr
distro_release_attr = _here.distro_release_attr
uname_attr = _here.uname_attr
