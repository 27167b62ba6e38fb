"""个保法 47: a person asks to be forgotten while a law wants the records kept. They are stored, and nothing else."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from django.conf import settings
from django.test import Client

from mingbai.consent import actions as consent
from mingbai.consent import exporting
from mingbai.consent import queries as consents
from mingbai.gate import feed
from mingbai.gate.check import Asker
from mingbai.gate.feed import following
from mingbai.kernel import clock, msisdn
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.ledger import fsck, order
from mingbai.ledger import queries as ledger
from mingbai.notices import actions as notices
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people
from mingbai.people import queries as known

pytestmark = pytest.mark.django_db
PERSON, LINE, PROOF = msisdn.require("13812345678"), "95200011", b"signed form"
DAYS = 86_400


@pytest.fixture
def home() -> Iterator[Home]:
    yield settings.HOME
    following.forget(settings.HOME)
    shutil.rmtree(settings.HOME.facts, ignore_errors=True)


@pytest.fixture
def firm() -> int:
    made = people.create_organisation(name="松风保险", kind="enterprise", industry="insurance")
    numbers.register_number(first=msisdn.require(LINE), holder=made, use="marketing")
    return made


@pytest.fixture
def one(firm: int) -> int:
    """Somebody who agreed, whose consent ends in ten days, and who disputed another firm's claim."""
    person = people.ensure_subscriber(PERSON)
    until = clock.now() + timedelta(days=10)
    consent.give(subscriber=person, principal=firm, purpose="marketing", how="web", reference="HT-17", expires_at=until)
    other = people.create_organisation(name="快贷", kind="enterprise", industry="loans")
    claim = consent.give(
        subscriber=person, principal=other, purpose="marketing", how="api", proof_sha256=sha256(PROOF).digest()
    )
    consent.dispute(consent=claim, how="web")
    return person


def restricted(one: int, days: int = 100) -> None:
    people.retain(PERSON, until=clock.now() + timedelta(days=days), reason="电子商务法 31")
    people.restrict(PERSON, reason="本人要求删除")


def rule(home: Home) -> str:
    """What becomes of a marketing call to the person at noon, Beijing time."""
    while order.integrate():
        pass
    feed.catch_up(home)
    asker = Asker(home)
    noon = int(clock.now().replace(hour=4, minute=0).timestamp() * 1e6)
    answer = asker.ask(asker.question(msisdn.parse(LINE), PERSON, at=noon))
    asker.close()
    return answer.verdict.rule


def test_nothing_is_erased_while_a_law_wants_it_kept(one: int) -> None:
    with clock.at(clock.now()) as advance:
        people.retain(PERSON, until=clock.now() + timedelta(days=100), reason="电子商务法 31")
        people.retain(PERSON, until=clock.now() + timedelta(days=9), reason="a shorter one changes nothing")
        with pytest.raises(Problem, match="wants the records kept"):
            people.erase(PERSON, reason="本人要求")
        assert known.number_of(one) == PERSON
        advance(100 * DAYS + 1)
        people.erase(PERSON, reason="本人要求")
    assert known.masked(one) == "***"


def test_what_was_agreed_counts_for_no_call_any_more(home: Home, one: int) -> None:
    assert rule(home) == "labelled"
    restricted(one)
    assert rule(home) == "consent.missing"


def test_no_firm_sees_anything_of_it(one: int, firm: int) -> None:
    (mine,) = consents.of_firm(firm)
    restricted(one)
    assert consents.of_firm(firm) == []
    assert consents.consent(mine.id) is None
    assert sum(consents.statistics(firm).values()) == 0
    assert "HT-17" not in "".join(exporting.pieces_of_firm(firm))
    assert consents.proof_requests(principal=known.organisation_by_name("快贷").id) == []  # type: ignore[union-attr]
    assert known.masked(one) == "***"
    assert known.numbers_of([one]) == {}


def test_nothing_of_it_comes_due(one: int, firm: int) -> None:
    with clock.at(clock.now()) as advance:
        (request,) = consents.proof_requests(subscriber=one)
        notices.send(subscriber=one, template="after_call", text="…", context="")
        restricted(one)
        advance(20 * DAYS)
        assert consent.expire_due() == 0
        assert consent.fail_overdue() == 0
        assert notices.deliver_due() == 0
        assert [said.state for said in consents.of_subscriber(one)].count("given") == 1  # stored as it was
        assert consents.proof_requests(subscriber=one)[0].state == request.state == "open"


def test_staff_sees_it_with_a_reason_that_is_logged(client: Client, one: int) -> None:
    restricted(one)
    operator = people.create_organisation(name="青山通信", kind="operator")
    people.create_account(username="li", password="spring-rain-2026", organisation=operator, role="admin")
    client.post("/login/", {"username": "li", "password": "spring-rain-2026"})
    page = f"/console/subscribers/{one}/"
    assert page in client.post("/console/search/", {"number": PERSON.national}).content.decode()
    assert "HT-17" not in client.get(page).content.decode()
    client.post(page, {"reason": "法院调取 2026-5"})
    seen = client.get(page).content.decode()
    assert "HT-17" in seen
    assert "依法只存储" in seen
    assert "people.subscriber_looked_at" in [entry.kind for entry in ledger.of_subject(f"subscriber:{one}")]


def test_it_is_erased_when_the_time_is_over(home: Home, one: int, firm: int) -> None:
    with clock.at(clock.now()) as advance:
        restricted(one)
        again = people.ensure_subscriber(PERSON)
        assert again != one
        consent.give(subscriber=again, principal=firm, purpose="marketing", how="web")
        advance(99 * DAYS)
        assert people.erase_due() == 0
        assert {entry.content is None for entry in ledger.of_subject(f"subscriber:{one}")} == {False}
        advance(2 * DAYS)
        assert people.erase_due() == 1
        assert people.erase_due() == 0
        assert {entry.content for entry in ledger.of_subject(f"subscriber:{one}")} == {None}
        assert known.restricted() == []
        assert [said.reference for said in consents.of_subscriber(one)] == ["", ""]
        # Who has the number since then is another subscriber to all this.
        assert known.subscriber_id(PERSON) == again
        assert consents.status(subscriber=again, principal=firm, purpose="marketing") == "given"
    while order.integrate():
        pass
    assert fsck.run().faults == []


def test_a_proof_cannot_be_shown_of_somebody_restricted(one: int) -> None:
    (request,) = consents.proof_requests(subscriber=one)
    restricted(one)
    with pytest.raises(Problem, match="no such proof request"):
        consent.show_proof(request.id, io.BytesIO(PROOF))
