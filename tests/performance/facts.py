"""Facts of the size that claims are made for: 20 million consents, 2 million numbers. Built once, kept in build/.

Numbers run through the whole range of their kind, so that the n-th is found by arithmetic; keys are the real keyed
hashes. MINGBAI_BENCH_SCALE (0–1) shrinks everything for a smoke run, and the rows then say so.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from mingbai.gate.facts import GIVEN, KeyFacts, NumberFacts, OrganisationFacts, Writer, pack_number
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import TAG, Lookup

SCALE = float(os.environ.get("MINGBAI_BENCH_SCALE", "1"))
SUBSCRIBERS, PER_SUBSCRIBER = int(10_000_000 * SCALE), 2
CONSENTS = SUBSCRIBERS * PER_SUBSCRIBER
NUMBERS = int(2_000_000 * SCALE)
FIRMS = 2_000
FIRST_SUBSCRIBER = 8613800000000
FIRST_NUMBER = 864000000000
KEY = "mb_" + "b" * 43
_BUILD = Path(__file__).resolve().parents[2] / "build"


def home() -> Home:
    """A home whose facts are there, built in minutes when they are not."""
    home = Home(_BUILD / f"bench-gate-{CONSENTS}")
    if not (home.facts / "current").exists():
        home.make_keys()
        _build(home)
    home.profile.write_text(profile.packaged("cn-2018-whitelist"), "utf-8")
    writer = Writer(home.facts)
    with writer.batch() as batch:
        batch.position(1, clock.now_us() + 86_400_000_000)  # fresh for a day: there is no feed here
    data = writer.folder / "data.mdb"
    writer.close()
    with data.open("rb") as file:  # into the page cache, where a gate that has been up for a while has it
        while file.read(1 << 20):
            pass
    return home


def principal_of(subscriber: int, which: int = 0) -> int:
    """The firm that the n-th subscriber's consent number `which` is for."""
    return (subscriber * 7 + which * 13) % FIRMS + 1


def firm_of(number: int) -> int:
    """The firm that the n-th number calls for."""
    return number % FIRMS + 1


def _build(home: Home) -> None:
    from hashlib import sha256

    writer = Writer.fresh(home.facts)
    writer.load_subscribers(_subscribers(Lookup(home.key("lookup"))))
    writer.load_numbers(_numbers())
    with writer.batch() as batch:
        for firm in range(1, FIRMS + 1):
            batch.put_organisation(firm, OrganisationFacts(name=f"第{firm}公司"))
            batch.put_organisation(FIRMS + firm, OrganisationFacts(name=f"第{firm}呼叫中心"))
        batch.put_api_key(sha256(KEY.encode()).digest(), KeyFacts(1, 1))
        batch.put_meta("position", b"1")
    writer.publish()
    writer.close()


def _subscribers(lookup: Lookup) -> Iterator[tuple[bytes, bytes]]:
    """Everybody agreed to marketing calls of two firms; in the order of the keys."""
    blocks = np.empty((SUBSCRIBERS, 16), np.uint8)
    blocks[:, :8] = (
        np.arange(FIRST_SUBSCRIBER, FIRST_SUBSCRIBER + SUBSCRIBERS).astype(">u8").view(np.uint8).reshape(-1, 8)
    )
    blocks[:, 8:] = np.frombuffer(TAG, np.uint8)
    keys = np.frombuffer(lookup.column(blocks.data.cast("B")), ">u8")[::2].astype(np.uint64)
    order = np.argsort(keys)
    consent = np.dtype([("principal", "<u4"), ("purpose", "u1"), ("state", "u1"), ("until", "<u2"), ("id", "<u8")])
    row = np.dtype([("head", "<u2"), ("consents", consent, (PER_SUBSCRIBER,))])
    for at in range(0, SUBSCRIBERS, 1_000_000):
        who = order[at : at + 1_000_000]
        rows = np.zeros(len(who), row)
        rows["head"] = PER_SUBSCRIBER
        for which in range(PER_SUBSCRIBER):
            rows["consents"]["principal"][:, which] = (who * 7 + which * 13) % FIRMS + 1
            rows["consents"]["id"][:, which] = who * PER_SUBSCRIBER + which + 1
        rows["consents"]["purpose"], rows["consents"]["state"] = 1, GIVEN
        names = keys[who].astype(">u8").tobytes()
        values, size = rows.tobytes(), row.itemsize
        for i in range(len(who)):
            yield names[8 * i : 8 * i + 8], values[size * i : size * i + size]


def _numbers() -> Iterator[tuple[int, bytes]]:
    """400 numbers with two limits each, every firm's through a call centre of its own."""
    for n in range(NUMBERS):
        firm = firm_of(n)
        yield FIRST_NUMBER + n, pack_number(n + 1, NumberFacts(FIRMS + firm, firm, 0, 0, limits=(0, 600, 6000)))
