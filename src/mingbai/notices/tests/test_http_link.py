"""A gateway that takes signed JSON: what it is sent, and what becomes of each of its answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from mingbai.notices.delivery import http
from mingbai.notices.delivery.config import Http
from mingbai.notices.outbox import Job

JOB = Job(7, "8613812345678", "您好", frozenset())


class Gateway:
    """Answers `status` and `body` to whatever comes, and keeps it."""

    def __init__(self) -> None:
        self.status, self.body = 200, b'{"id": "g-1"}'
        self.came: list[tuple[dict[str, str], bytes, str]] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                octets = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.came.append((dict(self.headers), octets, self.path))
                self.send_response(gateway.status)
                self.end_headers()
                self.wfile.write(gateway.body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        url = f"http://127.0.0.1:{self.server.server_port}/send?route=1"
        self.link = Http(name="backup", url=url, secret="geheim", source="10690000", patience_s=5)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.close()


def test_a_message_goes_out_signed(gateway: Gateway) -> None:
    assert http.hand_over(gateway.link, JOB) == (0, "g-1")
    headers, body, path = gateway.came[0]
    assert json.loads(body) == {"id": "backup-7", "to": "+8613812345678", "from": "10690000", "text": "您好"}
    assert path == "/send?route=1"
    assert headers["X-Mingbai-Signature"] == http.signature("geheim", headers["X-Mingbai-Time"], body)
    assert headers["X-Mingbai-Signature"] != http.signature("other", headers["X-Mingbai-Time"], body)


def test_a_repetition_has_the_same_id(gateway: Gateway) -> None:
    for _ in range(2):
        http.hand_over(gateway.link, JOB)
    assert len({json.loads(body)["id"] for _, body, _ in gateway.came}) == 1


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        (202, b"", (0, "backup-7")),
        (200, b"thanks", (0, "backup-7")),
        (200, b'{"id": 12}', (0, "12")),
        (200, b'{"id": {"x": 1}}', (0, "backup-7")),
        (200, b"[1]", (0, "backup-7")),
        (400, b"", (400, "")),
        (404, b"", (404, "")),
        (408, b"", (http.LATER, "")),
        (429, b"", (http.LATER, "")),
        (301, b"", (http.LATER, "")),
        (500, b"", (http.LATER, "")),
    ],
)
def test_what_each_answer_means(gateway: Gateway, status: int, body: bytes, found: tuple[int, str]) -> None:
    gateway.status, gateway.body = status, body
    assert http.hand_over(gateway.link, JOB) == found


def test_nobody_there_means_later(gateway: Gateway) -> None:
    port = Http(name="b", url="http://127.0.0.1:1/", secret="x")
    assert http.hand_over(port, JOB) == (http.LATER, "")
