"""``uri`` against a web server in this process."""

import importlib.util
import json
import socket
import subprocess
import threading
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from assible.agent.toolkit import web
from assible.ansible.module_utils.urls import Request, open_url

_spec = importlib.util.spec_from_file_location("web_server", Path(__file__).parents[1] / "web_server.py")
web_server = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(web_server)


@pytest.fixture(scope="module")
def site():
    with web_server.serve() as address:
        yield address


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate authority of our own, and a certificate with its key for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    openssl(*new, "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")
    names = "subjectAltName=IP:127.0.0.1"
    openssl(*new, "-subj", "/CN=site", "-addext", names, "-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", "s.key", "-out", "s.crt")  # fmt: skip
    (folder / "site.pem").write_text((folder / "s.crt").read_text() + (folder / "s.key").read_text())
    return folder


def echoed(run, **args):
    result = run("uri", **args)
    assert not result.get("failed"), result
    return result["json"]


def test_an_answer_is_told_with_its_headers(run, site):
    result = run("uri", url=f"{site}/text", return_content=True)
    assert (result["status"], result["content"], result["changed"]) == (200, "hello\n", False)
    assert (result["content_type"], result["msg"], result["redirected"]) == ("text/plain", "OK (6 bytes)", False)


def test_a_request_names_the_agent_and_asks_for_no_cached_copy(run, site):
    headers = echoed(run, url=f"{site}/echo", force=True, headers={"X-Mine": 5})["headers"]
    assert (headers["user-agent"], headers["cache-control"], headers["x-mine"]) == ("ansible-httpget", "no-cache", "5")


@pytest.mark.parametrize(
    ("form", "body", "kind", "sent"),
    [
        ("raw", "plain", "application/x-www-form-urlencoded", "plain"),
        ("json", {"a": [1]}, "application/json", '{"a": [1]}'),
        ("json", '{"a": 1}', "application/json", '{"a": 1}'),
        ("form-urlencoded", {"a": "x y", "b": [1, 2]}, "application/x-www-form-urlencoded", "a=x+y&b=1&b=2"),
        ("form-urlencoded", [["a", 1], ["a", 2]], "application/x-www-form-urlencoded", "a=1&a=2"),
    ],
)
def test_a_body_is_sent_in_the_form_that_is_asked_for(run, site, form, body, kind, sent):
    told = echoed(run, url=f"{site}/echo", method="post", body=body, body_format=form)
    assert (told["method"], told["headers"]["content-type"], told["body"]) == ("POST", kind, sent)


def test_a_content_type_of_ones_own_wins(run, site):
    headers = {"content-type": "application/mine"}
    told = echoed(run, url=f"{site}/echo", method="PUT", body={"a": 1}, body_format="json", headers=headers)
    assert told["headers"]["content-type"] == "application/mine"


def test_a_body_that_cannot_have_the_form_is_refused(run, site):
    assert "body" in run("uri", url=f"{site}/echo", method="POST", body=[1], body_format="form-urlencoded")["msg"]
    assert run("uri", url=f"{site}/echo", method="POST", body={"a": 1})["failed"]


def test_a_form_has_fields_and_files_of_the_controller(run, site, tmp_path):
    (tmp_path / "up.txt").write_text("from a file\n")
    body = {
        "plain": "text",
        "named": {"content": "c", "filename": "n.txt", "mime_type": "text/html"},
        "file": {"filename": str(tmp_path / "up.txt"), "multipart_encoding": "7or8bit"},
    }
    told = echoed(run, url=f"{site}/echo", method="POST", body=body, body_format="form-multipart")
    assert told["headers"]["content-type"].startswith("multipart/form-data; boundary=")
    assert 'name="plain"\r\n\r\ntext\r\n' in told["body"]
    assert 'Content-Type: text/html\r\nContent-Disposition: form-data; name="named"; filename="n.txt"' in told["body"]
    assert 'filename="up.txt"' in told["body"]
    assert "from a file\n" in told["body"]


def test_a_file_of_the_controller_is_the_body(run, site, tmp_path):
    (tmp_path / "up.bin").write_bytes(b"\x00content")
    assert echoed(run, url=f"{site}/echo", method="PUT", src=str(tmp_path / "up.bin"))["body"] == "\x00content"


def test_a_large_file_is_streamed_first(run, site, tmp_path):
    (tmp_path / "large").write_bytes(b"x" * (5 * 1024 * 1024))
    assert len(echoed(run, url=f"{site}/echo", method="PUT", src=str(tmp_path / "large"))["body"]) == 5 * 1024 * 1024


def test_body_and_src_exclude_each_other(run, site):
    assert run("uri", url=f"{site}/echo", src="/etc/hostname", body="x", method="PUT")["failed"]


def test_a_status_that_was_not_expected_fails_with_the_body(run, site):
    result = run("uri", url=f"{site}/status/404")
    assert (result["failed"], result["status"], result["content"]) == (True, 404, "refused")
    assert "404" in result["msg"]
    assert not run("uri", url=f"{site}/status/404", status_code=[200, 404]).get("failed")


def test_no_answer_is_status_minus_one(run):
    result = run("uri", url="http://127.0.0.1:1/")
    assert (result["failed"], result["status"]) == (True, -1)


def test_json_that_is_none_is_only_text(run, site):
    result = run("uri", url=f"{site}/broken", return_content=True)
    assert "json" not in result
    assert result["content"] == "{oops"


def test_text_is_read_in_its_own_encoding_and_unpacked(run, site):
    assert run("uri", url=f"{site}/latin", return_content=True)["content"] == "h\xe9"
    assert run("uri", url=f"{site}/gzip", return_content=True)["content"] == "unpacked\n"


def test_cookies_are_told_for_the_next_request(run, site):
    result = run("uri", url=f"{site}/cookie")
    assert result["cookies"] == {"a": "1", "b": "two"}
    assert result["cookies_string"] == "a=1; b=two"


@pytest.mark.parametrize(
    ("policy", "code", "method", "seen"),
    [
        ("safe", 302, "GET", "GET"),
        ("safe", 302, "POST", None),
        ("none", 302, "GET", None),
        ("all", 302, "POST", "GET"),
        ("all", 301, "PUT", "PUT"),
        ("all", 303, "PUT", "GET"),
        ("all", 307, "POST", "POST"),
        ("all", 308, "DELETE", "DELETE"),
        ("urllib2", 302, "POST", "GET"),
        ("urllib2", 307, "POST", None),
    ],
)
def test_redirects_are_followed_by_the_policy(run, site, policy, code, method, seen):
    body = {"body": "b"} if method in ("POST", "PUT") else {}
    result = run("uri", url=f"{site}/redirect/{code}/there", follow_redirects=policy, method=method, **body)
    if seen is None:
        assert (result["status"], result["location"]) == (code, f"{site}/echo/there")
    else:
        assert (result["redirected"], result["json"]["method"]) == (True, seen)


def test_some_headers_stay_with_the_first_address(run, site):
    headers = {"X-Keep": "1", "X-Secret": "2"}
    told = echoed(run, url=f"{site}/redirect/302/x", headers=headers, unredirected_headers=["x-secret"])
    assert "x-keep" in told["headers"]
    assert "x-secret" not in told["headers"]


@pytest.mark.parametrize("more", [{}, {"force_basic_auth": True}])
def test_a_user_logs_in(run, site, more):
    result = run("uri", url=f"{site}/basic", url_username="user", url_password="secret", **more)
    assert result["status"] == 200
    assert run("uri", url=f"{site}/basic", user="user", password="wrong", **more)["status"] == 401


def test_a_user_logs_in_by_digest_and_by_the_address(run, site):
    assert run("uri", url=f"{site}/digest", url_username="user", url_password="secret")["status"] == 200
    assert run("uri", url=site.replace("//", "//user:secret@") + "/basic")["status"] == 200


def test_a_password_is_never_shown(run, site):
    result = run(
        "uri", url=f"{site}/echo", url_username="user", url_password="hunter22", body="hunter22", method="POST"
    )
    assert "hunter22" not in json.dumps(result)


def test_a_certificate_must_be_trusted(run, authority):
    with web_server.serve(str(authority / "site.pem")) as site:
        refused = run("uri", url=f"{site}/text")
        assert refused["failed"]
        assert "ca_path" in refused["msg"]
        assert run("uri", url=f"{site}/text", ca_path=str(authority / "ca.pem"))["status"] == 200
        assert run("uri", url=f"{site}/text", validate_certs=False)["status"] == 200


def test_a_client_proves_who_it_is(run, authority):
    with web_server.serve(str(authority / "site.pem"), str(authority / "ca.pem")) as site:
        known = {"client_cert": str(authority / "s.crt"), "client_key": str(authority / "s.key")}
        trusted = {"url": f"{site}/text", "ca_path": str(authority / "ca.pem")}
        assert run("uri", **trusted)["failed"]
        assert run("uri", **trusted, **known)["status"] == 200


def test_a_cipher_that_there_is_not_fails(run, authority):
    with web_server.serve(str(authority / "site.pem")) as site:
        assert run("uri", url=f"{site}/text", ciphers=["NOSUCH"], validate_certs=False)["failed"]


def test_a_socket_in_the_file_system_is_a_way_too(run, tmp_path):
    path = str(tmp_path / "web.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()

        def serve_once():
            connection = listener.accept()[0]
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
            connection.close()

        thread = threading.Thread(target=serve_once)
        thread.start()
        result = run("uri", url="http://localhost/x", unix_socket=path, return_content=True)
        thread.join()
    assert result["content"] == "hi"
    assert "nowhere" in run("uri", url="http://localhost/x", unix_socket="/nowhere")["msg"]


def test_the_body_goes_into_a_file(run, site, tmp_path):
    result = run("uri", url=f"{site}/text", dest=str(tmp_path / "got"), mode="0600")
    assert (result["changed"], (tmp_path / "got").read_text()) == (True, "hello\n")
    assert (tmp_path / "got").stat().st_mode & 0o777 == 0o600


def test_a_file_in_a_directory_gets_the_servers_name_and_nothing_above_it(run, site, tmp_path):
    (tmp_path / "in").mkdir()
    assert run("uri", url=f"{site}/file/named", dest=str(tmp_path / "in"))["path"] == str(tmp_path / "in" / "given.txt")
    assert not (tmp_path / "given.txt").exists()


def test_a_refusal_writes_no_file(run, site, tmp_path):
    assert run("uri", url=f"{site}/status/500", dest=str(tmp_path / "got"))["failed"]
    assert not (tmp_path / "got").exists()


def test_what_is_there_or_missing_makes_a_request_needless(run, site, tmp_path):
    assert "skipped" in run("uri", url="http://127.0.0.1:1/", creates=str(tmp_path))["stdout"]
    assert "skipped" in run("uri", url="http://127.0.0.1:1/", removes=str(tmp_path / "none"))["stdout"]


def test_check_mode_makes_no_request(run):
    assert run("uri", check=True, url="http://127.0.0.1:1/")["skipped"]


@pytest.mark.parametrize("args", [{}, {"url": "nonsense"}, {"url": "http://x/", "method": "A B"}])
def test_what_is_no_request_fails(run, args):
    assert run("uri", **args)["failed"]


def test_a_proxy_is_used_unless_told_not_to(site, monkeypatch):
    for name in ("http_proxy", "no_proxy", "HTTP_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", site)
    away = "http://host.invalid/text"
    with pytest.raises(HTTPError, match="404"):
        web.send(away, web.Options())
    with pytest.raises(URLError, match="urlopen"):
        web.send(away, web.Options(use_proxy=False))
    monkeypatch.setenv("no_proxy", "host.invalid")
    with pytest.raises(URLError, match="urlopen"):
        web.send(away, web.Options())


def test_cookies_are_kept_between_the_requests_of_one_object(site):
    requests = Request()
    requests.get(f"{site}/cookie").read()
    assert "a=1" in json.load(requests.get(f"{site}/echo"))["headers"]["cookie"]
    assert "cookie" not in json.load(open_url(f"{site}/echo"))["headers"]


def test_a_packed_refusal_can_be_read(site):
    with pytest.raises(HTTPError) as caught:
        open_url(f"{site}/packed")
    assert caught.value.read() == b"why\n"
