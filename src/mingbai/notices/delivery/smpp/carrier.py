"""One link to an SMS centre: connected again whenever it is lost, fed from the outbox, its words written down."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

import smpp34

from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.notices import outbox
from mingbai.notices.arrivals import Arrival
from mingbai.notices.delivery.acks import Ack
from mingbai.notices.delivery.books import Books
from mingbai.notices.delivery.config import Smpp
from mingbai.notices.delivery.smpp import receipts, session, text
from mingbai.notices.delivery.smpp.session import Bind, Session
from mingbai.notices.delivery.smpp.text import Concatenation, Piece
from mingbai.notices.delivery.waiting import Again, pause

_HELD_S = 20.0  # a claim older than this is given back unsent: the answer must come before the claim ends
_IDLE_S = 0.1
_THROTTLED_S = (0.25, 30.0)
_LEAVE_S = 5.0
_TEMPORARY = frozenset((session.NO_ANSWER, session.SYSTEM_ERROR, 0x0D, 0x45, 0x65))
_FULL = frozenset((session.THROTTLED, session.QUEUE_FULL))
PAYLOAD, SAR_REFERENCE, SAR_TOTAL, SAR_NUMBER = 0x0424, 0x020C, 0x020E, 0x020F


class Load(NamedTuple):
    """A short message on its way."""

    outgoing: int
    digits: str
    piece: Piece
    claimed_at: float


class SmppCarrier:
    """`first`: it takes what names no link."""

    def __init__(self, link: Smpp, home: Home, *, first: bool, say: Callable[[str], None]) -> None:
        self.link, self._first, self._say = link, first, say
        self._books = Books(home, link.name, say)
        self._queue: deque[Load] = deque()
        self._more = asyncio.Event()
        self._handed: set[int] = set()  # of the queue, those of which a part is out
        self._hold_until, self._hold_s = 0.0, _THROTTLED_S[0]
        self._session: Session | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until stopped; then what is out is waited for, and the rest given back."""
        finished = asyncio.Event()
        await self._books.open()
        keeping = asyncio.create_task(self._books.keep(finished))
        again = Again()
        while not stop.is_set():
            try:
                await self._connected(stop, again)
            except (OSError, ssl.SSLError, TimeoutError) as error:
                self._say(f"messages: {self.link.name}: {error}")
            self._give_back_old(0.0 if stop.is_set() else _HELD_S)
            if not stop.is_set():
                await pause(stop, again.wait_s())
        self._give_back_old(0.0)
        finished.set()
        await keeping
        self._books.close()

    async def _connected(self, stop: asyncio.Event, again: Again) -> None:
        link = self.link
        made = partial(
            Session, window=link.window, beat_s=float(link.beat_s), patience_s=float(link.patience_s),
            answered=self._answered, delivered=self._delivered,
        )  # fmt: skip
        security = ssl.create_default_context(cafile=link.tls_ca or None) if link.tls else None
        name = (link.tls_name or link.host) if link.tls else None
        async with asyncio.timeout(link.patience_s):
            _, one = await asyncio.get_running_loop().create_connection(
                made, link.host, link.port, ssl=security, server_hostname=name
            )
        self._session = one
        try:
            await one.bind(Bind(link.system_id, link.password, link.system_type))
            self._say(f"messages: {link.name}: bound")
            again.began()
            await self._bound(one, stop)
        finally:
            one.abort()
            self._session = None

    async def _bound(self, one: Session, stop: asyncio.Event) -> None:
        acts = one.keep(), self._feed(one), self._pump(one), _told(stop)
        tasks = [asyncio.create_task(act) for act in acts]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks[1:]:
                task.cancel()
            await asyncio.gather(*tasks[1:], return_exceptions=True)
            end = clock.monotonic() + _LEAVE_S
            while stop.is_set() and one.waiting and not one.closed.is_set() and clock.monotonic() < end:
                await asyncio.sleep(0.02)
            if stop.is_set():
                await one.unbind()
            tasks[0].cancel()

    async def _feed(self, one: Session) -> None:
        """Keep the queue filled while the link is up."""
        enough = max(2 * self.link.window, 1000)
        while not one.closed.is_set():
            if len(self._queue) >= enough // 2 or clock.monotonic() < self._hold_until:
                await asyncio.sleep(0.01)
                continue
            try:
                loads = await self._books.db(partial(self._claim, enough))
            except Exception as error:
                self._say(f"messages: {self.link.name}: claiming failed: {type(error).__name__}")
                await asyncio.sleep(1.0)
                continue
            self._queue.extend(loads)
            self._more.set()
            if not loads:
                await asyncio.sleep(_IDLE_S)

    def _claim(self, limit: int) -> list[Load]:
        """In the database's thread."""
        return _loads(outbox.claim(self.link.name, first=self._first, owner=self._books.owner, limit=limit))

    async def _pump(self, one: Session) -> None:
        rate, paid_until = self.link.per_second, clock.monotonic()
        while await one.room():
            if not self._queue:
                self._more.clear()
                await self._more.wait()
                continue
            now = clock.monotonic()
            wait = max(self._hold_until, paid_until if rate else 0.0) - now
            if wait > 0:
                await asyncio.sleep(wait)
                continue
            load = self._queue.popleft()
            if now - load.claimed_at > _HELD_S:
                self._back(load.outgoing)
                continue
            if rate:
                paid_until = max(paid_until, now - 0.1) + 1 / rate
            self._handed.add(load.outgoing)
            one.submit(partial(self._octets, load), load)

    def _octets(self, load: Load, sequence: int) -> bytes:
        link, piece = self.link, load.piece
        return smpp34.SubmitSm(
            link.source, load.digits, piece.octets, service_type=link.service_type, source_addr_ton=link.source_ton,
            source_addr_npi=link.source_npi, dest_addr_ton=link.number_ton, dest_addr_npi=link.number_npi,
            esm_class=0x40 if piece.headed else 0, registered_delivery=1, data_coding=piece.coding,
            sequence_number=sequence,
        ).encode()  # fmt: skip

    def _answered(self, load: Load, status: int, centre_id: str) -> None:
        if status in _FULL:
            self._hold_until = clock.monotonic() + self._hold_s
            self._hold_s = min(2 * self._hold_s, _THROTTLED_S[1])
            self._queue.appendleft(load)
            self._more.set()
        elif status in _TEMPORARY:
            self._books.retry(load.outgoing)
        else:
            self._hold_s = _THROTTLED_S[0]
            self._books.ack(Ack(load.outgoing, load.piece.number, load.piece.total, status, centre_id))
            if load.piece.number == load.piece.total:
                self._handed.discard(load.outgoing)

    def _delivered(self, sequence: int, message: smpp34.DeliverSm) -> None:
        parameters = [(one.tag, one.value) for one in message.tlvs]
        octets = message.short_message or dict(parameters).get(PAYLOAD, b"")
        assert self._session is not None
        thank = partial(self._session.thank, sequence)
        if receipts.is_receipt(message.esm_class):
            found = receipts.read(octets.decode("latin-1"), parameters)
            if found is None or found.delivered is None:
                thank()  # it decides nothing
            else:
                self._books.bring(found, thank)
            return
        part = _by_parameters(parameters)
        if message.esm_class & 0x40:
            headed, octets = text.unheaded(octets)
            part = headed or part
        said = text.decoded(octets, message.data_coding, self.link.alphabet)
        self._books.bring(Arrival(message.source_addr, said, part), thank)

    def _give_back_old(self, older_s: float) -> None:
        """Give back what has been waiting in the queue for so long."""
        now, kept = clock.monotonic(), deque[Load]()
        for load in self._queue:
            if now - load.claimed_at >= older_s:
                self._back(load.outgoing)
            else:
                kept.append(load)
        self._queue = kept

    def _back(self, outgoing: int) -> None:
        if outgoing in self._handed:
            self._handed.discard(outgoing)
            self._books.retry(outgoing)
        else:
            self._books.give_back(outgoing)


async def _told(stop: asyncio.Event) -> None:
    await stop.wait()


def _loads(jobs: Iterable[outbox.Job]) -> list[Load]:
    now = clock.monotonic()
    return [
        Load(job.outgoing, job.digits, piece, now)
        for job in jobs
        for piece in text.split(job.text, job.outgoing)
        if piece.number not in job.sent
    ]


def _by_parameters(parameters: list[tuple[int, bytes]]) -> Concatenation | None:
    """The other way to say that a text goes on: sar_msg_ref_num and its like (section 5.3.2.22)."""
    known = {tag: int.from_bytes(value, "big") for tag, value in parameters if 0 < len(value) < 3}
    reference, total, number = (known.get(tag, 0) for tag in (SAR_REFERENCE, SAR_TOTAL, SAR_NUMBER))
    return Concatenation(reference, total, number) if 0 < number <= total else None
