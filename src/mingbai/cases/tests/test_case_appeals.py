"""Whom measures spare, whom they tell, and how an appeal undoes them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mingbai.cases import actions, queries
from mingbai.cases.models import PartnerTold
from mingbai.cases.rules.appeals import Party
from mingbai.cases.tests.desk import FOURTH, ROGUE, SECOND, THIRD, VERIFIER, Desk, bounds, code_of
from mingbai.cases.tests.reporting import phone, row, settle
from mingbai.consent import actions as consent
from mingbai.consent import queries as consents
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.notices import queries as messages
from mingbai.numbers import actions as listed
from mingbai.numbers import queries as numbers
from mingbai.people import actions as people
from mingbai.people import queries as identities

pytestmark = pytest.mark.django_db


def test_those_who_reported_are_spared_and_their_own_blocks_outlast_the_case(at: Desk) -> None:
    first, second = (people.ensure_subscriber(parse(phone(n))) for n in (1, 2))
    digits = parse(ROGUE).digits
    consent.block(subscriber=first, kind="number", value=ROGUE)
    case = at.found()
    made = at.measure(case, "block")
    assert [[one.value for one in consents.blocks(who)] for who in (first, second)] == [[digits], [digits]]
    actions.lift(made, account=VERIFIER, reason="已整改，提前解除")
    assert [[one.value for one in consents.blocks(who)] for who in (first, second)] == [[digits], []]
    made = at.measure(case, "block")
    consent.block(subscriber=second, kind="number", value=ROGUE)  # says it in their own name meanwhile
    actions.lift(made, account=VERIFIER, reason="已整改，提前解除")
    assert [one.value for one in consents.blocks(second)] == [digits]


def test_the_holder_is_told_reason_remedy_materials_and_how_to_appeal_and_not_who_reported(at: Desk) -> None:
    case = at.found()
    at.stands(case)
    (told,) = queries.notices_of(Party(organisation=at.centre))
    assert set(told.parts["zh"]) == {"measure", "reason", "remedy", "materials", "appeal"}
    assert all(told.parts["zh"].values())
    assert all(told.parts["en"].values())
    assert told.evidence["reports"] == 3
    shown = str(told)
    assert not any(phone(n) in shown or phone(n)[-4:] in shown for n in (1, 2, 3))
    assert queries.notices_of(Party(organisation=at.firm)) == []  # nobody more than their part
    assert queries.notice(told.id, Party(organisation=at.firm)) is None
    assert queries.unread(Party(organisation=at.centre)) == 1
    actions.read_notice(told.id, party=Party(organisation=at.centre))
    assert queries.unread(Party(organisation=at.centre)) == 0


def test_a_person_is_told_by_sms(at: Desk) -> None:
    number = "13911118888"
    case = at.found(1, 2, 3, number=number)
    at.stands(case)
    mine = identities.subscriber_id(parse(number))
    assert mine is not None
    texts = [one.text for one in messages.messages(mine)]
    assert any("限制措施告知" in text and "申诉渠道" in text for text in texts)


def test_an_appeal_is_decided_by_a_stranger_to_the_case_and_undoes_everything(at: Desk) -> None:
    party = Party(organisation=at.centre)
    case = at.found()
    made = [at.stands(case), at.measure(case, "label", label="confirmed_marketing"), at.measure(case, "block")]
    waiting = at.measure(case, "shut")
    appeal = actions.appeal_case(case, party=party, text="我们是预约回访，附凭证", account=77)
    with pytest.raises(Problem) as problem:
        actions.appeal_case(case, party=party, text="再说一次，附凭证", account=77)
    assert code_of(problem) == "cases.appealed"
    with pytest.raises(Problem) as problem:
        actions.appeal_case(case, party=Party(organisation=at.operator), text="与我无关的申诉")
    assert code_of(problem) == "cases.not_restricted"
    for part in (VERIFIER, SECOND):
        with pytest.raises(Problem) as problem:
            actions.decide_appeal(appeal, account=part, outcome="upheld", text="凭证属实")
        assert code_of(problem) == "cases.had_a_part"
    actions.decide_appeal(appeal, account=THIRD, outcome="upheld", text="凭证属实，予以更正", finding="legitimate")
    found = at.view(case)
    assert found.state == "overturned"
    assert found.finding is not None
    assert found.finding.kind == "legitimate"
    assert [at.stage(one) for one in (*made, waiting)] == ["lifted", "lifted", "lifted", "dropped"]
    assert bounds() == (False, False, (0, 0, 0))
    assert numbers.label_for(parse(ROGUE)) is None
    reporter = identities.subscriber_id(parse(phone(1)))
    assert reporter is not None
    assert consents.blocks(reporter) == []
    assert {one.outcome for one in _reports(case)} == {"legitimate"}  # it weighs on who reported it
    (told,) = {(one.appeal_state, one.outcome, one.stage) for one in queries.notices_of(party) if one.kind == "suspend"}
    assert told == ("answered", "upheld", "lifted")


def test_a_rejected_appeal_leaves_what_stands(at: Desk) -> None:
    case = at.found()
    made = at.stands(case)
    appeal = actions.appeal_case(case, party=Party(organisation=at.centre), text="请求解除限制")
    actions.decide_appeal(appeal, account=THIRD, outcome="rejected", text="未提供同意凭证")
    assert at.stage(made) == "standing"
    with pytest.raises(Problem) as problem:
        actions.decide_appeal(appeal, account=FOURTH, outcome="upheld", text="改变主意")
    assert code_of(problem) == "cases.answered"
    assert actions.appeal_case(case, party=Party(organisation=at.centre), text="补充凭证，再次申诉")


def test_every_step_is_in_the_log_and_no_entry_holds_a_number_or_a_text(at: Desk) -> None:
    case = at.found()
    at.stands(case)
    entries = [ledger.opened(one.entry) for one in at.view(case).steps if one.entry]
    kinds = {entry.kind for entry in entries if entry}
    assert kinds >= {"cases.case_opened", "cases.case_checked", "cases.case_found", "cases.measure_proposed"}
    written = " ".join(str(entry.content) for entry in entries if entry)
    assert parse(ROGUE).digits not in written
    assert "推销" not in written


def test_a_recycled_number_is_free(at: Desk) -> None:
    number = "13911118888"
    case = at.found(1, 2, 3, number=number)
    at.stands(case)
    digits = int(parse(number).digits)
    assert numbers.bounds_of_number(digits).suspended
    people.recycle(parse(number))
    assert not numbers.bounds_of_number(digits).any


def _reports(case: int):  # type: ignore[no-untyped-def]  # a query set
    from mingbai.cases.models import Report

    return Report.objects.filter(case=case)


def test_two_of_a_kind_each_leave_what_the_other_wants(at: Desk) -> None:
    reporter = people.ensure_subscriber(parse(phone(1)))
    case = at.found()
    number, firm = at.measure(case, "block"), at.measure(case, "block", "principal")
    actions.lift(number, account=VERIFIER, reason="改为按委托方拦截")
    assert [(one.kind, one.value) for one in consents.blocks(reporter)] == [("firm", str(at.firm))]
    actions.lift(firm, account=VERIFIER, reason="已整改，提前解除")
    assert consents.blocks(reporter) == []
    at.measure(case, "label", label="confirmed_marketing")
    worse = at.measure(case, "label", label="confirmed_criminal")
    actions.lift(worse, account=VERIFIER, reason="定性过重，予以更正")
    shown = numbers.label_for(parse(ROGUE))
    assert shown is not None
    assert shown.kind == "confirmed_marketing"


def test_what_waits_for_a_number_that_changed_hands_ends_and_holds_nobody_up(at: Desk) -> None:
    number = "13911118888"
    with clock.at(clock.now()) as pass_time:
        case = at.found(1, 2, 3, number=number)
        begin = clock.now() + timedelta(days=1)
        later = at.measure(case, "limit", limits=(0, 5, 0), begin_at=begin)
        other = at.found(5, 6, 7)
        people.recycle(parse(number))
        pass_time(2 * 86400)
        while actions.measures_due():
            pass
        assert at.stage(later) == "ended"
        assert at.view(other).state == "found"


def test_erasing_a_person_destroys_what_stands_about_them(at: Desk) -> None:
    number = "13911118888"
    case = at.found(1, 2, 3, number=number)
    at.stands(case)
    people.erase(parse(number), reason="用户申请注销")
    found = at.view(case)
    assert found.number == "***"
    assert {one.note for one in found.checks} | {one.text for one in found.questions} == {""}
    assert found.finding is not None
    assert found.finding.text == ""
    assert not numbers.bounds_of_number(int(parse(number).digits)).any


def test_partners_that_took_what_people_suspected_are_told_that_it_was_wrong(at: Desk) -> None:
    number = "13911118888"
    partner = people.create_organisation(name="来电识别应用", kind="enterprise")
    with clock.at(clock.now()) as go_on:
        case = at.found(*range(1, 13), number=number)
        go_on(60)
        version = numbers.list_version()
        listed.note_fetch(organisation=partner, key=1, since=0, version=version, rows=1)
        at.stands(case)
        mine = identities.subscriber_id(parse(number))
        appeal = actions.appeal_case(case, party=Party(subscriber=mine or 0), text="这是药店的取药提醒电话")
        go_on(60)
        actions.decide_appeal(appeal, account=THIRD, outcome="upheld", text="情况属实，予以更正", finding="legitimate")
        assert numbers.label_for(parse(number)) is None
        assert [one.votes for one in numbers.listed(version)] == [0]
    assert [one.organisation_id for one in PartnerTold.objects.filter(case=case)] == [partner]


def test_who_reports_after_the_finding_hears_it_at_the_end_of_the_case(at: Desk) -> None:
    case = at.found()
    at.stands(case)
    assert {one.state for one in _reports(case)} == {"answered"}
    late = at.world.called_and_reported(9)[0]
    settle()
    assert (row(late).case, row(late).state) == (case, "standing")
    actions.close(case, account=VERIFIER)
    assert (row(late).state, row(late).outcome) == ("answered", "marketing")


def test_whoever_handed_the_verification_over_is_no_second_person(at: Desk) -> None:
    case = at.reported(1, 2, 3)
    actions.take_up(case, account=FOURTH)
    actions.hand_over(case, account=FOURTH, to=VERIFIER)
    at.checked(case)
    actions.find(case, finding="marketing", text="未经同意反复推销", account=VERIFIER)
    waiting = at.measure(case)
    with pytest.raises(Problem) as problem:
        actions.approve(waiting, account=FOURTH)
    assert code_of(problem) == "cases.same_person"
    actions.approve(waiting, account=SECOND)


def test_whoever_declined_or_lifted_a_measure_does_not_decide_the_appeal(at: Desk) -> None:
    case = at.found()
    actions.lift(at.stands(case), account=FOURTH, reason="已整改，提前解除")
    actions.decline(at.measure(case, "shut"), account=THIRD, reason="不必关停")
    appeal = actions.appeal_case(case, party=Party(organisation=at.centre), text="请求更正记录")
    for part in (THIRD, FOURTH):
        with pytest.raises(Problem) as problem:
            actions.decide_appeal(appeal, account=part, outcome="upheld", text="凭证属实")
        assert code_of(problem) == "cases.had_a_part"
    actions.decide_appeal(appeal, account=15, outcome="upheld", text="凭证属实")
