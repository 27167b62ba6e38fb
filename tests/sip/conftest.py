"""A home with a small, known world, and the real proxy before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.sip.harness import Proxy, free_port, write_settings

from mingbai.gate.facts import (
    GIVEN,
    REFUSED,
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

BANK, CENTRE = 7, 8
MARKETING = 0


def fill(home: Home) -> Writer:
    """Facts of a bank's 4008109889 that 13900000001 agreed to and 13900000002 refused. The caller closes the writer."""
    lookup = Lookup(home.key("lookup"))
    writer = Writer(home.facts)
    with writer.batch() as batch:
        batch.put_subscriber(lookup.key("8613900000001"), SubscriberFacts((ConsentFact(BANK, 1, GIVEN, 0, 41),)))
        batch.put_subscriber(lookup.key("8613900000002"), SubscriberFacts((ConsentFact(BANK, 0, REFUSED, 0, 42),)))
        batch.put_number(864008109889, 864008109889, NumberFacts(holder=CENTRE, principal=BANK, use=MARKETING))
        batch.put_organisation(BANK, OrganisationFacts(name="某某银行"))
        batch.put_organisation(CENTRE, OrganisationFacts(name="某呼叫中心"))
        batch.put_trunk("line-1", TrunkFacts(3))
        batch.position(11, clock.now_us())
    return writer


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.make_keys()
    rules = profile.packaged("cn-2018-whitelist").replace('marketing = "09:00-21:00"', 'marketing = "00:00-24:00"')
    made.profile.write_text(rules, "utf-8")
    return made


@pytest.fixture
def facts(home: Home) -> Iterator[Writer]:
    writer = fill(home)
    yield writer
    writer.close()


@pytest.fixture
def start(home: Home) -> Iterator[Callable[..., Proxy]]:
    """Starts the proxy of the home; `more` is added to sip.toml. All are stopped when the test ends."""
    with ExitStack() as stack:

        def started(more: str = "", children: int = 2) -> Proxy:
            port = free_port()
            listen = f'listen = ["udp:127.0.0.1:{port}", "tcp:127.0.0.1:{port}"]\nchildren = {children}\n'
            write_settings(home, listen + more)
            proxy = Proxy(home, port)
            stack.callback(proxy.stop)
            proxy.start()
            return proxy

        yield started
