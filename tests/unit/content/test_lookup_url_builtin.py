"""The lookup ``url``, against a server on a local socket."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from assible.content.filters import FILTERS
from assible.content.lookups import run_lookup
from assible.content.tests import TESTS
from assible.exceptions import TemplateError
from assible.templating import Scope, Templar


class Handler(BaseHTTPRequestHandler):
    """Answers with the request's headers, an error, or a redirect."""

    def do_GET(self) -> None:
        if self.path == "/gone":
            self.send_error(404, "Not here")
            return
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "http://host/")
            self.end_headers()
            return
        if self.path == "/private" and not self.headers.get("Authorization"):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="r"')
            self.end_headers()
            return
        body = "".join(f"{name}: {value}\n" for name, value in self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "local"

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@pytest.fixture
def fetch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = str(tmp_path / "s")
    server = Server(path, Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    templar = Templar(filters=FILTERS, tests=TESTS, lookup=run_lookup)

    def run(address: str, options: str = "", **variables: Any) -> Any:
        arguments = f"'http://host{address}', unix_socket='{path}', use_proxy=false"
        return templar.evaluate(f"query('url', {arguments}{', ' + options if options else ''})", Scope((variables,)))

    yield run
    server.shutdown()
    thread.join()
    server.server_close()


def test_text_comes_as_lines_or_in_one_piece(fetch: Callable[..., Any]) -> None:
    lines = fetch("/")
    assert "User-Agent: ansible-httpget" in lines
    assert fetch("/", "split_lines=false") == ["".join(line + "\n" for line in lines)]


def test_headers_are_sent_as_asked(fetch: Callable[..., Any]) -> None:
    lines = fetch("/", "headers={'X-One': 1}, http_agent='me', force='yes', unredirected_headers='X-One'")
    assert {"x-one: 1", "user-agent: me", "cache-control: no-cache"} <= {line.lower() for line in lines}


def test_credentials_are_sent_at_once_or_when_asked_for(fetch: Callable[..., Any]) -> None:
    sent = "Authorization: Basic dTpw"
    assert sent in fetch("/", "username='u', password='p', force_basic_auth=true")
    assert sent not in fetch("/", "username='u', password='p'")
    assert sent in fetch("/private", "username='u', password='p'")


def test_credentials_are_found_in_the_netrc_file(fetch: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine host login u password p\n")
    (tmp_path / ".netrc").chmod(0o600)
    assert "Authorization: Basic dTpw" in fetch("/private")
    with pytest.raises(TemplateError, match="the server answered 401"):
        fetch("/private", "use_netrc=false")


def test_an_error_of_the_server_is_told(fetch: Callable[..., Any]) -> None:
    with pytest.raises(TemplateError, match="lookup 'url' failed: the server answered 404 Not here"):
        fetch("/gone")


def test_redirects_are_followed_unless_asked_otherwise(fetch: Callable[..., Any]) -> None:
    assert fetch("/moved")
    assert fetch("/moved", "follow_redirects='safe'")
    with pytest.raises(TemplateError, match="the server answered 302"):
        fetch("/moved", "follow_redirects='none'")
