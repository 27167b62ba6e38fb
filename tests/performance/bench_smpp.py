"""Messages a second out of the outbox, through a real SMS centre, with every receipt recorded.

The centre is the npm package smpp on the other core; it sends a receipt for each message. Measured from the bind until
the last receipt stands in the database (SQLite, synchronous=FULL). The baseline is the same session without an outbox.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

from tests.performance import harness
from tests.smpp.harness import ID, PASSWORD, Centre, House

MESSAGES = 15_000
WINDOW = 200
TIMES = 3
TEXT = "【明白】用量提醒：您的套餐流量已用80%，超出后每GB 5元"


def run() -> list[harness.Row]:
    with tempfile.TemporaryDirectory(prefix="mingbai-bench-") as folder:
        through, bare = [], []
        for turn in range(TIMES):
            through.append(outbox(Path(folder) / f"house-{turn}"))
            bare.append(session_alone())
    rate, alone = median(through), median(bare)
    claim = "SMPP: messages through the outbox, with receipts recorded"
    return [harness.row(claim, rate, "messages/s", target="≥ 3,000 messages/s", met=rate >= 3000, baseline=alone)]


def outbox(home: Path) -> float:
    """Messages a second from bind to the last receipt on disk."""
    centre, house = Centre(quiet=True), House(home)
    try:
        house.keeper.tell(do="fill", count=MESSAGES, text=TEXT)
        house.link(centre.port, f"window = {WINDOW}")
        house.start()
        while not centre.all("bound"):
            sleep(0.002)
        start = perf_counter()
        while house.states().get("delivered", 0) < MESSAGES:
            sleep(0.1)
            if perf_counter() - start > 60:
                raise RuntimeError(f"not finished: {house.states()} {house.log()}")
        took = perf_counter() - start
    finally:
        house.close()
        centre.kill()
    return MESSAGES / took


def session_alone() -> float:
    """The same session with the same centre, from memory to memory."""
    centre = Centre(quiet=True)
    try:
        return asyncio.run(_alone(centre.port))
    finally:
        centre.kill()


async def _alone(port: int) -> float:
    import smpp34

    from mingbai.notices.delivery.smpp import text
    from mingbai.notices.delivery.smpp.session import Bind, Session

    came, done = 0, asyncio.Event()

    def delivered(sequence: int, message: Any) -> None:
        nonlocal came
        one.thank(sequence)
        came += 1
        if came == MESSAGES:
            done.set()

    def made() -> Session:
        return Session(window=WINDOW, beat_s=30, patience_s=20, answered=lambda *_: None, delivered=delivered)

    _, one = await asyncio.get_running_loop().create_connection(made, "127.0.0.1", port)
    await one.bind(Bind(ID, PASSWORD))
    start = perf_counter()
    for n in range(MESSAGES):
        await one.room()
        (piece,) = text.split(f"{TEXT} {n}", n)

        def octets(sequence: int, piece: text.Piece = piece) -> bytes:
            return smpp34.SubmitSm(
                "10690000", "8613800000000", piece.octets, registered_delivery=1, data_coding=piece.coding,
                sequence_number=sequence,
            ).encode()  # fmt: skip

        one.submit(octets, n)
    await done.wait()
    took = perf_counter() - start
    one.abort()
    return MESSAGES / took


if __name__ == "__main__":
    harness.main(run)
