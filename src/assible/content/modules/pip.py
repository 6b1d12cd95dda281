"""Manage Python packages (documented as ``ansible.builtin.pip``).

What is installed is asked of the environment's own Python first: pip itself is started only where something is to be
done, or where only pip can tell.
"""

import json
import os
import re
import sys

from assible.agent.toolkit import processes
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, NoReturn, Optional, Tuple

SPEC: "Dict[str, Dict[str, Any]]" = {
    "name": {"type": "list", "elements": "str"},
    "version": {"type": "str"},
    "requirements": {"type": "str"},
    "virtualenv": {"type": "path"},
    "virtualenv_site_packages": {"type": "bool", "default": False},
    "virtualenv_command": {"type": "path", "default": "virtualenv"},
    "virtualenv_python": {"type": "str"},
    "extra_args": {"type": "str"},
    "editable": {"type": "bool", "default": False},
    "chdir": {"type": "path"},
    "executable": {"type": "path"},
    "umask": {"type": "str"},
    "state": {"type": "str", "default": "present", "choices": ["absent", "forcereinstall", "latest", "present"]},
    "break_system_packages": {"type": "bool", "default": False},
}
VERBS = {
    "present": ["install"],
    "latest": ["install", "-U"],
    "forcereinstall": ["install", "-U", "--force-reinstall"],
    "absent": ["uninstall", "-y"],
}
#: Options that only say where packages come from, and how they get here; the number of words that follow each.
SOURCE_OPTIONS = {
    "--no-index": 0,
    "--no-cache-dir": 0,
    "--quiet": 0,
    "-q": 0,
    "--disable-pip-version-check": 0,
    "--find-links": 1,
    "-f": 1,
    "--index-url": 1,
    "-i": 1,
    "--extra-index-url": 1,
    "--trusted-host": 1,
    "--proxy": 1,
    "--timeout": 1,
    "--retries": 1,
}
_SPECIFIED = re.compile(r"[<>=!~]")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?\s*(?:[<>=!~;(].*)?$")
_CHANGED = ("Successfully installed", "Successfully uninstalled")

#: Runs under the environment's Python: requirements in, what it has of each out. ``fits`` is None where it can't say.
LOOK = """
import json, re, sys
try:
    from pip._vendor.packaging.requirements import Requirement
except ImportError:
    from packaging.requirements import Requirement
def plain(name):
    return re.sub("[-_.]+", "-", name).lower()
try:
    from importlib import metadata
    have = {}
    for one in metadata.distributions():
        name = one.metadata["Name"]
        if name and plain(name) not in have:
            have[plain(name)] = (one.version, str(one.locate_file("")))
except ImportError:
    try:
        from pip._vendor import pkg_resources
    except ImportError:
        import pkg_resources
    have = dict((plain(one.project_name), (one.version, one.location)) for one in pkg_resources.working_set)
found = []
for text in json.load(sys.stdin):
    try:
        wanted = Requirement(text)
    except Exception:
        found.append({"version": None, "place": None, "fits": None})
        continue
    version, place = have.get(plain(wanted.name), (None, None))
    fits = version is not None and wanted.specifier.contains(version, prereleases=True)
    if wanted.extras or wanted.url or wanted.marker:
        fits = None
    found.append({"version": version, "place": place, "fits": fits})
print(json.dumps(found))
"""


def join_names(names: "List[str]") -> "List[str]":
    """Put together again what a comma between two version limits has split."""
    found = []  # type: List[str]
    for name in names:
        text = name.strip()
        if found and _SPECIFIED.match(text):
            found[-1] += "," + text
        elif text:
            found.append(text)
    return found


def with_version(names: "List[str]", version: "Optional[str]") -> "List[str]":
    """Return the requirements, the only one with the version that is asked for.

    Raises:
        ValueError: The version belongs to none of them.
    """
    if version is None:
        return names
    if len(names) != 1:
        raise ValueError("'version' needs exactly one name; limits can be written behind each name")
    if _SPECIFIED.search(names[0].partition("#")[0].partition("?")[0]):
        raise ValueError("'{}' has its own version limits, and 'version' another one".format(names[0]))
    return ["{}=={}".format(names[0], version)]


def only_sources(words: "List[str]") -> bool:
    """Tell whether extra words say no more than where packages come from: then they don't change what is installed."""
    rest = list(words)
    while rest:
        option, _, value = rest.pop(0).partition("=")
        following = SOURCE_OPTIONS.get(option)
        if following is None:
            return False
        if not value:
            del rest[:following]
    return True


def shown_place(place: str, directory: str) -> str:
    """Return a path as pip shows it: from the working directory on, where it lies below that."""
    place = place.rstrip("/")
    return "." + place[len(directory) :] if place.startswith(directory.rstrip("/") + "/") else place


class Pip(object):
    """One run: which pip, for which Python, and how it is called."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.params = module.params
        self.umask = _umask(module)
        self.directory = self.params["chdir"] or os.getcwd()
        self.environment = {"PIP_BREAK_SYSTEM_PACKAGES": "1"} if self.params["break_system_packages"] else {}
        self.extra = processes.split(self.params["extra_args"] or "")
        self.command: "List[str]" = []
        self.python: "Optional[str]" = None

    def run(self, words: "List[str]", data: "Optional[str]" = None) -> "Tuple[int, str, str]":
        """Run a program where and as the task says."""
        return self.module.run_command(
            words,
            cwd=self.directory,
            umask=self.umask,
            environ_update=self.environment,
            data=data,
            expand_user_and_vars=False,
        )

    def fail(self, message: str, **result: "Any") -> "NoReturn":
        """End the module."""
        self.module.fail_json(msg=message, **result)
        raise AssertionError(message)

    def find(self) -> None:
        """Find pip, and the Python that it works for."""
        virtualenv, executable = self.params["virtualenv"], self.params["executable"]
        if virtualenv:
            place = os.path.join(os.path.join(self.directory, virtualenv), "bin")
            self.command = [self._program(["pip3", "pip"], [place], only=True)]
            self.python = os.path.join(place, "python")
        elif executable:
            self.command = [executable if os.path.isabs(executable) else self._program([executable])]
            self.python = interpreter_of(self.command[0])
        elif _has_pip():
            self.command = [sys.executable, "-m", "pip"]
            self.python = sys.executable
        else:
            self.command = [self._program(["pip3", "pip"])]
            self.python = interpreter_of(self.command[0])

    def _program(self, names: "List[str]", places: "Optional[List[str]]" = None, only: bool = False) -> str:
        for name in names:
            found = processes.find_program(name, places or ())
            if found and not (only and places and os.path.dirname(found) not in places):
                return found
        self.fail("pip is not there: none of the programs {} was found".format(", ".join(names)))

    def look(self, names: "List[str]") -> "Optional[List[Dict[str, Any]]]":
        """Return what is installed of each requirement; None where the environment's Python can't tell."""
        if not self.python or not names or not all(_PLAIN.match(name) for name in names):
            return None
        rc, stdout, _ = self.run([self.python, "-c", LOOK], json.dumps(names))
        try:
            found = json.loads(stdout) if rc == 0 else None
        except ValueError:
            return None
        return found if isinstance(found, list) and len(found) == len(names) else None


def _umask(module: Module) -> "Optional[int]":
    text = module.params["umask"]
    try:
        return None if text is None else int(text, 8)
    except ValueError as error:
        module.fail_json(msg="'umask' is no octal number: {}".format(text), details=str(error))
        raise


def _has_pip() -> bool:
    from importlib.util import find_spec

    return bool(sys.executable) and find_spec("pip") is not None


def interpreter_of(program: str) -> "Optional[str]":
    """Return the Python that a script runs under, by its first line; None where that is no Python."""
    try:
        with open(program, "rb") as stream:
            words = stream.readline(512).decode("utf-8", "replace").strip()
    except OSError:
        return None
    path = words[2:].strip() if words.startswith("#!") else ""
    return path if re.match(r"/\S*python[0-9.]*$", path) and os.path.exists(path) else None


def main() -> None:
    """See that the packages are there as asked for, or that they are not."""
    module = Module(
        argument_spec=SPEC,
        supports_check_mode=True,
        required_one_of=[["name", "requirements"]],
        mutually_exclusive=[["name", "requirements"], ["executable", "virtualenv"]],
    )
    pip = Pip(module)
    names = requirements(pip)
    is_created, told = make_environment(pip)
    if is_created and module.check_mode:
        module.exit_json(changed=True)
    pip.find()
    found = pip.look(names)
    is_settled = settled(pip, found)
    if module.check_mode:
        module.exit_json(changed=not is_settled)
    words = command_words(pip, names)
    if is_settled and found is not None:
        stdout, stderr, is_changed = already(pip, names, found), "", False
    else:
        stdout, stderr = work(pip, words)
        is_changed = any(text in stdout for text in _CHANGED)
    shown = {name: module.params[name] for name in ("name", "version", "state", "requirements", "virtualenv")}
    module.exit_json(
        changed=is_changed or is_created, cmd=words, stdout=told[0] + stdout, stderr=told[1] + stderr, **shown
    )


def requirements(pip: Pip) -> "List[str]":
    """Return what the task names, each as pip takes it; fail the module where that contradicts itself."""
    params = pip.params
    if params["version"] is not None and params["state"] == "latest":
        pip.fail("'version' and the state 'latest' contradict each other")
    try:
        return with_version(join_names(params["name"] or []), params["version"])
    except ValueError as error:
        pip.fail(str(error))


def settled(pip: Pip, found: "Optional[List[Dict[str, Any]]]") -> bool:
    """Tell whether all is known to be as asked for."""
    state = pip.params["state"]
    if found is None or pip.params["requirements"] or pip.params["editable"]:
        return False
    if state == "absent":
        return all(one["version"] is None for one in found)
    return state == "present" and only_sources(pip.extra) and all(one["fits"] is True for one in found)


def already(pip: Pip, names: "List[str]", found: "List[Dict[str, Any]]") -> str:
    """Return what pip would say of packages that are there."""
    if pip.params["state"] == "absent":
        return ""
    form = "Requirement already satisfied: {} in {} ({})\n"
    pairs = zip(names, found)
    return "".join(form.format(name, shown_place(one["place"], pip.directory), one["version"]) for name, one in pairs)


def command_words(pip: Pip, names: "List[str]") -> "List[str]":
    """Return the call of pip."""
    words = [*pip.command, *VERBS[pip.params["state"]], *pip.extra]
    for name in names:
        words += ["-e", name] if pip.params["editable"] and pip.params["state"] != "absent" else [name]
    return words + (["-r", pip.params["requirements"]] if pip.params["requirements"] else [])


def work(pip: Pip, words: "List[str]") -> "Tuple[str, str]":
    """Let pip work; fail the module where it fails."""
    rc, stdout, stderr = pip.run(words)
    if rc != 0 and not (pip.params["state"] == "absent" and rc == 1 and "not installed" in stdout + stderr):
        told = "stdout: {}\n".format(stdout) if stdout else ""
        pip.fail("{}\n:stderr: {}".format(told, stderr), cmd=words, rc=rc, stdout=stdout, stderr=stderr)
    return stdout, stderr


def make_environment(pip: Pip) -> "Tuple[bool, Tuple[str, str]]":
    """Make the virtual environment where it is missing; return whether it was, and what was said."""
    path = pip.params["virtualenv"]
    if not path or os.path.exists(os.path.join(pip.directory, path, "bin", "activate")):
        return False, ("", "")
    if pip.module.check_mode:
        return True, ("", "")
    words = environment_words(pip)
    rc, stdout, stderr = pip.run(words)
    if rc != 0:
        pip.fail(
            "the virtual environment could not be made: {}".format(stderr.strip() or stdout.strip()),
            cmd=words,
            rc=rc,
            stdout=stdout,
            stderr=stderr,
        )
    return True, (stdout, stderr)


def environment_words(pip: Pip) -> "List[str]":
    """Return the command that makes the virtual environment."""
    words = processes.split(pip.params["virtualenv_command"])
    program = processes.find_program(os.path.expanduser(words[0])) if words else None
    if program is None:
        pip.fail(
            "the command '{}', which makes virtual environments, is not there; another one, such as 'python3 -m venv', "
            "can be named with 'virtualenv_command'".format(pip.params["virtualenv_command"])
        )
    words = [program, *words[1:]]
    is_venv = "venv" in words[1:] or "pyvenv" in os.path.basename(program)
    python = pip.params["virtualenv_python"]
    if is_venv and python:
        pip.fail("'virtualenv_python' has no meaning for a command that makes environments of its own Python only")
    words += ["--system-site-packages"] if pip.params["virtualenv_site_packages"] else []
    words += [] if is_venv else ["-p" + (python or sys.executable)]
    return [*words, pip.params["virtualenv"]]


if __name__ == "__main__":
    main()
