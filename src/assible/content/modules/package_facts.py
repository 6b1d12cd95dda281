"""Tell which packages are installed (documented as ``ansible.builtin.package_facts``), by the package managers' own
programs: no library has to be there.
"""

import re

from assible.agent.toolkit import debian
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple

    #: Asks a package manager, given its program.
    Reader = Callable[[Module, str], List[Dict[str, Any]]]

#: Other names that facts and older modules have for a manager.
ALIASES = {
    "dnf": "rpm",
    "dnf5": "rpm",
    "openbsd_pkg": "pkg_info",
    "pkg5": "pkg",
    "pkgng": "pkg",
    "yum": "rpm",
    "zypper": "rpm",
}
APT_FORM = "${Package}\\t${Version}\\t${Architecture}\\t${Section}\\t${db:Status-Status}\\n"
RPM_FORM = "%{NAME}\\t%{VERSION}\\t%{RELEASE}\\t%{EPOCH}\\t%{ARCH}\\n"
PKG_FORM = "%n\t%v\t%R\t%o\t%p\t%V\t%t"
PACMAN_FIELDS = {"Name": "name", "Version": "version", "Architecture": "arch"}
_APK = re.compile(r"(.+)-(\d[^-]*)-r(\d+)$")
_VERSIONED = re.compile(r"(\S+?)-(\d\S*)")


def parse_apt(text: str) -> "List[Dict[str, Any]]":
    """Return what ``dpkg-query`` told in the form of `APT_FORM`, as far as it is installed.

    A package of another architecture than this system's own has that in its name, as apt writes it.
    """
    rows = [line.split("\t") for line in text.splitlines()]
    here = [row for row in rows if len(row) == 5 and row[4] in debian.HAS_FILES]
    own = {"all", *(row[2] for row in here if row[0] == "dpkg")}
    return [
        {
            "name": row[0] if row[2] in own else "{}:{}".format(row[0], row[2]),
            "version": row[1],
            "arch": row[2],
            "category": row[3],
        }
        for row in here
    ]


def parse_apt_releases(text: str) -> "Dict[str, str]":
    """Return index file -> origin, of what ``apt-cache policy`` says of them."""
    found: "Dict[str, str]" = {}
    place = ""
    for line in text.splitlines():
        match = re.match(r"\s*-?\d+ (\S.*)$", line)
        if match:
            place = match.group(1)
        elif line.strip().startswith("release "):
            origin = re.search(r"(?:release |,)o=([^,]*)", line)
            found[place] = origin.group(1) if origin else ""
    return found


def parse_apt_places(text: str) -> "Dict[str, str]":
    """Return package -> the first index file that has its installed version, of ``apt-cache policy PACKAGE...``."""
    found: "Dict[str, str]" = {}
    name, is_installed = "", False
    for line in text.splitlines():
        if not line.startswith(" "):
            name = line.rstrip().rstrip(":")
        elif line.startswith(" *** "):
            is_installed = True
        elif re.match(r" {8}", line):
            place = line.strip().partition(" ")[2]
            if is_installed and not place.startswith("/"):
                found.setdefault(name, place)
        else:
            is_installed = False
    return found


def parse_rpm(text: str) -> "List[Dict[str, Any]]":
    """Return what ``rpm -qa`` told in the form of `RPM_FORM`."""
    rows = [line.split("\t") for line in text.splitlines()]
    return [
        {
            "name": row[0],
            "version": row[1],
            "release": row[2],
            "epoch": int(row[3]) if row[3].isdigit() else None,
            "arch": None if row[4] == "(none)" else row[4],
        }
        for row in rows
        if len(row) == 5
    ]


def parse_apk(text: str) -> "List[Dict[str, Any]]":
    """Return what ``apk info -v`` tells: ``musl-1.2.4-r2``."""
    matches = [_APK.match(line.strip()) for line in text.splitlines()]
    return [{"name": one.group(1), "version": one.group(2), "release": one.group(3)} for one in matches if one]


def parse_pacman(text: str) -> "List[Dict[str, Any]]":
    """Return what ``pacman -Qi`` tells."""
    found = []
    for paragraph in text.split("\n\n"):
        fields = [line.partition(":") for line in paragraph.splitlines()]
        package = {
            PACMAN_FIELDS[key.strip()]: value.strip() for key, _, value in fields if key.strip() in PACMAN_FIELDS
        }
        if "name" in package:
            found.append(package)
    return found


def parse_pkg(text: str) -> "List[Dict[str, Any]]":
    """Return what FreeBSD's ``pkg query`` told in the form of `PKG_FORM`."""
    rows = [line.split("\t") for line in text.splitlines()]
    return [
        {
            "name": row[0],
            "version": row[1],
            "origin": row[2],
            "category": row[3].partition("/")[0],
            "port": row[3],
            "prefix": row[4],
            "vital": row[5] == "1",
            "installed_on": row[6],
        }
        for row in rows
        if len(row) == 7
    ]


def parse_pkg_info(text: str) -> "List[Dict[str, Any]]":
    """Return what OpenBSD's ``pkg_info -a`` tells: ``curl-7.79.0  transfer files``."""
    matches = [_VERSIONED.match(line) for line in text.splitlines()]
    return [{"name": one.group(1), "version": one.group(2)} for one in matches if one]


def parse_portage(text: str) -> "List[Dict[str, Any]]":
    """Return what ``qlist -Iv`` tells: ``app-shells/bash-5.1_p16-r6``."""
    found = []
    for line in text.splitlines():
        category, _, rest = line.strip().partition("/")
        match = _VERSIONED.match(rest)
        if match:
            version, _, release = match.group(2).partition("-r")
            found.append({"name": match.group(1), "version": version, "release": release, "category": category})
    return found


def read(module: Module, *argv: str) -> str:
    """Return a program's output.

    Raises:
        OSError: It fails.
    """
    rc, stdout, stderr = module.run_command(list(argv), environ_update=debian.ENVIRONMENT, expand_user_and_vars=False)
    if rc != 0:
        raise OSError("{} failed: {}".format(argv[0], stderr.strip()))
    return str(stdout)


def read_apt(module: Module, program: str) -> "List[Dict[str, Any]]":
    """Ask dpkg what there is, and apt where it comes from."""
    packages = parse_apt(read(module, program, "-W", "-f", APT_FORM))
    cache = module.get_bin_path("apt-cache")
    names = [package["name"] for package in packages]
    places = parse_apt_places(read(module, cache, "policy", *names)) if cache and names else {}
    origins = parse_apt_releases(read(module, cache, "policy")) if cache and places else {}
    for package in packages:
        package["origin"] = origins.get(places.get(package["name"], ""), "")
    return packages


#: Manager -> its program, and what asks it; in the order in which they are looked for.
MANAGERS: "Dict[str, Tuple[str, Reader]]" = {
    "apk": ("apk", lambda module, program: parse_apk(read(module, program, "info", "-v"))),
    "apt": ("dpkg-query", read_apt),
    "rpm": ("rpm", lambda module, program: parse_rpm(read(module, program, "-qa", "--queryformat", RPM_FORM))),
    "pacman": ("pacman", lambda module, program: parse_pacman(read(module, program, "-Qi"))),
    "pkg": ("pkg", lambda module, program: parse_pkg(read(module, program, "query", PKG_FORM))),
    "pkg_info": ("pkg_info", lambda module, program: parse_pkg_info(read(module, program, "-a"))),
    "portage": ("qlist", lambda module, program: parse_portage(read(module, program, "-Iv"))),
}
SPEC: "Dict[str, Dict[str, Any]]" = {
    "manager": {
        "type": "list",
        "elements": "str",
        "default": ["auto"],
        "choices": sorted(["auto", *MANAGERS, *ALIASES]),
    },
    "strategy": {"type": "str", "default": "first", "choices": ["all", "first"]},
}


def main() -> None:
    """Return the packages as the fact ``packages``."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    asked = [ALIASES.get(name, name) for name in module.params["manager"]]
    packages: "Dict[str, List[Dict[str, Any]]]" = {}
    is_found = False
    for name in dict.fromkeys(MANAGERS if "auto" in asked else asked):
        found = query(module, name, is_named=name in asked)
        if found is None:
            continue
        is_found = True
        for package in found:
            packages.setdefault(package["name"], []).append(dict(package, source=name))
        if module.params["strategy"] == "first":
            break
    if not is_found:
        module.fail_json(msg="none of these package managers is here: {}".format(", ".join(module.params["manager"])))
    module.exit_json(ansible_facts={"packages": packages})


def query(module: Module, name: str, is_named: bool) -> "Optional[List[Dict[str, Any]]]":
    """Ask one manager; None where it is not here, with a warning where it was named or failed."""
    program, reader = MANAGERS[name]
    path = module.get_bin_path(program)
    if path is None:
        if is_named:
            module.warn("the package manager {} cannot be asked: there is no program {}".format(name, program))
        return None
    try:
        return reader(module, path)
    except OSError as error:
        module.warn("the package manager {} cannot be asked: {}".format(name, error))
        return None


if __name__ == "__main__":
    main()
