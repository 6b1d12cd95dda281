"""Manage Debian packages (documented as ``ansible.builtin.apt``), by the programs of apt and dpkg alone."""

import fnmatch
import os
import re
import shutil
import time

from assible.agent.toolkit import debian
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, NoReturn, Optional, Tuple

SPEC: "Dict[str, Dict[str, Any]]" = {
    "state": {
        "type": "str",
        "default": "present",
        "choices": ["absent", "build-dep", "fixed", "latest", "present"],
    },
    "name": {"type": "list", "elements": "str", "aliases": ["package", "pkg"]},
    "deb": {"type": "path"},
    "update_cache": {"type": "bool", "aliases": ["update-cache"]},
    "update_cache_retries": {"type": "int", "default": 5},
    "update_cache_retry_max_delay": {"type": "int", "default": 12},
    "cache_valid_time": {"type": "int", "default": 0},
    "upgrade": {"type": "str", "default": "no", "choices": ["dist", "full", "no", "safe", "yes"]},
    "purge": {"type": "bool", "default": False},
    "autoremove": {"type": "bool", "default": False},
    "autoclean": {"type": "bool", "default": False},
    "clean": {"type": "bool", "default": False},
    "default_release": {"type": "str", "aliases": ["default-release"]},
    "install_recommends": {"type": "bool", "aliases": ["install-recommends"]},
    "force": {"type": "bool", "default": False},
    "allow_unauthenticated": {"type": "bool", "default": False, "aliases": ["allow-unauthenticated"]},
    "allow_downgrade": {
        "type": "bool",
        "default": False,
        "aliases": ["allow-downgrade", "allow_downgrades", "allow-downgrades"],
    },
    "allow_change_held_packages": {"type": "bool", "default": False},
    "only_upgrade": {"type": "bool", "default": False},
    "fail_on_autoremove": {"type": "bool", "default": False},
    "force_apt_get": {"type": "bool", "default": False},
    "dpkg_options": {"type": "str", "default": "force-confdef,force-confold"},
    "policy_rc_d": {"type": "int"},
    "lock_timeout": {"type": "int", "default": 60},
    "auto_install_module_deps": {"type": "bool", "default": True},
}
EXTENDED_STATES = "/var/lib/apt/extended_states"
POLICY_RC_D = "/usr/sbin/policy-rc.d"
#: Every installed package, where it is asked for by name.
ALL = "*"
#: apt-get's words for an upgrade; aptitude's, which comes first where it is installed.
UPGRADES = {"dist": (["dist-upgrade"], ""), "full": (["dist-upgrade"], "full-upgrade")}
SAFE_UPGRADE = (["upgrade", "--with-new-pkgs"], "safe-upgrade")

_NAME = r"[A-Za-z0-9*?\[][A-Za-z0-9+.*?\[\]!_-]*(?::[a-z0-9-]+)?"
_SPECIFIER = re.compile(r"({})(?:(>?=)(.*))?$".format(_NAME))
_VERSION = re.compile(r"[A-Za-z0-9.+:~*?\[\]!_-]+$")
_WILD = re.compile(r"[*?\[]")
_NO_CHANGE = re.compile(r"^0 (?:packages )?upgraded, 0 newly installed, (?:0 downgraded, )?0 to remove", re.MULTILINE)
_SUMMARY = re.compile(r"^\d+ (?:packages )?upgraded, ")
_PREAMBLE = "Reading state information..."


class Specifier(object):
    """What one of the names asks for.

    Attributes:
        operator: ``=``, ``>=`` or nothing.
    """

    __slots__ = ("name", "operator", "text", "version")

    def __init__(self, text: str, name: str, operator: str = "", version: str = "") -> None:
        self.text = text
        self.name = name
        self.operator = operator
        self.version = version

    def accepts(self, version: str) -> bool:
        """Tell whether a version is one that is asked for."""
        if self.operator == "=":
            return fnmatch.fnmatchcase(version, self.version)
        if self.operator == ">=":
            return debian.compare_versions(version, self.version) >= 0
        return True


def parse_specifier(text: str) -> "Optional[Specifier]":
    """Split ``name``, ``name=version`` or ``name>=version``; None for what names no package.

    Raises:
        ValueError: The version is none.
    """
    match = _SPECIFIER.match(text)
    if match is None:
        return None
    name, operator, version = match.group(1), match.group(2) or "", match.group(3) or ""
    if operator and (not _VERSION.match(version) or (operator == ">=" and _WILD.search(version))):
        raise ValueError("'{}' is not a package with a version".format(text))
    return Specifier(text, name, operator, version)


class Policy(object):
    """What apt would do with a package: the version that it prefers, and all that there are, best first."""

    __slots__ = ("candidate", "versions")

    def __init__(self, candidate: "Optional[str]" = None, versions: "Optional[List[str]]" = None) -> None:
        self.candidate = candidate
        self.versions = versions or []


def parse_policy(text: str) -> "Dict[str, Policy]":
    """Return what ``apt-cache policy`` says of each package."""
    found: "Dict[str, Policy]" = {}
    policy = Policy()
    for line in text.splitlines():
        if not line.startswith(" "):
            policy = found[line.rstrip().rstrip(":")] = Policy()
        elif line.startswith("  Candidate: "):
            version = line[len("  Candidate: ") :].strip()
            policy.candidate = None if version == "(none)" else version
        elif re.match(r" (?:   |\*\*\*) \S", line):
            policy.versions.append(line.split()[-2])
    return found


def parse_providers(text: str) -> "Dict[str, List[str]]":
    """Return package -> packages that provide it, of what ``apt-cache showpkg`` says."""
    found: "Dict[str, List[str]]" = {}
    providers: "Optional[List[str]]" = None
    name = ""
    for line in text.splitlines():
        if line.startswith("Package: "):
            name, providers = line[len("Package: ") :].strip(), None
        elif line.startswith("Reverse Provides:"):
            providers = found[name] = []
        elif providers is not None and line.strip():
            provider = line.split()[0]
            if provider not in providers:
                providers.append(provider)
    return found


def parse_automatic(text: str) -> "List[str]":
    """Return the packages that are there only for others, by apt's own file."""
    found = []  # type: List[str]
    for paragraph in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line)
        if fields.get("Auto-Installed") == "1":
            found.append(fields.get("Package", ""))
    return found


def parse_installs(text: str) -> "List[str]":
    """Return the packages that a simulation would install, each as ``name=version``."""
    found = []  # type: List[str]
    for line in text.splitlines():
        match = re.match(r"Inst (\S+) (?:\[[^\]]*\] )?\((\S+) ", line)
        if match:
            found.append("{}={}".format(match.group(1), match.group(2)))
    return found


def summary(text: str) -> str:
    """Return what apt says that it will do."""
    lines = text.splitlines()
    start = lines.index(_PREAMBLE) + 1 if _PREAMBLE in lines else 0
    end = next((index for index in range(start, len(lines)) if _SUMMARY.match(lines[index])), len(lines) - 1)
    while start <= end and lines[start] == _PREAMBLE:
        start += 1
    return "\n".join(lines[start : end + 1])


def is_change(text: str) -> bool:
    """Tell whether apt says that it has done, or would do, anything."""
    return not _NO_CHANGE.search(text)


def choose(
    wanted: Specifier, installed: "Optional[str]", policy: Policy, is_latest: bool, only_upgrade: bool
) -> "Optional[str]":
    """Return the version to install; None where nothing is to be done.

    Raises:
        LookupError: No version there is fits.
    """
    if installed is None and only_upgrade:
        return None
    if wanted.operator == "=":
        best = next((version for version in policy.versions if wanted.accepts(version)), None)
    elif installed is not None and not is_latest and wanted.accepts(installed):
        return None
    else:
        best = policy.candidate if policy.candidate and wanted.accepts(policy.candidate) else None
    if best is None:
        raise LookupError("no version of the package that can be installed fits {}".format(wanted.text))
    return None if best == installed else best


class Apt(object):
    """One run of the module."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.params = module.params
        self.check = module.check_mode
        self.program = module.get_bin_path("apt-get", True) or "apt-get"
        self._database: "Optional[debian.Database]" = None

    @property
    def database(self) -> debian.Database:
        """What is installed, read once."""
        if self._database is None:
            self._database = debian.read_database(self.module)
        return self._database

    def options(self) -> "List[str]":
        """Return the options of every call that may change packages."""
        words = ["-y"]
        for option in self.dpkg_options():
            words += ["-o", "Dpkg::Options::=" + option]
        return [*words, "-o", "DPkg::Lock::Timeout={}".format(self.params["lock_timeout"])]

    def dpkg_options(self) -> "List[str]":
        """Return dpkg's options."""
        return ["--" + one.strip().lstrip("-") for one in self.params["dpkg_options"].split(",") if one.strip()]

    def flags(self, *names: str) -> "List[str]":
        """Return apt-get's words for those of the options that are on."""
        params = self.params
        words = {
            "only_upgrade": "--only-upgrade",
            "purge": "--purge",
            "force": "--force-yes",
            "autoremove": "--auto-remove",
            "fail_on_autoremove": "--no-remove",
            "allow_unauthenticated": "--allow-unauthenticated",
            "allow_downgrade": "--allow-downgrades",
            "allow_change_held_packages": "--allow-change-held-packages",
        }
        return [words[name] for name in names if params[name]]

    def install_words(self, verb: str, packages: "List[str]") -> "List[str]":
        """Return the command that installs."""
        params = self.params
        words = [self.program, *self.options(), *self.flags("only_upgrade")]
        words += ["--fix-broken"] if params["state"] == "fixed" else []
        words += self.flags("force")
        words += self.flags("autoremove") if verb == "install" else []
        words += self.flags("fail_on_autoremove") + self.simulation() + [verb] + packages
        words += ["-t", params["default_release"]] if params["default_release"] else []
        if params["install_recommends"] is not None:
            words += ["-o", "APT::Install-Recommends=" + ("yes" if params["install_recommends"] else "no")]
        return words + self.flags("allow_unauthenticated", "allow_downgrade", "allow_change_held_packages")

    def remove_words(self, packages: "List[str]") -> "List[str]":
        """Return the command that removes."""
        words = [self.program, "-q", *self.options()]
        words += self.flags("purge", "force", "autoremove", "allow_change_held_packages")
        return words + self.simulation() + ["remove"] + packages

    def simulation(self) -> "List[str]":
        """Return the option that keeps a command from doing anything, in check mode."""
        return ["--simulate"] if self.check else []

    def run(self, words: "List[str]", **shown: "Any") -> "Tuple[str, str]":
        """Run a command; fail the module where it fails."""
        rc, stdout, stderr = debian.run(self.module, words, self.params["lock_timeout"])
        if rc != 0:
            self.module.fail_json(
                msg="{} failed: {}".format(" ".join(words), debian.reasons(stderr) or stdout),
                rc=rc,
                stdout=stdout,
                stderr=stderr,
                **shown,
            )
        return stdout, stderr

    def told(self, stdout: str, stderr: str) -> "Dict[str, Any]":
        """Return the part of a result that comes from a command's output."""
        diff = {"prepared": summary(stdout)} if self.module._diff else {}
        return {"changed": is_change(stdout), "stdout": stdout, "stderr": stderr, "diff": diff}

    def fail(self, message: str, **result: "Any") -> "NoReturn":
        """End the module."""
        self.module.fail_json(msg=message, **result)
        raise AssertionError(message)

    def query(self, *words: str) -> str:
        """Ask apt-cache, as the default release has it."""
        argv = [self.module.get_bin_path("apt-cache", True) or "apt-cache"]
        if self.params["default_release"]:
            argv += ["-o", "APT::Default-Release=" + self.params["default_release"]]
        rc, stdout, stderr = debian.run(self.module, argv + list(words))
        errors = [line for line in stderr.splitlines() if line.startswith("E: ")]
        if errors and not all("No packages found" in line for line in errors):
            self.fail(debian.reasons(stderr), rc=rc, stdout=stdout, stderr=stderr)
        return stdout


def main() -> None:
    """See to the packages, the package lists and what was fetched."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    apt = Apt(module)
    params = module.params
    names = list(params["name"] or [])
    is_upgrade = params["upgrade"] != "no"
    if [bool(names), params["deb"] is not None, is_upgrade].count(True) > 1:
        apt.fail("only one of the options 'name', 'deb' and 'upgrade' may be given")
    if not os.path.isdir(debian.LISTS):
        update(apt)
    cleaned = clean(apt) if params["clean"] else None
    if cleaned is not None and not _has_more(params):
        module.exit_json(**cleaned)
    is_updated = refresh(apt)
    cache = {"cache_updated": is_updated, "cache_update_time": debian.cache_nanoseconds() // 10**9}
    if ALL in names and params["state"] == "latest":
        if len(names) > 1:
            apt.fail("'*' upgrades all that is installed; no other package can be named beside it")
        is_upgrade, names = True, []
    if is_upgrade:
        module.exit_json(**upgrade(apt))
    if params["deb"]:
        module.exit_json(**with_policy(apt, lambda: install_files(apt, params["deb"])))
    if names or params["state"] == "fixed":
        module.exit_json(**change_packages(apt, [name.strip() for name in names], cache))
    for name, work in (("autoclean", autoclean), ("autoremove", autoremove)):
        if params[name]:
            module.exit_json(**work(apt))
    module.exit_json(changed=is_updated or cleaned is not None, **cache)


def _has_more(params: "Dict[str, Any]") -> bool:
    """Tell whether there is anything to do beside the cleaning."""
    asked = any(params[name] for name in ("name", "deb", "update_cache", "cache_valid_time", "autoclean", "autoremove"))
    return asked or params["upgrade"] != "no" or params["state"] == "fixed"


def update(apt: Apt) -> None:
    """Fetch the package lists."""
    params = apt.params
    debian.update_lists(
        apt.module,
        params["update_cache_retries"],
        params["update_cache_retry_max_delay"],
        params["lock_timeout"],
    )


def refresh(apt: Apt) -> bool:
    """Fetch the package lists where that is asked for and they are too old; return whether they are others now."""
    valid_seconds = apt.params["cache_valid_time"]
    if not apt.params["update_cache"] and not valid_seconds:
        return False
    before = debian.cache_nanoseconds()
    if valid_seconds and time.time() < before / 1e9 + valid_seconds:
        return False
    if apt.check:
        return True
    update(apt)
    return debian.cache_nanoseconds() != before


def clean(apt: Apt) -> "Dict[str, Any]":
    """Remove every package file that was fetched."""
    stdout, stderr = ("", "") if apt.check else apt.run([apt.program, "clean"])
    return dict(apt.told(stdout, stderr), changed=True, msg=stdout)


def autoclean(apt: Apt) -> "Dict[str, Any]":
    """Remove fetched files of which no repository has the package now."""
    stdout, stderr = apt.run([apt.program, *apt.options(), *apt.simulation(), "autoclean"])
    is_removing = re.search(r"^Del ", stdout, re.MULTILINE) is not None
    return dict(apt.told(stdout, stderr), changed=is_removing)


def autoremove(apt: Apt) -> "Dict[str, Any]":
    """Remove packages that were there only for others."""
    words = [apt.program, *apt.options(), *apt.flags("purge", "force", "allow_change_held_packages")]
    return apt.told(*apt.run(words + apt.simulation() + ["autoremove"]))


def upgrade(apt: Apt) -> "Dict[str, Any]":
    """Upgrade all that is installed."""
    result = apt.told(*apt.run(upgrade_words(apt)))
    if not result["changed"]:
        del result["diff"]
    return dict(result, msg=result["stdout"])


def upgrade_words(apt: Apt) -> "List[str]":
    """Return the command that upgrades: aptitude's where it is there and knows how, else apt-get's."""
    params = apt.params
    words, aptitude_word = UPGRADES.get(params["upgrade"], SAFE_UPGRADE)
    aptitude = None if params["force_apt_get"] or not aptitude_word else apt.module.get_bin_path("aptitude")
    release = ["-t", params["default_release"]] if params["default_release"] else []
    if aptitude is None:
        flags = apt.flags(
            "force", "fail_on_autoremove", "allow_unauthenticated", "allow_downgrade", "allow_change_held_packages"
        )
        words = words + apt.flags("autoremove", "purge")
        return [apt.program, *apt.options(), *flags, *apt.simulation(), *words, *release]
    for option in ("fail_on_autoremove", "allow_downgrade"):
        if params[option]:
            apt.module.warn("'{}' has no effect on aptitude; 'force_apt_get' would leave it aside".format(option))
    trust = ["--allow-untrusted"] if params["force"] or params["allow_unauthenticated"] else []
    return [aptitude, *apt.options(), *trust, *apt.simulation(), aptitude_word, *release]


def change_packages(apt: Apt, names: "List[str]", cache: "Dict[str, Any]") -> "Dict[str, Any]":
    """Bring packages into the state that is asked for."""
    state = apt.params["state"]
    specifiers = expand_all(apt, names)
    if apt.params["autoclean"]:
        autoclean(apt)
    if state == "absent":
        return remove(apt, specifiers)
    if state == "build-dep":
        return with_policy(
            apt, lambda: install(apt, "build-dep", [_source_text(one) for one in specifiers], cache, always=True)
        )
    packages, satisfied = plan(apt, specifiers, cache)
    result = with_policy(apt, lambda: install(apt, "install", packages, cache, always=not names))
    mark_manual(apt, satisfied)
    return result


def _source_text(one: Specifier) -> str:
    return one.name + (one.operator + one.version if one.operator == "=" else "")


def expand_all(apt: Apt, names: "List[str]") -> "List[Specifier]":
    """Parse the names, and replace those with wildcards by all that they match."""
    found: "Dict[str, Specifier]" = {}
    for text in names:
        try:
            wanted = parse_specifier(text)
        except ValueError as error:
            apt.fail(str(error))
        if wanted is None:
            apt.fail("there is no package '{}'".format(text) + _deb_hint(text))
        if not _WILD.search(wanted.name):
            found[wanted.name] = wanted
            continue
        for name in expand(apt, wanted.name):
            found.setdefault(
                name, Specifier(name + wanted.operator + wanted.version, name, wanted.operator, wanted.version)
            )
    return list(found.values())


def _deb_hint(text: str) -> str:
    return "; package files are installed with the option 'deb'" if text.endswith(".deb") else ""


def expand(apt: Apt, pattern: str) -> "List[str]":
    """Return the packages that a pattern matches; to be removed, only those that are there."""
    short, colon, architecture = pattern.partition(":")
    here = [one for one in apt.database.packages if fnmatch.fnmatchcase(one.name, short)]
    known = set(apt.query("pkgnames").split()) | {one.name for one in here}
    matching = sorted(name for name in known if fnmatch.fnmatchcase(name, short))
    if not matching:
        apt.fail("there is no package that '{}' matches".format(pattern))
    names = [name + colon + architecture for name in matching]
    if apt.params["state"] == "absent":
        return [name for name in names if apt.database.find(name)]
    if pattern == ALL or apt.params["only_upgrade"]:
        return [name for name in names if apt.database.installed_version(name)]
    return names


def remove(apt: Apt, specifiers: "List[Specifier]") -> "Dict[str, Any]":
    """Remove packages; with ``purge`` also the configuration of those that were removed before."""
    names = []
    for wanted in specifiers:
        package = apt.database.find(wanted.name)
        if package is None or not wanted.accepts(package.version):
            continue
        if package.is_installed or (apt.params["purge"] and package.status == "config-files"):
            names.append(wanted.name)
    if not names:
        return {"changed": False}
    stdout, stderr = apt.run(apt.remove_words(names))
    return dict(apt.told(stdout, stderr), changed=True)


def plan(apt: Apt, specifiers: "List[Specifier]", cache: "Dict[str, Any]") -> "Tuple[List[str], List[str]]":
    """Return apt-get's words for what is to be installed, and the names of what is there already."""
    database, params = apt.database, apt.params
    is_latest = params["state"] == "latest"
    simple = not params["default_release"] and not is_latest
    satisfied = []
    asked = []
    for wanted in specifiers:
        is_there = database.installed_version(wanted.name) is not None
        if simple and is_there and not wanted.operator:
            satisfied.append(wanted.name)
        else:
            asked.append(wanted)
    policies = look_up(apt, asked)
    words = []
    for wanted in asked:
        policy = policies[wanted.name]
        if not policy.versions:
            words.append(wanted.name)
            continue
        try:
            version = choose(wanted, database.installed_version(wanted.name), policy, is_latest, params["only_upgrade"])
        except LookupError as error:
            apt.fail(str(error.args[0]), **cache)
        if version is None:
            satisfied.append(wanted.name)
        else:
            words.append("{}={}".format(wanted.name, version))
    if params["only_upgrade"]:
        words = [word for word in words if database.installed_version(word.partition("=")[0])]
    provided = {word: one for word in words if "=" not in word for one in [provider(apt, word)] if one}
    return [word for word in words if word not in provided], satisfied


def look_up(apt: Apt, asked: "List[Specifier]") -> "Dict[str, Policy]":
    """Return what apt knows of the packages; a virtual package has no versions. Fails where one does not exist."""
    if not asked:
        return {}
    found = parse_policy(apt.query("policy", *[wanted.name for wanted in asked]))
    policies = {}
    for wanted in asked:
        policy = found.get(apt.database.plain(wanted.name))
        if policy is None or (not policy.versions and not providers(apt, wanted.name)):
            apt.fail("there is no package '{}'".format(wanted.name))
        policies[wanted.name] = policy
    return policies


def providers(apt: Apt, name: str) -> "List[str]":
    """Return the packages that provide a virtual one."""
    told = parse_providers(apt.query("showpkg", name))
    return told.get(name.partition(":")[0]) or told.get(name) or []


def provider(apt: Apt, name: str) -> "Optional[str]":
    """Return the only package that provides a virtual one, where it is installed."""
    found = providers(apt, name)
    return found[0] if len(found) == 1 and apt.database.installed_version(found[0]) else None


def install(
    apt: Apt, verb: str, packages: "List[str]", cache: "Dict[str, Any]", always: bool = False
) -> "Dict[str, Any]":
    """Install packages.

    Args:
        always: apt-get is asked even where no package is to be installed.
    """
    if not packages and not (always and (verb == "install" or apt.params["name"])):
        return dict(cache, changed=False)
    stdout, stderr = apt.run(apt.install_words(verb, packages), **cache)
    result = apt.told(stdout, stderr)
    return dict(cache, changed=False) if not packages and not result["changed"] else dict(result, **cache)


def mark_manual(apt: Apt, names: "List[str]") -> None:
    """Let packages that were there only for others stay for their own sake."""
    if apt.check or not names:
        return
    try:
        with open(EXTENDED_STATES, encoding="utf-8", errors="surrogateescape") as stream:
            automatic = set(parse_automatic(stream.read()))
    except OSError:
        return
    marked = [name for name in names if name.partition(":")[0] in automatic]
    if marked:
        program = apt.module.get_bin_path("apt-mark", True) or "apt-mark"
        apt.run([program, "manual", *marked])


def with_policy(apt: Apt, work: "Callable[[], Dict[str, Any]]") -> "Dict[str, Any]":
    """Work while ``policy-rc.d`` answers as is asked for; then put back what was there."""
    code = apt.params["policy_rc_d"]
    if code is None or apt.check:
        return work()
    kept = os.path.join(apt.module.tmpdir, "policy-rc.d")
    is_there = os.path.lexists(POLICY_RC_D)
    if is_there:
        shutil.move(POLICY_RC_D, kept)
    try:
        with open(POLICY_RC_D, "w") as stream:
            stream.write("#!/bin/sh\nexit {}\n".format(code))
        os.chmod(POLICY_RC_D, 0o755)
        return work()
    except OSError as error:
        apt.fail("{} cannot be written: {}".format(POLICY_RC_D, error.strerror))
    finally:
        if os.path.lexists(POLICY_RC_D):
            os.unlink(POLICY_RC_D)
        if is_there:
            shutil.move(kept, POLICY_RC_D)


def install_files(apt: Apt, text: str) -> "Dict[str, Any]":
    """Install package files: first what they depend on by apt-get, then they themselves by dpkg."""
    paths = [fetch(apt, one.strip()) if "://" in one else one.strip() for one in text.split(",") if one.strip()]
    paths = [os.path.abspath(path) for path in paths]
    paths = [path for path in paths if is_wanted(apt, path)]
    if not paths:
        return {"changed": False, "stdout": "", "stderr": "", "diff": ""}
    result = install_dependencies(apt, paths)
    words = [apt.module.get_bin_path("dpkg", True) or "dpkg", *apt.dpkg_options(), *apt.simulation()]
    stdout, stderr = apt.run([*words, "-i", *paths])
    shown = stdout.rstrip("\n")
    if result is not None:
        shown = result["diff"].get("prepared", "") + "\n\n" + stdout
        stdout, stderr = result["stdout"] + stdout, result["stderr"] + stderr
    diff = {"prepared": shown} if apt.module._diff else {}
    return {"changed": True, "stdout": stdout, "stderr": stderr, "diff": diff}


def fetch(apt: Apt, url: str) -> str:
    """Fetch a package file by URL; return where it is."""
    path = os.path.join(apt.module.tmpdir, os.path.basename(url.partition("?")[0]) or "package.deb")
    try:
        debian.download(url, path, validate_certs=not apt.params["force"])
    except OSError as error:
        apt.fail("{} could not be fetched: {}".format(url, error))
    return path


def is_wanted(apt: Apt, path: str) -> bool:
    """Tell whether a package file is another version than what is installed; fail where that is a later one."""
    program = apt.module.get_bin_path("dpkg-deb", True) or "dpkg-deb"
    words = [program, "--show", "--showformat=${Package}:${Architecture}\\n${Version}", path]
    rc, stdout, stderr = debian.run(apt.module, words)
    if rc != 0 or "\n" not in stdout:
        apt.fail("{} is no package: {}".format(path, stderr.strip()))
    name, version = stdout.strip().split("\n")
    present = apt.database.installed_version(name)
    order = debian.compare_versions(version, present) if present is not None else 1
    if order < 0 and not apt.params["allow_downgrade"] and not apt.params["force"]:
        apt.fail("{} {} is installed, which is later than {}".format(name, present, version))
    return order != 0


def install_dependencies(apt: Apt, paths: "List[str]") -> "Optional[Dict[str, Any]]":
    """Install what package files need, marked as needed only; None where nothing is missing."""
    recommends = "yes" if apt.params["install_recommends"] else "no"
    flags = ["-o", "APT::Install-Recommends=" + recommends, "--allow-downgrades", "--allow-change-held-packages"]
    rc, stdout, stderr = debian.run(apt.module, [apt.program, "-y", "--simulate", *flags, "install", *paths])
    if rc != 0:
        apt.fail(
            "what the package needs cannot be installed: {}".format(debian.reasons(stderr)),
            rc=rc,
            stdout=stdout,
            stderr=stderr,
        )
    program = apt.module.get_bin_path("dpkg-deb", True) or "dpkg-deb"
    own = {debian.run(apt.module, [program, "--show", "--showformat=${Package}", path])[1] for path in paths}
    needed = [word for word in parse_installs(stdout) if word.partition("=")[0].partition(":")[0] not in own]
    if not needed:
        return None
    result = apt.told(*apt.run(apt.install_words("install", needed)))
    if not apt.check:
        apt.run(
            [apt.module.get_bin_path("apt-mark", True) or "apt-mark", "auto"]
            + [word.partition("=")[0] for word in needed]
        )
    return result


if __name__ == "__main__":
    main()
