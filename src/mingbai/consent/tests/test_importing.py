"""Whitelists: which rows are taken, what is said of each that is not, and that nothing counts before all does."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from mingbai.consent import actions, importing, queries
from mingbai.consent.importing import job, running
from mingbai.kernel import msisdn
from mingbai.ledger import order
from mingbai.ledger import queries as ledger
from mingbai.ledger.verify import verify_receipt
from mingbai.people import actions as people

from .conftest import PROOF, Firm, ListFile, Person, codes, row, state, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staged_here")]


def test_a_list_becomes_claimed_consents_under_one_entry(firm: Firm, whitelist: ListFile) -> None:
    house = firm("好房")
    path = whitelist(row(1), row(2, expires="2030-06-01"), row(3))
    stages: list[str] = []
    report = take(path, house, progress=lambda stage, done, of: stages.append(stage), wording_sha256=b"w" * 32)
    assert (report.state, report.rows, report.accepted, report.rejected, report.bad) == ("valid", 3, 3, 0, ())
    assert {state(place, house) for place in (1, 2, 3)} == {"claimed"}
    assert stages[0] == "reading"
    assert stages[-1] == "writing"
    batch = queries.batch(report.batch)
    assert batch is not None
    assert batch.file_sha256 == hashlib.sha256(path.read_bytes()).digest()
    assert batch.entry is not None
    entry = ledger.opened(batch.entry)
    assert entry is not None
    assert entry.content is not None
    assert entry.content["accepted"] == 3
    assert queries.of_firm(house)[0].wording_sha256 == b"w" * 32
    assert sorted(p.name for p in job.folder(report.batch).iterdir()) == ["bad.arrow", "lock"]


BAD = [
    ("13800000001,HT-1,{proof},2026-02-30,", "given_at", "given_unreadable"),
    ("13800000001,HT-1,{proof},,", "given_at", "given_missing"),
    ("13800000001,HT-1,{proof},1999-12-31,", "given_at", "given_early"),
    ("13800000001,HT-1,{proof},2099-01-01,", "given_at", "given_future"),
    ("13800000001,HT-1,{proof},2026-01-31 25:00:00,", "given_at", "given_unreadable"),
    (",HT-1,{proof},2026-01-31,", "msisdn", "msisdn_missing"),
    ("1380000000,HT-1,{proof},2026-01-31,", "msisdn", "msisdn_unreadable"),
    ("hello,HT-1,{proof},2026-01-31,", "msisdn", "msisdn_unreadable"),
    *((f"{number},HT-1,{{proof}},2026-01-31,", "msisdn", "msisdn_service") for number in ("110", "95588", "10086")),
    ("13800000001,,{proof},2026-01-31,", "reference", "reference_missing"),
    (f"13800000001,{'x' * 121},{{proof}},2026-01-31,", "reference", "reference_unreadable"),
    ('13800000001,"a\nb",{proof},2026-01-31,', "reference", "reference_unreadable"),
    ("13800000001,HT-1,,2026-01-31,", "proof_sha256", "proof_missing"),
    ("13800000001,HT-1,abc,2026-01-31,", "proof_sha256", "proof_unreadable"),
    (f"13800000001,HT-1,{'g' * 64},2026-01-31,", "proof_sha256", "proof_unreadable"),
    ("13800000001,HT-1,{proof},2026-01-31,soon", "expires_at", "expires_unreadable"),
    ("13800000001,HT-1,{proof},2026-01-31,2026-01-30", "expires_at", "expires_before"),
    ("13800000001,HT-1,{proof},2001-01-31,2002-01-31", "expires_at", "expired"),
    ("13800000001,HT-1,{proof},2001-01-31,", "expires_at", "expired"),
    ("13800000009,HT-1,{proof},2026-01-31,", "msisdn", "duplicate"),
    ("13800000001,HT-1,{proof},2026-01-31", "", "cells"),
    ("13800000001,HT-1,{proof},2026-01-31,,,", "", "cells"),
]


def test_each_bad_row_is_told_by_itself_and_spoils_no_other(firm: Firm, whitelist: ListFile) -> None:
    house = firm("好房")
    lines = [row(9), *(text.format(proof=PROOF) for text, _, _ in BAD), "", row(10)]
    report = take(whitelist(*lines), house)
    # A quoted line break makes one row, as a spreadsheet shows it.
    assert codes(report) == [(place, column, code) for place, (_, column, code) in enumerate(BAD, 3)]
    assert (report.rows, report.accepted, report.rejected) == (len(BAD) + 2, 2, len(BAD))
    assert state(9, house) == state(10, house) == "claimed"
    assert state(1, house) == ""
    for bad in report.bad:
        assert bad.message["zh"]
        assert bad.message["en"]
        assert bad.mend["zh"]
        assert bad.mend["en"]
    assert importing.bad_rows(report.batch, first=2, limit=1) == [report.bad[2]]


def test_all_or_nothing_takes_nothing_for_one_bad_row(firm: Firm, whitelist: ListFile) -> None:
    house = firm("好房")
    report = take(whitelist(row(1), row(2, given="2026-02-30"), row(3)), house, keep_good=False)
    assert (report.state, report.accepted, codes(report)) == ("rejected", 0, [(3, "given_at", "given_unreadable")])
    assert state(1, house) == ""
    assert take(whitelist(row(1), row(3)), house, keep_good=False).accepted == 2


def test_an_import_never_overrides_a_refusal(person: Person, firm: Firm, whitelist: ListFile) -> None:
    house, lender = firm("好房"), firm("快贷")
    actions.refuse(subscriber=person(1), principal=house, purpose="marketing", how="web")
    actions.refuse(subscriber=person(2), principal=house, how="web")
    actions.give(subscriber=person(3), principal=house, purpose="marketing", how="web")
    actions.withdraw(subscriber=person(3), principal=house, purpose="marketing", how="web")
    actions.refuse(subscriber=person(4), principal=lender, how="web")
    actions.give(subscriber=person(5), principal=house, purpose="marketing", how="web")
    path = whitelist(*(row(place) for place in range(1, 6)))
    report = take(path, house)
    assert codes(report) == [(2, "msisdn", "refused"), (3, "msisdn", "refused"), (4, "msisdn", "refused")]
    assert (report.accepted, report.unchanged, report.rejected) == (1, 1, 3)
    assert [state(place, house) for place in range(1, 6)] == ["refused", "refused", "withdrawn", "claimed", "given"]
    again = take(path, house, keep_good=False)
    assert (again.state, again.rejected, len(again.bad)) == ("rejected", 3, 3)


def test_a_consent_older_than_the_numbers_user_is_recycled(person: Person, firm: Firm, whitelist: ListFile) -> None:
    house = firm("好房")
    person(1)
    people.recycle(msisdn.require("13800000001"), at=datetime(2026, 2, 1, tzinfo=UTC))
    assert codes(take(whitelist(row(1, given="2026-01-31")), house)) == [(2, "given_at", "recycled")]
    assert take(whitelist(row(1, given="2026-02-02")), house).accepted == 1


def test_a_list_sent_again_changes_nothing(firm: Firm, whitelist: ListFile) -> None:
    house = firm("好房")
    path = whitelist(row(1), row(2))
    first = take(path, house)
    more = take(whitelist(row(1), row(2), row(3)), house, keep_good=False)
    assert (more.state, more.accepted, more.unchanged) == ("valid", 1, 2)
    assert take(path, house).state == "rejected"  # nothing new in it
    assert {view.batch for view in queries.of_firm(house)} == {first.batch, more.batch}


def test_each_row_has_a_receipt_that_survives_a_refusal(person: Person, firm: Firm, whitelist: ListFile) -> None:
    house = firm("好房")
    take(whitelist(*(row(place, expires="2030-01-01" if place % 2 else "") for place in range(20))), house)
    view = next(view for view in queries.of_firm(house) if view.reference == "HT-7")
    assert queries.receipt(view.id) is None  # not yet in order
    order.integrate()
    actions.refuse(subscriber=view.subscriber, principal=house, how="web")
    receipt = queries.receipt(view.id)
    assert receipt is not None
    verified = verify_receipt(receipt, ledger.vkey())
    assert "8613800000007" in str(verified)
    assert PROOF in str(verified)


def test_facts_of_a_batch_are_those_of_each(person: Person, firm: Firm, whitelist: ListFile) -> None:
    house, lender = firm("好房"), firm("快贷")
    actions.give(subscriber=person(3), principal=lender, purpose="marketing", how="web")
    actions.block(subscriber=person(4), kind="category", value="loans")
    report = take(whitelist(*(row(place) for place in range(20))), house)
    actions.refuse(subscriber=person(5), principal=house, how="web")
    everyone = dict(queries.facts([person(place) for place in range(20)]))
    found = [pair for first in range(0, 20, 6) for pair in queries.facts_of_batch(report.batch, first, 6)]
    assert dict(found) == everyone
    assert [key for key, _ in found] == sorted(everyone)


def test_an_import_that_died_before_it_was_staged_is_rejected(
    firm: Firm, whitelist: ListFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = firm("好房")
    monkeypatch.setattr(running, "_reject", lambda batch: None)
    monkeypatch.setattr(job.Staging, "__iter__", lambda self: iter(()))
    monkeypatch.setattr(running._Run, "finish", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        take(whitelist(row(1)), house)
    monkeypatch.undo()
    assert [batch.state for batch in queries.batches()] == ["writing"]
    (report,) = importing.resume()
    assert (report.state, report.accepted) == ("rejected", 0)
    assert importing.resume() == []


@pytest.mark.parametrize("keep_good", [True, False])
def test_an_import_that_died_while_writing_goes_on(
    firm: Firm, whitelist: ListFile, monkeypatch: pytest.MonkeyPatch, keep_good: bool
) -> None:
    """The process dies after its first transaction; what the next one makes of it is the same batch, whole."""
    house = firm("好房")
    monkeypatch.setattr(running, "WRITE", 10)
    written: list[int] = []
    write = running._Run._write

    def dies(self: Any, stage: Any, name: str, first: int, last: int) -> None:
        if written:
            raise KeyboardInterrupt
        write(self, stage, name, first, last)
        written.append(last)

    monkeypatch.setattr(running._Run, "_write", dies)
    monkeypatch.setattr(running, "_reject", lambda batch: None)
    monkeypatch.setattr(job, "clear", lambda batch, **_: None)
    with pytest.raises(KeyboardInterrupt):
        take(whitelist(*(row(place) for place in range(35))), house, keep_good=keep_good)
    monkeypatch.undo()
    (batch,) = queries.batches()
    assert (batch.state, batch.done, batch.accepted) == ("writing", 10, 10)
    assert {state(place, house) for place in range(35)} == {""}  # nothing counts yet
    (report,) = importing.resume()
    assert (report.state, report.accepted, report.unchanged) == ("valid", 35, 0)
    assert {state(place, house) for place in range(35)} == {"claimed"}
    assert len(queries.of_firm(house)) == 35


def test_a_rejected_import_leaves_no_row(firm: Firm, whitelist: ListFile, monkeypatch: pytest.MonkeyPatch) -> None:
    house = firm("好房")
    monkeypatch.setattr(running, "WRITE", 10)
    write = running._Run._write

    def breaks(self: Any, stage: Any, name: str, first: int, last: int) -> None:
        write(self, stage, name, first, last)
        if first:
            raise OSError("disk full")

    monkeypatch.setattr(running._Run, "_write", breaks)
    with pytest.raises(OSError, match="disk full"):
        take(whitelist(*(row(place) for place in range(35))), house)
    assert [batch.state for batch in queries.batches()] == ["rejected"]
    assert queries.of_firm(house) == []


def test_what_expired_may_be_claimed_anew(person: Person, firm: Firm, whitelist: ListFile) -> None:
    from mingbai.kernel import clock

    house = firm("好房")
    with clock.at(datetime(2026, 1, 2, tzinfo=UTC)) as advance:
        actions.give(
            subscriber=person(1),
            principal=house,
            purpose="marketing",
            how="web",
            expires_at=datetime(2026, 1, 3, tzinfo=UTC),
        )
        advance(86_400 * 3)
        actions.expire_due()
    report = take(whitelist(row(1)), house)
    assert report.accepted == 1
    assert state(1, house) == "claimed"


def test_a_batch_in_hand_is_left_alone(firm: Firm, whitelist: ListFile) -> None:
    seen: list[list[importing.Report]] = []
    take(whitelist(row(1)), firm("好房"), progress=lambda *_: seen.append(importing.resume()))
    assert seen
    assert not any(seen)
