"""Manage users (documented as ``ansible.builtin.user``), by the programs of shadow-utils or libuser.

``profile``, ``authorization``, ``role``, ``login_class`` and ``hidden`` are documented to do nothing on Linux.
"""

import os
import re
import shutil
import time

from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

SPEC: "Dict[str, Dict[str, Any]]" = {
    "state": {"type": "str", "default": "present", "choices": ["absent", "present"]},
    "name": {"type": "str", "required": True, "aliases": ["user"]},
    "uid": {"type": "int"},
    "non_unique": {"type": "bool", "default": False},
    "group": {"type": "str"},
    "groups": {"type": "list", "elements": "str"},
    "comment": {"type": "str"},
    "home": {"type": "path"},
    "shell": {"type": "path"},
    "password": {"type": "str", "no_log": True},
    "login_class": {"type": "str"},
    "password_expire_max": {"type": "int", "no_log": False},
    "password_expire_min": {"type": "int", "no_log": False},
    "password_expire_warn": {"type": "int", "no_log": False},
    "password_expire_account_disable": {"type": "int", "no_log": False},
    "hidden": {"type": "bool"},
    "seuser": {"type": "str"},
    "force": {"type": "bool", "default": False},
    "remove": {"type": "bool", "default": False},
    "create_home": {"type": "bool", "default": True, "aliases": ["createhome"]},
    "skeleton": {"type": "str"},
    "system": {"type": "bool", "default": False},
    "move_home": {"type": "bool", "default": False},
    "append": {"type": "bool", "default": False},
    "generate_ssh_key": {"type": "bool"},
    "ssh_key_bits": {"type": "int"},
    "ssh_key_type": {"type": "str", "default": "rsa"},
    "ssh_key_file": {"type": "path"},
    "ssh_key_comment": {"type": "str", "default": "ansible-generated on $HOSTNAME"},
    "ssh_key_passphrase": {"type": "str", "no_log": True},
    "update_password": {"type": "str", "default": "always", "choices": ["always", "on_create"], "no_log": False},
    "expires": {"type": "float"},
    "password_lock": {"type": "bool", "no_log": False},
    "local": {"type": "bool", "default": False},
    "profile": {"type": "str"},
    "authorization": {"type": "str"},
    "role": {"type": "str"},
    "umask": {"type": "str"},
    "uid_min": {"type": "int"},
    "uid_max": {"type": "int"},
}
DAY_SECONDS = 86400
#: Option -> option of ``chage`` and field of /etc/shadow.
AGING = (
    ("password_expire_min", "-m", 3),
    ("password_expire_max", "-M", 4),
    ("password_expire_warn", "-W", 5),
    ("password_expire_account_disable", "-I", 6),
)


class Account(object):
    """The user as the system knows it; None in every field where there is no such user."""

    __slots__ = ("comment", "exists", "gid", "home", "name", "shadow", "shell", "uid")

    def __init__(self, name: str, is_local: bool) -> None:
        self.name = name
        fields = _entry("/etc/passwd", name) if is_local else _known(name)
        self.exists = fields is not None
        self.shadow = _entry("/etc/shadow", name) or []
        if fields is not None:
            self.uid, self.gid = int(fields[2]), int(fields[3])
            self.comment, self.home, self.shell = fields[4:7]

    @property
    def password(self) -> str:
        """The hash, as far as it can be read."""
        return self.shadow[1] if len(self.shadow) > 1 else ""

    @property
    def expires_day(self) -> int:
        """Days since 1970 when the account ends; -1 for never."""
        value = self.shadow[7] if len(self.shadow) > 7 else ""
        return int(value) if value.lstrip("-").isdigit() else -1

    def groups(self) -> "List[str]":
        """Return the groups beside the main one, in the system's order."""
        import grp

        if not self.exists:
            return []
        return [one.gr_name for one in grp.getgrall() if self.name in one.gr_mem and one.gr_gid != self.gid]


def _entry(path: str, name: str) -> "Optional[List[str]]":
    """Return a user's line of a file, split."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            for line in stream:
                if line.startswith(name + ":"):
                    return line.rstrip("\n").split(":")
    except OSError:
        pass
    return None


def _known(name: str) -> "Optional[List[str]]":
    import pwd

    try:
        return [str(field) for field in pwd.getpwnam(name)]
    except KeyError:
        return None


class Work(object):
    """One run: the commands that were needed, and what they said."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.params = module.params
        self.name: str = module.params["name"]
        self.changed = False
        self.stdout = ""
        self.stderr = ""

    def account(self) -> Account:
        """Look the user up."""
        return Account(self.name, self.params["local"])

    def run(self, program: str, *words: str) -> None:
        """Run a program that changes something; in check mode only say that it would."""
        self.changed = True
        path = self.module.get_bin_path(program, True) or program
        if self.module.check_mode:
            return
        rc, stdout, stderr = self.module.run_command([path, *words])
        if rc != 0:
            self.module.fail_json(name=self.name, msg=stderr or stdout, rc=rc)
        self.stdout += stdout
        self.stderr += stderr

    def wanted_groups(self) -> "Optional[List[str]]":
        """Return the groups that are asked for; None where none are. They must exist."""
        if self.params["groups"] is None:
            return None
        names = [_group_name(self.module, one.strip()) for one in self.params["groups"] if one.strip()]
        return list(dict.fromkeys(names))


def _group_name(module: Module, name: str) -> str:
    """Return the name of a group, given by name or number."""
    import grp

    try:
        return grp.getgrgid(int(name)).gr_name if name.isdigit() else grp.getgrnam(name).gr_name
    except KeyError:
        module.fail_json(msg="there is no group {}".format(name))
        raise


def main() -> None:
    """See that the user is there as asked for, or that it is not."""
    module = Module(
        argument_spec=SPEC,
        supports_check_mode=True,
        required_if=[["append", True, ["groups"]]],
    )
    _check(module)
    work = Work(module)
    result = {"name": work.name, "state": module.params["state"]}  # type: Dict[str, Any]
    account = work.account()
    if module.params["state"] == "absent":
        if account.exists:
            remove(work, result)
    elif account.exists:
        modify(work, account)
        result.update(append=module.params["append"], move_home=module.params["move_home"])
    else:
        create(work)
        result.update(system=module.params["system"], create_home=module.params["create_home"])
    if module.params["password"] is not None and module.params["state"] == "present":
        result["password"] = "NOT_LOGGING_PASSWORD"
    if module.check_mode and (not account.exists or module.params["state"] == "absent"):
        module.exit_json(**(dict(result, changed=False) if not work.changed else {"changed": True}))
    for name in ("stdout", "stderr"):
        if getattr(work, name):
            result[name] = getattr(work, name)
    if module.params["state"] == "present":
        complete(work, result)
    module.exit_json(changed=work.changed, **result)


def _check(module: Module) -> None:
    params = module.params
    if params["local"] and params["umask"] is not None:
        module.fail_json(msg="'umask' and 'local' cannot be combined")
    password = params["password"]
    if password and password not in ("*", "!", "x", "!!") and not _is_hash(password.lstrip("!")):
        module.warn("'password' does not look like a hash; what is stored is compared with the hash of what users type")


def _is_hash(text: str) -> bool:
    """Tell whether text may be a password's hash."""
    return text in ("", "*") or bool(re.match(r"^\$\w+\$.+|^_[./\w]{19}$|^[./\w]{13}$", text))


def remove(work: Work, result: "Dict[str, Any]") -> None:
    """Remove the user."""
    params = work.params
    force = ["-f"] if params["force"] and not params["local"] else []
    home = ["-r"] if params["remove"] else []
    work.run("luserdel" if params["local"] else "userdel", *force, *home, work.name)
    result.update(force=params["force"], remove=params["remove"])


def create(work: Work) -> None:
    """Create the user."""
    params = work.params
    words = _identity(work)
    groups = work.wanted_groups()
    if groups and not params["local"]:
        words += ["-G", ",".join(groups)]
    words += _plain(params, ("comment", "-c"), ("home", "-d"), ("shell", "-s"))
    if params["expires"] is not None and not params["local"]:
        words += ["-e", _date(params["expires"])]
    if params["password"] is not None:
        words += ["-p", ("!" if params["password_lock"] else "") + params["password"]]
    words += _home_words(work)
    words += ["-r"] if params["system"] else []
    for option, key in (("uid_min", "UID_MIN"), ("uid_max", "UID_MAX")):
        if params[option] is not None and not params["local"]:
            words += ["-K", "{}={}".format(key, params[option])]
    work.run("luseradd" if params["local"] else "useradd", *words, work.name)
    if params["local"]:
        _local_extras(work, groups or [], params["expires"])
    if not work.module.check_mode:
        _age(work, work.account())
        if params["password_lock"] and params["password"] is None and not work.account().password.startswith("!"):
            work.run("usermod", "-L", work.name)


def _identity(work: Work) -> "List[str]":
    """Return the words for number, SELinux user and main group."""
    import grp

    params = work.params
    words: "List[str]" = []
    if params["uid"] is not None:
        words += ["-u", str(params["uid"])] + (["-o"] if params["non_unique"] and not params["local"] else [])
    if params["seuser"] is not None and not params["local"]:
        words += ["-Z", params["seuser"]]
    if params["group"] is not None:
        words += ["-g", _group_name(work.module, params["group"])]
    elif not params["local"]:
        try:
            grp.getgrnam(work.name)
            words.append("-N")  # a group of that name is there already and would not be made again
        except KeyError:
            pass
    return words


def _plain(params: "Dict[str, Any]", *pairs: "Any") -> "List[str]":
    return [word for name, option in pairs if params[name] is not None for word in (option, params[name])]


def _home_words(work: Work) -> "List[str]":
    """Return the words about the home directory; what lies above it is made here, since useradd does not."""
    params = work.params
    if not params["create_home"]:
        return ["-M"]
    parent = os.path.dirname(params["home"]) if params["home"] else ""
    if parent and not os.path.isdir(parent) and not work.module.check_mode:
        try:
            os.makedirs(parent)
        except OSError as error:
            work.module.fail_json(msg="{} cannot be made: {}".format(parent, error.strerror), name=work.name)
    words = [] if params["local"] else ["-m"]
    if params["skeleton"] is not None:
        words += ["-k", params["skeleton"]]
    if params["umask"] is not None:
        words += ["-K", "UMASK={}".format(params["umask"])]
    return words


def _date(seconds: float) -> str:
    return "" if seconds < 0 else time.strftime("%Y-%m-%d", time.gmtime(seconds))


def _local_extras(work: Work, groups: "List[str]", expires: "Optional[float]") -> None:
    """Do what ``luseradd`` and ``lusermod`` cannot."""
    for group in groups:
        work.run("lgroupmod", "-M", work.name, group)
    if expires is not None:
        work.run("lchage", "-E", str(int(expires) // DAY_SECONDS) if expires >= 0 else "-1", work.name)


def modify(work: Work, account: Account) -> None:
    """Change what differs."""
    params = work.params
    words: "List[str]" = []
    if params["uid"] is not None and account.uid != params["uid"]:
        words += ["-u", str(params["uid"])] + (["-o"] if params["non_unique"] and not params["local"] else [])
    words += _group_words(work, account)
    for name, option in (("comment", "-c"), ("shell", "-s")):
        if params[name] is not None and getattr(account, name) != params[name]:
            words += [option, params[name]]
    if params["home"] is not None and account.home != params["home"]:
        words += ["-d", params["home"]] + (["-m"] if params["move_home"] else [])
    words += _expiry_words(work, account)
    words += _password_words(params, account)
    if words:
        work.run("lusermod" if params["local"] else "usermod", *words, work.name)
    _age(work, account)


def _group_words(work: Work, account: Account) -> "List[str]":
    params = work.params
    words: "List[str]" = []
    if params["group"] is not None:
        import grp

        name = _group_name(work.module, params["group"])
        if grp.getgrnam(name).gr_gid != account.gid:
            words += ["-g", name]
    wanted = work.wanted_groups()
    if wanted is None:
        return words
    present = set(account.groups())
    missing = [name for name in wanted if name not in present and not _is_main(name, account)]
    surplus = [] if params["append"] else sorted(present - set(wanted))
    if params["local"]:
        for name in missing:
            work.run("lgroupmod", "-M", work.name, name)
        for name in surplus:
            work.run("lgroupmod", "-m", work.name, name)
    elif missing or surplus:
        words += (["-a"] if params["append"] else []) + ["-G", ",".join(missing if params["append"] else wanted)]
    return words


def _is_main(name: str, account: Account) -> bool:
    import grp

    return grp.getgrnam(name).gr_gid == account.gid


def _expiry_words(work: Work, account: Account) -> "List[str]":
    wanted = work.params["expires"]
    if wanted is None:
        return []
    day = -1 if wanted < 0 else int(wanted) // DAY_SECONDS
    if day == account.expires_day:
        return []
    if work.params["local"]:
        work.run("lchage", "-E", str(day), work.name)
        return []
    return ["-e", _date(wanted)]


def _password_words(params: "Dict[str, Any]", account: Account) -> "List[str]":
    lock, password, present = params["password_lock"], params["password"], account.password
    if password is not None and params["update_password"] == "always" and password.lstrip("!") != present.lstrip("!"):
        return ["-p", "!" + password if lock and not password.startswith("!") else password]
    if lock is True and not present.startswith("!"):
        return ["-L"]
    return ["-U"] if lock is False and present.startswith("!") else []


def _age(work: Work, account: Account) -> None:
    """Set after how many days a password must, may or can no longer be changed."""
    words: "List[str]" = []
    for name, option, field in AGING:
        wanted = work.params[name]
        present = account.shadow[field] if len(account.shadow) > field else ""
        if wanted is not None and str(wanted) != (present or "-1"):
            words += [option, str(wanted)]
    if words:
        work.run("chage", *words, work.name)


def complete(work: Work, result: "Dict[str, Any]") -> None:
    """Make the home directory and the ssh key where they are missing, and describe the user."""
    params = work.params
    account = work.account()
    if not account.exists:
        return
    home = params["home"] or account.home
    if params["create_home"] and not os.path.exists(home):
        work.changed = True
        if not work.module.check_mode:
            _make_home(work, account, home)
    result.update(
        uid=account.uid,
        group=account.gid,
        comment=account.comment,
        home=account.home,
        shell=account.shell,
        groups=",".join(account.groups()),
    )
    if params["generate_ssh_key"]:
        result.update(ssh_key(work, account))


def _make_home(work: Work, account: Account, home: str) -> None:
    """Copy the skeleton, and give all of it to the user."""
    skeleton = work.params["skeleton"] or "/etc/skel"
    try:
        if os.path.isdir(skeleton):
            shutil.copytree(skeleton, home, symlinks=True)
        else:
            os.makedirs(home)
        os.chmod(home, 0o777 & ~_umask(work.params))
        for root, directories, names in os.walk(home):
            for name in [".", *directories, *names]:
                os.lchown(os.path.normpath(os.path.join(root, name)), account.uid, account.gid)
    except (OSError, shutil.Error) as error:
        work.module.fail_json(name=work.name, msg="the home directory {} cannot be made: {}".format(home, error))


def _umask(params: "Dict[str, Any]") -> int:
    """Return the umask for home directories: the one that is given, or that of login.defs."""
    if params["umask"] is not None:
        return int(params["umask"], 8)
    try:
        with open("/etc/login.defs") as stream:
            found = re.search(r"^(?:HOME_MODE\s+(\d+)|UMASK\s+(\d+))", stream.read(), re.MULTILINE)
    except OSError:
        found = None
    if found is None:
        return 0o022
    return 0o777 & ~int(found.group(1), 8) if found.group(1) else int(found.group(2), 8)


def ssh_key(work: Work, account: Account) -> "Dict[str, Any]":
    """Make the user's ssh key where there is none, or ``force`` is set; return what it is."""
    params, module = work.params, work.module
    path = params["ssh_key_file"] or ".ssh/id_{}".format(params["ssh_key_type"])
    path = os.path.join(account.home, path)
    if not os.path.exists(path) or params["force"]:
        work.changed = True
        if not module.check_mode:
            _generate(work, account, path)
    if not os.path.exists(path):
        return {"ssh_key_file": path}
    program = module.get_bin_path("ssh-keygen", True) or "ssh-keygen"
    rc, stdout, stderr = module.run_command([program, "-l", "-f", path])
    facts = {"ssh_key_file": path, "ssh_fingerprint": (stdout if rc == 0 else stderr).strip()}
    try:
        with open(path + ".pub", encoding="utf-8") as stream:
            facts["ssh_public_key"] = stream.read().strip()
    except OSError:
        pass
    return facts


def _generate(work: Work, account: Account, path: str) -> None:
    params = work.params
    directory = os.path.dirname(path)
    if not os.path.isdir(directory):
        os.makedirs(directory, 0o700)
        os.lchown(directory, account.uid, account.gid)
    for old in (path, path + ".pub"):
        if os.path.lexists(old):
            os.unlink(old)
    comment = params["ssh_key_comment"].replace("$HOSTNAME", os.uname().nodename)
    words = ["-q", "-t", params["ssh_key_type"], "-C", comment, "-f", path, "-N", params["ssh_key_passphrase"] or ""]
    if params["ssh_key_bits"]:
        words += ["-b", str(params["ssh_key_bits"])]
    work.run("ssh-keygen", *words)
    for made in (path, path + ".pub"):
        os.lchown(made, account.uid, account.gid)


if __name__ == "__main__":
    main()
