"""A small, known world for the gate's tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path

import pytest

from mingbai.gate.check import Gate
from mingbai.gate.facts import (
    GIVEN,
    REFUSED,
    ConsentFact,
    KeyFacts,
    NumberFacts,
    OrganisationFacts,
    SubscriberFacts,
    TrunkFacts,
    Writer,
)
from mingbai.gate.tests.known import (
    AGREED,
    BANK,
    BANK_NUMBER,
    CENTRE,
    KEY,
    MARKETING,
    NARROW_KEY,
    READ_KEY,
    REFUSING,
    SERVICE,
    SHOP,
)
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.profile import Profile


@pytest.fixture(scope="session")
def rules() -> Profile:
    return profile.parse(profile.packaged("cn-2018-whitelist"), "profile.toml")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.make_keys()
    home.profile.write_text(profile.packaged("cn-2018-whitelist"), "utf-8")
    return home


@pytest.fixture
def lookup(home: Home) -> Lookup:
    return Lookup(home.key("lookup"))


@pytest.fixture
def writer(home: Home, lookup: Lookup) -> Iterator[Writer]:
    """The facts of a bank that one person agreed to and one refused; its call centre; trunks and keys."""
    writer = Writer(home.facts)
    with writer.batch() as batch:
        batch.put_subscriber(lookup.key("86" + AGREED), SubscriberFacts((ConsentFact(BANK, 1, GIVEN, 0, 41),)))
        batch.put_subscriber(lookup.key("86" + REFUSING), SubscriberFacts((ConsentFact(BANK, 0, REFUSED, 0, 42),)))
        batch.put_number(BANK_NUMBER, BANK_NUMBER, NumberFacts(CENTRE, BANK, MARKETING, trunks=(3,)), resource=1)
        batch.put_number(8695533000, 8695533999, NumberFacts(BANK, BANK, SERVICE, assignments=((3, SHOP),)), resource=2)
        batch.put_organisation(BANK, OrganisationFacts(name="某某银行"))
        batch.put_organisation(CENTRE, OrganisationFacts(name="某呼叫中心"))
        batch.put_trunk("line-1", TrunkFacts(3))
        batch.put_trunk("rescue", TrunkFacts(4, special=True))
        batch.put_api_key(sha256(KEY.encode()).digest(), KeyFacts(CENTRE, 1))
        batch.put_api_key(sha256(READ_KEY.encode()).digest(), KeyFacts(CENTRE, 2))
        batch.put_api_key(sha256(NARROW_KEY.encode()).digest(), KeyFacts(CENTRE, 1, ("line-1",), ("8695533001",)))
        batch.position(11, clock.now_us())
    yield writer
    writer.close()


@pytest.fixture
def make_gate(home: Home) -> Iterator[Callable[[], Gate]]:
    made: list[Gate] = []

    def make() -> Gate:
        made.append(Gate(home))
        return made[-1]

    yield make
    for gate in made:
        gate.close()


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[Gate], None]:
    """From here on a gate's journal finds no room for the new segment that its next record needs."""

    def none_left(*_: object) -> None:
        raise OSError(ENOSPC, os.strerror(ENOSPC))

    def fill(gate: Gate) -> None:
        while gate.journal.room:
            gate.journal.append((0,) * 18)
        monkeypatch.setattr(os, "posix_fallocate", none_left)

    return fill
