"""A system on this machine that answers what it is told, and keeps what it was sent: for tests of webhooks."""

from __future__ import annotations

import hmac
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast


class Receiver(BaseHTTPRequestHandler):
    """`answers`: status and content, in turn; `seen`: headers (small letters) and body; `address` of its server."""

    answers: list[tuple[int, bytes]]
    seen: list[tuple[dict[str, str], bytes]]
    address: str

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append(({name.lower(): value for name, value in self.headers.items()}, body))
        status, said = self.answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *given: Any) -> None:
        pass


@contextmanager
def listening() -> Iterator[type[Receiver]]:
    """One on a free port, until the block ends."""
    made = cast(type[Receiver], type("Mine", (Receiver,), {"answers": [], "seen": []}))
    with HTTPServer(("127.0.0.1", 0), made) as server:
        made.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def signed(head: dict[str, str], body: bytes, secret: bytes) -> bool:
    """Whether what came is signed with this secret, as Standard Webhooks has it."""
    told = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
    return hmac.compare_digest(
        b64decode(head["webhook-signature"].removeprefix("v1,")), hmac.digest(secret, told, sha256)
    )
