"""One bound connection to an SMS centre: what is asked and answered on it, its window, its beat. No database."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

import smpp34

from mingbai.kernel import clock

_HEADER = struct.Struct("!IIII")
_LONGEST = 1 << 16
NACK, BIND, SUBMIT, DELIVER, UNBIND, ENQUIRE, DATA = 0x80000000, 0x09, 0x04, 0x05, 0x06, 0x15, 0x103
_ANSWER = 0x80000000
OK, INVALID_COMMAND, INVALID_LENGTH = 0, 3, 2
THROTTLED, QUEUE_FULL, SYSTEM_ERROR = 0x58, 0x14, 0x08
_LAST_SEQUENCE = 0x7FFFFFFF
NO_ANSWER = -1  # in place of a status: the link was lost, or time ran out


class Bind(NamedTuple):
    """Who we say we are."""

    system_id: str
    password: str
    system_type: str = ""
    address_range: str = ""


class Refused(OSError):
    """The centre did not let us in."""


class Asked(NamedTuple):
    """A submit_sm that waits for its answer."""

    token: Any
    at: float


Answered = Callable[[Any, int, str], None]  # token, status, the centre's id
Delivered = Callable[[int, "smpp34.DeliverSm"], None]  # sequence number to answer, what came


class Session(asyncio.Protocol):
    """`answered` is told what became of each submit, `delivered` what the centre brings; it is answered by `thank`.

    Nothing that the centre brings is answered before `thank`: what we forget by being killed it brings again.
    """

    def __init__(self, *, window: int, beat_s: float, patience_s: float, answered: Answered, delivered: Delivered):
        self._window, self._beat_s, self._patience_s = window, beat_s, patience_s
        self._answered, self._delivered = answered, delivered
        self._rest = b""
        self._sequence = 0
        self._asked: dict[int, Asked] = {}
        self._transport: asyncio.Transport | None = None
        self._bound: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._room = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._heard_at = clock.monotonic()
        self._enquired_at = 0.0
        self.closed = asyncio.Event()

    # -------------------------------------------------------------------------------------------------- what we do

    async def bind(self, who: Bind) -> None:
        """Raises Refused with the centre's status, OSError when it does not answer in time."""
        texts = (who.system_id, who.password, who.system_type)
        body = b"".join(text.encode("ascii") + b"\0" for text in texts)
        body += b"\x34\0\0" + who.address_range.encode("ascii") + b"\0"
        self._write(BIND, 0, self._next(), body)
        try:
            async with asyncio.timeout(self._patience_s):
                status = await self._bound
        except TimeoutError:
            raise Refused("the centre does not answer the bind") from None
        if status != OK:
            raise Refused(f"the centre refused the bind, status 0x{status:08X}")
        self._room.set()

    async def room(self) -> bool:
        """Wait until the window has room; False when the connection is gone."""
        while not self.closed.is_set():
            await self._writable.wait()
            await self._room.wait()
            if len(self._asked) < self._window or self.closed.is_set():
                break
            self._room.clear()
        return not self.closed.is_set()

    def submit(self, message: Callable[[int], bytes], token: Any) -> None:
        """Send a submit_sm, made by `message` for its sequence number."""
        assert self._transport is not None
        sequence = self._next()
        self._asked[sequence] = Asked(token, clock.monotonic())
        self._transport.write(message(sequence))
        if len(self._asked) >= self._window:
            self._room.clear()

    def thank(self, sequence: int, status: int = OK) -> None:
        """Answer a deliver_sm."""
        if not self.closed.is_set():
            self._write(DELIVER | _ANSWER, status, sequence, b"\0")

    @property
    def waiting(self) -> int:
        """How many submits are unanswered."""
        return len(self._asked)

    async def keep(self) -> None:
        """Until the connection is gone: ask whether the centre is there when it was silent for a beat, and give up on
        what it does not answer."""
        while not self.closed.is_set():
            now = clock.monotonic()
            if self._enquired_at > self._heard_at and now - self._enquired_at > self._patience_s:
                self.abort()
                return
            if now - self._heard_at > self._beat_s and self._enquired_at <= self._heard_at:
                self._enquired_at = now
                self._write(ENQUIRE, 0, self._next(), b"")
            late = [s for s, asked in self._asked.items() if now - asked.at > self._patience_s]
            for sequence in late:
                self._settle(sequence, NO_ANSWER, "")
            try:
                async with asyncio.timeout(min(self._beat_s, self._patience_s, 1.0) / 2):
                    await self.closed.wait()
            except TimeoutError:
                pass

    async def unbind(self) -> None:
        """Take leave, then close."""
        if not self.closed.is_set():
            self._write(UNBIND, 0, self._next(), b"")
            try:
                async with asyncio.timeout(2.0):
                    await self.closed.wait()
            except TimeoutError:
                self.abort()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    # -------------------------------------------------------------------------------------------- what comes from it

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.closed.set()
        self._room.set()
        self._writable.set()
        if not self._bound.done():
            self._bound.set_exception(Refused("the centre closed the connection"))
            self._bound.exception()
        for sequence in list(self._asked):
            self._settle(sequence, NO_ANSWER, "")

    def data_received(self, data: bytes) -> None:
        self._heard_at = clock.monotonic()
        data = self._rest + data if self._rest else data
        at, end = 0, len(data)
        while end - at >= 16:
            length, command, status, sequence = _HEADER.unpack_from(data, at)
            if not 16 <= length <= _LONGEST:
                self.abort()  # there is no telling where the next message begins
                return
            if end - at < length:
                break
            self._one(command, status, sequence, data[at : at + length])
            at += length
        self._rest = data[at:]

    def _one(self, command: int, status: int, sequence: int, whole: bytes) -> None:
        if command == SUBMIT | _ANSWER or command == NACK:
            centre_id = whole[16:].split(b"\0")[0].decode("ascii", "replace")[:65] if command != NACK else ""
            self._settle(sequence, status if command != NACK else status or SYSTEM_ERROR, centre_id)
        elif command == DELIVER:
            self._deliver(sequence, whole)
        elif command == ENQUIRE:
            self._write(ENQUIRE | _ANSWER, OK, sequence, b"")
        elif command == BIND | _ANSWER:
            if not self._bound.done():
                self._bound.set_result(status)
        elif command == UNBIND:
            self._write(UNBIND | _ANSWER, OK, sequence, b"")
            if self._transport is not None:
                self._transport.close()
        elif command == UNBIND | _ANSWER:
            self.abort()
        elif not command & _ANSWER:
            self._write(NACK, INVALID_COMMAND, sequence, b"")

    def _deliver(self, sequence: int, whole: bytes) -> None:
        try:
            message = smpp34.decode(whole)
        except smpp34.SmppError:
            self._write(DELIVER | _ANSWER, INVALID_LENGTH, sequence, b"\0")
            return
        assert isinstance(message, smpp34.DeliverSm)
        self._delivered(sequence, message)

    def _settle(self, sequence: int, status: int, centre_id: str) -> None:
        asked = self._asked.pop(sequence, None)
        if asked is not None:
            self._answered(asked.token, status, centre_id)  # before the next is sent: what is answered is written down
        self._room.set()

    def _write(self, command: int, status: int, sequence: int, body: bytes) -> None:
        if self._transport is not None:
            self._transport.write(_HEADER.pack(16 + len(body), command, status, sequence) + body)

    def _next(self) -> int:
        self._sequence = self._sequence % _LAST_SEQUENCE + 1
        return self._sequence
