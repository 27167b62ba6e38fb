"""Stories through the real gate: a rogue call centre is reported, verified, limited, put out, comes back under another
name and is recognised; an innocent pharmacy is labelled wrongly, appeals, and is freed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from mingbai.admission import actions as admission
from mingbai.admission import queries as entry
from mingbai.admission import sheet
from mingbai.admission.tests.conftest import Hall, plain_sheet
from mingbai.cases import actions, queries
from mingbai.cases.actions import Said, Wish
from mingbai.cases.rules.appeals import Party
from mingbai.consent import actions as consent
from mingbai.gate import feed
from mingbai.gate.check import Gate
from mingbai.gate.decide import Verdict
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import parse
from mingbai.ledger import order
from mingbai.notices import queries as messages
from mingbai.numbers import actions as numbers
from mingbai.numbers import queries as registered
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db(transaction=True)
ROGUE, PHARMACY = "95011123", "02161234567"
PEOPLE = [f"1380000000{n}" for n in range(1, 6)]
VERIFIER, SECOND, THIRD = 901, 902, 903  # accounts of three colleagues


@pytest.fixture
def hall(house: Home, monkeypatch: pytest.MonkeyPatch) -> Hall:
    monkeypatch.setattr(sheet, "contract", plain_sheet)
    return Hall()


@pytest.fixture
def gate(house: Home, hall: Hall) -> Iterator[Gate]:
    enforced(house)
    gate = Gate(house)
    yield gate
    with suppress(OSError):
        gate.close()


def enforced(house: Home) -> float:
    """Seconds until the gate's facts hold what has happened."""
    began = clock.monotonic()
    while order.integrate():
        pass
    feed.catch_up(house)
    return clock.monotonic() - began


def called(gate: Gate, caller: str, callee: str) -> Verdict:
    return gate.attempt(gate.question(parse(caller), parse(callee), "haidong-1")).verdict


def reported(number: str, reporters: list[str], kind: str = "marketing") -> None:
    """Each reports the number; the work loop looks at the reports until nothing is left."""
    for who in reporters:
        subscriber = people.ensure_subscriber(parse(who))
        actions.report(Said(source="my", number=parse(number), kind=kind, reporter=subscriber, verified=True))
    while actions.triage() or actions.count_stale():
        pass


def verified(case: int, *, finding: str, answer: str) -> None:
    """The whole checklist by one person, the holder asked; then the finding."""
    actions.take_up(case, account=VERIFIER)
    actions.check(case, kind="pattern", seen="confirms", note="集中呼叫陌生用户", account=VERIFIER)
    recording = io.BytesIO(f"RIFF {case}".encode())
    actions.add_sample(case, source="centre", name="a.wav", file=recording, account=VERIFIER)
    actions.check(case, kind="sample", seen="confirms", note="录音内容为推销", account=VERIFIER)
    actions.check(case, kind="test_call", seen="undecided", note="回拨为总机", account=VERIFIER)
    found = queries.case(case)
    assert found is not None
    question = actions.ask_holder(case, text="请说明外呼用途和名单来源", account=VERIFIER, page="https://x.cn/")
    actions.answer_question(question, party=found.party, text=answer)
    actions.check(case, kind="holder_answer", seen="undecided", note="答复未附凭证", account=VERIFIER)
    actions.find(case, finding=finding, text="核实完毕，据实认定", account=VERIFIER)


def taken(case: int, kind: str, scope: str, **more: Any) -> int:
    """A measure in force; a colleague agrees where it is heavy."""
    wish = Wish(kind=kind, scope=scope, **{"days": 30, "reason": "多人举报，核实属实", **more})
    made = actions.propose(case, wish, account=VERIFIER)
    found = queries.measure(made)
    assert found is not None
    if found.heavy:
        actions.approve(made, account=SECOND)
    return made


def test_a_rogue_call_centre_is_limited_put_out_and_recognised_when_it_comes_back(
    house: Home, hall: Hall, gate: Gate
) -> None:
    hall.allocated(principal=hall.firm, use="service")
    enforced(house)
    for person in PEOPLE[:3]:
        assert called(gate, ROGUE, person).code == 801  # it rings, labelled as its registration says
    reported(ROGUE, PEOPLE[:3])
    (row,) = queries.queue()
    assert (row.ground, row.people, row.holder) == ("reports", 3, "云呼中心")
    chain = entry.chain(parse(ROGUE), clock.now())
    assert chain is not None
    assert [link.name for link in chain.links][:4] == ["海东移动", "华通转售", "云呼中心", "青禾保险股份有限公司"]

    verified(row.id, finding="marketing", answer="系客户回访")
    assert called(gate, ROGUE, PEOPLE[3]).code == 801  # nothing is disposed of at once
    taken(row.id, "limit", "number", limits=(0, 5, 0))
    label = taken(row.id, "label", "number", label="confirmed_marketing")
    assert enforced(house) < 1
    assert called(gate, ROGUE, PEOPLE[4]).code == 802  # what was found goes with the call
    assert called(gate, ROGUE, PEOPLE[3]).code == 703  # and the sixth call of the hour does not ring
    (told, *_rest) = messages.messages(people.ensure_subscriber(parse(PEOPLE[0])))
    assert "举报属实" in told.text

    stop = taken(row.id, "end_contract", "holder", days=90)
    taken(row.id, "bar", "holder", days=365)
    assert enforced(house) < 1
    assert called(gate, ROGUE, PEOPLE[4]).code == 306
    assert queries.barred_holders() == {hall.centre}

    again = hall.another("晨星通信", "star")
    application = hall.entered(short="star", applicant=again, number="95011124", principal=hall.firm)
    hall.papers(application, short="star")
    asked = admission.submit(application, account=hall.who["star", "admin"], identity=hall.identity())
    (alike,) = entry.likenesses(application=application)
    assert asked == [alike.id]
    assert (alike.other, alike.score) == (hall.centre, 100)
    state = admission.decide_likeness(
        alike.id, account=hall.second, let_through=False, reason="与被限制入网单位为同一主体"
    )
    assert (state, hall.state(application)) == ("kept_out", "refused")

    actions.lift(stop, account=VERIFIER, reason="整改完成，提前解除")  # one step
    assert enforced(house) < 1
    assert called(gate, ROGUE, PEOPLE[4]).code == 703
    assert queries.measure(label).stage == "standing"  # type: ignore[union-attr]  # it is there


def test_an_innocent_pharmacy_is_labelled_wrongly_appeals_by_the_refused_call_and_is_freed(
    house: Home, hall: Hall, gate: Gate
) -> None:
    pharmacy = people.create_organisation(name="仁和药房", kind="enterprise", industry="health")
    line = numbers.register_number(first=parse(PHARMACY), holder=pharmacy, use="service", label="仁和药房 取药通知")
    partner = people.create_organisation(name="来电助手", kind="enterprise")
    enforced(house)
    for person in PEOPLE[:3]:
        assert called(gate, PHARMACY, person).label == "仁和药房 取药通知"
    reported(PHARMACY, PEOPLE[:3])
    (row,) = queries.queue()
    verified(row.id, finding="malicious", answer="是取药提醒")
    taken(row.id, "label", "number", label="confirmed_malicious")
    taken(row.id, "block", "number")
    stop = taken(row.id, "suspend", "number")
    _fetched(partner)
    assert enforced(house) < 1
    refused = gate.attempt(gate.question(parse(PHARMACY), parse(PEOPLE[4])))
    assert refused.verdict.code == 304

    party = Party(organisation=pharmacy)
    (notice, *_more) = queries.notices_of(party)
    assert set(notice.parts["zh"]) == {"measure", "reason", "remedy", "materials", "appeal"}
    appeal = actions.appeal(verdict=refused.receipt, party=party, text="这是取药提醒，有会员同意", account=1)
    (waits,) = queries.appeals(state="open")
    assert (waits.id, waits.case, waits.verdict) == (appeal, row.id, refused.receipt)
    actions.decide_appeal(appeal, account=THIRD, outcome="upheld", text="核查属实，标注有误", finding="legitimate")
    assert enforced(house) < 1
    again = called(gate, PHARMACY, PEOPLE[4])
    assert (again.code, again.label) == (801, "仁和药房 取药通知")
    assert called(gate, PHARMACY, PEOPLE[0]).code == 801  # who reported is not kept from it either
    assert queries.measure(stop).stage == "lifted"  # type: ignore[union-attr]  # it is there
    assert registered.mark(int(parse(PHARMACY).digits)) is None
    assert _told(partner), "the partner that took the list is told"
    whole = queries.case(row.id)
    assert whole is not None
    assert whole.state == "overturned"
    assert queries.history(pharmacy) == {"found": 0, "overturned": 1, "measures": 0}
    reporter = people.ensure_subscriber(parse(PEOPLE[0]))
    assert any("正常联系" in one.text for one in messages.messages(reporter))
    assert line
    consent.block(subscriber=reporter, kind="number", value=PHARMACY)  # what they want themselves is theirs
    enforced(house)
    assert called(gate, PHARMACY, PEOPLE[0]).code == 501


def test_a_measure_that_ends_by_itself_leaves_no_trace_in_the_gate(house: Home, hall: Hall, gate: Gate) -> None:
    with clock.at(clock.now()) as pass_time:
        hall.allocated(principal=hall.firm, use="service")
        enforced(house)
        case = actions.open_case(number=ROGUE, ground="hand", account=VERIFIER)
        verified(case, finding="marketing", answer="系客户回访")
        taken(case, "suspend", "principal", days=1)
        enforced(house)
        assert called(gate, ROGUE, PEOPLE[0]).code == 306
        pass_time(timedelta(days=1, seconds=1).total_seconds())
        while actions.measures_due() or numbers.restrict_due():
            pass
        assert enforced(house) < 1
        assert called(gate, ROGUE, PEOPLE[0]).code == 801


def _fetched(partner: int) -> None:
    """The partner's app takes the list, as the API does it."""
    from mingbai.people import actions as keys

    key, _text = keys.create_api_key(organisation=partner, name="app", scopes=["labels:read"])
    numbers.note_fetch(organisation=partner, key=key, since=0, version=registered.list_version(), rows=1)


def _told(partner: int) -> bool:
    from mingbai.ledger import queries as ledger

    return any(one.kind == "cases.partner_told" for one in ledger.of_subject(f"organisation:{partner}"))
