"""What URLs give, fetched by the controller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from assible.content.lookups.options import Option, read_options, text_term
from assible.exceptions import TemplateError
from assible.registry.lookup import LookupCall
from assible.templating.scope import MISSING

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
_RENAMED: Final = {"username": "url_username", "password": "url_password"}


def url(terms: list[Any], call: LookupCall) -> list[str]:
    """Return the text at URLs, as lines unless asked otherwise."""
    options = read_options(_OPTIONS, call, {**_configured(call), **call.options})
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

    from assible.agent.toolkit import web, web_errors

    given = {_RENAMED.get(name, name): value for name, value in options.items() if name != "split_lines"}
    try:
        with web.send(address, web.Options(**given, decompress=False)) as response:
            content: bytes = response.read()
    except HTTPError as error:
        raise TemplateError(f"the server answered {error.code} {error.reason}") from error
    except (OSError, ValueError, HTTPException, web_errors.ConnectionError, web_errors.MissingModuleError) as error:
        raise TemplateError(f"the URL could not be fetched: {error}") from error
    return content.decode("utf-8", "surrogateescape")
