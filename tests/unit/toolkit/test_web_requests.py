"""Parts of web requests that need no server."""

import urllib.request
from types import SimpleNamespace

import pytest

from assible.agent.toolkit import web, web_handlers, web_multipart
from assible.agent.toolkit.web_errors import MissingModuleError


def test_a_login_in_the_address_is_taken_out_of_it():
    told = web.split_credentials("http://u%40x:p%20w@host:80/p?q", web.Options())
    assert told == ("http://host:80/p?q", "u@x", "p w")
    given = web.Options(url_username="me", url_password="secret")
    assert web.split_credentials("http://u:p@host/", given) == ("http://host/", "me", "secret")


def test_a_login_comes_from_the_netrc_file(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine host login me password secret\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert web.netrc_credentials("host") == ("me", "secret")
    assert web.netrc_credentials("other") is None
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    assert web.netrc_credentials("host") is None


@pytest.mark.parametrize(
    ("code", "method", "then", "keeps_body"),
    [
        (301, "POST", "GET", False),
        (301, "PUT", "PUT", False),
        (302, "HEAD", "HEAD", False),
        (302, "DELETE", "GET", False),
        (303, "PUT", "GET", False),
        (307, "POST", "POST", True),
        (308, "PUT", "PUT", True),
    ],
)
def test_a_redirect_leaves_the_method_that_its_code_allows(code, method, then, keeps_body):
    headers = {"Content-Type": "x", "X-Mine": "y"}
    request = urllib.request.Request("http://a/", data=b"d", headers=headers, method=method)
    next_one = web_handlers.redirected(request, code, "http://b/c d")
    assert (next_one.get_method(), next_one.full_url) == (then, "http://b/c%20d")
    assert (next_one.data is not None, next_one.has_header("Content-type")) == (keeps_body, keeps_body)
    assert next_one.has_header("X-mine")


def test_kerberos_answers_a_challenge_with_a_token():
    steps = []
    context = SimpleNamespace(step=lambda token: steps.append(token) or b"answer")
    library = SimpleNamespace(
        Name=lambda text, name_type: text,
        NameType=SimpleNamespace(hostbased_service="service", user="user"),
        Credentials=lambda **given: given,
        SecurityContext=lambda **given: steps.append(given) or context,
    )
    handler = web_handlers.NegotiateHandler(library)
    handler.parent = SimpleNamespace(open=lambda request: request)
    request = urllib.request.Request("https://host.example/x")
    headers = SimpleNamespace(get_all=lambda name, default: ["Basic realm=x", "Negotiate aGk="])
    again = handler.http_error_401(request, None, 401, "", headers)
    assert steps == [{"usage": "initiate", "name": "HTTP@host.example", "creds": None}, b"hi"]
    assert again.unredirected_hdrs["Authorization"] == "Negotiate YW5zd2Vy"
    assert handler.http_error_401(again, None, 401, "", headers) is None


def test_kerberos_without_its_library_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "gssapi", None)
    with pytest.raises(MissingModuleError, match="gssapi"):
        web.send("http://127.0.0.1:1/", web.Options(use_gssapi=True))


def test_a_part_of_a_form_is_text_or_a_file(tmp_path):
    (tmp_path / "f.bin").write_bytes(b"\xff")
    kind, body = web_multipart.prepare({"a": "x", "f": {"filename": str(tmp_path / "f.bin")}})
    assert kind.startswith('multipart/form-data; boundary="')
    assert b'name="a"\r\n\r\nx\r\n' in body
    assert b"Content-Transfer-Encoding: base64\r\n\r\n/w==\r\n" in body


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        (5, TypeError),
        ({"a": 5}, TypeError),
        ({"a": {}}, ValueError),
        ({"a": {"content": "", "multipart_encoding": "x"}}, ValueError),
    ],
)
def test_what_is_no_form_is_refused(fields, error):
    with pytest.raises(error):
        web_multipart.prepare(fields)


def test_a_moment_is_written_as_the_web_writes_it():
    assert web.http_date((2020, 1, 2, 3, 4, 5, 3, 2, 0)) == "Thu, 02 Jan 2020 03:04:05 +0000"


def test_headers_that_come_twice_are_joined():
    assert web.described({"X-A": "1"}) == {"x-a": "1"}
    pairs = SimpleNamespace(items=lambda: [("X-A", "1"), ("x-a", "2")])
    assert web.described(pairs) == {"x-a": "1, 2"}
