"""A web server in a thread of the tests: each first part of a path is a behaviour."""

import base64
import gzip
import hashlib
import json
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FILE = b"data file\n"


class Behaviours(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer_request(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = self.path.partition("?")[0].strip("/").split("/")
        behaviour = getattr(self, "on_" + parts[0], None)
        if behaviour is None:
            self.answer(404, b"not here")
        else:
            behaviour(parts, body)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer_request

    def answer(self, code, body, kind="text/plain", **headers):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        for name, values in headers.items():
            for value in values if isinstance(values, list) else [values]:
                self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def on_echo(self, parts, body):
        told = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode("latin-1"),
        }
        self.answer(200, json.dumps(told).encode(), "application/json")

    def on_status(self, parts, body):
        self.answer(int(parts[1]), b"refused", X_Custom="yes")

    def on_text(self, parts, body):
        self.answer(200, b"hello\n")

    def on_file(self, parts, body):
        if parts[-1] == "named":
            self.answer(200, FILE, Content_Disposition='attachment; filename="../given.txt"')
        elif self.headers.get("If-Modified-Since") and parts[-1] == "unchanged":
            self.send_response(304)
            self.end_headers()
        else:
            self.answer(200, FILE)

    def on_sums(self, parts, body):
        digest = hashlib.sha256(FILE).hexdigest()
        lists = {"list": f"{'0' * 64}  other\n{digest} *data.txt\n", "one": f"{digest}\n", "none": "nothing\n"}
        self.answer(200, lists[parts[1]].encode())

    def on_gzip(self, parts, body):
        self.answer(200, gzip.compress(b"unpacked\n"), Content_Encoding="gzip")

    def on_packed(self, parts, body):
        self.answer(410, gzip.compress(b"why\n"), Content_Encoding="gzip")

    def on_latin(self, parts, body):
        self.answer(200, "h\xe9".encode("latin-1"), "text/plain; charset=iso-8859-1")

    def on_broken(self, parts, body):
        self.answer(200, b"{oops", "application/json")

    def on_cookie(self, parts, body):
        self.answer(200, b"", Set_Cookie=["a=1; Path=/", "b=two; Path=/"])

    def on_redirect(self, parts, body):
        self.answer(int(parts[1]), b"moved", Location="/echo/" + parts[2])

    def on_basic(self, parts, body):
        expected = "Basic " + base64.b64encode(b"user:secret").decode()
        if self.headers.get("Authorization") == expected:
            self.on_echo(parts, body)
        else:
            self.answer(401, b"no", WWW_Authenticate='Basic realm="r"')

    def on_digest(self, parts, body):
        if (self.headers.get("Authorization") or "").startswith('Digest username="user"'):
            self.answer(200, b"known")
        else:
            self.answer(401, b"no", WWW_Authenticate='Digest realm="r", nonce="abc", qop="auth"')


@contextmanager
def serve(certificate=None, client_authority=None):
    """Serve until the block ends; yield the address. ``certificate`` is a PEM file with its key."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Behaviours)
    server.daemon_threads = True
    scheme = "http"
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        if client_authority:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_authority)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
