"""Web requests for modules (documented as ``module_utils.urls``)."""

import base64
import email
import http.client as http_client
import http.cookiejar as cookiejar
import os
import re
import socket
import tempfile
import traceback
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from urllib.parse import unquote, urlparse, urlunparse

from assible.agent.toolkit import web, web_multipart
from assible.agent.toolkit.web_errors import (
    ConnectionError,
    MissingModuleError,
    NoSSLError,
    ProxyError,
    SSLValidationError,
)
from assible.agent.toolkit.web_handlers import (
    HTTPRedirectHandler,
    UnixHTTPConnection,
    UnixHTTPHandler,
    UnixHTTPSConnection,
    UnixHTTPSHandler,
)
from assible.ansible.module_utils.basic import missing_required_lib
from assible.ansible.module_utils.common.collections import is_sequence
from assible.ansible.module_utils.common.text.converters import to_bytes, to_native, to_text

__all__: "List[str]" = []
try:
    import ssl

    from assible.agent.toolkit.web_tls import make_context
except ImportError:
    HAS_SSL = False
else:
    HAS_SSL = True
    __all__ += ["make_context", "ssl"]

try:
    import gssapi as _gssapi  # type: ignore[import-untyped, import-not-found, unused-ignore]  # noqa: F401

    HAS_GSSAPI = True
    GSSAPI_IMP_ERR = None
except Exception:  # a foreign package: it may fail in any way while it is imported
    HAS_GSSAPI = False
    GSSAPI_IMP_ERR = traceback.format_exc()

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Tuple

HAS_GZIP = True
GZIP_IMP_ERR = None
PEM_CERT_RE = re.compile(r"^-----BEGIN CERTIFICATE-----\n.+?-----END CERTIFICATE-----$", re.MULTILINE | re.DOTALL)
basic_auth_header = web.basic_auth_header
get_response_filename = web.response_filename
parse_content_type = web.content_type
prepare_multipart = web_multipart.prepare


class ParseResultDottedDict(dict):  # type: ignore[type-arg]  # Python 3.6 cannot subscript it
    """The parts of an address, as items and as attributes."""

    def __init__(self, *args: "Any", **kwargs: "Any") -> None:
        super().__init__(*args, **kwargs)
        self.__dict__ = self

    def as_list(self) -> "List[Any]":
        """Return the parts that ``urlunparse`` takes."""
        return [self.get(part) for part in ("scheme", "netloc", "path", "params", "query", "fragment")]


def generic_urlparse(parts: "Any") -> ParseResultDottedDict:
    """Return the parts of an address that ``urlparse`` has read."""
    names = ("scheme", "netloc", "path", "params", "query", "fragment", "username", "password", "hostname", "port")
    return ParseResultDottedDict({name: getattr(parts, name) for name in names})


def open_url(
    url: str,
    data: "Any" = None,
    headers: "Optional[Dict[str, Any]]" = None,
    method: "Optional[str]" = None,
    use_proxy: bool = True,
    force: bool = False,
    last_mod_time: "Any" = None,
    timeout: "Any" = 10,
    validate_certs: bool = True,
    url_username: "Optional[str]" = None,
    url_password: "Optional[str]" = None,
    http_agent: "Optional[str]" = None,
    force_basic_auth: bool = False,
    follow_redirects: "Any" = "urllib2",
    client_cert: "Optional[str]" = None,
    client_key: "Optional[str]" = None,
    cookies: "Any" = None,
    use_gssapi: bool = False,
    unix_socket: "Optional[str]" = None,
    ca_path: "Optional[str]" = None,
    unredirected_headers: "Any" = None,
    decompress: bool = True,
    ciphers: "Any" = None,
    use_netrc: bool = True,
) -> "Any":
    """Make a request and return the response.

    Raises:
        urllib.error.HTTPError: The server refused; it is a response, too.
        urllib.error.URLError: The server could not be reached.
        ConnectionError: It could not prove who it is, or the options make no sense.
    """
    given = dict(locals())
    del given["url"]
    given["method"] = method or ("POST" if data else "GET")
    return web.send(url, web.Options(**given))


class Request(object):
    """Makes requests with the same options, each of which a call may replace; cookies are kept between them.

    Args:
        headers: Those of a call join these.
    """

    def __init__(
        self,
        headers: "Optional[Dict[str, Any]]" = None,
        use_proxy: bool = True,
        force: bool = False,
        timeout: "Any" = 10,
        validate_certs: bool = True,
        url_username: "Optional[str]" = None,
        url_password: "Optional[str]" = None,
        http_agent: "Optional[str]" = None,
        force_basic_auth: bool = False,
        follow_redirects: "Any" = "urllib2",
        client_cert: "Optional[str]" = None,
        client_key: "Optional[str]" = None,
        cookies: "Any" = None,
        unix_socket: "Optional[str]" = None,
        ca_path: "Optional[str]" = None,
        unredirected_headers: "Any" = None,
        decompress: bool = True,
        ciphers: "Any" = None,
        use_netrc: bool = True,
        context: "Any" = None,
    ) -> None:
        options = dict(locals())
        del options["self"]
        if headers is not None and not isinstance(headers, dict):
            raise ValueError("the headers are a mapping, not {!r}".format(headers))
        self.headers = headers or {}
        del options["headers"]
        if cookies is None:
            options["cookies"] = cookiejar.CookieJar()
        self.__dict__.update(options)
        self._names = tuple(options)

    def open(self, method: str, url: str, data: "Any" = None, **options: "Any") -> "Any":
        """Make a request and return the response; options that are None are this object's."""
        headers = options.pop("headers", None)
        if headers is not None and not isinstance(headers, dict):
            raise ValueError("the headers are a mapping, not {!r}".format(headers))
        merged = {name: getattr(self, name) for name in self._names}
        merged.update({name: value for name, value in options.items() if value is not None})
        merged.update(headers=dict(self.headers, **(headers or {})), method=method, data=data)
        return web.send(url, web.Options(**merged))

    def get(self, url: str, **kwargs: "Any") -> "Any":
        """Make a GET request."""
        return self.open("GET", url, **kwargs)

    def options(self, url: str, **kwargs: "Any") -> "Any":
        """Make an OPTIONS request."""
        return self.open("OPTIONS", url, **kwargs)

    def head(self, url: str, **kwargs: "Any") -> "Any":
        """Make a HEAD request."""
        return self.open("HEAD", url, **kwargs)

    def post(self, url: str, data: "Any" = None, **kwargs: "Any") -> "Any":
        """Make a POST request."""
        return self.open("POST", url, data=data, **kwargs)

    def put(self, url: str, data: "Any" = None, **kwargs: "Any") -> "Any":
        """Make a PUT request."""
        return self.open("PUT", url, data=data, **kwargs)

    def patch(self, url: str, data: "Any" = None, **kwargs: "Any") -> "Any":
        """Make a PATCH request."""
        return self.open("PATCH", url, data=data, **kwargs)

    def delete(self, url: str, **kwargs: "Any") -> "Any":
        """Make a DELETE request."""
        return self.open("DELETE", url, **kwargs)


def url_argument_spec() -> "Dict[str, Any]":
    """Return the options of a module that makes web requests."""
    return {
        "url": {"type": "str"},
        "force": {"type": "bool", "default": False},
        "http_agent": {"type": "str", "default": web.AGENT},
        "use_proxy": {"type": "bool", "default": True},
        "validate_certs": {"type": "bool", "default": True},
        "url_username": {"type": "str"},
        "url_password": {"type": "str", "no_log": True},
        "force_basic_auth": {"type": "bool", "default": False},
        "client_cert": {"type": "path"},
        "client_key": {"type": "path"},
        "use_gssapi": {"type": "bool", "default": False},
    }


def url_redirect_argument_spec() -> "Dict[str, Any]":
    """Return the option for redirects."""
    choices = ["all", "no", "none", "safe", "urllib2", "yes"]
    return {"follow_redirects": {"type": "str", "default": "safe", "choices": choices}}


def fetch_url(
    module: "Any",
    url: str,
    data: "Any" = None,
    headers: "Optional[Dict[str, Any]]" = None,
    method: "Optional[str]" = None,
    use_proxy: "Optional[bool]" = None,
    force: bool = False,
    last_mod_time: "Any" = None,
    timeout: "Any" = 10,
    use_gssapi: bool = False,
    unix_socket: "Optional[str]" = None,
    ca_path: "Optional[str]" = None,
    cookies: "Any" = None,
    unredirected_headers: "Any" = None,
    decompress: bool = True,
    ciphers: "Any" = None,
    use_netrc: bool = True,
) -> "Tuple[Any, Dict[str, Any]]":
    """Make a request for a module, with the options of `url_argument_spec` that it has.

    Returns:
        The response, None where there is none, and what is known of it: ``url``, ``status`` (-1 where there was no
        answer), ``msg``, the headers in lower case, ``cookies``, ``cookies_string``, and the ``body`` of a refusal.
    """
    given = dict(locals())
    del given["module"], given["url"]
    return web.fetch(module, url, **given)


def fetch_file(
    module: "Any",
    url: str,
    data: "Any" = None,
    headers: "Optional[Dict[str, Any]]" = None,
    method: "Optional[str]" = None,
    use_proxy: bool = True,
    force: bool = False,
    last_mod_time: "Any" = None,
    timeout: "Any" = 10,
    unredirected_headers: "Any" = None,
    decompress: bool = True,
    ciphers: "Any" = None,
    ca_path: "Optional[str]" = None,
    cookies: "Any" = None,
) -> str:
    """Download a file to the module's private directory, and return its path; the module fails where it cannot be."""
    given = dict(locals())
    del given["module"], given["url"]
    return web.download(module, url, **given)


def rfc2822_date_string(timetuple: "Any", zone: str = "-0000") -> str:
    """Return a time as mail and the web write it."""
    return web.http_date(timetuple, zone)


def get_user_agent() -> str:
    """Return what requests call themselves."""
    return web.AGENT


def mask_url(url: str) -> str:
    """Return an address with user and password in it hidden."""
    parts = urlparse(url)
    if parts.username is None and parts.password is None:
        return url
    place = parts.netloc.rpartition("@")[2]
    return urlunparse(parts._replace(netloc="****:****@" + place))


def extract_pem_certs(data: str) -> "Iterator[str]":
    """Yield each certificate in a text."""
    for match in PEM_CERT_RE.finditer(data):
        yield match.group(0)


def get_ca_certs(cafile: "Optional[str]" = None, capath: "Optional[str]" = None) -> "Tuple[Any, Any, List[str]]":
    """Return where trusted authorities are: a file, those in memory, and the places that were looked at."""
    from assible.agent.toolkit import web_tls

    if cafile:
        return cafile, None, [cafile]
    known = ssl.get_default_verify_paths()
    places = [place for place in (known.cafile, known.capath, capath, *web_tls.system_bundles()) if place]
    return None, bytearray(), places


def getpeercert(response: "Any", binary_form: bool = False) -> "Any":
    """Return the certificate that a server has shown; None without TLS."""
    sock: "Any" = getattr(getattr(getattr(response, "fp", None), "raw", None), "_sock", None)
    return sock.getpeercert(binary_form) if hasattr(sock, "getpeercert") else None


def set_multipart_encoding(encoding: str) -> str:
    """Return the name of a way to encode a part.

    Raises:
        ValueError: There is no such way.
    """
    if encoding not in web_multipart.ENCODINGS:
        raise ValueError("multipart_encoding is one of {}".format(", ".join(web_multipart.ENCODINGS)))
    return encoding


__all__ += [
    "GSSAPI_IMP_ERR",
    "GZIP_IMP_ERR",
    "HAS_GSSAPI",
    "HAS_GZIP",
    "HAS_SSL",
    "ConnectionError",
    "HTTPRedirectHandler",
    "MissingModuleError",
    "NoSSLError",
    "ProxyError",
    "Request",
    "SSLValidationError",
    "UnixHTTPConnection",
    "UnixHTTPHandler",
    "UnixHTTPSConnection",
    "UnixHTTPSHandler",
    "base64",
    "basic_auth_header",
    "contextmanager",
    "cookiejar",
    "email",
    "fetch_file",
    "fetch_url",
    "generic_urlparse",
    "http_client",
    "is_sequence",
    "missing_required_lib",
    "open_url",
    "os",
    "prepare_multipart",
    "socket",
    "tempfile",
    "to_bytes",
    "to_native",
    "to_text",
    "unquote",
    "url_argument_spec",
    "urllib",
    "urlparse",
    "urlunparse",
]
