"""Download a file to the target (documented as ``ansible.builtin.get_url``)."""

import os
import time

from assible.agent.toolkit import files, web
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, NoReturn, Optional, Tuple

SPEC: "Dict[str, Dict[str, Any]]" = {
    "url": {"type": "str", "required": True},
    "dest": {"type": "path", "required": True},
    "backup": {"type": "bool", "default": False},
    "checksum": {"type": "str", "default": ""},
    "timeout": {"type": "int", "default": 10},
    "headers": {"type": "dict"},
    "tmp_dest": {"type": "path"},
    "force": {"type": "bool", "default": False},
    "http_agent": {"type": "str", "default": web.AGENT},
    "use_proxy": {"type": "bool", "default": True},
    "validate_certs": {"type": "bool", "default": True},
    "url_username": {"type": "str", "aliases": ["username"]},
    "url_password": {"type": "str", "aliases": ["password"], "no_log": True},
    "force_basic_auth": {"type": "bool", "default": False},
    "client_cert": {"type": "path"},
    "client_key": {"type": "path"},
    "use_gssapi": {"type": "bool", "default": False},
    "use_netrc": {"type": "bool", "default": True},
    "unredirected_headers": {"type": "list", "elements": "str", "default": []},
    "decompress": {"type": "bool", "default": True},
    "ciphers": {"type": "list", "elements": "str"},
}
SCHEMES = ("http://", "https://", "ftp://", "file://")
UNCHANGED = 304


class Wanted(object):
    """The checksum that the file shall have."""

    __slots__ = ("algorithm", "digest")

    def __init__(self, algorithm: str, digest: str) -> None:
        self.algorithm = algorithm
        self.digest = digest


def main() -> None:
    """Download what is missing or has changed."""
    module = Module(argument_spec=SPEC, add_file_common_args=True, supports_check_mode=True)
    params = module.params
    result: "Dict[str, Any]" = {
        "changed": False,
        "url": params["url"],
        "dest": params["dest"],
        "elapsed": 0,
    }
    is_directory = os.path.isdir(params["dest"])
    wanted = wanted_checksum(module, result)
    is_there = not is_directory and os.path.exists(params["dest"])
    if is_there and wanted is not None:
        _keep_where_right(module, wanted, result)
    source, info = download(module, is_there and wanted is None, result)
    try:
        if is_directory:
            result["dest"] = os.path.join(params["dest"], info["filename"])
        _check_source(module, source, result)
        _check_dest(module, result)
        put(module, source, wanted, info, result)
    finally:
        if os.path.exists(source):
            os.unlink(source)


def wanted_checksum(module: Module, result: "Dict[str, Any]") -> "Optional[Wanted]":
    """Return the checksum that is asked for, looked up where an address has it; None where none is."""
    given = module.params["checksum"]
    if not given:
        return None
    algorithm, colon, digest = given.partition(":")
    if not colon:
        fail(module, "'checksum' has the form algorithm:digest or algorithm:address", result)
    algorithm = algorithm.strip().lower()
    digest = digest.strip()
    if digest.startswith(SCHEMES):
        digest = looked_up(module, digest, result)
    digest = "".join(digest.split()).lower()
    if not digest or digest.strip("0123456789abcdef"):
        fail(module, "the checksum {!r} is no hexadecimal number".format(digest), result)
    return Wanted(algorithm, digest)


def looked_up(module: Module, url: str, result: "Dict[str, Any]") -> str:
    """Download a list of checksums and return the one of our file."""
    response, info = _fetch(module, url, "GET")
    if response is None or info["status"] not in (200, None):
        result["response"] = info["msg"]
        fail(module, "the checksums at {} cannot be downloaded".format(url), result, info)
    name = name_of(module.params["url"])
    digest = digest_in(response.read().decode("utf-8", "surrogateescape"), name)
    if digest is None:
        fail(module, "the checksums at {} have none for {}".format(url, name), result)
    return digest


def name_of(url: str) -> str:
    """Return the last part of an address."""
    from urllib.parse import urlsplit

    return os.path.basename(urlsplit(url).path)


def digest_in(text: str, name: str) -> "Optional[str]":
    """Return a file's digest from a list as ``sha256sum`` writes it, plain or with ``--tag``; or the only word."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1 and len(lines[0].split()) == 1:
        return lines[0]
    for line in lines:
        if " = " in line and "(" in line:
            listed, _, digest = line.partition("(")[2].rpartition(") = ")
        else:
            digest, _, listed = line.partition(" ")
        listed = listed.strip().lstrip("*")
        if (listed[2:] if listed.startswith("./") else listed) == name:
            return digest.strip()
    return None


def _keep_where_right(module: Module, wanted: Wanted, result: "Dict[str, Any]") -> None:
    """End the module where the file is there, and is the one that the checksum tells of."""
    params = module.params
    if params["force"] or digest_of(module, params["dest"], wanted, result) != wanted.digest:
        return
    wants = module.load_file_common_arguments(params, path=params["dest"])
    result["changed"] = module.set_fs_attributes_if_different(wants, False)
    result["msg"] = "file already exists"
    module.exit_json(**result)


def digest_of(module: Module, path: str, wanted: Wanted, result: "Dict[str, Any]") -> "Optional[str]":
    """Return a file's digest by the algorithm that the checksum names."""
    try:
        return files.digest(path, wanted.algorithm)
    except (ValueError, TypeError, OSError) as error:
        fail(module, "no checksum can be worked out: {}".format(error), result)


def _fetch(module: Module, url: str, method: str, **more: "Any") -> "Tuple[Any, Dict[str, Any]]":
    params = module.params
    return web.fetch(
        module,
        url,
        method=method,
        use_proxy=params["use_proxy"],
        timeout=params["timeout"],
        headers=params["headers"],
        unredirected_headers=params["unredirected_headers"],
        decompress=params["decompress"],
        ciphers=params["ciphers"],
        **more,
    )


def download(module: Module, if_newer: bool, result: "Dict[str, Any]") -> "Tuple[str, Dict[str, Any]]":
    """Download to a private place; return that and what is known of the answer.

    Args:
        if_newer: Let the server send it only if it is newer than the file that is there.
    """
    params = module.params
    begun = time.monotonic()
    method = "HEAD" if module.check_mode else "GET"
    more: "Dict[str, Any]" = {"force": params["force"]}
    if if_newer and not params["force"]:
        import datetime

        changed = os.path.getmtime(params["dest"])
        more["last_mod_time"] = datetime.datetime.fromtimestamp(changed, datetime.timezone.utc)
    response, info = _fetch(module, params["url"], method, **more)
    result["elapsed"] = int(time.monotonic() - begun)
    if info["status"] == UNCHANGED:
        result.update(msg=info["msg"], status_code=info["status"])
        module.exit_json(**result)
    if info["status"] == -1:
        fail(module, info["msg"], result)
    is_file = params["url"].startswith("file:")
    is_ftp = params["url"].startswith("ftp:") and "OK" in info.get("msg", "")
    if info["status"] != 200 and not is_file and not is_ftp:
        result["response"] = info["msg"]
        fail(module, "the download failed", result, info)
    info["filename"] = web.response_filename(response) or "index.html"
    return _saved(module, response, result), info


def _saved(module: Module, response: "Any", result: "Dict[str, Any]") -> str:
    directory = module.params["tmp_dest"]
    if directory and not os.path.isdir(directory):
        reason = "is a file" if os.path.exists(directory) else "does not exist"
        fail(module, "tmp_dest, {}, {}".format(directory, reason), result)
    path = os.path.join(directory or module.tmpdir, "download-" + os.urandom(6).hex())
    try:
        web.save(response, path)
    except Exception as error:  # the disk is full, the connection broke, or the body is not packed as it says
        if os.path.exists(path):
            os.unlink(path)
        fail(module, "the download broke off: {}".format(error), result)
    return path


def _check_source(module: Module, source: str, result: "Dict[str, Any]") -> None:
    result["src"] = source
    result["checksum_src"] = module.sha1(source)


def _check_dest(module: Module, result: "Dict[str, Any]") -> None:
    """Fail where the file cannot be put in its place."""
    dest = result["dest"]
    result["checksum_dest"] = None
    if os.path.exists(dest):
        if not os.access(dest, os.R_OK | os.W_OK):
            fail(module, "{} may not be read and written".format(dest), result)
        result["checksum_dest"] = module.sha1(dest)
        return
    directory = os.path.dirname(dest) or "."
    if not os.path.isdir(directory):
        fail(module, "there is no directory {} to write to".format(directory), result)
    if not os.access(directory, os.W_OK):
        fail(module, "the directory {} may not be written".format(directory), result)


def put(
    module: Module, source: str, wanted: "Optional[Wanted]", info: "Dict[str, Any]", result: "Dict[str, Any]"
) -> "NoReturn":
    """Put the file in its place where it differs, and end the module."""
    params = module.params
    dest = result["dest"]
    differs = result["checksum_src"] != result["checksum_dest"]
    if module.check_mode:
        result.update(changed=differs or result["changed"], msg=info.get("msg", ""))
        module.exit_json(**result)
    if wanted is not None:
        _check_digest(module, source, wanted, result)
    if differs:
        backup = module.backup_local(dest) if params["backup"] and os.path.exists(dest) else ""
        if backup:
            result["backup_file"] = backup
        module.atomic_move(source, dest, bool(params["unsafe_writes"]))
        result["changed"] = True
    wants = module.load_file_common_arguments(params, path=dest)
    result["changed"] = module.set_fs_attributes_if_different(wants, result["changed"])
    result["md5sum"] = _md5(module, dest)
    result.update(msg=info["msg"], status_code=info["status"])
    module.exit_json(**result)


def _check_digest(module: Module, source: str, wanted: Wanted, result: "Dict[str, Any]") -> None:
    found = digest_of(module, source, wanted, result)
    if found != wanted.digest:
        text = "the checksum of what was downloaded is {}, and {} was expected"
        fail(module, text.format(found, wanted.digest), result)


def _md5(module: Module, path: str) -> "Optional[str]":
    """Return the digest that older playbooks ask for; None where the platform forbids it."""
    try:
        return module.md5(path)
    except ValueError:
        return None


def fail(module: Module, text: str, result: "Dict[str, Any]", info: "Optional[Dict[str, Any]]" = None) -> "NoReturn":
    """Fail with what is known so far."""
    told = dict(result, **({"url": info["url"], "status_code": info["status"]} if info else {}))
    module.fail_json(msg=text, **told)


if __name__ == "__main__":
    main()
