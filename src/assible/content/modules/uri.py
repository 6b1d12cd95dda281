"""Talk to web services (documented as ``ansible.builtin.uri``).

The action of the same name sends files of the controller's along: ``_ansible_uri`` has ``files``, each
``[field, name, size]``, whose contents follow each other in the body; a field that is None is ``src``.
"""

import json
import os
import time
import urllib.parse

from assible.agent import current
from assible.agent.toolkit import web, web_multipart
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Tuple

SPEC: "Dict[str, Dict[str, Any]]" = {
    "url": {"type": "str", "required": True},
    "force": {"type": "bool", "default": False},
    "http_agent": {"type": "str", "default": web.AGENT},
    "use_proxy": {"type": "bool", "default": True},
    "validate_certs": {"type": "bool", "default": True},
    "url_username": {"type": "str", "aliases": ["user"]},
    "url_password": {"type": "str", "aliases": ["password"], "no_log": True},
    "force_basic_auth": {"type": "bool", "default": False},
    "client_cert": {"type": "path"},
    "client_key": {"type": "path"},
    "use_gssapi": {"type": "bool", "default": False},
    "dest": {"type": "path"},
    "body": {"type": "raw"},
    "body_format": {
        "type": "str",
        "default": "raw",
        "choices": ["form-urlencoded", "json", "raw", "form-multipart"],
    },
    "src": {"type": "path"},
    "method": {"type": "str", "default": "GET"},
    "return_content": {"type": "bool", "default": False},
    "follow_redirects": {
        "type": "str",
        "default": "safe",
        "choices": ["all", "no", "none", "safe", "urllib2", "yes"],
    },
    "creates": {"type": "path"},
    "removes": {"type": "path"},
    "status_code": {"type": "list", "elements": "int", "default": [200]},
    "timeout": {"type": "int", "default": 30},
    "headers": {"type": "dict", "default": {}},
    "unix_socket": {"type": "path"},
    "remote_src": {"type": "bool", "default": False},
    "ca_path": {"type": "path"},
    "unredirected_headers": {"type": "list", "elements": "str", "default": []},
    "decompress": {"type": "bool", "default": True},
    "ciphers": {"type": "list", "elements": "str"},
    "use_netrc": {"type": "bool", "default": True},
}
JSON_TYPES = ("application/json", "text/json")
FORM = "application/x-www-form-urlencoded"


def main() -> None:
    """Make the request and judge the answer."""
    module = Module(argument_spec=SPEC, add_file_common_args=True, mutually_exclusive=[["body", "src"]])
    params = module.params
    if params["follow_redirects"] in ("yes", "no"):
        text = "follow_redirects has the values 'all' and 'none' for 'yes' and 'no'"
        module.deprecate(text, version="2.22", collection_name="ansible.builtin")
    _stop_where_done(module)
    method = params["method"].upper()
    if not method.isalpha():
        module.fail_json(msg="the method {!r} holds more than letters".format(params["method"]))
    headers = dict(params["headers"])
    _store_files(module)
    data = body_of(module, headers)
    begun = time.monotonic()
    response, info = web.fetch(
        module,
        params["url"],
        data=data,
        headers=headers,
        method=method,
        force=params["force"],
        timeout=params["timeout"],
        unix_socket=params["unix_socket"],
        ca_path=params["ca_path"],
        unredirected_headers=params["unredirected_headers"],
        decompress=params["decompress"],
        ciphers=params["ciphers"],
    )
    info["elapsed"] = int(time.monotonic() - begun)
    report(module, response, info)


def _stop_where_done(module: Module) -> None:
    """End the module where what ``creates`` and ``removes`` name tells that there is nothing to do."""
    creates, removes = module.params["creates"], module.params["removes"]
    if creates and os.path.exists(creates):
        module.exit_json(stdout="skipped, since '{}' exists".format(creates))
    if removes and not os.path.exists(removes):
        module.exit_json(stdout="skipped, since '{}' does not exist".format(removes))


def _store_files(module: Module) -> None:
    """Write the files that came along, and let the parameters name them."""
    plan = current.args.get("_ansible_uri") or {}
    start = 0
    for index, (field, name, size) in enumerate(plan.get("files", ())):
        directory = os.path.join(module.tmpdir, str(index))
        os.mkdir(directory, 0o700)
        path = os.path.join(directory, name)
        with open(path, "wb") as stream:
            stream.write(current.body[start : start + size])
        start += size
        if field is None:
            module.params["src"] = path
        else:
            module.params["body"][field]["filename"] = path


def body_of(module: Module, headers: "Dict[str, str]") -> "Any":
    """Return what is sent, and add the header that tells its type."""
    params = module.params
    if params["src"]:
        try:
            with open(params["src"], "rb") as stream:
                return stream.read()
        except OSError as error:
            module.fail_json(msg="the file {} cannot be read: {}".format(params["src"], error.strerror))
    try:
        kind, data = encoded(params["body"], params["body_format"])
    except (TypeError, ValueError, OSError) as error:
        module.fail_json(msg="the body is no {}: {}".format(params["body_format"], error))
        raise
    if params["body_format"] == "form-multipart":
        headers["Content-Type"] = kind
    elif kind and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = kind
    return data


def encoded(body: "Any", form: str) -> "Tuple[str, Any]":
    """Return the content type and the body in one of the forms.

    Raises:
        TypeError: It cannot have that form.
        ValueError: The same.
        OSError: A file that it names cannot be read.
    """
    if form == "form-multipart":
        return web_multipart.prepare(body)
    if form == "json":
        return "application/json", body if isinstance(body, (str, bytes)) else json.dumps(body)
    if form == "form-urlencoded":
        return FORM, body if isinstance(body, (str, bytes)) else form_encoded(body)
    if body is not None and not isinstance(body, (str, bytes)):
        raise TypeError("it is a {}; another body_format can send that".format(type(body).__name__))
    return "", body


def form_encoded(body: "Any") -> str:
    """Return a mapping, or a list of pairs, as a web form sends it; a list as a value repeats its name.

    Raises:
        TypeError: It is neither.
    """
    pairs = list(body.items()) if isinstance(body, dict) else body
    if not isinstance(pairs, list) or not all(isinstance(one, (list, tuple)) and len(one) == 2 for one in pairs):
        raise TypeError("a mapping or a list of pairs is wanted")
    return urllib.parse.urlencode([(name, value) for name, value in pairs], doseq=True)


def report(module: Module, response: "Any", info: "Dict[str, Any]") -> None:
    """Store the answer where it is wanted, and end the module with the result."""
    params = module.params
    raw = read_body(module, response, info)
    result: "Dict[str, Any]" = {"redirected": info["url"] != params["url"], "changed": False}
    if params["dest"]:
        path = target_of(params["dest"], response, info["url"])
        result["path"] = path
        if response is not None and info["status"] in params["status_code"]:
            store(module, raw, path, info)
            result["changed"] = True
    elif module.params.get("mode"):
        module.warn("'mode' and the like say nothing without 'dest'")
    result.update({name.replace("-", "_"): value for name, value in info.items() if name != "body"})
    if "location" in result:
        result["location"] = urllib.parse.urljoin(params["url"], result["location"])
    text, parsed = understood(raw, response)
    is_expected = info["status"] in params["status_code"]
    if parsed is not None:
        result["json"] = parsed[0]
    if params["return_content"] or not is_expected:
        result["content"] = text
    if not is_expected:
        wanted = ", ".join(str(code) for code in params["status_code"])
        result["msg"] = "the status is {}, which is none of [{}]: {}".format(info["status"], wanted, info["msg"])
        module.fail_json(**result)
    if "body" in info and not params["return_content"]:
        result["body"] = text
    module.exit_json(**result)


def read_body(module: Module, response: "Any", info: "Dict[str, Any]") -> bytes:
    """Return the body: a refusal's has been read."""
    if "body" in info:
        body: bytes = info["body"] or b""
        return body
    if response is None:
        return b""
    try:
        data: bytes = response.read()
        return data
    except Exception as error:  # the connection broke, or the body is not packed as it says
        module.fail_json(**dict(info, msg="the answer could not be read to its end: {}".format(error)))
        raise


def understood(raw: bytes, response: "Any") -> "Tuple[str, Optional[Tuple[Any]]]":
    """Return the body as text, and what it means as JSON where the server says that it is that."""
    kind, charset = "", "utf-8"
    if response is not None and response.headers is not None:
        kind, params, _, _ = web.content_type(response)
        charset = params["charset"]
    try:
        text = raw.decode(charset, "surrogateescape")
    except (LookupError, UnicodeError):
        text = raw.decode("utf-8", "surrogateescape")
    if kind not in JSON_TYPES and not kind.endswith("+json"):
        return text, None
    try:
        return text, (json.loads(text),)
    except ValueError:
        return text, None


def target_of(dest: str, response: "Any", url: str) -> str:
    """Return the file that ``dest`` means: in a directory, the one that the server names."""
    if not os.path.isdir(dest):
        return dest
    name = web.response_filename(response) if response is not None else None
    return os.path.join(dest, name or os.path.basename(url.rstrip("/")) or "index.html")


def store(module: Module, data: bytes, path: str, info: "Dict[str, Any]") -> None:
    """Put the body in its file, with the attributes that are asked for; an equal file is left alone."""
    draft = os.path.join(module.tmpdir, "body")
    try:
        with open(draft, "wb") as stream:
            stream.write(data)
    except OSError as error:
        module.fail_json(**dict(info, msg="the body cannot be written: {}".format(error)))
    directory = os.path.dirname(path) or "."
    if not os.path.isdir(directory):
        module.fail_json(**dict(info, msg="there is no directory {} to write to".format(directory)))
    if os.path.exists(path) and not os.access(path, os.W_OK | os.R_OK):
        module.fail_json(**dict(info, msg="{} may not be written".format(path)))
    if module.sha1(draft) != module.sha1(path):
        module.atomic_move(draft, path, bool(module.params["unsafe_writes"]))
    wanted = module.load_file_common_arguments(module.params, path=path)
    module.set_fs_attributes_if_different(wanted, False)


if __name__ == "__main__":
    main()
