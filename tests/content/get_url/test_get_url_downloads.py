"""``get_url`` against a web server in this process."""

import hashlib
import importlib.util
from pathlib import Path

import pytest

from assible.content.modules import get_url

_spec = importlib.util.spec_from_file_location("web_server", Path(__file__).parents[1] / "web_server.py")
web_server = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(web_server)
SHA1 = hashlib.sha1(web_server.FILE).hexdigest()
SHA256 = hashlib.sha256(web_server.FILE).hexdigest()


@pytest.fixture(scope="module")
def site():
    with web_server.serve() as address:
        yield address


@pytest.fixture
def fetch(run, site, tmp_path):
    """Download the file to ``dest`` in a directory of its own."""

    def fetch(path="file/data.txt", dest="got", check=False, **args):
        return run("get_url", check=check, url=f"{site}/{path}", dest=str(tmp_path / dest), **args)

    return fetch


def test_a_file_is_downloaded_once(fetch, tmp_path):
    first = fetch(mode="0640")
    assert (first["changed"], first["checksum_src"], first["checksum_dest"]) == (True, SHA1, None)
    assert (first["status_code"], first["size"], first["mode"]) == (200, 10, "0640")
    assert (tmp_path / "got").read_bytes() == web_server.FILE
    again = fetch()
    assert (again["changed"], again["checksum_dest"]) == (False, SHA1)


def test_a_file_that_the_server_calls_unchanged_stays(fetch, tmp_path):
    (tmp_path / "got").write_text("mine")
    assert fetch("file/unchanged")["status_code"] == 304
    assert (tmp_path / "got").read_text() == "mine"


def test_another_file_is_replaced_and_kept_beside(fetch, tmp_path):
    (tmp_path / "got").write_text("old")
    result = fetch("file/unchanged", force=True, backup=True)
    assert result["changed"]
    assert Path(result["backup_file"]).read_text() == "old"


def test_check_mode_downloads_nothing(fetch, tmp_path):
    assert fetch(check=True)["changed"]
    assert not (tmp_path / "got").exists()
    assert fetch("status/404", check=True)["failed"]


def test_a_directory_gets_the_servers_name_and_nothing_above_it(fetch, tmp_path):
    (tmp_path / "in").mkdir()
    assert fetch("file/named", dest="in")["dest"] == str(tmp_path / "in" / "given.txt")
    assert fetch(dest="in")["dest"] == str(tmp_path / "in" / "data.txt")


@pytest.mark.parametrize("checksum", [f"sha256:{SHA256}", f"SHA256: {SHA256.upper()}", f"sha1:{SHA1}"])
def test_a_right_checksum_is_accepted_and_spares_the_next_download(fetch, checksum):
    assert fetch(checksum=checksum)["changed"]
    assert fetch("status/500", checksum=checksum)["msg"] == "file already exists"


@pytest.mark.parametrize("name", ["list", "one"])
def test_a_checksum_is_looked_up(fetch, site, name):
    assert fetch(checksum=f"sha256:{site}/sums/{name}")["changed"]


@pytest.mark.parametrize("checksum", [f"sha256:{'0' * 64}", "sha256:xyz", "nocolon", "nosuch:abc"])
def test_a_wrong_checksum_leaves_no_file(fetch, tmp_path, checksum):
    assert fetch(checksum=checksum)["failed"]
    assert not (tmp_path / "got").exists()


def test_a_checksum_that_is_nowhere_fails(fetch, site):
    assert fetch(checksum=f"sha256:{site}/sums/none")["failed"]
    assert fetch(checksum=f"sha256:{site}/status/404")["failed"]


def test_a_file_with_another_checksum_is_replaced(fetch, tmp_path):
    (tmp_path / "got").write_text("old")
    assert fetch("file/unchanged", checksum=f"sha256:{SHA256}")["changed"]
    assert (tmp_path / "got").read_bytes() == web_server.FILE


def test_packed_content_is_unpacked_unless_told_not_to(fetch, tmp_path):
    fetch("gzip", dest="plain")
    fetch("gzip", dest="packed", decompress=False)
    assert (tmp_path / "plain").read_text() == "unpacked\n"
    assert (tmp_path / "packed").read_bytes().startswith(b"\x1f\x8b")


def test_a_refusal_and_silence_fail(fetch, run, tmp_path):
    refused = fetch("status/404")
    assert (refused["failed"], refused["status_code"]) == (True, 404)
    assert run("get_url", url="http://127.0.0.1:1/x", dest=str(tmp_path / "x"))["failed"]


def test_a_file_address_is_copied(run, tmp_path):
    (tmp_path / "here").write_text("x")
    assert run("get_url", url=f"file://{tmp_path}/here", dest=str(tmp_path / "there"))["changed"]
    assert (tmp_path / "there").read_text() == "x"


@pytest.mark.parametrize("place", [{"dest": "none/x"}, {"tmp_dest": "/nowhere"}, {"tmp_dest": "/etc/hostname"}])
def test_a_place_that_is_not_there_fails(fetch, place):
    assert fetch(**place)["failed"]


def test_the_temporary_place_is_left_clean(fetch, tmp_path):
    (tmp_path / "drafts").mkdir()
    fetch(tmp_dest=str(tmp_path / "drafts"))
    fetch(dest="other", tmp_dest=str(tmp_path / "drafts"), checksum="sha1:" + "0" * 40)
    assert list((tmp_path / "drafts").iterdir()) == []


def test_headers_are_sent(fetch, tmp_path):
    fetch("echo/x", headers={"X-Mine": "yes"})
    assert '"x-mine": "yes"' in (tmp_path / "got").read_text()


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        ("abc  data.txt\n", "abc"),
        ("123  other\nabc *./data.txt\n", "abc"),
        ("SHA256 (data.txt) = abc\nSHA256 (other) = 123\n", "abc"),
        ("abc\n", "abc"),
        ("abc  data.txt.sig\n", None),
        ("", None),
    ],
)
def test_digests_are_found_in_lists_of_every_form(text, digest):
    assert get_url.digest_in(text, "data.txt") == digest
