"""What URLs give, fetched by the controller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from assible.content.lookups.options import Option, read_options, text_term
from assible.exceptions import TemplateError
from assible.registry.lookup import LookupCall
from assible.templating.scope import MISSING

if TYPE_CHECKING:
    import ssl
    from urllib.request import BaseHandler, OpenerDirector, Request

_OPTIONS: Final = {
    "validate_certs": Option("bool", True),
    "split_lines": Option("bool", True),
    "use_proxy": Option("bool", True),
    "username": Option("str"),
    "password": Option("str"),
    "headers": Option("dict", {}),
    "force": Option("bool", False),
    "timeout": Option("float", 10.0),
    "http_agent": Option("str", "ansible-httpget"),
    "force_basic_auth": Option("bool", False),
    "follow_redirects": Option("str", "urllib2", ("urllib2", "all", "yes", "safe", "none", "no")),
    "use_gssapi": Option("bool", False),
    "use_netrc": Option("bool", True),
    "unix_socket": Option("str"),
    "ca_path": Option("str"),
    "unredirected_headers": Option("list", ()),
    "ciphers": Option("list"),
}
# These have a variable (``ansible_lookup_url_...``) and an environment variable (``ANSIBLE_LOOKUP_URL_...``) too.
_CONFIGURED: Final = {
    **{name: name for name in ("force", "timeout", "force_basic_auth", "follow_redirects", "use_gssapi", "use_netrc")},
    **{name: name for name in ("unix_socket", "ca_path", "ciphers")},
    "http_agent": "agent",
    "unredirected_headers": "unredir_headers",
}


def url(terms: list[Any], call: LookupCall) -> list[str]:
    """Return the text at URLs, as lines unless asked otherwise."""
    options = read_options(_OPTIONS, call, {**_configured(call), **call.options})
    if options["use_gssapi"]:
        raise TemplateError("authentication by GSSAPI is not supported", hint="use 'username' and 'password'")
    texts = [_fetched(text_term(term), options) for term in terms]
    return [line for text in texts for line in text.splitlines()] if options["split_lines"] else texts


def _configured(call: LookupCall) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for option, suffix in _CONFIGURED.items():
        name = f"ansible_lookup_url_{suffix}"
        if call.scope.find(name) is not MISSING:
            found[option] = call.context.templar.variable(name, call.scope)
        elif name.upper() in call.env:
            found[option] = call.env[name.upper()]
    return found


def _fetched(address: str, options: Mapping[str, Any]) -> str:
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import Request

    try:
        request = Request(address, headers=_headers(options))
        for name in options["unredirected_headers"]:
            value = request.headers.pop(name.capitalize(), None)
            if value is not None:
                request.add_unredirected_header(name, value)
        with _opener(request, options).open(request, timeout=options["timeout"]) as response:
            content: bytes = response.read()
    except HTTPError as error:
        raise TemplateError(f"the server answered {error.code} {error.reason}") from error
    except (OSError, ValueError, HTTPException) as error:
        raise TemplateError(f"the URL could not be fetched: {error}") from error
    return content.decode("utf-8", "surrogateescape")


def _headers(options: Mapping[str, Any]) -> dict[str, str]:
    headers = {"User-Agent": options["http_agent"]}
    if options["force"]:
        headers["Cache-Control"] = "no-cache"
    if options["force_basic_auth"] and options["username"]:
        headers["Authorization"] = _basic(options["username"], options["password"] or "")
    return {**headers, **{str(name): str(value) for name, value in options["headers"].items()}}


def _basic(username: str, password: str) -> str:
    from base64 import b64encode

    return "Basic " + b64encode(f"{username}:{password}".encode()).decode("ascii")


def _opener(request: Request, options: Mapping[str, Any]) -> OpenerDirector:
    from urllib import request as requests

    handlers: list[BaseHandler] = [
        requests.HTTPSHandler(context=_tls(options)),
        _redirects(options["follow_redirects"]),
    ]
    if not options["use_proxy"]:
        handlers.append(requests.ProxyHandler({}))
    if options["unix_socket"]:
        handlers.append(_unix_handler(options["unix_socket"]))
    credentials = _credentials(request, options)
    if credentials is not None:
        passwords = requests.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, request.full_url, *credentials)
        handlers += [requests.HTTPBasicAuthHandler(passwords), requests.HTTPDigestAuthHandler(passwords)]
    return requests.build_opener(*handlers)


def _credentials(request: Request, options: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return user and password: as given, else from ``~/.netrc``."""
    if options["username"]:
        return options["username"], options["password"] or ""
    if not options["use_netrc"]:
        return None
    from netrc import NetrcParseError, netrc

    try:
        found = netrc().authenticators((request.host or "").partition(":")[0])
    except (OSError, NetrcParseError):
        return None
    return (found[0], found[2] or "") if found else None


def _tls(options: Mapping[str, Any]) -> ssl.SSLContext:
    import ssl

    context = ssl.create_default_context(cafile=options["ca_path"])
    if not options["validate_certs"]:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if options["ciphers"]:
        context.set_ciphers(":".join(options["ciphers"]))
    return context


def _redirects(mode: str) -> BaseHandler:
    from urllib.request import HTTPRedirectHandler

    class Redirects(HTTPRedirectHandler):
        """Follows redirects as far as the mode allows; ``all`` keeps the method."""

        def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
            if mode in ("none", "no") or (mode == "safe" and req.get_method() not in ("GET", "HEAD")):
                return None
            return super().redirect_request(req, fp, code, msg, headers, newurl)

    return Redirects()


def _unix_handler(path: str) -> BaseHandler:
    import socket
    from http.client import HTTPConnection
    from urllib.request import HTTPHandler

    class UnixConnection(HTTPConnection):
        def connect(self) -> None:
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.settimeout(self.timeout)
            self.sock.connect(path)

    class UnixHandler(HTTPHandler):
        def http_open(self, req: Request) -> Any:
            return self.do_open(UnixConnection, req)

    return UnixHandler()
