"""Who may appeal against a measure, and who may decide it."""

from __future__ import annotations

import pytest

from mingbai.calls import queries as calls
from mingbai.cases import actions, queries
from mingbai.cases.rules.appeals import Party
from mingbai.cases.tests.desk import FOURTH, ROGUE, THIRD, Desk
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Decision
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("kind", "scope"), [("suspend", "number"), ("suspend", "holder"), ("end_contract", "holder")])
def test_a_principal_appeals_against_what_hits_its_calls_in_its_own_name(
    at: Desk, monkeypatch: pytest.MonkeyPatch, kind: str, scope: str
) -> None:
    case = at.found()
    made = at.stands(case, kind, scope)
    _refused(at, monkeypatch, code=304 if scope == "number" else 306)
    party = Party(organisation=at.firm)
    assert queries.notices_of(party) == [], "the measure is on the holder"
    appeal = actions.appeal(verdict="S-1", party=party, text="这些来电是我们委托的，有同意凭证")
    (waits,) = queries.appeals(state="open")
    assert (waits.id, waits.case, waits.party) == (appeal, case, party)
    actions.decide_appeal(appeal, account=THIRD, outcome="upheld", text="凭证属实，予以更正")
    assert at.stage(made) == "lifted"


def test_by_no_call_of_its_own_a_principal_has_no_standing(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = at.found()
    at.stands(case, "suspend", "holder")
    other = people.create_organisation(name="白鹭湾地产", kind="enterprise")
    _refused(at, monkeypatch, code=306)
    for party, verdict in ((Party(organisation=other), "S-1"), (Party(organisation=at.firm), "")):
        with pytest.raises(Problem) as problem:
            actions.appeal_case(case, party=party, text="与我无关的申诉", verdict=verdict)
        assert problem.value.code == "cases.not_restricted"


def test_a_measure_on_another_number_of_the_holder_is_not_what_refused_the_call(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers.register_number(first=parse("02160876101"), holder=at.centre, principal=at.firm, use="marketing")
    case = at.found()
    at.stands(case)
    _refused(at, monkeypatch, code=304, caller="02160876101")
    appeal = actions.appeal(verdict="S-1", party=Party(organisation=at.firm), text="这通来电是我们委托的")
    (waits,) = queries.appeals(state="open")
    assert (waits.id, waits.case) == (appeal, None)


def test_who_rejected_an_appeal_does_not_decide_the_next_one_of_the_case(at: Desk) -> None:
    case, party = at.found(), Party(organisation=at.centre)
    at.stands(case)
    first = actions.appeal_case(case, party=party, text="我们是预约回访，附凭证")
    actions.decide_appeal(first, account=THIRD, outcome="rejected", text="未提供有效凭证")
    again = actions.appeal_case(case, party=party, text="补充凭证编号，请复核")
    with pytest.raises(Problem) as problem:
        actions.decide_appeal(again, account=THIRD, outcome="upheld", text="补充的凭证属实")
    assert problem.value.code == "cases.had_a_part"
    actions.decide_appeal(again, account=FOURTH, outcome="upheld", text="补充的凭证属实")
    assert at.view(case).state == "overturned"


def _refused(at: Desk, monkeypatch: pytest.MonkeyPatch, *, code: int, caller: str = ROGUE) -> None:
    """Any receipt names a call of the centre for the firm that a measure refused."""
    called = calls.Attempt(
        segment="S", row=1, at_us=1, caller=parse(caller).digits, callee="8613800000001", trunk=0,
        decision=Decision.REFUSE, code=code, rule="", reason={}, label="", purpose="", use="", resource=at.resource,
        holder=at.centre, principal=at.firm, consent=0, sip=None, age_ms=None, entry=None, index=None,
    )  # fmt: skip
    monkeypatch.setattr(calls, "attempt", lambda receipt: called)
