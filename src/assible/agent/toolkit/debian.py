"""What the modules for Debian's package tools share: versions, the package database, fresh lists, and files by URL."""

import os
import re
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    from assible.agent.toolkit.module import Module

#: The tools ask nothing and speak one language. LANGUAGE would win over the others.
ENVIRONMENT = {
    "DEBIAN_FRONTEND": "noninteractive",
    "DEBIAN_PRIORITY": "critical",
    "LANG": "C.UTF-8",
    "LANGUAGE": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "LC_CTYPE": "C.UTF-8",
    "LC_MESSAGES": "C.UTF-8",
}
LISTS = "/var/lib/apt/lists"
STAMP = "/var/lib/apt/periodic/update-success-stamp"
QUERY = "${Package}\\t${Architecture}\\t${Version}\\t${db:Status-Status}\\n"
HAS_FILES = ("installed", "half-configured", "half-installed", "triggers-awaited", "triggers-pending", "unpacked")
DOWNLOAD_SECONDS = 60
READ_BYTES = 65536

_LOCKED = re.compile(r"Could not get lock|Unable to (?:lock|acquire)")
_DENIED = re.compile(r"Permission denied|are you root")
_FETCH_FAILED = re.compile(r"^W: (?:Failed to fetch|Some index files failed)", re.MULTILINE)
_NOTHING: "List[Any]" = [[0], 0]
_UNREADABLE = "The list of sources could not be read"


def compare_versions(left: str, right: str) -> int:
    """Return -1, 0 or 1, as Debian's policy orders versions."""
    a, b = _version_key(left), _version_key(right)
    return (a > b) - (a < b)


def _version_key(version: str) -> "Tuple[int, List[Any], List[Any]]":
    epoch, colon, rest = version.partition(":")
    if not colon or not epoch.isdigit():
        epoch, rest = "0", version
    upstream, _, revision = rest.rpartition("-") if "-" in rest else (rest, "", "")
    return int(epoch), _part_key(upstream), _part_key(revision)


def _part_key(text: str) -> "List[Any]":
    """Return a part as letters and numbers in turn; every run of letters ends with what sorts as its end."""
    key = []  # type: List[Any]
    for letters, digits in re.findall(r"([^0-9]*)([0-9]*)", text):
        key.append([_letter_key(letter) for letter in letters] + [0])
        key.append(int(digits or 0))
    while key[-2:] == _NOTHING:  # nothing and zero are the same, and there is nothing more after the last number
        del key[-2:]
    return key + _NOTHING


def _letter_key(letter: str) -> int:
    """``~`` sorts before the end, letters before all other signs."""
    if letter == "~":
        return -1
    return ord(letter) if letter.isalpha() else ord(letter) + 256


class Package(object):
    """An entry of the package database."""

    __slots__ = ("architecture", "name", "status", "version")

    def __init__(self, name: str, architecture: str, version: str, status: str) -> None:
        self.name = name
        self.architecture = architecture
        self.version = version
        self.status = status

    @property
    def is_installed(self) -> bool:
        """Whether any of its files are there, beside its configuration."""
        return self.status in HAS_FILES


def parse_packages(text: str) -> "List[Package]":
    """Return the entries that ``dpkg-query`` tells in the form of `QUERY`."""
    rows = [line.split("\t") for line in text.splitlines()]
    return [Package(*row) for row in rows if len(row) == 4]


class Database(object):
    """What dpkg knows of packages here.

    Attributes:
        architecture: This system's own.
    """

    def __init__(self, packages: "List[Package]") -> None:
        self.packages = packages
        self._by_name: "Dict[str, List[Package]]" = {}
        for package in packages:
            self._by_name.setdefault(package.name, []).append(package)
        own = self._by_name.get("dpkg") or [Package("dpkg", "", "", "")]
        self.architecture = own[0].architecture

    def find(self, name: str) -> "Optional[Package]":
        """Return the entry for ``name`` or ``name:architecture``; a name alone is one that runs here natively."""
        short, _, architecture = name.partition(":")
        fitting = {"": (self.architecture, "all"), "all": ("all",), "any": (self.architecture, "all")}
        fitting["native"] = fitting["any"]
        wanted = fitting.get(architecture) or ((architecture, "all") if architecture else ())
        found = [one for one in self._by_name.get(short, ()) if one.architecture in wanted]
        return next((one for one in found if one.is_installed), found[0] if found else None)

    def installed_version(self, name: str) -> "Optional[str]":
        """Return the version that is installed; None where none is."""
        package = self.find(name)
        return package.version if package and package.is_installed else None

    def plain(self, name: str) -> str:
        """Return a name as apt prints it: without an architecture that is this system's own."""
        short, _, architecture = name.partition(":")
        return short if architecture in (self.architecture, "native", "any", "all") else name


def read_database(module: "Module") -> Database:
    """Ask dpkg for all that it knows."""
    program = module.get_bin_path("dpkg-query", True) or "dpkg-query"
    _, stdout, _ = module.run_command([program, "-W", "-f", QUERY], check_rc=True, environ_update=ENVIRONMENT)
    return Database(parse_packages(stdout))


def run(module: "Module", argv: "List[str]", lock_seconds: int = 0) -> "Tuple[int, str, str]":
    """Run one of apt's programs; where another one holds the lock, try again for some seconds."""
    end = time.time() + lock_seconds
    while True:
        rc, stdout, stderr = module.run_command(argv, environ_update=ENVIRONMENT, expand_user_and_vars=False)
        is_locked = rc != 0 and _LOCKED.search(stderr) and not _DENIED.search(stderr)
        if not is_locked or time.time() >= end:
            return rc, stdout, stderr
        time.sleep(1)


def cache_nanoseconds() -> int:
    """Return when the package lists were last updated, in nanoseconds since 1970; 0 where nobody knows."""
    for path in (STAMP, LISTS):
        try:
            return os.stat(path).st_mtime_ns
        except OSError:
            continue
    return 0


def update_lists(
    module: "Module", retries: int, max_delay: int, lock_seconds: int = 0, options: "Tuple[str, ...]" = ()
) -> None:
    """Fetch the package lists; fail the module where even the last try fails.

    Args:
        retries: How often it is tried.
        max_delay: Seconds between two tries at most; they double from one on.
        lock_seconds: How long another program may hold the lock.
        options: Further settings, as ``NAME=VALUE``.
    """
    program = module.get_bin_path("apt-get", True) or "apt-get"
    argv = [program, "-q", "-o", "APT::Update::Error-Mode=any"]
    for option in options:
        argv += ["-o", option]
    tries = max(1, retries)
    for number in range(tries):
        rc, stdout, stderr = run(module, [*argv, "update"], lock_seconds)
        if rc == 0 and not _FETCH_FAILED.search(stderr):
            return
        if _UNREADABLE in stderr:
            module.fail_json(msg=reasons(stderr), rc=rc, stdout=stdout, stderr=stderr)
        if number + 1 < tries:
            delay = min(2**number, max_delay)
            module.warn("The package lists were not updated, next try in {} s: {}".format(delay, reasons(stderr)))
            time.sleep(delay)
    module.fail_json(
        msg="The package lists could not be updated in {} tries: {}".format(tries, reasons(stderr)),
        rc=rc,
        stdout=stdout,
        stderr=stderr,
    )


def reasons(stderr: str) -> str:
    """Return the errors among what a program said; all of it where none is marked as one."""
    marked = [line[3:].strip() for line in stderr.splitlines() if line.startswith("E: ")]
    return ", ".join(marked) or stderr.strip()


def download(url: str, path: str, validate_certs: bool = True) -> None:
    """Fetch a URL into a file.

    Raises:
        OSError: It cannot be fetched; the text says why.
    """
    import ssl
    import urllib.request

    context = None if validate_certs else ssl._create_unverified_context()
    try:
        with urllib.request.urlopen(url, timeout=DOWNLOAD_SECONDS, context=context) as source:
            with open(path, "wb") as target:
                for piece in iter(lambda: source.read(READ_BYTES), b""):
                    target.write(piece)
    except ValueError as error:  # a URL that is none
        raise OSError(str(error))
