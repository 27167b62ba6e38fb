"""A home with a small, known world, and the real proxy before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.ports import free_port
from tests.sip.harness import Proxy, write_settings

from mingbai.gate.facts import (
    CLAIMED,
    GIVEN,
    REFUSED,
    SUSPENDED,
    ConsentFact,
    NumberFacts,
    OrganisationFacts,
    SubscriberFacts,
    TrunkFacts,
    Writer,
)
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup

BANK, CENTRE, SHOP = 7, 8, 9
MARKETING, SERVICE = 0, 1
AGREED, REFUSING, SILENT, CLAIMING = (f"1390000000{at}" for at in range(1, 5))
BANK_NUMBER, BOUND_NUMBER, SHUT_NUMBER, LIMITED_NUMBER, SERVICE_NUMBER = (
    "4008109889", "95521001", "95521002", "95521003", "95533",
)  # fmt: skip


def fill(home: Home) -> Writer:
    """Facts of a bank that one person agreed to and one refused, and of its numbers. Whoever asks closes the writer."""
    key = Lookup(home.key("lookup")).key
    writer = Writer(home.facts)
    with writer.batch() as batch:
        for number, purpose, state, consent in (
            (AGREED, 1, GIVEN, 41), (REFUSING, 0, REFUSED, 42), (CLAIMING, 1, CLAIMED, 43),
        ):  # fmt: skip
            said = SubscriberFacts((ConsentFact(BANK, purpose, state, 0, consent),))
            batch.put_subscriber(key("86" + number), said)
        for at, (number, facts) in enumerate(_numbers(), start=1):
            batch.put_number(int("86" + number), int("86" + number), facts, resource=at)
        batch.put_organisation(BANK, OrganisationFacts(name="某某银行"))
        batch.put_organisation(CENTRE, OrganisationFacts(name="某呼叫中心"))
        batch.put_trunk("line-1", TrunkFacts(3))
        batch.put_trunk("rescue", TrunkFacts(4, special=True))
        batch.position(11, clock.now_us())
    return writer


def _numbers() -> Iterator[tuple[str, NumberFacts]]:
    yield BANK_NUMBER, NumberFacts(CENTRE, BANK, MARKETING)
    yield BOUND_NUMBER, NumberFacts(BANK, BANK, SERVICE, trunks=(3,))
    yield SHUT_NUMBER, NumberFacts(BANK, BANK, SERVICE, state=SUSPENDED)
    yield LIMITED_NUMBER, NumberFacts(BANK, BANK, SERVICE, limits=(0, 2, 0))
    yield SERVICE_NUMBER, NumberFacts(BANK, BANK, SERVICE)


def furnish(root: Path) -> Home:
    """A home under the profile of 2018, with marketing at any hour so that no test waits for the day."""
    made = Home(root)
    made.make_keys()
    rules = profile.packaged("cn-2018-whitelist").replace('marketing = "09:00-21:00"', 'marketing = "00:00-24:00"')
    made.profile.write_text(rules, "utf-8")
    return made


def proxy_of(home: Home, more: str = "", children: int = 2) -> Proxy:
    """The home's proxy, not yet started; `more` is added to sip.toml."""
    port = free_port()
    listen = f'listen = ["udp:127.0.0.1:{port}", "tcp:127.0.0.1:{port}"]\nchildren = {children}\n'
    write_settings(home, listen + more)
    return Proxy(home, port)


class House(NamedTuple):
    """A home, its facts' writer, its running proxy."""

    home: Home
    facts: Writer
    proxy: Proxy


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return furnish(tmp_path)


@pytest.fixture
def facts(home: Home) -> Iterator[Writer]:
    writer = fill(home)
    yield writer
    writer.close()


@pytest.fixture
def start(home: Home) -> Iterator[Callable[..., Proxy]]:
    """Starts the proxy of the home, as `proxy_of`. All are stopped when the test ends."""
    with ExitStack() as stack:

        def started(more: str = "", children: int = 2) -> Proxy:
            proxy = proxy_of(home, more, children)
            stack.callback(proxy.stop)
            proxy.start()
            return proxy

        yield started


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all tests of a module that change nothing in it."""
    home = furnish(tmp_path_factory.mktemp("house"))
    facts = fill(home)
    proxy = proxy_of(home)
    try:
        proxy.start()
        yield House(home, facts, proxy)
    finally:
        proxy.stop()
        facts.close()
