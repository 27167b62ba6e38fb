"""The gate's HTTP server, asked through sockets: what is whole is answered, what is not costs nobody else anything."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mingbai.gate.facts import Writer
from mingbai.gate.hosts import connection as connecting
from mingbai.gate.hosts.connection import Connection, Reply, Request, Server
from mingbai.gate.hosts.http import MOST_BYTES
from mingbai.gate.journal import open_segments, read_segment
from mingbai.gate.tests import known
from mingbai.kernel import clock
from mingbai.kernel.home import Home

CALL = json.dumps({"caller": "4008109889", "callee": known.AGREED, "trunk": "line-1", "mode": "attempt"}).encode()


def post(body: bytes = CALL, *headers: str, path: str = "/gate/v1/decide", version: str = "1.1") -> bytes:
    lines = [f"POST {path} HTTP/{version}", "Host: gate", f"Authorization: Bearer {known.KEY}", *headers]
    if not any(header.lower().startswith(("content-length", "transfer-encoding")) for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class Running:
    """Two workers on one port."""

    def __init__(self, home: Home) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        argv = [sys.executable, "-m", "mingbai.gate.hosts.server", "--port", str(self.port), "--shared"]
        env = {**os.environ, "MINGBAI_HOME": str(home.root)}
        self.workers = [subprocess.Popen(argv, env=env, stderr=subprocess.PIPE) for _ in range(2)]
        self._wait()

    def _wait(self) -> None:
        """Until both listen, which /proc/net/tcp tells: the kernel shows one of them only to who connects."""
        listening, end = f":{self.port:04X} 00000000:0000 0A", clock.monotonic() + 30
        while any(worker.poll() is None for worker in self.workers) and clock.monotonic() < end:
            if Path("/proc/net/tcp").read_text("ascii").count(listening) == len(self.workers):
                return
            clock.pause(0.05)
        raise RuntimeError("the server does not answer")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 10)

    def ask(self, sent: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send, and read one answer."""
        with self.connect() as line:
            line.sendall(sent)
            return read(line)

    def stop(self) -> list[int]:
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)
        try:
            return [worker.wait(20) for worker in self.workers]
        finally:
            for worker in self.workers:
                worker.kill()
                if worker.stderr:
                    worker.stderr.close()


class Answers:
    """The answers on a connection, one after the other."""

    def __init__(self, line: socket.socket) -> None:
        self._file = line.makefile("rb")

    def makefile(self, mode: str) -> Any:
        return _Borrowed(self._file)


class _Borrowed:
    """A file that stays open when the reader of one answer closes it."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return (lambda: None) if name in ("close", "flush") else getattr(self._file, name)


def read(line: socket.socket | Answers) -> tuple[int, dict[str, str], bytes]:
    answer = http.client.HTTPResponse(line)  # type: ignore[arg-type]
    answer.begin()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@pytest.fixture
def running(home: Home, writer: Writer) -> Iterator[Running]:
    made = Running(home)
    yield made
    made.stop()


def test_it_serves_many_on_one_connection_and_ends_in_order(running: Running, home: Home) -> None:
    line = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    for _ in range(20):
        line.request("POST", "/gate/v1/decide?x=1", CALL, {"Authorization": f"Bearer {known.KEY}"})
        answer = line.getresponse()
        assert (answer.status, answer.getheader("date") is not None) == (200, True)
        assert json.loads(answer.read())["receipt_id"]
    line.close()
    assert running.stop() == [0, 0]
    assert open_segments(home.journal) == []
    closed = list(home.journal.glob("*.closed"))
    assert sum(1 for path in closed for _ in read_segment(path)) == 20


def test_requests_sent_together_are_answered_in_their_order(running: Running) -> None:
    wrong = CALL.replace(b"attempt", b"perhaps")
    with running.connect() as line:
        line.sendall(post() + post(wrong) + post() * 300)
        answers = Answers(line)
        assert [read(answers)[0] for _ in range(302)] == [200, 422, *[200] * 300]


def test_a_request_may_come_in_any_pieces(running: Running) -> None:
    whole = post(CALL, "Expect: 100-continue", "X-Correlator: piece-1")
    cuts = sorted(random.Random(3).sample(range(1, len(whole)), 12))
    with running.connect() as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for begin, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
            line.sendall(whole[begin:end])
            clock.pause(0.002)
        status, headers, _ = read(line)
        assert (status, headers["x-correlator"]) == (200, "piece-1")


def test_a_chunked_body_is_a_body(running: Running) -> None:
    half = len(CALL) // 2
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (CALL[:half], CALL[half:], b""))
    assert running.ask(post(chunks, "Transfer-Encoding: chunked"))[0] == 200


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"GARBAGE\r\n\r\n", 400, "request.http"),
        (b"\x16\x03\x01\x02\x00\x01\x00", 400, "request.http"),
        (post(b"", "Content-Length: x"), 400, "request.http"),
        (post(CALL, f"Content-Length: {len(CALL)}", "Transfer-Encoding: chunked"), 400, "request.http"),
        (post(b"x" * 10, "Content-Length: 999999999999"), 413, "request.large"),
        (post(b'"' + b"1" * 3 * MOST_BYTES), 413, "request.large"),
        (
            post(b"%x\r\n" % (9 * MOST_BYTES) + b"1" * 9 * MOST_BYTES, "Transfer-Encoding: chunked"),
            413,
            "request.large",
        ),
        (b"POST / HTTP/1.1\r\n" + b"X-A: b\r\n" * 200_000, 431, "request.head"),
        (b"POST / HTTP/1.1\r\nX-A: " + b"b" * 900_000, 431, "request.head"),
        (post(CALL, "X-A: " + "b" * connecting.MOST_HEAD), 431, "request.head"),
        (post(CALL, *["X-A: b"] * 5_000), 431, "request.head"),
        (post(path="/" + "a" * connecting.MOST_HEAD), 431, "request.head"),
        (post().replace(b"Host: gate\r\n", b""), 400, "request.host"),
        (post(CALL, "Host: gate"), 400, "request.twice"),
        (post(CALL, "host: other"), 400, "request.twice"),
        (post().replace(b"Host: gate", b"Host: gate, other"), 400, "request.host"),
        (post().replace(b"Host: gate", b"Host: a b"), 400, "request.host"),
        (post().replace(b"Host: gate", b"Host: http://gate"), 400, "request.host"),
        (post(CALL, "Authorization: Bearer mb_other"), 400, "request.twice"),
        (post(CALL, "AUTHORIZATION:"), 400, "request.twice"),
    ],
)
def test_what_cannot_be_read_is_told_and_the_connection_ends(
    running: Running, sent: bytes, status: int, code: str
) -> None:
    with running.connect() as line:
        line.sendall(sent)
        found, headers, body = read(line)
        assert (found, headers["connection"], json.loads(body)["code"]) == (status, "close", code)
        assert headers["content-type"] == "application/problem+json"
        assert line.recv(1) == b""
    assert running.ask(post())[0] == 200


def test_a_head_just_short_enough_is_read_and_every_way_to_write_a_host(running: Running) -> None:
    assert running.ask(post(CALL, "X-A: " + "b" * (connecting.MOST_HEAD - 300)))[0] == 200
    for host in (b"gate:8001", b"[::1]:8001", b"127.0.0.1", b"", b"GATE.example.cn."):
        assert running.ask(post().replace(b"Host: gate", b"Host: " + host))[0] == 200
    assert running.ask(post(version="1.0").replace(b"Host: gate\r\n", b""))[0] == 200


def test_a_head_too_long_in_several_pieces(running: Running) -> None:
    whole = post(CALL, "X-A: " + "b" * (connecting.MOST_HEAD - 100))
    with running.connect() as line:
        for at in range(0, len(whole), 9_000):
            line.sendall(whole[at : at + 9_000])
            clock.pause(0.02)
        assert read(line)[0] == 431


def test_two_keys_are_two_askers_even_behind_an_offer_of_another_protocol(running: Running) -> None:
    offer = ("Connection: Upgrade", "Upgrade: h2c", "Authorization: Bearer mb_other")
    assert running.ask(post(CALL, *offer))[0] == 400


def test_old_clients_and_those_who_ask_for_it_are_let_go(running: Running) -> None:
    for sent in (post(version="1.0"), post(CALL, "Connection: close")):
        with running.connect() as line:
            line.sendall(sent)
            status, headers, _ = read(line)
            assert (status, headers["connection"], line.recv(1)) == (200, "close", b"")


def test_a_head_has_no_body_and_another_protocol_is_not_taken_up(running: Running) -> None:
    with running.connect() as line:
        line.sendall(b"HEAD /gate/v1/health HTTP/1.1\r\nHost: g\r\n\r\n" + post())
        told = line.recv(65536)
        assert told.startswith(b"HTTP/1.1 200 OK\r\n")
        assert told.partition(b"\r\n\r\n")[2][:8] in (b"", b"HTTP/1.1")
    upgrade = b"GET /gate/v1/health HTTP/1.1\r\nHost: g\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    assert running.ask(upgrade)[0] == 200


def test_an_offer_of_another_protocol_is_passed_over_and_the_body_read(running: Running) -> None:
    """Java's HttpClient offers h2c with the first request of a connection, whatever that carries."""
    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(CALL), CALL)
    sent = post(CALL, *offer) * 20 + post(chunked, *offer, "Transfer-Encoding: chunked") + post()
    with running.connect() as line:
        line.sendall(sent)
        answers = Answers(line)
        assert [read(answers)[0] for _ in range(22)] == [200] * 22
    with running.connect() as line:
        for at in range(0, len(sent), 211):
            line.sendall(sent[at : at + 211])
        answers = Answers(line)
        assert [read(answers)[0] for _ in range(22)] == [200] * 22
    with running.connect() as line:
        line.sendall(post(CALL, "Connection: close, Upgrade", "Upgrade: websocket"))
        status, headers, _ = read(line)
        assert (status, headers["connection"], line.recv(1)) == (200, "close", b"")


def test_trailers_are_no_headers_and_not_without_end(running: Running) -> None:
    body = b"%x\r\n%b\r\n0\r\n" % (len(CALL), CALL)
    key = b"Authorization: Bearer " + known.KEY.encode()
    keyless = post(body + key + b"\r\n\r\n", "Transfer-Encoding: chunked").replace(key + b"\r\n", b"", 1)
    assert running.ask(keyless)[0] == 401
    with running.connect() as line:
        line.sendall(post(body, "Transfer-Encoding: chunked") + b"X-A: %b\r\n" % (b"b" * 1000) * 40)
        assert read(line)[0] == 431


def test_noise_harms_nobody(running: Running) -> None:
    rng = random.Random(7)
    for _ in range(300):
        noise = bytearray(post())
        for _ in range(rng.randrange(1, 9)):
            noise[rng.randrange(len(noise))] = rng.randrange(256)
        with running.connect() as line:
            line.sendall(bytes(noise[: rng.randrange(1, len(noise) + 1)]))
            line.shutdown(socket.SHUT_WR)
            while line.recv(65536):
                pass
    assert running.ask(post())[0] == 200
    assert [worker.poll() for worker in running.workers] == [None, None]


class Pipe(asyncio.Transport):
    """What a connection does to its transport."""

    def __init__(self) -> None:
        super().__init__()
        self.sent, self.closed, self.paused = b"", False, False

    def write(self, data: Any) -> None:
        self.sent += data

    def write_eof(self) -> None: ...

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False


class Echo:
    """An application that says what it was asked, or fails."""

    def respond(self, request: Request) -> Reply:
        if request.path == b"/fault":
            raise RuntimeError("with a number: 13812345678")
        return Reply(200, (("x-percent", "100%"),), request.body)

    def most_bytes(self, path: bytes, headers: dict[bytes, bytes]) -> int:
        return 1000

    def fault(self, status: int, code: str, what: str, where: str = "") -> Reply:
        return Reply(status, (), code.encode())

    def close(self) -> None: ...


def connection(served: Server) -> tuple[Connection, Pipe]:
    made, pipe = Connection(served), Pipe()
    made.connection_made(pipe)
    return made, pipe


def test_the_slow_and_the_idle_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(clock, "monotonic", lambda: now)
    served = Server(Echo(), lambda text: None)
    (slow, slowly), (idle, idly), (busy, busily) = connection(served), connection(served), connection(served)
    slow.data_received(post()[:50])
    idle.data_received(post(b"hello"))
    busy.data_received(post(b"hello"))
    now += connecting.REQUEST_S + 1
    served.sweep()
    assert (b"408 Request Timeout" in slowly.sent, slowly.closed, idly.closed) == (True, False, False)
    busy.data_received(post(b"again"))
    now += connecting.IDLE_S - 10
    served.sweep()
    assert (slowly.closed, idly.closed, busily.closed) == (True, True, False)


def test_who_fetches_no_answers_gets_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    made, pipe = connection(Server(Echo(), lambda text: None))
    made.pause_writing()
    assert pipe.paused
    made.resume_writing()
    assert not pipe.paused


def test_a_fault_of_our_own_is_told_without_what_was_asked() -> None:
    said: list[str] = []
    made, pipe = connection(Server(Echo(), said.append))
    made.data_received(post(b"13812345678", path="/fault") * 2 + post(b"hello"))
    assert pipe.sent.count(b"500 Internal Server Error") == 2
    assert pipe.sent.endswith(b"hello")
    assert b"x-percent: 100%\r\n" in pipe.sent
    assert said == ["a request was not answered: RuntimeError"]


def test_too_many_connections_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "MOST_CONNECTIONS", 1)
    aborted: list[Pipe] = []
    monkeypatch.setattr(Pipe, "abort", lambda pipe: aborted.append(pipe))
    served = Server(Echo(), lambda text: None)
    connection(served)
    _, second = connection(served)
    assert aborted == [second]
