"""Appeals and answers: one transaction each, its ledger entry inside; whose call it is, and nobody else's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from mingbai.calls import queries as calls
from mingbai.cases import actions, queries
from mingbai.cases.models import Appeal
from mingbai.cases.rules import Party
from mingbai.gate import journal
from mingbai.gate.decide import Code
from mingbai.kernel import clock
from mingbai.kernel.msisdn import Kind, parse
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import USES, Decision, Use
from mingbai.ledger import queries as ledger
from mingbai.notices import queries as messages
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
ME = "13911112222"
PAGE = "https://mingbai.example.cn/redress/x"


@pytest.fixture
def house() -> Iterator[SimpleNamespace]:
    """Two firms, a person, and a journal that is being written."""
    made = SimpleNamespace()
    made.firm = people.create_organisation(name="青禾保险", kind="enterprise", industry="insurance")
    made.other = people.create_organisation(name="白鹭湾地产", kind="enterprise", industry="property")
    made.me = people.ensure_subscriber(parse(ME))
    writer = journal.Writer(settings.HOME.journal, capacity=1024)

    def verdict(**more: int) -> str:
        known = journal.Record(
            at_us=clock.now_us(), caller=864008109889, callee=8613812345678, consent=0, position=0, trunk=1, resource=1,
            holder=made.firm, principal=made.firm, age_ms=1, code=int(Code.CONSENT_MISSING), sip=608,
            purpose=journal.NO_PURPOSE, use=USES.index(Use.MARKETING), mode=0, decision=int(Decision.REFUSE),
            caller_kind=int(Kind.TOLL_400), callee_kind=int(Kind.MOBILE),
        )  # fmt: skip
        return journal.receipt_id(writer.segment, writer.append(tuple(known._replace(**more))))

    made.verdict = verdict
    made.mine = lambda: verdict(caller=int(parse(ME).digits), holder=0, principal=0, caller_kind=int(Kind.MOBILE))
    yield made
    writer.close()
    shutil.rmtree(settings.HOME.journal, ignore_errors=True)


def kinds(subject: str) -> list[str]:
    return [one.kind for one in ledger.of_subject(subject) if one.kind.startswith("cases.")]


def refused(code: str, **what: Any) -> None:
    with pytest.raises(Problem) as problem:
        actions.appeal(**what)
    assert problem.value.code == code


def test_an_appeal_is_open_until_it_is_answered_and_both_are_in_the_log(house: SimpleNamespace) -> None:
    firm, verdict = Party(organisation=house.firm), house.verdict()
    made = actions.appeal(verdict=verdict, party=firm, text="  我们有同意凭证。\r\n请核查。 ", account=5)
    (found,) = queries.appeals(state="open")
    assert (found.id, found.verdict, found.party, found.text) == (made, verdict, firm, "我们有同意凭证。\n请核查。")
    assert queries.waiting() == 1
    actions.answer(made, account=9, text="已更正。", page=PAGE)
    assert queries.waiting() == 0
    (found,) = queries.appeals(state="answered")
    assert (found.answer, found.answered_at is not None) == ("已更正。", True)
    assert queries.of_party(verdict, firm) == found == queries.appeal(made)
    assert kinds(firm.subject) == ["cases.appealed", "cases.appeal_answered"]
    said = next(one.content for one in ledger.of_subject(firm.subject) if one.kind == "cases.appeal_answered")
    assert said == {"account": 9, "appeal": made, "text": "已更正。", "verdict": verdict}


def test_only_whose_call_it_was_may_appeal(house: SimpleNamespace) -> None:
    verdict, mine = house.verdict(), house.mine()
    for party in (Party(organisation=house.other), Party(subscriber=house.me), Party()):
        refused("cases.no_verdict", verdict=verdict, party=party, text="我有话说")
    refused("cases.no_verdict", verdict=mine, party=Party(organisation=house.firm), text="我有话说")
    refused("cases.no_verdict", verdict="0" * 32 + "-0", party=Party(organisation=house.firm), text="我有话说")
    assert actions.appeal(verdict=mine, party=Party(subscriber=house.me), text="我有话说")


def test_one_appeal_of_each_party(house: SimpleNamespace) -> None:
    verdict = house.verdict(principal=house.other)
    for party in (Party(organisation=house.firm), Party(organisation=house.other)):
        actions.appeal(verdict=verdict, party=party, text="第一次申诉")
        refused("cases.appealed", verdict=verdict, party=party, text="第二次申诉")
        assert kinds(party.subject) == ["cases.appealed"]  # the second left nothing
    assert len(queries.of_verdict(verdict)) == 2


def test_what_rang_is_not_appealed(house: SimpleNamespace) -> None:
    rang = house.verdict(decision=int(Decision.LABEL), code=int(Code.LABELLED))
    refused("cases.not_refused", verdict=rang, party=Party(organisation=house.firm), text="标注有误")


def test_an_answer_is_given_once(house: SimpleNamespace) -> None:
    made = actions.appeal(verdict=house.verdict(), party=Party(organisation=house.firm), text="请核查。")
    actions.answer(made, account=9, text="已核查。", page=PAGE)
    for appeal, code in ((made, "cases.answered"), (made + 1, "cases.no_appeal")):
        with pytest.raises(Problem) as problem:
            actions.answer(appeal, account=9, text="再次答复", page=PAGE)
        assert problem.value.code == code
    assert kinds(f"organisation:{house.firm}").count("cases.appeal_answered") == 1


def test_a_person_hears_of_the_answer_by_sms_and_a_firm_does_not(house: SimpleNamespace) -> None:
    made = actions.appeal(verdict=house.mine(), party=Party(subscriber=house.me), text="不是我打的")
    actions.answer(made, account=9, text="已核查。", page=PAGE)
    (told,) = messages.messages(house.me)
    assert PAGE in told.text
    assert "已核查。" not in told.text  # the answer itself stands behind a log-in
    assert (told.template, told.context) == ("appeal.answered", f"appeal:{made}")


def test_a_former_user_s_appeal_is_answered_and_nobody_else_is_told(house: SimpleNamespace) -> None:
    verdict = house.mine()
    made = actions.appeal(verdict=verdict, party=Party(subscriber=house.me), text="不是我打的")
    heir = people.recycle(parse(ME))
    found = calls.attempt(verdict)
    assert found is not None
    assert queries.concerns(Party(subscriber=house.me), found)
    assert not queries.concerns(Party(subscriber=heir), found)
    assert queries.caller_party(found) == Party()
    actions.answer(made, account=9, text="已核查。", page=PAGE)
    assert messages.messages(heir) == []


def test_a_look_is_on_record_with_whose_call_it_is(house: SimpleNamespace) -> None:
    for verdict, subject in ((house.verdict(), f"organisation:{house.firm}"), (house.mine(), f"subscriber:{house.me}")):
        found = calls.attempt(verdict)
        assert found is not None
        actions.look(verdict=verdict, party=queries.caller_party(found), account=9, reason="用户来电")
        assert kinds(subject) == ["cases.verdict_looked_at"]
    with pytest.raises(Problem):
        actions.look(verdict=house.verdict(), party=Party(), account=9, reason=" ")


def test_erasing_a_person_destroys_their_words(house: SimpleNamespace) -> None:
    me = Party(subscriber=house.me)
    answered = actions.appeal(verdict=house.mine(), party=me, text="不是我打的，我住在某处")
    actions.answer(answered, account=9, text="某先生，已核查", page=PAGE)
    waiting = actions.appeal(verdict=house.mine(), party=me, text="这也不是我打的")
    people.erase(parse(ME), reason="用户申请注销")
    assert queries.appeal(waiting) is None
    kept = queries.appeal(answered)
    assert kept is not None
    assert (kept.text, kept.answer, kept.state) == ("", "", "answered")


def test_the_database_itself_wants_one_party(house: SimpleNamespace) -> None:
    for party in ({}, {"organisation_id": house.firm, "subscriber_id": house.me}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Appeal.objects.create(verdict="x", text="x", made_at=clock.now(), entry=1, **party)
