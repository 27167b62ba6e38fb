"""“I never agreed”: refused at once, the firm shows its proof in time, or its whole batch stops counting."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest
from django.conf import settings

from mingbai.consent import actions, events, importing, queries
from mingbai.kernel import clock, msisdn
from mingbai.kernel.problems import Problem
from mingbai.ledger import order
from mingbai.ledger import queries as ledger
from mingbai.people import actions as people

from .conftest import Firm, ListFile, Person, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staged_here")]
SIGNED = b"the signed form"  # its hash is the fixture's PROOF


@pytest.fixture
def claimed(firm: Firm, whitelist: ListFile) -> int:
    """A batch of three claims."""
    path = whitelist(row(1), row(2), row(3))
    return importing.import_whitelist(path, principal=firm("好房"), purpose="marketing", keep_good=True).batch


def consent_of(subscriber: int) -> int:
    return queries.of_subscriber(subscriber)[0].id


def counts(subscriber: int) -> bool:
    ((_, known),) = queries.facts([subscriber])
    return any(consent[2] == 2 for consent in known[0]) if known else False


def test_a_dispute_refuses_at_once_and_asks_for_the_proof(claimed: int, person: Person, firm: Firm) -> None:
    one = person(1)
    assert counts(one)
    request = actions.dispute(consent=consent_of(one), how="web")
    assert queries.facts([one])[0][1][0][0][2] == 3  # type: ignore[index]
    (asked,) = queries.proof_requests(principal=firm("好房"), open_only=True)
    assert (asked.id, asked.reference, asked.batch, asked.due_at - asked.asked_at) == (
        request, "HT-1", claimed, timedelta(days=5),
    )  # fmt: skip
    assert actions.dispute(consent=consent_of(one), how="sms") == request


def test_a_claim_refused_before_can_still_be_disputed(claimed: int, person: Person, firm: Firm) -> None:
    one = person(1)
    actions.refuse(subscriber=one, principal=firm("好房"), purpose="marketing", how="sms")
    actions.dispute(consent=consent_of(one), how="web")
    assert len(queries.proof_requests(subscriber=one)) == 1


def test_there_is_nothing_to_dispute_in_a_refusal(person: Person, firm: Firm) -> None:
    refused = actions.refuse(subscriber=person(1), principal=firm("好房"), purpose="marketing", how="web")
    with pytest.raises(Problem, match="no consent stands"):
        actions.dispute(consent=refused, how="web")
    with pytest.raises(Problem, match="no such consent"):
        actions.dispute(consent=10**9, how="web")


def test_the_filed_file_shown_in_time_saves_the_batch(claimed: int, person: Person) -> None:
    one = person(1)
    with clock.at(clock.now()) as advance:
        request = actions.dispute(consent=consent_of(one), how="web")
        with pytest.raises(Problem, match="not the file"):
            actions.show_proof(request, io.BytesIO(SIGNED + b"!"))
        actions.show_proof(request, io.BytesIO(SIGNED))
        kept = settings.HOME.files / "proofs" / hashlib.sha256(SIGNED).hexdigest()
        assert kept.read_bytes() == SIGNED
        assert kept.stat().st_mode & 0o077 == 0
        assert not list(kept.parent.glob("*.part"))
        advance(6 * 86_400)
        assert actions.fail_overdue() == 0
    assert not counts(one)  # the refusal stands all the same
    assert counts(person(2))
    assert [entry.kind for entry in ledger.of_subject(f"subscriber:{one}")] == [events.DISPUTED, events.PROOF_SHOWN]


def test_no_proof_in_time_suspends_the_whole_batch(claimed: int, person: Person, firm: Firm) -> None:
    with clock.at(clock.now()) as advance:
        request = actions.dispute(consent=consent_of(person(1)), how="web")
        assert actions.fail_overdue() == 0
        advance(5 * 86_400 + 1)
        with pytest.raises(Problem, match="time is over"):
            actions.show_proof(request, io.BytesIO(SIGNED))
        assert actions.fail_overdue() == 1
        assert actions.fail_overdue() == 0
    batch = queries.batch(claimed)
    assert batch is not None
    assert batch.state == "suspended"
    assert not counts(person(2))
    assert queries.facts([person(2)])[0][1] is None
    assert {known for _, known in queries.facts_of_batch(claimed, 0, 10)} - {queries.facts([person(1)])[0][1]} == {None}
    last = ledger.of_subject(f"organisation:{firm('好房')}")[-1]
    assert (last.kind, last.content and last.content["batch"]) == (events.BATCH_SUSPENDED, claimed)


def test_a_suspended_batch_is_not_imported_anew(claimed: int, person: Person, firm: Firm, whitelist: ListFile) -> None:
    with clock.at(clock.now()) as advance:
        actions.dispute(consent=consent_of(person(1)), how="web")
        advance(5 * 86_400 + 1)
        actions.fail_overdue()
    report = importing.import_whitelist(
        whitelist(row(2), row(4)), principal=firm("好房"), purpose="marketing", keep_good=True
    )
    assert [bad.code for bad in report.bad] == ["import.suspended"]
    assert not counts(person(2))
    assert counts(person(4))


def test_a_firm_that_filed_no_proof_cannot_show_one(person: Person, firm: Firm) -> None:
    claim = actions.give(subscriber=person(1), principal=firm("好房"), purpose="marketing", how="api")
    request = actions.dispute(consent=claim, how="web")
    with pytest.raises(Problem, match="no proof was filed"):
        actions.show_proof(request, io.BytesIO(b""))
    with clock.at(clock.now()) as advance:
        advance(6 * 86_400)
        assert actions.fail_overdue() == 1


@pytest.fixture
def suspended(claimed: int, person: Person) -> tuple[int, int]:
    """The batch, suspended for want of one proof, and the request for it."""
    with clock.at(clock.now()) as advance:
        request = actions.dispute(consent=consent_of(person(1)), how="web")
        advance(5 * 86_400 + 1)
        assert actions.fail_overdue() == 1
    return claimed, request


def test_a_batch_comes_back_once_the_proof_is_shown_and_two_have_looked(
    suspended: tuple[int, int], person: Person, firm: Firm
) -> None:
    batch, request = suspended
    (owing,) = queries.suspended_batches(firm("好房"))
    assert owing.owed == 1
    with pytest.raises(Problem, match="never shown"):
        actions.restore_batch(batch=batch, account=1, reason="补交")
    with pytest.raises(Problem, match="not the file"):
        actions.show_proof(request, io.BytesIO(b"another"))
    actions.show_proof(request, io.BytesIO(SIGNED))
    assert queries.proof_requests(subscriber=person(1))[0].state == "late"
    with pytest.raises(Problem, match="a reason is needed"):
        actions.restore_batch(batch=batch, account=1, reason=" ")
    assert not actions.restore_batch(batch=batch, account=1, reason="文件已补交")
    with pytest.raises(Problem, match="somebody else"):
        actions.restore_batch(batch=batch, account=1, reason="文件已补交")
    assert not counts(person(2))
    assert actions.restore_batch(batch=batch, account=2, reason="核对无误")
    assert counts(person(2))
    assert not counts(person(1))  # the refusal stands all the same
    assert queries.suspended_batches(firm("好房")) == []
    asked, restored = ledger.of_subject(f"organisation:{firm('好房')}")[-2:]
    assert (asked.kind, asked.content and asked.content["account"]) == (events.BATCH_RESTORE_ASKED, 1)
    assert (restored.kind, restored.content and restored.content["account"]) == (events.BATCH_RESTORED, 2)
    while order.integrate():
        pass
    assert ledger.changes(-1, 1000)[-1].ref == f"batch:{batch}"  # by which the gate reads it again
    with pytest.raises(Problem, match="not suspended"):
        actions.restore_batch(batch=batch, account=3, reason="再来")


def test_a_second_suspension_needs_two_looks_of_its_own(suspended: tuple[int, int], person: Person) -> None:
    batch, request = suspended
    actions.show_proof(request, io.BytesIO(SIGNED))
    actions.restore_batch(batch=batch, account=1, reason="文件已补交")
    actions.restore_batch(batch=batch, account=2, reason="核对无误")
    with clock.at(clock.now()) as advance:
        again = actions.dispute(consent=consent_of(person(2)), how="web")
        advance(5 * 86_400 + 1)
        actions.fail_overdue()
    actions.show_proof(again, io.BytesIO(SIGNED))
    assert not actions.restore_batch(batch=batch, account=2, reason="文件已补交")


def test_what_an_erased_person_asked_for_stands_in_no_way(suspended: tuple[int, int], person: Person) -> None:
    people.erase(msisdn.require("13800000001"), reason="本人要求")
    assert not actions.restore_batch(batch=suspended[0], account=1, reason="举证人已被遗忘")
    assert actions.restore_batch(batch=suspended[0], account=2, reason="核对无误")
    assert counts(person(2))
