"""A person asks to be forgotten: nothing names them any more, the gate relies on nothing of theirs, receipts hold."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings

from mingbai.consent import actions as consent
from mingbai.consent import queries as consents
from mingbai.consent.models import Block, Consent, ProofRequest
from mingbai.gate import feed
from mingbai.gate.facts import Reader, SubscriberFacts
from mingbai.gate.feed import following
from mingbai.kernel import msisdn
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.problems import Problem
from mingbai.ledger import fsck, order
from mingbai.ledger import queries as ledger
from mingbai.ledger.verify import verify_receipt
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.people import actions as people
from mingbai.people import queries as known

pytestmark = pytest.mark.django_db
NUMBER = msisdn.require("13812345678")


@pytest.fixture
def home() -> Iterator[Home]:
    yield settings.HOME
    following.forget(settings.HOME)
    shutil.rmtree(settings.HOME.facts, ignore_errors=True)


@pytest.fixture
def firms() -> tuple[int, int]:
    house = people.create_organisation(name="好房", kind="enterprise", industry="property")
    return house, people.create_organisation(name="快贷", kind="enterprise", industry="loans")


def follow(home: Home) -> None:
    while order.integrate():
        pass
    feed.catch_up(home)


def facts(home: Home) -> SubscriberFacts:
    lookup = Lookup(home.key("lookup"))
    reader = Reader(home.facts, lookup)
    with reader.view() as view:
        found = view.subscriber(lookup.key(NUMBER.digits))
    reader.close()
    return found


def lived(firms: tuple[int, int]) -> int:
    """Somebody who agreed, refused, disputed, blocked and wrote."""
    one = people.ensure_subscriber(NUMBER)
    house, lender = firms
    consent.give(subscriber=one, principal=house, purpose="marketing", how="web")
    claimed = consent.give(subscriber=one, principal=lender, purpose="marketing", how="api", reference="HT-张三-1")
    consent.dispute(consent=claimed, how="web")
    consent.block(subscriber=one, kind="number", value="02160876100")
    notices.issue_code(one, "login")
    notices.receive(subscriber=one, text="我是张三")
    return one


def test_nothing_names_whoever_was_erased_and_old_receipts_hold(home: Home, firms: tuple[int, int]) -> None:
    one = lived(firms)
    hashed = known.lookup().of(NUMBER.digits)
    follow(home)
    assert facts(home).consents
    assert facts(home).blocked_numbers
    entry = next(e.id for e in ledger.of_subject(f"subscriber:{one}") if e.kind == "consent.given")
    receipt = ledger.receipt(entry)
    assert receipt is not None

    people.erase(NUMBER, reason="本人要求")
    follow(home)
    assert facts(home) == SubscriberFacts((), (), (), (), 0)
    assert verify_receipt(receipt, ledger.vkey()).kind == "consent.given"
    with pytest.raises(Problem, match="destroyed"):
        ledger.receipt(entry)
    assert known.masked(one) == "***"
    assert not known.is_current(one)
    assert all(line.text == "" for line in messages.messages(one))
    assert not Block.objects.filter(subscriber_id=one).exists()
    assert not ProofRequest.objects.filter(consent__subscriber_id=one, state="open").exists()
    assert not Consent.objects.filter(subscriber_id=one, state__in=["given", "claimed"]).exists()
    assert {row.reference for row in consents.of_subscriber(one)} == {""}
    row = apps.get_model("people", "Subscriber").objects.get(id=one)
    assert (row.sealed, bytes(row.lookup) == hashed) == (None, False)
    assert fsck.run().faults == []


def test_the_number_itself_is_kept_no_more_until_somebody_names_it(home: Home, firms: tuple[int, int]) -> None:
    one = lived(firms)
    people.erase(NUMBER, reason="本人要求")
    new = known.subscriber_id(NUMBER)
    assert new not in (None, one)
    assert new is not None
    assert known.numbers_of([one, new]) == {}
    assert people.ensure_subscriber(NUMBER) == new
    assert known.number_of(new) == NUMBER
    assert consents.of_subscriber(new) == []
    assert messages.messages(new) == []
    consent.refuse(subscriber=new, principal=firms[0], how="web")
    follow(home)
    assert [fact.principal for fact in facts(home).consents] == [firms[0]]


def test_a_former_user_is_erased_without_the_present_one(home: Home, firms: tuple[int, int]) -> None:
    from mingbai.ledger import actions as log

    one = lived(firms)
    new = people.recycle(NUMBER)
    consent.give(subscriber=new, principal=firms[0], purpose="service", how="web")
    log.shred(f"subscriber:{one}", reason="本人要求")
    follow(home)
    assert known.subscriber_id(NUMBER) == new
    assert known.masked(new) == NUMBER.masked
    assert [fact.principal for fact in facts(home).consents] == [firms[0]]


def test_erasing_is_one_transaction(firms: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    one = lived(firms)

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("mingbai.ledger.actions.append", breaks)
    with pytest.raises(RuntimeError):
        people.erase(NUMBER, reason="本人要求")
    monkeypatch.undo()
    assert known.masked(one) == NUMBER.masked
    assert len(consents.blocks(one)) == 1
    assert all(entry.content is not None for entry in ledger.of_subject(f"subscriber:{one}"))
