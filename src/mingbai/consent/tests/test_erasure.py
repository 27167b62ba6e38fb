"""Whoever is forgotten is called under no consent of theirs, and stops nothing that goes on for others."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from mingbai.consent import actions, importing, queries
from mingbai.kernel import clock, msisdn
from mingbai.ledger import queries as ledger
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.people import actions as people
from mingbai.people import queries as found

from .conftest import PROOF, Firm, ListFile, Person, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staged_here")]


def _erase(subscriber: int) -> None:
    people.erase(msisdn.require(found.number_of(subscriber).e164), reason="asked to be forgotten")


def test_nothing_counts_any_more_and_the_number_begins_anew(person: Person, firm: Firm) -> None:
    one, house = person(1), firm("好房")
    number = found.number_of(one)
    actions.give(subscriber=one, principal=house, purpose="marketing", how="web", reference="HT-张三")
    actions.block(subscriber=one, kind="number", value="95200011")
    _erase(one)
    assert [view.state for view in queries.of_subscriber(one)] == ["expired"]
    new = found.subscriber_id(number)
    assert new not in (None, one)
    assert queries.facts([new])[0][1] is None  # type: ignore[list-item]
    assert {entry.content for entry in ledger.of_subject(f"subscriber:{one}")} == {None}
    actions.give(subscriber=new, principal=house, purpose="marketing", how="web")  # type: ignore[arg-type]
    people.recycle(number)


def test_what_is_due_goes_on_for_others(person: Person, firm: Firm, whitelist: ListFile) -> None:
    now = clock.now()
    with clock.at(now) as advance:
        listed = whitelist(row(1), row(2))
        importing.import_whitelist(listed, principal=firm("好房"), purpose="marketing", keep_good=True)
        for place in (1, 2):
            actions.dispute(consent=queries.of_subscriber(person(place))[0].id, how="web")
            until = now + timedelta(days=2)
            actions.give(
                subscriber=person(place), principal=firm("快贷"), purpose="marketing", how="web", expires_at=until
            )
        forgotten = person(1)
        advance(1)
        _erase(forgotten)
        advance(30 * 86_400)
        assert actions.expire_due() == 1
        assert actions.fail_overdue() == 1


def test_the_messages_of_the_forgotten_are_empty(person: Person) -> None:
    one = person(1)
    notices.send(subscriber=one, template="after_call", text="【松风保险】感谢接听", context="principal:7")
    notices.receive(subscriber=one, text="我是张三，别打了")
    _erase(one)
    assert {message.text for message in messages.messages(one)} == {""}
    assert notices.deliver_due() == 0


def _shown(person: Person, firm: Firm, whitelist: ListFile, *places: int) -> Path:
    """The file that the firm showed for each of these people: one signed form with all their names."""
    listed = whitelist(*(row(place) for place in (1, 2, 3)))
    importing.import_whitelist(listed, principal=firm("好房"), purpose="marketing", keep_good=True)
    for place in places:
        request = actions.dispute(consent=queries.of_subscriber(person(place))[0].id, how="web")
        actions.show_proof(request, io.BytesIO(b"the signed form"))
    return Path(settings.HOME.files / "proofs" / PROOF)


@pytest.mark.django_db(transaction=True)
def test_a_proof_goes_with_whom_it_is_about(person: Person, firm: Firm, whitelist: ListFile) -> None:
    file = _shown(person, firm, whitelist, 1)
    blocks = file.open("rb")  # what lay on the disk, whatever its name became
    _erase(person(1))
    assert not file.exists()
    assert blocks.read() == bytes(len(b"the signed form"))
    blocks.close()


@pytest.mark.django_db(transaction=True)
def test_a_proof_about_somebody_else_too_stays_until_they_go(person: Person, firm: Firm, whitelist: ListFile) -> None:
    file = _shown(person, firm, whitelist, 1, 2)
    _erase(person(1))
    assert file.read_bytes() == b"the signed form"
    _erase(person(2))
    assert not file.exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_that_no_answered_request_is_about_is_swept(person: Person, firm: Firm, whitelist: ListFile) -> None:
    file = _shown(person, firm, whitelist, 1)
    stray, part = file.with_name("ab" * 32), file.with_name(f"{PROOF}.77.part")
    stray.write_bytes(b"shown to a request that was closed")
    part.write_bytes(b"half a form")
    assert actions.forget_proofs() == 0
    with clock.at(clock.now()) as advance:
        advance(2 * 3600)
        assert actions.forget_proofs() >= 2  # other tests left some, too
        assert not stray.exists()
        assert not part.exists()
        assert file.exists()


@pytest.mark.django_db(transaction=True)
def test_an_erasure_that_is_undone_destroys_no_file(person: Person, firm: Firm, whitelist: ListFile) -> None:
    file = _shown(person, firm, whitelist, 1)
    with transaction.atomic():
        _erase(person(1))
        transaction.set_rollback(True)
    assert file.exists()
