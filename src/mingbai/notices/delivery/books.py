"""What a link's worker has to write into the database, gathered and written in batches by one thread."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.notices import arrivals, outbox
from mingbai.notices.arrivals import Arrival
from mingbai.notices.delivery.acks import Ack, Acks
from mingbai.notices.delivery.smpp.receipts import Receipt

T = TypeVar("T")
Thank = Callable[[], None]
FOLDER = "messages"
_GATHER_S = 0.02
_AGAIN_S = 1.0
_UNKNOWN_S = 5.0  # how long a receipt waits for the acknowledgement that it may have overtaken


class _Brought(NamedTuple):
    what: Receipt | Arrival
    thank: Thank
    at: float


class Books:
    """Of one link. Everything is told to it in the loop's thread; a `thank` is called when its matter is on disk."""

    def __init__(self, home: Home, link: str, say: Callable[[str], None]) -> None:
        folder = home.root / FOLDER
        self.link, self._say = link, say
        self._journal = Acks(folder, link)
        self.owner = _owner(folder)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"books-{link}")
        self._fresh: list[Ack] = []
        self._acks: list[Ack] = []
        self._tried: set[int] = set()
        self._untried: set[int] = set()
        self._brought: list[_Brought] = []
        self._something = asyncio.Event()

    async def open(self) -> None:
        """Bring in what a former process wrote down, and take back what it held."""
        left = self._journal.left()
        for at in range(0, len(left), 1000):
            await self.db(partial(outbox.acknowledge, self.link, left[at : at + 1000], clock.now()))
        for turn in (0, 1):
            self._journal.empty(turn)
        await self.db(lambda: outbox.release_of(self.owner))

    def ack(self, ack: Ack) -> None:
        """A centre has a part, or will never take it."""
        if not self._fresh:
            asyncio.get_running_loop().call_soon(self._write_down)
        self._fresh.append(ack)

    def retry(self, outgoing: int) -> None:
        """It was handed over, and nobody knows what became of it."""
        self._tried.add(outgoing)
        self._something.set()

    def give_back(self, outgoing: int) -> None:
        """It was claimed and not handed over."""
        self._untried.add(outgoing)
        self._something.set()

    def bring(self, what: Receipt | Arrival, thank: Thank) -> None:
        """A receipt or a reply came."""
        self._brought.append(_Brought(what, thank, clock.monotonic()))
        self._something.set()

    async def db(self, act: Callable[[], T]) -> T:
        """Do it in the database's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, act)

    async def keep(self, stop: asyncio.Event) -> None:
        """Write until stopped, then the rest. A database that fails is tried again; nothing is thanked for before."""
        while not stop.is_set() or self._something.is_set():
            if not self._something.is_set():
                await _either(self._something, stop)
                await asyncio.sleep(0 if stop.is_set() else _GATHER_S)
            self._something.clear()
            try:
                await self._commit()
            except Exception as error:
                self._say(f"messages: {self.link}: writing failed: {type(error).__name__}")
                await self.db(_let_go)
                self._something.set()
                await asyncio.sleep(_AGAIN_S)

    def close(self) -> None:
        self._thread.submit(_let_go)
        self._thread.shutdown()
        self._journal.close()

    def _write_down(self) -> None:
        fresh, self._fresh = self._fresh, []
        self._journal.write(fresh)
        self._acks += fresh
        self._something.set()

    async def _commit(self) -> None:
        turn = self._journal.switch()
        acks, tried, untried, brought = list(self._acks), set(self._tried), set(self._untried), list(self._brought)
        unknown = await self.db(lambda: self._write(acks, tried, untried, brought))
        self._acks = self._acks[len(acks) :]
        self._tried -= tried
        self._untried -= untried
        self._brought = self._brought[len(brought) :]
        self._journal.empty(turn)
        now = clock.monotonic()
        for one in brought:
            if isinstance(one.what, Receipt) and one.what.centre_id in unknown:
                if now - one.at < _UNKNOWN_S:
                    self._brought.append(one)
                    asyncio.get_running_loop().call_later(0.2, self._something.set)
                    continue
                self._say(f"messages: {self.link}: a receipt for a message that is not ours")
            one.thank()

    def _write(self, acks: list[Ack], tried: set[int], untried: set[int], brought: list[_Brought]) -> set[str]:
        """In the database's thread; the ids of receipts that nobody knows."""
        now = clock.now()
        if acks:
            outbox.acknowledge(self.link, acks, now)
        if tried:
            outbox.release(tried, tried=True)
        if untried - tried:
            outbox.release(untried - tried, tried=False)
        replies = [one.what for one in brought if isinstance(one.what, Arrival)]
        if replies and (strange := arrivals.take_in(replies, now)):
            self._say(f"messages: {self.link}: {strange} replies from no subscriber's number")
        receipts = [one.what for one in brought if isinstance(one.what, Receipt)]
        return outbox.receipts(self.link, receipts, now) if receipts else set()


def _let_go() -> None:
    from django.db import connections

    connections.close_all()


async def _either(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _owner(folder: Path) -> str:
    """The name under which this installation's workers hold messages; made once."""
    path = folder / "owner"
    if not path.exists():
        fresh = folder / f"owner.{secrets.token_hex(4)}"
        fresh.write_text(secrets.token_hex(8), "ascii")
        fresh.rename(path)
    return path.read_text("ascii")
