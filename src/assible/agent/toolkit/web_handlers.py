"""The parts that ``urllib`` puts together for a request: redirects, unix sockets, Kerberos."""

import http.client
import socket
import urllib.error
import urllib.parse
import urllib.request

from assible.agent.toolkit.web_errors import MissingModuleError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Tuple

#: What may be asked again elsewhere without doing anything twice.
HARMLESS = ("GET", "HEAD")
#: Older spellings of the policies.
POLICIES = {True: "all", "yes": "all", False: "none", "no": "none", None: "urllib2"}
#: Codes that keep the method, and what is sent.
KEEPING = (307, 308)
#: Codes that make a GET of anything but HEAD; 301 does it for POST only.
CHANGING = (302, 303)
#: What goes when there is nothing to send any more.
BODY_HEADERS = ("content-length", "content-type", "transfer-encoding")


class HTTPRedirectHandler(urllib.request.HTTPRedirectHandler):
    """Follows redirects by a policy: ``all``, ``safe`` (GET and HEAD only), ``none``; ``urllib2`` is Python's own."""

    def __init__(self, follow_redirects: "Any" = None) -> None:
        self.follow_redirects = POLICIES.get(follow_redirects, follow_redirects)

    def redirect_request(
        self, req: urllib.request.Request, fp: "Any", code: int, msg: str, headers: "Any", newurl: str
    ) -> "Optional[urllib.request.Request]":
        """Return the request to make instead, or raise where there is to be none."""
        policy = self.follow_redirects
        if policy == "urllib2":
            return super().redirect_request(req, fp, code, msg, headers, newurl)
        method = req.get_method()
        if policy == "none" or (policy == "safe" and method not in HARMLESS) or policy not in ("all", "safe"):
            raise urllib.error.HTTPError(req.full_url, code, msg, headers, fp)
        return redirected(req, code, newurl)

    #: Older Pythons do not know it.
    http_error_308 = urllib.request.HTTPRedirectHandler.http_error_302


def redirected(request: urllib.request.Request, code: int, url: str) -> urllib.request.Request:
    """Return a request for another address, with the method that the code leaves it."""
    method = request.get_method()
    data = request.data
    if (code in CHANGING and method != "HEAD") or (code == 301 and method == "POST"):
        method, data = "GET", None
    elif code not in KEEPING:
        data = None
    headers = dict(request.headers)
    if data is None:
        headers = {name: value for name, value in headers.items() if name.lower() not in BODY_HEADERS}
    return urllib.request.Request(
        url.replace(" ", "%20"),
        data=data,
        headers=headers,
        origin_req_host=request.origin_req_host,
        unverifiable=True,
        method=method,
    )


class UnixHTTPConnection(http.client.HTTPConnection):
    """A connection through a socket in the file system; called with a host, it becomes one to that host."""

    def __init__(self, unix_socket: str) -> None:
        super().__init__("localhost")
        self._unix_socket = unix_socket

    def __call__(self, *args: "Any", **options: "Any") -> "UnixHTTPConnection":
        super().__init__(*args, **options)
        return self

    def connect(self) -> None:
        """Open the socket.

        Raises:
            OSError: It cannot be opened.
        """
        self.sock = open_socket(self._unix_socket, self.timeout)


class UnixHTTPSConnection(http.client.HTTPSConnection):
    """The same with TLS."""

    def __init__(self, unix_socket: str) -> None:
        super().__init__("localhost")
        self._unix_socket = unix_socket

    def __call__(self, *args: "Any", **options: "Any") -> "UnixHTTPSConnection":
        super().__init__(*args, **options)
        return self

    def connect(self) -> None:
        """Open the socket, and begin TLS on it.

        Raises:
            OSError: It cannot be opened.
        """
        plain = open_socket(self._unix_socket, self.timeout)
        context: "Any" = self._context  # type: ignore[attr-defined]  # as the library's own method uses it
        self.sock = context.wrap_socket(plain, server_hostname=self.host)


def open_socket(path: str, timeout: "Any") -> socket.socket:
    """Open a socket in the file system.

    Raises:
        OSError: It cannot be opened.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if timeout is not None and isinstance(timeout, (int, float)):
        connection.settimeout(timeout)
    try:
        connection.connect(path)
    except OSError as error:
        connection.close()
        raise OSError("the socket {} cannot be opened: {}".format(path, error.strerror or error))
    return connection


class UnixHTTPHandler(urllib.request.HTTPHandler):
    """Sends ``http://`` requests through a socket in the file system."""

    def __init__(self, unix_socket: str, **options: "Any") -> None:
        super().__init__(**options)
        self._unix_socket = unix_socket

    def http_open(self, req: urllib.request.Request) -> "Any":
        """Send a request."""
        return self.do_open(UnixHTTPConnection(self._unix_socket), req)


class UnixHTTPSHandler(urllib.request.HTTPSHandler):
    """Sends ``https://`` requests through a socket in the file system."""

    def __init__(self, unix_socket: str, **options: "Any") -> None:
        super().__init__(**options)
        self._unix_socket = unix_socket
        self._tls = options.get("context")

    def https_open(self, req: urllib.request.Request) -> "Any":
        """Send a request."""
        connection: "Any" = UnixHTTPSConnection(self._unix_socket)
        return self.do_open(connection, req, context=self._tls)


class NegotiateHandler(urllib.request.BaseHandler):
    """Answers ``WWW-Authenticate: Negotiate`` through the library ``gssapi``: Kerberos."""

    handler_order = 480

    def __init__(self, library: "Any", username: "Optional[str]" = None, password: "Optional[str]" = None) -> None:
        self._library = library
        self._username = username
        self._password = password

    def http_error_401(self, req: urllib.request.Request, fp: "Any", code: int, msg: str, headers: "Any") -> "Any":
        """Send the request again with a token, once."""
        import base64

        scheme, token = negotiation(headers.get_all("www-authenticate", []))
        if scheme is None or req.unredirected_hdrs.get("Authorization", "").startswith(scheme):
            return None
        answer = self._context(req).step(base64.b64decode(token) if token else None)
        text = "{} {}".format(scheme, base64.b64encode(answer or b"").decode("ascii"))
        req.add_unredirected_header("Authorization", text)
        return self.parent.open(req)

    def _context(self, req: urllib.request.Request) -> "Any":
        gssapi = self._library
        host = urllib.parse.urlsplit(req.full_url).hostname
        target = gssapi.Name("HTTP@{}".format(host), name_type=gssapi.NameType.hostbased_service)
        credential = None
        if self._username:
            name = gssapi.Name(self._username, name_type=gssapi.NameType.user)
            if self._password:
                secret = self._password.encode("utf-8")
                credential = gssapi.raw.acquire_cred_with_password(name, secret, usage="initiate").creds
            else:
                credential = gssapi.Credentials(name=name, usage="initiate")
        return gssapi.SecurityContext(usage="initiate", name=target, creds=credential)


def negotiation(challenges: "Any") -> "Tuple[Optional[str], str]":
    """Return the scheme that a server offers, ``Negotiate`` or ``Kerberos``, and its token."""
    for challenge in challenges:
        scheme, _, token = challenge.strip().partition(" ")
        if scheme.lower() in ("negotiate", "kerberos"):
            return scheme, token.strip()
    return None, ""


def negotiate_handler(username: "Optional[str]", password: "Optional[str]") -> NegotiateHandler:
    """Return a handler for Kerberos.

    Raises:
        MissingModuleError: The library is missing.
    """
    try:
        import gssapi  # type: ignore[import-untyped, import-not-found, unused-ignore]
    except Exception:  # a foreign package: it may fail in any way while it is imported
        import traceback

        text = "use_gssapi needs the Python library gssapi on the target"
        raise MissingModuleError(text, traceback.format_exc(), module="gssapi")
    return NegotiateHandler(gssapi, username, password)
