"""One HTTP/1.1 connection to the gate, and what all of a process have in common; httptools reads (decision 6).

A verdict is ready at once, so that nothing waits for anything: requests of a connection are answered in their order as
they are read. What could hold the process up is bounded: size of head and body, time for a whole request, idle time,
connections, answers that nobody fetches.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from email.utils import formatdate
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import httptools

from mingbai.kernel import clock

if TYPE_CHECKING:
    import asyncio

    from mingbai.gate.hosts.application import Application

MOST_HEAD: Final = 32 * 1024
REQUEST_S: Final = 15.0
IDLE_S: Final = 75.0
LINGER_S: Final = 2.0
MOST_CONNECTIONS = 10_000
_CLOSING = b"connection: close\r\ncontent-length: %d\r\n\r\n"
_ONCE = (b"host", b"authorization")
_HOST = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+;=%-]+|\[[0-9A-Fa-f:.]+\])?(?::[0-9]{0,5})?")
_MOST_HOSTS = 100
_OFFERS = (b"connection", b"upgrade", b"http2-settings", b"expect")
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_PHRASES = {
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    408: "Request Timeout", 413: "Content Too Large", 415: "Unsupported Media Type", 422: "Unprocessable Content",
    429: "Too Many Requests", 431: "Request Header Fields Too Large", 500: "Internal Server Error",
    503: "Service Unavailable",
}  # fmt: skip


class Request(NamedTuple):
    """One request, read whole. `path` without its query; header names in lower case, the last of a name counts."""

    method: bytes
    path: bytes
    headers: dict[bytes, bytes]
    body: bytes


class Reply(NamedTuple):
    """What is answered; `content-length`, `date` and `connection` are the server's to add."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Connection:
    """One client's connection, and the request that is being read from it: what asyncio calls a Protocol."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._transport: asyncio.Transport = cast("asyncio.Transport", None)
        self.since = clock.monotonic()  # of the request that is being read, or of the last answer
        self.reading = False
        self._begin()

    def _begin(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._url, self._head, self._size, self._most = b"", 0, 0, 0
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self._doubled, self._read = b"", 0
        self.ended = self._fresh = False

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._server.connections.add(self)
        if len(self._server.connections) > MOST_CONNECTIONS:
            self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self._server.connections.discard(self)

    def eof_received(self) -> None:
        """The other side sends no more: the transport is closed."""

    def pause_writing(self) -> None:
        """Answers wait that the client does not fetch: it gets no further ones meanwhile."""
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        if self.ended:
            return
        came = len(data)
        try:
            while data:
                data = self._feed(data)
        except httptools.HttpParserError:
            self._fail(400, "request.http", "this is not HTTP/1.1")
        if self.reading and self._most == 0:
            self._head += 0 if self._fresh else came  # what came before the request's own first byte is not its
            self._fresh = False
            if self._head > MOST_HEAD:
                self._fail(431, "request.head", f"more than {MOST_HEAD} bytes before the body")

    def _feed(self, data: bytes) -> bytes:
        """Read on. Returns what is to be read again: of a request that offers another protocol the parser reads no
        body, so it is told of it once more without the offer, which is not taken up (RFC 9110, 7.8)."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as stopped:
            if self.ended:
                return b""
            method, version = self._parser.get_method(), self._parser.get_http_version().encode("ascii")
            lines = [b"%b %b HTTP/%b" % (method, self._url, version)]
            lines += [b"%b: %b" % header for header in self._headers.items() if header[0] not in _OFFERS]
            if b"close" in self._headers[b"connection"].lower():
                lines.append(b"connection: close")
            self._parser = httptools.HttpRequestParser(self)
            return b"\r\n".join([*lines, b"", b""]) + data[stopped.args[0] :]
        return b""

    # httptools' side

    def on_message_begin(self) -> None:
        self._url, self._size, self._most, self._headers, self._body = b"", 0, 0, {}, []
        self._head, self._fresh, self._doubled, self._read = 0, True, b"", 0
        self.since, self.reading = clock.monotonic(), True

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._most:
            name, headers = name.lower(), self._headers
            self._read += len(name) + len(value) + 4
            if name in headers and name in _ONCE:
                self._doubled = name
            headers[name] = value
            return
        self._head += len(name) + len(value)  # a trailer: nobody reads one, and it is no header (RFC 9110, 6.5.1)
        if self._head > MOST_HEAD:
            self._fail(431, "request.head", f"more than {MOST_HEAD} bytes of headers")

    def _head_is_right(self) -> bool:
        """RFC 9112 3.2 wants one Host, and two keys would be two askers."""
        host = self._headers.get(b"host")
        if self._read + len(self._url) > MOST_HEAD:
            self._fail(431, "request.head", f"more than {MOST_HEAD} bytes before the body")
        elif self._doubled:
            self._fail(400, "request.twice", "there is more than one", self._doubled.decode("ascii"))
        elif host is None and self._parser.get_http_version() != "1.0":
            self._fail(400, "request.host", "there is no Host", "host")
        elif host is not None and not self._server.is_host(host):
            self._fail(400, "request.host", "this is no host", "host")
        return not self.ended

    def on_headers_complete(self) -> None:
        headers, path = self._headers, self._url.partition(b"?")[0]
        self._most = self._server.app.most_bytes(path, headers) + 1
        if not self._head_is_right():
            return
        self._url = path
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) >= self._most:
            self._fail(413, "request.large", f"more than {self._most - 1} bytes", "body")
        elif b"expect" in headers and headers[b"expect"].lower() == b"100-continue":
            self._transport.write(_CONTINUE)

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size < self._most:
            self._body.append(body)
        else:
            self._fail(413, "request.large", f"more than {self._most - 1} bytes", "body")

    def on_message_complete(self) -> None:
        if self.ended:
            return
        parser, body = self._parser, self._body
        method = parser.get_method()
        if parser.should_upgrade() and method != b"CONNECT":
            return  # _feed reads it again
        request = Request(method, self._url, self._headers, body[0] if len(body) == 1 else b"".join(body))
        reply = self._server.answer(request)
        lasting = parser.should_keep_alive() and not self._server.stopping
        self._write(reply, lasting=lasting, head=method == b"HEAD")
        self.since, self.reading, self._most = clock.monotonic(), False, 0

    # ours

    def _write(self, reply: Reply, *, lasting: bool, head: bool = False, closing: bool = False) -> None:
        body = reply.body
        start = self._server.head_of(reply)
        start += b"content-length: %d\r\n\r\n" if lasting and not closing else _CLOSING
        self._transport.write(start % len(body) + (b"" if head else body))
        if not lasting:
            self.close()

    def _fail(self, status: int, code: str, what: str, where: str = "") -> None:
        """Refuse what is still being read. It is read on for a moment: closed at once, the answer would be lost with
        what the client has already sent (RFC 9112, 9.6)."""
        if self.ended:
            return
        self.ended, self.reading, self.since = True, False, clock.monotonic()
        self._write(self._server.app.fault(status, code, what, where), lasting=True, closing=True)
        self._transport.write_eof()

    def late(self) -> None:
        """A request took too long to arrive."""
        self._fail(408, "request.late", f"the request was not whole after {REQUEST_S:g} s")

    def close(self) -> None:
        """What was written is still sent."""
        self.ended = True
        self._transport.close()


class Server:
    """The connections of a process, and what they have in common."""

    def __init__(self, app: Application, say: Callable[[str], None]) -> None:
        self.app, self._say = app, say
        self.connections: set[Connection] = set()
        self.stopping = False
        self._heads: dict[tuple[int, tuple[tuple[str, str], ...]], bytes] = {}
        self._dated = -1
        self._said = ""
        self._hosts: set[bytes] = set()

    def answer(self, request: Request) -> Reply:
        """A fault of the program's own is told once by its kind; what was asked stands in no log."""
        try:
            return self.app.respond(request)
        except Exception as error:
            fault = f"a request was not answered: {type(error).__name__}"
            if fault != self._said:
                self._said = fault
                self._say(fault)
            return self.app.fault(500, "gate.fault", "the gate could not answer this")

    def is_host(self, text: bytes) -> bool:
        """Whether a Host is written as one; those that came before are known."""
        known = self._hosts
        if text in known:
            return True
        if not _HOST.fullmatch(text):
            return False
        if len(known) < _MOST_HOSTS:
            known.add(text)
        return True

    def head_of(self, reply: Reply) -> bytes:
        """Status line and headers up to those that differ from answer to answer; made once a second and kind.

        RFC 9110, 6.6.1: an origin server with a clock says its date.
        """
        second = clock.now_s()
        if second != self._dated or len(self._heads) > 100:
            self._dated = second
            self._heads.clear()
        key = reply[:2]
        head = self._heads.get(key)
        if head is None:
            status, headers = key
            lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, 'Unknown')}", f"date: {formatdate(second, usegmt=True)}"]
            lines += [f"{name}: {value}" for name, value in headers]
            head = self._heads[key] = "\r\n".join([*lines, ""]).encode("latin-1").replace(b"%", b"%%")
        return head

    def sweep(self) -> None:
        """Close what has been idle, or slow, for too long."""
        now = clock.monotonic()
        for connection in list(self.connections):
            waited = now - connection.since
            if connection.reading and waited > REQUEST_S:
                connection.late()
            elif waited > (LINGER_S if connection.ended else IDLE_S):
                connection.close()
