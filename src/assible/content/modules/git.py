"""Check out git repositories (documented as ``ansible.builtin.git``)."""

import os
import re

from assible.agent.toolkit import files
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

SPEC: "Dict[str, Dict[str, Any]]" = {
    "dest": {"type": "path"},
    "repo": {"type": "str", "required": True, "aliases": ["name"]},
    "version": {"type": "str", "default": "HEAD"},
    "remote": {"type": "str", "default": "origin"},
    "refspec": {"type": "str"},
    "reference": {"type": "str"},
    "force": {"type": "bool", "default": False},
    "depth": {"type": "int"},
    "clone": {"type": "bool", "default": True},
    "update": {"type": "bool", "default": True},
    "verify_commit": {"type": "bool", "default": False},
    "gpg_allowlist": {"type": "list", "elements": "str", "default": [], "no_log": False},
    "accept_hostkey": {"type": "bool", "default": False},
    "accept_newhostkey": {"type": "bool", "default": False},
    "key_file": {"type": "path"},
    "ssh_opts": {"type": "str"},
    "executable": {"type": "path"},
    "bare": {"type": "bool", "default": False},
    "recursive": {"type": "bool", "default": True},
    "single_branch": {"type": "bool", "default": False},
    "track_submodules": {"type": "bool", "default": False},
    "umask": {"type": "raw"},
    "archive": {"type": "path"},
    "archive_prefix": {"type": "str"},
    "separate_git_dir": {"type": "path"},
}
FORMATS = (".tar.gz", ".tgz", ".tar", ".zip")
#: The first git that takes a command line for ssh; older ones take a program.
SSH_COMMAND_SINCE = (2, 3)
#: The first git whose ``fetch --tags`` fetches branches too.
TAGS_AND_BRANCHES_SINCE = (1, 9)
FULL_HASH = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")
WRAPPER = '#!/bin/sh\nexec ${GIT_SSH_PROGRAM:-ssh} $GIT_SSH_OPTS "$@"\n'


class Version(object):
    """What the wanted version is in the remote repository.

    Attributes:
        kind: ``head``, ``branch``, ``tag``, ``hash`` for a whole hash, or ``other``.
        commit: The commit it stands for; None where the remote repository does not tell.
    """

    __slots__ = ("commit", "kind", "name")

    def __init__(self, name: str, kind: str, commit: "Optional[str]") -> None:
        self.name = name
        self.kind = kind
        self.commit = commit


class Git(object):
    """Runs git for a module, in one working directory.

    Attributes:
        program: Its path.
        version: Its version, as numbers.
    """

    def __init__(self, module: Module) -> None:
        self.module = module
        self.program = module.params["executable"] or module.get_bin_path("git", True)
        found = re.search(r"(\d+)\.(\d+)", self._run(["--version"], None)[1])
        self.version = (int(found.group(1)), int(found.group(2))) if found else (0, 0)
        module.run_command_environ_update.update(ssh_environment(module, self.version))

    def _run(self, words: "Sequence[str]", cwd: "Optional[str]") -> "Tuple[int, str, str]":
        environ = {"LANG": "C", "LC_ALL": "C", "LANGUAGE": "C"}
        return self.module.run_command([self.program, *words], cwd=cwd, environ_update=environ)

    def ask(self, words: "Sequence[str]", cwd: "Optional[str]" = None) -> "Optional[str]":
        """Return what git prints, without the newline at its end; None where it fails."""
        rc, stdout, _ = self._run(words, cwd)
        return stdout.rstrip("\n") if rc == 0 else None

    def do(self, words: "Sequence[str]", cwd: "Optional[str]", purpose: str, **shown: "Any") -> str:
        """Run git and return what it prints; fail the module where it fails."""
        rc, stdout, stderr = self._run(words, cwd)
        if rc != 0:
            said = stderr.strip() or stdout.strip()
            self.module.fail_json(
                msg="{} failed: {}".format(purpose, said),
                rc=rc,
                cmd=" ".join([str(self.program), *words]),
                stdout=stdout,
                stderr=stderr,
                **shown,
            )
        return stdout

    def versions(self, place: str, name: str) -> Version:
        """Look a version up in a repository."""
        if FULL_HASH.match(name):
            return Version(name, "hash", name)
        if name == "HEAD":
            listed = self.do(["ls-remote", place, "HEAD"], None, "asking {} for its versions".format(place))
            return Version(name, "head", listed.partition("\t")[0].strip() or None)
        asked = ["refs/heads/" + name, "refs/tags/" + name, "refs/tags/{}^{{}}".format(name)]
        listed = self.do(["ls-remote", place, *asked], None, "asking {} for its versions".format(place))
        return version_among(listed, name)


def version_among(listed: str, name: str) -> Version:
    """Return what a name is by the answer of ``ls-remote``: a branch before a tag, an annotated tag's commit."""
    refs = {ref: commit for commit, _, ref in (line.partition("\t") for line in listed.splitlines())}
    branch, tag = "refs/heads/" + name, "refs/tags/" + name
    if branch in refs:
        return Version(name, "branch", refs[branch])
    if tag in refs:
        return Version(name, "tag", refs.get(tag + "^{}", refs[tag]))
    return Version(name, "other", None)


def ssh_environment(module: Module, version: "Tuple[int, int]") -> "Dict[str, str]":
    """Return the variables by which git hands options to ssh."""
    options = ssh_options(module.params)
    program = os.environ.get("GIT_SSH_COMMAND") or os.environ.get("GIT_SSH") or "ssh"
    if version >= SSH_COMMAND_SINCE:
        return {"GIT_SSH_COMMAND": " ".join([program, *options])}
    wrapper = os.path.join(module.tmpdir, "ssh")
    with open(wrapper, "w") as stream:
        stream.write(WRAPPER)
    os.chmod(wrapper, 0o700)
    return {"GIT_SSH": wrapper, "GIT_SSH_OPTS": " ".join(options), "GIT_SSH_PROGRAM": program}


def ssh_options(params: "Dict[str, Any]") -> "List[str]":
    """Return ssh's options, as its command line has them."""
    import shlex

    options = [params["ssh_opts"]] if params["ssh_opts"] else []
    given = params["ssh_opts"] or ""
    if params["accept_hostkey"] and "StrictHostKeyChecking" not in given:
        options.append("-o StrictHostKeyChecking=no")
    if params["accept_newhostkey"] and "StrictHostKeyChecking" not in given:
        options.append("-o StrictHostKeyChecking=accept-new")
    if params["key_file"]:
        options.append("-i " + shlex.quote(params["key_file"]))
        if "IdentitiesOnly" not in given:
            options.append("-o IdentitiesOnly=yes")
    return options if "BatchMode" in given else [*options, "-o BatchMode=yes"]


class Checkout(object):
    """The repository at ``dest``, and what is to become of it."""

    def __init__(self, module: Module) -> None:
        params = module.params
        self.module = module
        self.params = params
        self.git = Git(module)
        self.dest: "Optional[str]" = os.path.abspath(params["dest"]) if params["dest"] else None
        self.repo: str = "file://" + params["repo"] if params["repo"].startswith("/") else params["repo"]
        self.remote: str = params["remote"]
        self.result: "Dict[str, Any]" = {"changed": False}

    def git_dir(self) -> "Optional[str]":
        """Return where the repository's own files are; None where there is no repository."""
        if self.dest is None:
            return None
        path = self.dest if self.params["bare"] else os.path.join(self.dest, ".git")
        if os.path.isfile(path):
            with open(path) as stream:
                named = stream.read().partition("gitdir:")[2].strip()
            path = os.path.normpath(os.path.join(self.dest, named))
        return path if os.path.exists(os.path.join(path, "config")) else None

    def ask(self, *words: str) -> "Optional[str]":
        """Ask git something about the repository."""
        return self.git.ask(words, self.dest)

    def do(self, purpose: str, *words: str) -> str:
        """Let git change the repository."""
        before = {"before": self.result["before"]} if self.result.get("before") else {}
        return self.git.do(words, self.dest, purpose, **before)

    def head(self) -> "Optional[str]":
        """Return the commit that is checked out."""
        return self.ask("rev-parse", "--verify", "--quiet", "HEAD")

    def has(self, ref: str) -> bool:
        """Tell whether a reference is in the repository."""
        return self.ask("rev-parse", "--verify", "--quiet", ref) is not None

    # Getting it

    def clone(self) -> None:
        """Clone the repository and check the version out."""
        params = self.params
        version = self._version_to_clone()
        words = ["clone", *clone_options(params, version, self.remote), self.repo, str(self.dest)]
        os.makedirs(os.path.dirname(str(self.dest)), exist_ok=True)
        self.git.do(words, None, "cloning {}".format(self.repo))
        if params["bare"] and self.remote != "origin":
            self.do("adding the remote", "remote", "add", self.remote, self.repo)
        if params["refspec"]:
            depth = ["--depth", str(params["depth"])] if params["depth"] else []
            self.do("fetching {}".format(params["refspec"]), "fetch", *depth, self.remote, params["refspec"])
        if not params["bare"] and version.kind != "head":
            self.switch(version)
        elif params["verify_commit"]:
            self.verify(version.name)

    def _version_to_clone(self) -> Version:
        """Return the version; the remote repository is asked only where its kind matters."""
        name = self.params["version"]
        version = Version(name, "head", None) if name == "HEAD" else self.git.versions(self.repo, name)
        if self.params["depth"] and version.kind in ("hash", "other") and not self.params["refspec"]:
            text = "depth means nothing for {}: it is neither a branch nor a tag, and no refspec is given"
            self.module.warn(text.format(name))
        return version

    # Bringing it up to date

    def update(self) -> None:
        """Fetch, and check the version out."""
        result, params = self.result, self.params
        discarded = self._discard_changes()
        result["remote_url_changed"] = self._set_url()
        if self.module.check_mode:
            wanted = self.git.versions(self.repo, params["version"])
            result["after"] = wanted.commit or self._resolved(wanted.name)
            result["changed"] = result["before"] != result["after"] or result["remote_url_changed"]
            return
        version = self._fetch()
        if not params["bare"]:
            self.switch(version)
        elif params["verify_commit"]:
            self.verify(params["version"])
        result["after"] = self.head()
        result["changed"] = result["before"] != result["after"] or discarded or result["remote_url_changed"]

    def _resolved(self, name: str) -> str:
        """Return the commit of a name that only the repository itself may know; fail where it does not."""
        found = self.ask("rev-parse", "--verify", "--quiet", name + "^{commit}")
        if found is None:
            self.module.fail_json(msg="{} has no version {}".format(self.repo, name), before=self.result["before"])
        return found

    def _discard_changes(self) -> bool:
        """Undo local changes where that is allowed; fail where there are some and it is not."""
        if self.params["bare"] or not self.ask("status", "--porcelain", "--untracked-files=no"):
            return False
        if not self.params["force"]:
            text = "{} holds changes that are not committed; 'force' would discard them"
            self.module.fail_json(msg=text.format(self.dest), before=self.result["before"])
        if self.module.check_mode:
            return False
        self.do("discarding local changes", "reset", "--hard", "HEAD", "--")
        self.result["msg"] = "changes in {} that were not committed are gone".format(self.dest)
        return True

    def _set_url(self) -> bool:
        """Let the remote be the repository that is asked for; return whether that changes it."""
        present = self.ask("config", "--get", "remote.{}.url".format(self.remote))
        if present is not None and same_place(present, self.repo):
            return False
        if not self.module.check_mode:
            verb = ["add"] if present is None else ["set-url"]
            self.do("setting the remote's address", "remote", *verb, self.remote, self.repo)
        return present is not None

    def _fetch(self) -> Version:
        """Fetch what is new, and return what the version is."""
        params = self.params
        name = params["version"]
        version = Version(name, "head", None) if name == "HEAD" else self.git.versions(self.repo, name)
        purpose = "fetching from {}".format(self.repo)
        for words in fetches(params, version, self.git.version):
            self.do(purpose, *words)
        if version.kind == "branch" and not params["bare"] and not self.has(self._tracking(name)):
            self.do(purpose, "fetch", self.remote, "+refs/heads/{}:{}".format(name, self._tracking(name)))
        return version

    def _tracking(self, branch: str) -> str:
        return "refs/remotes/{}/{}".format(self.remote, branch)

    def switch(self, version: Version) -> None:
        """Check the version out."""
        name = version.name
        if version.kind == "head":
            name = self._default_branch()
        purpose = "checking out {}".format(name)
        if version.kind in ("head", "branch") and self.has(self._tracking(name)):
            self.do(purpose, "checkout", "--force", "-B", name, self._tracking(name), "--")
            self.ask("branch", "--set-upstream-to={}/{}".format(self.remote, name), name)
        else:
            self.do(purpose, "checkout", "--force", name, "--")
        if self.params["verify_commit"]:
            self.verify(version.name)

    def _default_branch(self) -> str:
        """Return the remote repository's default branch; where it is not known, the one that is checked out."""
        pointer = "refs/remotes/{}/HEAD".format(self.remote)
        found = self.ask("symbolic-ref", pointer)
        if found is None:
            self.ask("remote", "set-head", self.remote, "--auto")
            found = self.ask("symbolic-ref", pointer) or self.ask("symbolic-ref", "HEAD") or "HEAD"
        for prefix in ("refs/remotes/{}/".format(self.remote), "refs/heads/"):
            found = found[len(prefix) :] if found.startswith(prefix) else found
        return found

    # Trusting it

    def verify(self, name: str) -> None:
        """Fail where the version has no good signature, by one of the allowed keys."""
        is_tag = self.ask("cat-file", "-t", "refs/tags/" + name) == "tag"
        words = ["verify-tag" if is_tag else "verify-commit", "--raw", name]
        rc, stdout, stderr = self.git._run(words, self.dest)
        allowed = self.params["gpg_allowlist"]
        told = dict(stdout=stdout, stderr=stderr, rc=rc)
        if rc != 0:
            self.module.fail_json(msg="the signature of {} is missing or not to be trusted".format(name), **told)
        keys = fingerprints(stderr + stdout)
        if allowed and not any(key.endswith(one.replace(" ", "").upper()) for key in keys for one in allowed):
            self.module.fail_json(msg="{} is signed with a key that gpg_allowlist does not name".format(name), **told)

    # What belongs to it

    def update_submodules(self) -> bool:
        """Bring submodules to what the commit, or their own branch, says; return whether that changed any."""
        params = self.params
        if params["bare"] or not params["recursive"] or not os.path.exists(os.path.join(str(self.dest), ".gitmodules")):
            return False
        before = self.ask("submodule", "status", "--recursive")
        self.do("setting the submodules' addresses", "submodule", "sync", "--recursive")
        options = ["--init", "--recursive"]
        options += ["--remote"] if params["track_submodules"] else []
        options += ["--force"] if params["force"] else []
        options += ["--reference", params["reference"]] if params["reference"] else []
        self.do("updating the submodules", "submodule", "update", *options)
        return before != self.ask("submodule", "status", "--recursive")

    def move_git_dir(self, present: str) -> None:
        """Put the repository's own files where ``separate_git_dir`` says."""
        wanted = os.path.abspath(self.params["separate_git_dir"])
        if os.path.realpath(present) == os.path.realpath(wanted):
            return
        if os.path.exists(wanted):
            self.module.fail_json(msg="separate_git_dir, {}, exists already".format(wanted))
        if not self.module.check_mode:
            os.makedirs(os.path.dirname(wanted), exist_ok=True)
            self.do("moving the repository's files", "init", "--separate-git-dir", wanted)
        self.result.update(git_dir_before=present, git_dir_now=wanted, changed=True)

    def write_archive(self) -> None:
        """Write the archive of the version, where it differs from the one that is there."""
        target: str = self.params["archive"]
        draft = os.path.join(self.module.tmpdir, "archive" + archive_format(target))
        prefix = ["--prefix=" + self.params["archive_prefix"]] if self.params["archive_prefix"] else []
        kind = archive_format(target)[1:]
        words = ["archive", "--format=" + kind, "--output=" + draft, *prefix, self.params["version"]]
        self.do("archiving {}".format(self.params["version"]), *words)
        if files.digest(draft) != files.digest(target):
            self.module.atomic_move(draft, target)
            self.result["changed"] = True

    def difference(self) -> "Optional[Dict[str, str]]":
        """Return what a diff shows."""
        before, after = self.result.get("before"), self.result.get("after")
        if before == after or after is None:
            return None
        if before is None:
            return {"prepared": ">> Newly checked out {}".format(after)}
        text = self.ask("diff", "--no-color", before, after)
        return {"prepared": text + "\n" if text else ">> {} has not been fetched yet".format(after)}


def clone_options(params: "Dict[str, Any]", version: Version, remote: str) -> "List[str]":
    """Return the options with which the repository is cloned."""
    is_named = version.kind in ("branch", "tag")
    options = ["--bare"] if params["bare"] else ["--origin", remote]
    if (is_named and not params["bare"]) or (is_named and params["depth"]):
        options += ["--branch", version.name]
    if params["depth"] and (is_named or version.kind == "head" or params["refspec"]):
        options += ["--depth", str(params["depth"])]
    if params["single_branch"]:
        options.append("--single-branch")
    if params["reference"]:
        options += ["--reference", params["reference"]]
    if params["separate_git_dir"]:
        options.append("--separate-git-dir={}".format(os.path.abspath(params["separate_git_dir"])))
    return options


def fetches(params: "Dict[str, Any]", version: Version, git_version: "Tuple[int, int]") -> "List[List[str]]":
    """Return the commands that fetch what is new."""
    remote, depth, name = params["remote"], params["depth"], version.name
    force = ["--force"] if params["force"] else []
    commands = []
    if params["bare"]:
        commands.append(["fetch", *force, remote, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"])
    elif depth and version.kind == "branch":
        ref = "+refs/heads/{}:refs/remotes/{}/{}".format(name, remote, name)
        commands.append(["fetch", *force, "--depth", str(depth), remote, ref])
    elif depth and version.kind == "tag":
        ref = "+refs/tags/{}:refs/tags/{}".format(name, name)
        commands.append(["fetch", *force, "--depth", str(depth), remote, ref])
    elif depth and version.kind == "head":
        commands.append(["fetch", *force, "--depth", str(depth), remote])
    else:
        if git_version < TAGS_AND_BRANCHES_SINCE:
            commands.append(["fetch", *force, remote])
        commands.append(["fetch", *force, "--tags", remote])
    if params["refspec"]:
        commands.append(["fetch", *force, *(["--depth", str(depth)] if depth else []), remote, params["refspec"]])
    return commands


def same_place(one: str, other: str) -> bool:
    """Tell whether two addresses are the same repository: a path, and that path as a ``file`` address, are."""
    plain = [place[len("file://") :] if place.startswith("file:///") else place for place in (one, other)]
    return plain[0] == plain[1]


def fingerprints(output: str) -> "List[str]":
    """Return the fingerprints of keys with good signatures, from what gpg tells programs."""
    found = []
    for line in output.splitlines():
        words = line.split()
        if words[:2] == ["[GNUPG:]", "VALIDSIG"]:
            found.append(words[2])
            found.append(words[-1])
    return [key.upper() for key in found]


def archive_format(path: str) -> str:
    """Return the ending of an archive's name; empty where it is none that git can write."""
    return next((ending for ending in FORMATS if path.endswith(ending)), "")


def main() -> None:
    """Clone, update and archive."""
    module = Module(
        argument_spec=SPEC,
        mutually_exclusive=[["separate_git_dir", "bare"], ["accept_hostkey", "accept_newhostkey"]],
        required_by={"archive_prefix": ["archive"]},
        supports_check_mode=True,
    )
    params = module.params
    check(module)
    checkout = Checkout(module)
    result = checkout.result
    present = checkout.git_dir()
    if present is None:
        obtain(checkout)
    else:
        if params["separate_git_dir"]:
            checkout.move_git_dir(present)
        keep_up(checkout)
    if params["archive"] and not module.check_mode and checkout.git_dir() is not None:
        checkout.write_archive()
    if module._diff:
        difference = checkout.difference()
        if difference is not None:
            result["diff"] = difference
    module.exit_json(**result)


def check(module: Module) -> None:
    """Fail where options make no sense together; set the umask."""
    params = module.params
    if params["archive"] and not archive_format(params["archive"]):
        text = "the archive {} has none of the endings {}"
        module.fail_json(msg=text.format(params["archive"], ", ".join(FORMATS)))
    if params["depth"] is not None and params["depth"] < 1:
        params["depth"] = None
    if params["dest"] is None and params["clone"]:
        module.fail_json(msg="dest is required, unless 'clone' is false")
    umask = params["umask"]
    if umask is None:
        return
    if not isinstance(umask, str):
        module.fail_json(msg="the umask is an octal number in quotes, such as '0022'")
    try:
        os.umask(int(umask, 8))
    except (ValueError, OverflowError):
        module.fail_json(msg="the umask {!r} is no octal number".format(umask))


def obtain(checkout: Checkout) -> None:
    """Clone where that is asked for, else tell what would be cloned."""
    module, result = checkout.module, checkout.result
    result["before"] = None
    if module.check_mode or not checkout.params["clone"]:
        version = checkout.git.versions(checkout.repo, checkout.params["version"])
        if version.commit is None:
            module.fail_json(msg="{} has no version {}".format(checkout.repo, version.name))
        result.update(after=version.commit, changed=True)
        return
    checkout.clone()
    if checkout.update_submodules():
        result["submodules_changed"] = True
    result.update(after=checkout.head(), changed=True)


def keep_up(checkout: Checkout) -> None:
    """Bring a checkout up to date where that is asked for."""
    result = checkout.result
    result["before"] = checkout.head()
    if not checkout.params["update"]:
        result["after"] = result["before"]
        return
    moved = result["changed"]
    checkout.update()
    if not checkout.module.check_mode and checkout.update_submodules():
        result.update(submodules_changed=True, changed=True)
    result["changed"] = result["changed"] or moved


if __name__ == "__main__":
    main()
