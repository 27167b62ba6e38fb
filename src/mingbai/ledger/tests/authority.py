"""A time authority that nobody here wrote: OpenSSL's, behind the smallest HTTP there is."""

from __future__ import annotations

import http.server
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CONFIG = """
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[leaf]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.crt
certs = {folder}/root.crt
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ordering = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """OpenSSL's authority and its root; `broken`: what it answers instead, while there is something."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "root.crt"
        self.url, self.asked = "", 0
        self.broken: tuple[int, str, bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ts.cnf").write_text(_CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "ts.cnf"]
        self._openssl("req", "-x509", *ec, "-keyout", "root.key", "-out", "root.crt", "-subj", "/CN=Test root",
                      "-days", "3650", "-extensions", "root")  # fmt: skip
        self._openssl("req", *ec, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Test time")
        self._openssl("x509", "-req", "-in", "tsa.csr", "-CA", "root.crt", "-CAkey", "root.key", "-set_serial", "7",
                      "-days", "3650", "-extfile", "ts.cnf", "-extensions", "leaf", "-out", "tsa.crt")  # fmt: skip

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def answer(self, query: bytes) -> tuple[int, str, bytes]:
        self.asked += 1
        if self.broken:
            return self.broken
        (self.folder / "query.tsq").write_bytes(query)
        self._openssl("ts", "-reply", "-config", "ts.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr")
        return 200, "application/timestamp-reply", (self.folder / "reply.tsr").read_bytes()


@contextmanager
def served(folder: Path) -> Iterator[Authority]:
    """An authority that answers on a free port of this machine."""
    authority = Authority(folder)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, kind, said = authority.answer(body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    authority.url = f"http://127.0.0.1:{server.server_port}/tsr"
    try:
        yield authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def configure(home: Path, url: str, root: Path) -> None:
    """Name an authority in the home's seal.toml."""
    (home / "seal.toml").write_text(f'[time]\nurl = "{url}"\ntrust = ["{root}"]\n')
