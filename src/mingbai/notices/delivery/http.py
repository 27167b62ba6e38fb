"""A gateway that takes signed JSON over HTTP: one POST a message, its receipts and replies through our own API.

The body is UTF-8 JSON `{"id", "to", "from", "text"}`; `id` is the same for the same message however often it is sent,
so that a gateway can tell a repetition. `X-Mingbai-Time` holds the second, `X-Mingbai-Signature` the HMAC-SHA256 in
hexadecimal of that time, a full stop and the body, under the link's secret. An answer of 2xx has taken it, and names
its own id as `{"id": "…"}`; 4xx but 408, 425 and 429 will never take it; anything else is tried again later.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.client
import json
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.notices import outbox
from mingbai.notices.delivery.acks import Ack
from mingbai.notices.delivery.books import Books
from mingbai.notices.delivery.config import Http
from mingbai.notices.delivery.waiting import pause

_IDLE_S = 0.2
_AT_ONCE = 100
_LATER = frozenset((408, 425, 429))
_ANSWER_AT_MOST = 4096
LATER = -1


class HttpCarrier:
    """`first`: it takes what names no link. A message that the gateway does not take now waits as after any failure."""

    def __init__(self, link: Http, home: Home, *, first: bool, say: Callable[[str], None]) -> None:
        self.link, self._first, self._say = link, first, say
        self._books = Books(home, link.name, say)
        self._threads = ThreadPoolExecutor(link.connections, thread_name_prefix=f"http-{link.name}")

    async def run(self, stop: asyncio.Event) -> None:
        """Until stopped; what is out is waited for."""
        finished = asyncio.Event()
        await self._books.open()
        keeping = asyncio.create_task(self._books.keep(finished))
        while not stop.is_set():
            try:
                jobs = await self._books.db(self._claim)
            except Exception as error:
                self._say(f"messages: {self.link.name}: claiming failed: {type(error).__name__}")
                await pause(stop, 1.0)
                continue
            await asyncio.gather(*(self._carry(job) for job in jobs))
            if not jobs:
                await pause(stop, _IDLE_S)
        finished.set()
        await keeping
        self._threads.shutdown()
        self._books.close()

    def _claim(self) -> list[outbox.Job]:
        """In the database's thread. As many as the connections can carry while the claim holds."""
        limit = min(_AT_ONCE, max(1, self.link.connections * outbox.CLAIM_SECONDS // (2 * self.link.patience_s)))
        return outbox.claim(self.link.name, first=self._first, owner=self._books.owner, limit=limit)

    async def _carry(self, job: outbox.Job) -> None:
        post = partial(hand_over, self.link, job)
        status, theirs = await asyncio.get_running_loop().run_in_executor(self._threads, post)
        if status == LATER:
            self._books.retry(job.outgoing)
        else:
            self._books.ack(Ack(job.outgoing, 1, 1, status, theirs))


def hand_over(link: Http, job: outbox.Job) -> tuple[int, str]:
    """POST one message: (0, the gateway's id), (the HTTP status, "") when it will never take it, (LATER, "")."""
    where = urlsplit(link.url)
    made = {"id": f"{link.name}-{job.outgoing}", "to": f"+{job.digits}", "from": link.source, "text": job.text}
    body = json.dumps(made, ensure_ascii=False).encode()
    at = str(clock.now_s())
    headers = {
        "Content-Type": "application/json; charset=utf-8", "X-Mingbai-Time": at,
        "X-Mingbai-Signature": signature(link.secret, at, body),
    }  # fmt: skip
    connection: http.client.HTTPConnection
    if where.scheme == "https":
        security = ssl.create_default_context()
        connection = http.client.HTTPSConnection(where.netloc, timeout=link.patience_s, context=security)
    else:
        connection = http.client.HTTPConnection(where.netloc, timeout=link.patience_s)
    try:
        path = (where.path or "/") + (f"?{where.query}" if where.query else "")
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        said = answer.read(_ANSWER_AT_MOST)
    except (OSError, http.client.HTTPException):
        return LATER, ""
    finally:
        connection.close()
    if 200 <= answer.status < 300:
        return 0, _id_in(said) or made["id"]
    if 400 <= answer.status < 500 and answer.status not in _LATER:
        return answer.status, ""
    return LATER, ""


def signature(secret: str, at: str, body: bytes) -> str:
    """What a gateway checks."""
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


def _id_in(said: bytes) -> str:
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return ""
    theirs = found.get("id", "") if isinstance(found, dict) else ""
    return str(theirs)[:65] if isinstance(theirs, str | int) else ""
