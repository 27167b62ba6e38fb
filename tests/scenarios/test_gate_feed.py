"""What people and firms do reaches the gate's facts, and a rebuild finds the same."""

from __future__ import annotations

import contextlib
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.conf import settings

from mingbai.cli import main
from mingbai.consent import actions as consent
from mingbai.gate import feed
from mingbai.gate.facts import GIVEN, REFUSED, ConsentFact, Reader, environment
from mingbai.gate.feed import following
from mingbai.kernel import clock, msisdn
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import PURPOSES, Industry, Purpose, Use
from mingbai.ledger import order
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
MARKETING = PURPOSES.index(Purpose.MARKETING)


@pytest.fixture
def home() -> Iterator[Home]:
    yield settings.HOME
    following.forget(settings.HOME)
    clear(settings.HOME)


def clear(home: Home) -> None:
    for folder in (home.facts, home.root / "scrub"):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def firm() -> int:
    return people.create_organisation(name="明心保险", kind="enterprise", industry="insurance")


@pytest.fixture
def subscriber() -> int:
    return people.ensure_subscriber(msisdn.require("13812345678"))


def follow(home: Home) -> None:
    while order.integrate():
        pass
    feed.catch_up(home)


def consents(home: Home, number: str = "13812345678") -> tuple[ConsentFact, ...]:
    reader = Reader(home.facts, Lookup(home.key("lookup")))
    with reader.view() as view:
        facts = view.subscriber(Lookup(home.key("lookup")).key(msisdn.require(number).digits))
    reader.close()
    return facts.consents


def dump(home: Home) -> dict[str, list[tuple[bytes, bytes]]]:
    """All facts but the feed's own notes."""
    folder = environment.current(home.facts)
    assert folder is not None
    handle = environment.acquire(folder)
    with handle.env.begin() as txn:
        found = {name: list(txn.cursor(db)) for name, db in handle.dbs.items() if name != "meta"}
    environment.release(handle)
    return found


def test_a_consent_a_refusal_and_a_second_thought(home: Home, firm: int, subscriber: int) -> None:
    given = consent.give(subscriber=subscriber, principal=firm, purpose="marketing", how="web")
    follow(home)
    (fact,) = consents(home)
    assert fact._replace(until_day=0) == ConsentFact(firm, MARKETING, GIVEN, 0, given)
    consent.refuse(subscriber=subscriber, principal=firm, how="sms")
    follow(home)
    assert all(fact.state == REFUSED for fact in consents(home))
    assert any(fact.purpose == 0 for fact in consents(home))


def test_what_is_not_in_order_yet_makes_the_facts_old(home: Home, firm: int, subscriber: int) -> None:
    with clock.at(START) as advance:
        follow(home)
        advance(60)
        made = clock.now_us()
        consent.give(subscriber=subscriber, principal=firm, purpose="marketing", how="web")
        advance(60)
        following.follower(home)._beaten = float("-inf")
        feed.step(home)
        assert synced_at(home) <= made
        follow(home)
        assert synced_at(home) == clock.now_us()


def test_the_facts_are_known_to_be_fresh_when_nothing_happens(home: Home) -> None:
    with clock.at(START) as advance:
        follow(home)
        advance(90)
        following.follower(home)._beaten = float("-inf")
        assert feed.step(home) == 0
        assert synced_at(home) == clock.now_us()


def synced_at(home: Home) -> int:
    reader = Reader(home.facts, Lookup(home.key("lookup")))
    with reader.view() as view:
        found = view.synced_at
    reader.close()
    return found


def test_nothing_of_a_former_user_applies_to_the_next(home: Home, firm: int, subscriber: int) -> None:
    consent.give(subscriber=subscriber, principal=firm, purpose="marketing", how="web")
    consent.block(subscriber=subscriber, kind="category", value="loans")
    follow(home)
    assert consents(home)
    people.recycle(msisdn.require("13812345678"))
    follow(home)
    assert consents(home) == ()
    assert dump(home)["subscribers"] == []


def test_a_rebuild_takes_over_while_the_feed_goes_on(home: Home, firm: int, subscriber: int) -> None:
    consent.give(subscriber=subscriber, principal=firm, purpose="marketing", how="web")
    follow(home)
    before = environment.current(home.facts)
    consent.refuse(subscriber=subscriber, principal=firm, how="sms")
    assert feed.rebuild(home) == 1
    assert environment.current(home.facts) != before
    assert all(fact.state == REFUSED for fact in consents(home))
    follow(home)
    consent.block(subscriber=subscriber, kind="firm", value=str(firm))
    follow(home)
    incremental = dump(home)
    feed.rebuild(home)
    assert dump(home) == incremental


def test_a_rebuild_from_the_command_line(home: Home, firm: int, subscriber: int) -> None:
    consent.give(subscriber=subscriber, principal=firm, purpose="marketing", how="web")
    result = CliRunner().invoke(main, ["gate", "rebuild"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("1 subscribers")
    assert len(consents(home)) == 1


def test_a_refusal_goes_before_a_thousand_numbers_that_were_registered_earlier(
    home: Home, firm: int, subscriber: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "NUMBERS_AT_ONCE", 3)
    follow(home)
    for i in range(20):
        numbers.register_number(first=msisdn.require(f"4008{i:06d}"), holder=firm, use=Use.SERVICE)
    consent.refuse(subscriber=subscriber, principal=firm, how="sms")
    while order.integrate():
        pass
    feed.step(home)
    assert [fact.state for fact in consents(home)] == [REFUSED]
    assert len(dump(home)["numbers"]) == 3
    feed.catch_up(home)
    assert len(dump(home)["numbers"]) == 20


class Chance:
    """Random actions of random people, firms and operators."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.firms = [
            people.create_organisation(name=f"单位{i}", kind="enterprise", industry=chosen)
            for i, chosen in enumerate(["insurance", "loans", ""])
        ]
        self.trunks = [numbers.create_trunk(name=f"t{i}", carrier=self.firms[0]) for i in range(2)]
        self.resources: list[int] = []

    def number(self) -> msisdn.Msisdn:
        return msisdn.require(f"1381234{self.random.randrange(30):04d}")

    def subscriber(self) -> int:
        return people.ensure_subscriber(self.number())

    def purpose(self) -> str:
        return self.random.choice(["marketing", "service", "survey"])

    def said(self) -> dict[str, object]:
        return {"subscriber": self.subscriber(), "principal": self.random.choice(self.firms), "how": "web"}

    def act(self) -> None:
        chosen: Callable[[], object] = self.random.choice(
            [self.give, self.give, self.refuse, self.withdraw, self.block, self.unblock, self.recycle, self.all_no,
             self.expire, self.register, self.state, self.assign, self.firm_state, self.contract]
        )  # fmt: skip
        with contextlib.suppress(Problem):  # an action that the rules refuse changes nothing
            chosen()

    def give(self) -> None:
        expires = self.random.choice([None, clock.now() + timedelta(days=self.random.randrange(1, 5))])
        consent.give(**self.said(), purpose=self.purpose(), expires_at=expires)

    def refuse(self) -> None:
        consent.refuse(**self.said(), purpose=self.random.choice(["any", self.purpose()]))

    def withdraw(self) -> None:
        consent.withdraw(**self.said(), purpose=self.purpose())

    def all_no(self) -> None:
        consent.refuse_all(self.subscriber(), "sms")

    def blocked(self) -> dict[str, str]:
        kind = self.random.choice(["number", "prefix", "firm", "category"])
        values = {"number": "95533", "prefix": "955", "firm": str(self.random.choice(self.firms)), "category": "loans"}
        return {"kind": kind, "value": values[kind]}

    def block(self) -> None:
        consent.block(subscriber=self.subscriber(), **self.blocked())

    def unblock(self) -> None:
        consent.unblock(subscriber=self.subscriber(), **self.blocked())

    def recycle(self) -> None:
        people.recycle(self.number())

    def expire(self) -> None:
        consent.expire_due()

    def register(self) -> None:
        first = self.random.randrange(20)
        last = first + self.random.choice([0, 0, 5])
        self.resources.append(
            numbers.register_number(
                first=msisdn.require(f"4008{first:06d}"),
                last=msisdn.require(f"4008{last:06d}"),
                holder=self.random.choice(self.firms),
                use=self.random.choice([Use.MARKETING, Use.SERVICE]),
                industry=self.random.choice(["", Industry.LOANS]),
                trunks=self.random.choice([(), self.trunks[:1]]),
                per_hour=self.random.choice([None, 60]),
            )
        )

    def state(self) -> None:
        numbers.set_number_state(
            self.random.choice([0, *self.resources]), self.random.choice(["suspended", "closed"]), "x"
        )

    def assign(self) -> None:
        numbers.set_principal(
            self.random.choice([0, *self.resources]), self.random.choice(self.trunks), self.random.choice(self.firms)
        )

    def firm_state(self) -> None:
        people.set_organisation_state(self.random.choice(self.firms), self.random.choice(["active", "suspended"]), "x")

    def contract(self) -> None:
        numbers.sign_contract(
            self.random.choice(self.firms), per_minute=None, per_hour=self.random.randrange(1, 9), per_day=None
        )


@pytest.mark.parametrize("seed", range(4))
def test_following_every_change_ends_where_a_rebuild_does(home: Home, seed: int) -> None:
    with clock.at(START) as advance:
        chance = Chance(seed)
        for number in range(150):
            chance.act()
            advance(chance.random.randrange(1, 20_000))
            if number % 7 == 0:
                follow(home)
            if number % 40 == 17:
                feed.rebuild(home)
        consent.expire_due()
        follow(home)
        followed = dump(home)
        assert followed["subscribers"]
        assert followed["numbers"]
        feed.rebuild(home)
        assert dump(home) == followed
