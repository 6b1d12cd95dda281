"""Web requests: what ``open_url`` and the modules ``uri`` and ``get_url`` stand on.

``send`` makes one request with all that the documented options ask for; ``fetch`` is the same for a module, and puts
failures into words.
"""

import os
import urllib.error
import urllib.parse
import urllib.request

from assible.agent.toolkit import web_handlers
from assible.agent.toolkit.web_errors import ConnectionError, MissingModuleError, NoSSLError, SSLValidationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from http.cookiejar import CookieJar
    from typing import Any, Dict, List, Optional, Tuple

    from assible.agent.toolkit.module import Module

AGENT = "ansible-httpget"
NO_CACHE = "no-cache"
READ_BYTES = 256 * 1024
DATE_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DATE_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: Options of a module that are handed on to a request as they are.
MODULE_OPTIONS = (
    "validate_certs",
    "url_username",
    "url_password",
    "force_basic_auth",
    "client_cert",
    "client_key",
)


class Options(object):
    """How a request is made; see the documentation of ``open_url``."""

    __slots__ = (
        "ca_path",
        "ciphers",
        "client_cert",
        "client_key",
        "context",
        "cookies",
        "data",
        "decompress",
        "follow_redirects",
        "force",
        "force_basic_auth",
        "headers",
        "http_agent",
        "last_mod_time",
        "method",
        "timeout",
        "unix_socket",
        "unredirected_headers",
        "url_password",
        "url_username",
        "use_gssapi",
        "use_netrc",
        "use_proxy",
        "validate_certs",
    )

    def __init__(self, **given: "Any") -> None:
        self.data: "Optional[Any]" = None
        self.headers: "Optional[Dict[str, Any]]" = None
        self.method: "Optional[str]" = None
        self.use_proxy: "Any" = True
        self.force = False
        self.last_mod_time: "Any" = None
        self.timeout: "Any" = 10
        self.validate_certs = True
        self.url_username: "Optional[str]" = None
        self.url_password: "Optional[str]" = None
        self.http_agent: "Optional[str]" = None
        self.force_basic_auth = False
        self.follow_redirects: "Any" = "urllib2"
        self.client_cert: "Optional[str]" = None
        self.client_key: "Optional[str]" = None
        self.cookies: "Optional[CookieJar]" = None
        self.use_gssapi = False
        self.unix_socket: "Optional[str]" = None
        self.ca_path: "Optional[str]" = None
        self.unredirected_headers: "Any" = None
        self.decompress = True
        self.ciphers: "Any" = None
        self.use_netrc = True
        self.context: "Any" = None
        for name, value in given.items():
            setattr(self, name, value)


def send(url: str, options: Options) -> "Any":
    """Make a request and return the response, a file to read from with ``code``, ``headers`` and ``geturl()``.

    Raises:
        urllib.error.HTTPError: The server refused; it is a response, too.
        urllib.error.URLError: The server could not be reached.
        SSLValidationError: It could not prove who it is.
        ConnectionError: The request makes no sense.
        MissingModuleError: An option needs a library that is missing.
    """
    headers = dict(options.headers or {})
    url, username, password = split_credentials(url, options)
    handlers = _handlers(url, options, headers, username, password)
    request = urllib.request.Request(url, data=_body(options.data), method=(options.method or "").upper() or None)
    _add_headers(request, headers, options)
    opener = urllib.request.build_opener(*handlers)
    timeout = () if options.timeout is None else (options.timeout,)
    try:
        response = opener.open(request, None, *timeout)
    except urllib.error.HTTPError as error:
        if options.decompress and error.fp is not None and is_packed(error.headers):
            body: "Any" = Unpacked(error.fp)
            error.fp = error.file = body
        raise
    except urllib.error.URLError as error:
        raise _explained(url, error)
    return Unpacked(response) if options.decompress and is_packed(response.headers) else response


def _explained(url: str, error: urllib.error.URLError) -> Exception:
    """Return an error that says more, where it is about TLS."""
    import ssl

    from assible.agent.toolkit import web_tls

    if isinstance(error.reason, getattr(ssl, "SSLCertVerificationError", ssl.SSLError)):
        parts = urllib.parse.urlsplit(url)
        return SSLValidationError(web_tls.advice(parts.hostname or "", parts.port or 443, error.reason))
    return error


def split_credentials(url: str, options: Options) -> "Tuple[str, Optional[str], Optional[str]]":
    """Return the address without user and password in it, and who logs in: the option's user, or the address's."""
    parts = urllib.parse.urlsplit(url)
    username, password = options.url_username, options.url_password
    if parts.scheme in ("http", "https") and "@" in parts.netloc:
        credentials, _, place = parts.netloc.rpartition("@")
        if not username:
            user, _, secret = credentials.partition(":")
            username, password = urllib.parse.unquote(user), urllib.parse.unquote(secret)
        url = urllib.parse.urlunsplit(parts._replace(netloc=place))
    return url, username, password


def _handlers(
    url: str, options: Options, headers: "Dict[str, Any]", username: "Optional[str]", password: "Optional[str]"
) -> "List[urllib.request.BaseHandler]":
    handlers: "List[urllib.request.BaseHandler]" = []
    handlers.extend(_authentication(url, options, headers, username, password))
    if not options.use_proxy:
        handlers.append(urllib.request.ProxyHandler({}))
    handlers.extend(_transport(url, options))
    handlers.append(web_handlers.HTTPRedirectHandler(options.follow_redirects))
    if options.cookies is not None:
        handlers.append(urllib.request.HTTPCookieProcessor(options.cookies))
    return handlers


def _authentication(
    url: str, options: Options, headers: "Dict[str, Any]", username: "Optional[str]", password: "Optional[str]"
) -> "List[urllib.request.BaseHandler]":
    if options.use_gssapi:
        return [web_handlers.negotiate_handler(username, password)]
    if username and options.force_basic_auth:
        headers["Authorization"] = basic_auth_header(username, password)
    elif username:
        known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        known.add_password(None, url, username, password or "")
        return [urllib.request.HTTPBasicAuthHandler(known), urllib.request.HTTPDigestAuthHandler(known)]
    elif options.use_netrc:
        found = netrc_credentials(urllib.parse.urlsplit(url).hostname or "")
        if found is not None:
            headers["Authorization"] = basic_auth_header(*found)
    return []


def netrc_credentials(host: str) -> "Optional[Tuple[str, str]]":
    """Return who logs in to a host, by the file that ``NETRC`` names or ``~/.netrc``; None where nobody does."""
    path = os.environ.get("NETRC") or os.path.join(os.path.expanduser("~"), ".netrc")
    if not os.path.isfile(path):
        return None
    import netrc

    try:
        login = netrc.netrc(path).authenticators(host)
    except (OSError, netrc.NetrcParseError):
        return None
    return (login[0], login[2] or "") if login and login[0] else None


def _transport(url: str, options: Options) -> "List[urllib.request.BaseHandler]":
    is_tls = url.lower().startswith("https:")
    if not is_tls:
        return [web_handlers.UnixHTTPHandler(options.unix_socket)] if options.unix_socket else _tls_for_later(options)
    context = _context(options)
    if options.unix_socket:
        return [web_handlers.UnixHTTPSHandler(options.unix_socket, context=context)]
    return [urllib.request.HTTPSHandler(context=context)]


def _tls_for_later(options: Options) -> "List[urllib.request.BaseHandler]":
    """Return TLS for a redirect to ``https``; made at once only where options ask for something special."""
    special = options.context or options.ca_path or options.ciphers or options.client_cert or not options.validate_certs
    if special:
        return [urllib.request.HTTPSHandler(context=_context(options))]
    return [LateTls(options)] if hasattr(urllib.request, "HTTPSHandler") else []


def _context(options: Options) -> "Any":
    if options.context is not None:
        return options.context
    try:
        from assible.agent.toolkit import web_tls
    except ImportError:
        raise NoSSLError("this Python has no module ssl, so it cannot speak https")
    return web_tls.make_context(
        cafile=options.ca_path,
        ciphers=options.ciphers,
        validate_certs=options.validate_certs,
        client_cert=options.client_cert,
        client_key=options.client_key,
    )


class LateTls(urllib.request.HTTPSHandler):
    """Makes its TLS settings when the first ``https`` request comes."""

    def __init__(self, options: Options) -> None:
        urllib.request.AbstractHTTPHandler.__init__(self)
        self._options = options

    def https_open(self, req: urllib.request.Request) -> "Any":
        """Send a request."""
        import http.client

        return self.do_open(http.client.HTTPSConnection, req, context=_context(self._options))


def _body(data: "Any") -> "Any":
    return data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data


def _add_headers(request: urllib.request.Request, headers: "Dict[str, Any]", options: Options) -> None:
    kept = {name.lower() for name in options.unredirected_headers or ()}
    if options.http_agent:
        request.add_header("User-agent", options.http_agent)
    if options.force:
        request.add_header("cache-control", NO_CACHE)
    elif options.last_mod_time:
        request.add_header("If-Modified-Since", http_date(options.last_mod_time))
    for name, value in headers.items():
        add = request.add_unredirected_header if str(name).lower() in kept else request.add_header
        add(str(name), _header_text(value))


def _header_text(value: "Any") -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def http_date(moment: "Any", zone: str = "+0000") -> str:
    """Return a `datetime` or a time tuple as mail and the web write it."""
    when = moment.timetuple() if hasattr(moment, "timetuple") else moment
    return "{}, {:02d} {} {:04d} {:02d}:{:02d}:{:02d} {}".format(
        DATE_DAYS[when[6]], when[2], DATE_MONTHS[when[1] - 1], when[0], when[3], when[4], when[5], zone
    )


def basic_auth_header(username: "Any", password: "Any") -> bytes:
    """Return the value of an ``Authorization`` header."""
    import base64

    text = "{}:{}".format(username, password or "")
    return b"Basic " + base64.b64encode(text.encode("utf-8", "surrogateescape"))


def is_packed(headers: "Any") -> bool:
    """Tell whether a body is packed with gzip."""
    return headers is not None and headers.get("content-encoding", "").lower() == "gzip"


class Unpacked(object):
    """A response whose packed body is read unpacked, piece by piece; all else is the response's own."""

    def __init__(self, response: "Any") -> None:
        import gzip

        self._response = response
        self._body = gzip.GzipFile(fileobj=response)

    def read(self, size: "Optional[int]" = -1) -> bytes:
        """Return some bytes; all that are left where no size is named."""
        return self._body.read(-1 if size is None else size)

    def readline(self, limit: int = -1) -> bytes:
        """Return a line."""
        return self._body.readline(limit)

    def readlines(self) -> "List[bytes]":
        """Return all lines."""
        return self._body.readlines()

    def close(self) -> None:
        """Close the connection."""
        self._body.close()
        self._response.close()

    def __iter__(self) -> "Any":
        return iter(self._body)

    def __enter__(self) -> "Unpacked":
        return self

    def __exit__(self, *error: "Any") -> None:
        self.close()

    def __getattr__(self, name: str) -> "Any":
        return getattr(self._response, name)


def response_filename(response: "Any") -> "Optional[str]":
    """Return the name that a server has for what it sends; else the last part of the address."""
    name: "Optional[str]" = response.headers.get_filename() if hasattr(response.headers, "get_filename") else None
    if name is None:
        name = os.path.basename(urllib.parse.urlsplit(response.geturl()).path)
    name = os.path.basename(urllib.parse.unquote(name or ""))
    return name or None


def content_type(response: "Any") -> "Tuple[str, Dict[str, str], str, str]":
    """Return a response's type: the whole, its parameters, and both of its halves."""
    headers = response.headers
    kind = headers.get_content_type()
    params = {name: value for name, value in headers.get_params(()) if name != kind}
    if "charset" not in params:
        params["charset"] = headers.get_content_charset("utf-8")
    return kind, params, headers.get_content_maintype(), headers.get_content_subtype()


def fetch(module: "Module", url: str, **given: "Any") -> "Tuple[Optional[Any], Dict[str, Any]]":
    """Make a request for a module, with the options that it has.

    Returns:
        The response, None where there is none, and what is known of it: ``url``, ``status`` (-1 where there was no
        answer), ``msg``, headers in lower case, ``cookies`` and ``cookies_string``, ``body`` of a refusal.
    """
    import http.cookiejar

    params = module.params
    options = Options(**given)
    for name in MODULE_OPTIONS:
        if params.get(name) is not None:
            setattr(options, name, params[name])
    options.http_agent = params.get("http_agent") or AGENT
    options.follow_redirects = params.get("follow_redirects", "urllib2")
    if options.use_proxy is None:
        options.use_proxy = params.get("use_proxy", True)
    options.use_gssapi = params.get("use_gssapi", options.use_gssapi)
    options.use_netrc = params.get("use_netrc", options.use_netrc)
    if options.cookies is None:
        options.cookies = http.cookiejar.LWPCookieJar()
    info: "Dict[str, Any]" = {"url": url, "status": -1}
    try:
        response = send(url, options)
    except Exception as error:  # every failure of the network, or of a library, is told as data or fails the module
        return _failed(module, error, info)
    info.update(described(response.headers))
    info["cookies_string"] = "; ".join("{}={}".format(one.name, one.value) for one in options.cookies)
    info["cookies"] = {one.name: one.value for one in options.cookies}
    info["msg"] = "OK ({} bytes)".format(response.headers.get("Content-Length", "unknown"))
    info["url"] = response.geturl()
    info["status"] = response.code if hasattr(response, "code") else None
    return response, info


def download(module: "Module", url: str, **given: "Any") -> str:
    """Download a file to the module's private directory and return its path; the module fails where it cannot be."""
    response, info = fetch(module, url, **given)
    if response is None or info["status"] not in (200, None):
        text = "{} could not be downloaded: {}"
        module.fail_json(msg=text.format(url, info["msg"]), status_code=info["status"], url=info["url"])
    name = os.path.basename(urllib.parse.urlsplit(url).path) or "download"
    path = os.path.join(module.tmpdir, "{}_{}".format(os.urandom(4).hex(), name[-200:]))
    save(response, path)
    return path


def save(response: "Any", path: str) -> None:
    """Write a response's body into a new file that only its owner can read.

    Raises:
        OSError: It cannot be written, or the connection broke.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        for data in iter(lambda: response.read(READ_BYTES), b""):
            stream.write(data)


def described(headers: "Any") -> "Dict[str, Any]":
    """Return headers with their names in lower case; one that comes several times is joined."""
    found: "Dict[str, Any]" = {}
    for name, value in headers.items() if headers is not None else ():
        key = name.lower()
        found[key] = "{}, {}".format(found[key], value) if key in found else value
    return found


def _failed(module: "Module", error: Exception, info: "Dict[str, Any]") -> "Tuple[Optional[Any], Dict[str, Any]]":
    """Return what a failure leaves to be told; fail the module where going on makes no sense."""
    if isinstance(error, urllib.error.HTTPError):
        info.update(described(error.headers))
        try:
            info["body"] = error.read()
        except Exception:  # the connection broke, or there never was a body
            info["body"] = ""
        info.update(msg=str(error), status=error.code, url=error.geturl() or info["url"])
        return error, info
    if isinstance(error, MissingModuleError):
        module.fail_json(**dict(info, msg=str(error), exception=error.import_traceback))
    if isinstance(error, (ConnectionError, ValueError)):
        module.fail_json(**dict(info, msg=str(error)))
    info["msg"] = _reason(error)
    if not isinstance(error, OSError):
        import traceback

        info["exception"] = traceback.format_exc()
    return None, info


def _reason(error: Exception) -> str:
    import http.client

    if isinstance(error, urllib.error.URLError):
        return "the request failed: {}".format(error.reason)
    if isinstance(error, http.client.BadStatusLine):
        return "the connection was closed before the server answered: {}".format(error)
    if isinstance(error, OSError):
        return "the connection failed: {}".format(error)
    return "the request failed: {}".format(error or type(error).__name__)
