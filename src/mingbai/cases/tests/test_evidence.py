"""What comes with a report: a recording or an SMS, encrypted, seen by who verifies the case and nobody else, on record;
and what is told to nobody when the reporter's number has another user."""

from __future__ import annotations

import io

import pytest
from django.conf import settings

from mingbai.cases import actions, queries
from mingbai.cases.rules import evidence as rules
from mingbai.cases.tests.desk import ROGUE, SECOND, VERIFIER, Desk
from mingbai.cases.tests.reporting import phone, row, settle
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.notices import queries as messages
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt said by the caller"


def person(n: int) -> int:
    return people.ensure_subscriber(parse(phone(n)))


def refused(code: str, act: object) -> None:
    with pytest.raises(Problem) as problem:
        act()  # type: ignore[operator]  # a lambda without arguments
    assert problem.value.code == code


def test_who_verifies_sees_it_for_a_reason_that_is_on_record_and_nobody_else_does(at: Desk) -> None:
    case = at.reported(1, 2, 3)
    filed = at.world.made[0]
    kept = actions.add_recording(filed.id, reporter=person(1), file=io.BytesIO(WAV), name="通话.wav")
    sms = actions.add_sms(filed.id, reporter=person(1), text="【某某贷】额度已到账，点链接领取")
    assert not any(WAV in file.read_bytes() for file in settings.HOME.root.rglob("*") if file.is_file())
    refused("reports.evidence_verifier", lambda: actions.open_evidence(kept, account=VERIFIER, reason="听取录音"))
    actions.take_up(case, account=VERIFIER)
    refused("reports.evidence_verifier", lambda: actions.open_evidence(kept, account=SECOND, reason="听取录音"))
    refused("cases.no_reason", lambda: actions.open_evidence(kept, account=VERIFIER, reason=" "))
    assert actions.open_evidence(kept, account=VERIFIER, reason="听取录音") == ("audio/wav", WAV)
    media, text = actions.open_evidence(sms, account=VERIFIER, reason="查看短信")
    assert (media, text.decode()) == (rules.TEXT, "【某某贷】额度已到账，点链接领取")
    first, second = queries.evidence_of_case(case)
    assert [(one.kind, len(one.looks)) for one in (first, second)] == [("recording", 1), ("sms", 1)]
    assert first.looks[0][0] == VERIFIER
    kinds = [one.kind for one in ledger.of_subject(f"subscriber:{person(1)}")]
    assert kinds.count("cases.evidence_added") == 2
    assert kinds.count("cases.evidence_seen") == 2
    actions.hand_over(case, account=VERIFIER, to=SECOND)
    refused("reports.evidence_verifier", lambda: actions.open_evidence(kept, account=VERIFIER, reason="听取录音"))
    assert actions.open_evidence(kept, account=SECOND, reason="接手核实")[1] == WAV


def test_a_reporters_own_recording_is_a_sample_to_judge_by(at: Desk) -> None:
    case = at.reported(1, 2, 3)
    actions.take_up(case, account=VERIFIER)
    judge = {"kind": "sample", "seen": "confirms", "note": "录音内容为推销", "account": VERIFIER}
    refused("cases.no_sample", lambda: actions.check(case, **judge))  # type: ignore[arg-type]  # all are texts but one
    actions.add_recording(at.world.made[0].id, reporter=person(1), file=io.BytesIO(WAV), name="a.wav")
    assert actions.check(case, **judge)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "reports.evidence_size"),
        (b"RIFF" + bytes(4 << 20), "reports.evidence_size"),
        (b"MZ\x90 a program", "reports.evidence_form"),
        (b"<html><script>", "reports.evidence_form"),
        (b"RIFF", "reports.evidence_form"),
    ],
)
def test_what_is_no_recording_is_not_taken(at: Desk, content: bytes, code: str) -> None:
    at.reported(1, 2, 3)
    filed = at.world.made[0]
    refused(code, lambda: actions.add_recording(filed.id, reporter=person(1), file=io.BytesIO(content), name="a.wav"))
    assert queries.evidence_of_report(filed.id) == []


FORMS = (
    WAV, b"#!AMR\n\x3c", b"ID3\x03\x00", b"\xff\xfb\x90\x00", b"OggS\x00\x02", b"\x00\x00\x00\x18ftypM4A ",
    b"fLaC\x00\x00",
)  # fmt: skip


@pytest.mark.parametrize("content", FORMS)
def test_what_phones_record_is_known(content: bytes) -> None:
    assert rules.form_of(content).startswith("audio/")


def test_whose_when_and_how_much(at: Desk) -> None:
    at.reported(1, 2, 3)
    filed = at.world.made[0]

    def add(n: int, text: str) -> int:
        return actions.add_sms(filed.id, reporter=person(n), text=text)

    refused("reports.unknown", lambda: add(2, "别人的短信"))
    refused("reports.evidence_sms", lambda: add(1, "  "))
    refused("reports.evidence_sms", lambda: add(1, "长" * 2001))
    for text in "甲乙丙丁戊":
        add(1, text)
    refused("reports.evidence_twice", lambda: add(1, "甲"))
    refused("reports.evidence_many", lambda: add(1, "己"))
    actions.answer_report(filed.id, outcome="marketing", account=VERIFIER)
    refused("reports.evidence_late", lambda: add(1, "庚"))


def test_what_is_with_an_erased_reporters_report_is_destroyed(at: Desk) -> None:
    case = at.reported(1, 2, 3)
    kept = actions.add_recording(at.world.made[0].id, reporter=person(1), file=io.BytesIO(WAV), name="张三.wav")
    actions.take_up(case, account=VERIFIER)
    people.erase(parse(phone(1)), reason="本人申请注销")
    assert [one.name for one in queries.evidence_of_case(case)] == [""]
    refused("cases.sample_gone", lambda: actions.open_evidence(kept, account=VERIFIER, reason="听取录音"))


def test_of_a_recycled_reporters_number_the_report_counts_and_its_new_user_is_told_nothing(at: Desk) -> None:
    case = at.reported(1, 2, 3)
    former = person(1)
    people.recycle(parse(phone(1)))
    new = person(1)
    assert new != former
    at.verified(case)
    actions.find(case, finding="not_proven", text="现有材料不足", account=VERIFIER)
    assert messages.messages(new) == []
    report = row(at.world.made[0])
    assert (report.reporter_id, report.outcome, report.stage) == (former, "not_proven", "done")
    with pytest.raises(Problem):
        actions.contest(report.id, reporter=new, text="我不同意这个结论")
    with pytest.raises(Problem):
        actions.add_sms(report.id, reporter=new, text="不是我的举报")


def test_the_new_user_of_a_reporters_number_is_somebody_else_who_reports(at: Desk) -> None:
    at.reported(1, 2, 3)
    people.recycle(parse(phone(1)))
    at.world.call(ROGUE, phone(1))
    again = at.world.report(phone(1))
    settle()
    assert row(again).state == "standing"
    assert row(again).joined_id is None
