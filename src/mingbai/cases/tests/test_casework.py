"""Case → finding → measures → appeal, each sentence of it."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from mingbai.cases import actions, queries
from mingbai.cases.actions import Wish
from mingbai.cases.models import Look, Measure, Sample
from mingbai.cases.rules.appeals import Party
from mingbai.cases.rules.casework import Source
from mingbai.cases.tests.desk import FOURTH, PAGE, ROGUE, SECOND, THIRD, VERIFIER, Desk, bounds, code_of
from mingbai.cases.tests.reporting import phone
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.notices import queries as messages
from mingbai.numbers import queries as numbers
from mingbai.people import actions as people
from mingbai.people import queries as identities

pytestmark = pytest.mark.django_db


def test_enough_different_people_open_a_case_that_gathers_what_is_known(at: Desk) -> None:
    case = at.reported(1, 2, 3)
    found = at.view(case)
    assert (found.ground, found.state, found.people) == ("reports", "open", 3)
    assert (found.holder_name, found.principal_name, found.resource) == ("云呼呼叫中心", "青禾保险", at.resource)
    assert len(found.reports) == 3
    assert all("****" in one.reporter for one in found.reports)  # nobody is shown in full
    row = queries.queue()[0]
    assert (row.id, row.people, row.left > 0) == (case, 3, True)


def test_a_case_under_way_takes_what_is_new_and_no_second_is_opened(at: Desk) -> None:
    case = at.reported(1, 2, 3)
    at.world.called_and_reported(4)
    again = actions.open_case(number=ROGUE, ground="directive", directive=7)
    assert again == case
    assert [ground for ground, _reference, _at in at.view(case).openings] == ["reports", "directive"]
    assert actions.open_case(number=ROGUE, ground="detection", detection=3) == case
    assert actions.open_case(number=ROGUE, ground="detection", detection=3) == case
    assert len(at.view(case).openings) == 3


def test_a_person_opens_one_by_hand_and_nobody_does_not(at: Desk) -> None:
    case = actions.open_case(number="13900001234", ground="hand", account=VERIFIER)
    assert at.view(case).personal
    assert "****" in at.view(case).number
    with pytest.raises(Problem) as problem:
        actions.open_case(number=ROGUE, ground="hand")
    assert code_of(problem) == "cases.no_account"


def test_nothing_is_found_before_everything_was_looked_at(at: Desk) -> None:
    case = at.reported(1, 2, 3)
    with pytest.raises(Problem) as problem:
        actions.check(case, kind="pattern", seen="confirms", note="看过呼叫记录", account=VERIFIER)
    assert code_of(problem) == "cases.state"  # nobody has taken it up
    actions.take_up(case, account=VERIFIER)
    with pytest.raises(Problem) as problem:
        actions.find(case, finding="marketing", text="看起来是推销", account=VERIFIER)
    assert code_of(problem) == "cases.unverified"
    with pytest.raises(Problem) as problem:
        actions.check(case, kind="sample", seen="confirms", note="听过录音", account=VERIFIER)
    assert code_of(problem) == "cases.no_sample"
    with pytest.raises(Problem) as problem:
        actions.check(case, kind="pattern", seen="confirms", note="看过呼叫记录", account=SECOND)
    assert code_of(problem) == "cases.not_yours"


def test_the_holder_s_answer_is_awaited_until_its_deadline(at: Desk) -> None:
    with clock.at(clock.now()) as pass_time:
        case = at.reported(1, 2, 3)
        actions.take_up(case, account=VERIFIER)
        for kind in ("pattern", "sample", "test_call"):
            seen = "confirms" if kind == "pattern" else "impossible"
            actions.check(case, kind=kind, seen=seen, note="据实记录", account=VERIFIER)
        actions.ask_holder(case, text="请说明外呼名单来源", account=VERIFIER, page=PAGE)
        actions.check(case, kind="holder_answer", seen="undecided", note="等待答复", account=VERIFIER)
        with pytest.raises(Problem) as problem:
            actions.find(case, finding="marketing", text="未经同意推销", account=VERIFIER)
        assert code_of(problem) == "cases.answer_awaited"
        pass_time(20 * 86400)
        assert actions.find(case, finding="marketing", text="未经同意推销", account=VERIFIER)
        (asked,) = queries.questions_to(Party(organisation=at.centre))
        assert not asked.may_answer  # found without it
        with pytest.raises(Problem) as problem:
            actions.answer_question(asked.id, party=Party(organisation=at.centre), text="我们来晚了")
        assert code_of(problem) == "cases.question_closed"


def test_what_no_check_confirms_is_not_found_against_anybody(at: Desk) -> None:
    case = at.reported(1, 2, 3)
    at.verified(case, seen="contradicts")
    with pytest.raises(Problem) as problem:
        actions.find(case, finding="marketing", text="还是认定推销", account=VERIFIER)
    assert code_of(problem) == "cases.unfounded"
    actions.find(case, finding="legitimate", text="系预约回访", account=VERIFIER)
    with pytest.raises(Problem) as problem:
        at.measure(case, "limit", limits=(0, 10, 0))
    assert code_of(problem) == "cases.no_finding"
    reporter = identities.subscriber_id(parse(phone(1)))
    assert reporter is not None
    assert "正常联系" in messages.messages(reporter)[0].text  # they hear what became of it


@pytest.mark.parametrize("source", ["live", "tap", "interception", ""])
def test_a_sample_is_never_of_a_live_call(at: Desk, source: str) -> None:
    case = at.reported(1, 2, 3)
    actions.take_up(case, account=VERIFIER)
    with pytest.raises(Problem) as problem:
        actions.add_sample(case, source=source, name="x.wav", file=io.BytesIO(b"x"), account=VERIFIER)
    assert code_of(problem) == "cases.sample_source"
    assert {one.value for one in Source} == {"reporter", "centre", "test_call"}
    assert not Sample.objects.exists()


def test_who_listens_says_why_first_and_that_stands_in_the_log(at: Desk) -> None:
    case = at.reported(1, 2, 3)
    actions.take_up(case, account=VERIFIER)
    report = at.view(case).reports[0]
    made = actions.add_sample(
        case, source="reporter", name="x.wav", file=io.BytesIO(b"RIFF1"), account=VERIFIER, report=report.id
    )
    with pytest.raises(Problem) as problem:
        actions.listen(made, account=VERIFIER, reason=" ")
    assert code_of(problem) == "cases.no_reason"
    assert not Look.objects.exists()
    assert actions.listen(made, account=SECOND, reason="复核录音内容") == b"RIFF1"
    (look,) = Look.objects.all()
    entry = ledger.opened(look.entry)
    assert entry is not None
    assert entry.content == {"account": SECOND, "case": case, "reason": "复核录音内容", "sample": made}
    people.erase(parse(phone(1)), reason="用户申请注销")  # whose own recording it is
    with pytest.raises(Problem) as problem:
        actions.listen(made, account=SECOND, reason="再听一次")
    assert code_of(problem) == "cases.sample_gone"


def test_a_light_measure_stands_at_once_and_a_heavy_one_waits_for_a_second_person(at: Desk) -> None:
    case = at.found()
    light = at.measure(case, "limit", limits=(0, 10, 0))
    assert at.stage(light) == "standing"
    heavy = at.measure(case, "suspend")
    assert at.stage(heavy) == "proposed"
    assert bounds() == (False, False, (0, 10, 0))
    assert [one.id for one in queries.proposals()] == [heavy]
    with pytest.raises(Problem) as problem:
        actions.approve(heavy, account=VERIFIER)
    assert code_of(problem) == "cases.same_person"
    actions.approve(heavy, account=SECOND)
    assert bounds() == (True, False, (0, 10, 0))


def test_who_worked_on_the_case_is_no_second_person(at: Desk) -> None:
    case = at.reported(1, 2, 3)
    actions.take_up(case, account=THIRD)
    actions.check(case, kind="test_call", seen="undecided", note="无人接听", account=THIRD)
    actions.hand_over(case, account=THIRD, to=VERIFIER)
    at.checked(case)
    actions.find(case, finding="fraud", text="冒充客服索要验证码", account=VERIFIER)
    heavy = at.measure(case, "shut", account=FOURTH)
    for part in (VERIFIER, THIRD, FOURTH):
        with pytest.raises(Problem) as problem:
            actions.approve(heavy, account=part)
        assert code_of(problem) == "cases.same_person"
    actions.approve(heavy, account=SECOND)
    assert bounds()[1]
    actions.approve(at.measure(case, account=FOURTH), account=SECOND)  # the second person of one may be that of another
    assert bounds()[0]


def test_a_second_person_may_say_no_and_a_proposal_may_be_taken_back(at: Desk) -> None:
    case = at.found()
    declined, dropped = at.measure(case), at.measure(case, "shut")
    actions.decline(declined, account=SECOND, reason="先限频即可")
    actions.drop(dropped, account=VERIFIER, reason="改为停呼")
    assert (at.stage(declined), at.stage(dropped)) == ("declined", "dropped")
    with pytest.raises(Problem) as problem:
        actions.approve(declined, account=SECOND)
    assert code_of(problem) == "cases.measure_stage"
    assert bounds() == (False, False, (0, 0, 0))


def test_every_measure_ends_by_itself(at: Desk) -> None:
    with clock.at(clock.now()) as pass_time:
        case = at.found()
        made = [at.stands(case, "limit", limits=(1, 0, 0), days=10), at.stands(case, days=20)]
        later = at.measure(case, "warn", "holder", begin_at=clock.now() + timedelta(days=2), days=1)
        assert at.stage(later) == "waiting"
        pass_time(3 * 86400)
        while actions.measures_due():
            pass
        assert [at.stage(one) for one in (*made, later)] == ["standing", "standing", "ended"]
        pass_time(8 * 86400)
        while actions.measures_due():
            pass
        assert bounds() == (True, False, (0, 0, 0))
        pass_time(10 * 86400)
        while actions.measures_due():
            pass
        assert bounds() == (False, False, (0, 0, 0))
        assert {one.stage for one in at.view(case).measures} == {"ended"}
        with pytest.raises(Problem) as problem:
            at.measure(case, "limit", limits=(0, 10, 0), days=5000)
        assert code_of(problem) == "cases.measure_days"


def test_a_measure_is_rolled_back_in_one_step(at: Desk) -> None:
    case = at.found()
    made = at.stands(case, "suspend", "holder")
    assert numbers.bounds_of_organisation(at.centre, "holder").suspended
    assert actions.lift(made, account=VERIFIER, reason="已整改，提前解除")
    assert not numbers.bounds_of_organisation(at.centre, "holder").any
    assert not actions.lift(made, account=VERIFIER, reason="再解除一次")
    assert at.stage(made) == "lifted"


def test_a_firm_in_one_part_is_not_hit_in_the_other(at: Desk) -> None:
    case = at.found()
    at.stands(case, "suspend", "principal")
    assert numbers.bounds_of_organisation(at.firm, "principal").suspended
    assert not numbers.bounds_of_organisation(at.firm, "holder").any
    assert not numbers.bounds_of_organisation(at.centre, "holder").any
    assert [one.kind for one in numbers.restrictions_of(at.firm)] == ["suspended"]


def test_what_a_measure_would_hit_is_counted_before_anybody_decides(at: Desk) -> None:
    for n in (1, 2, 3, 8, 9):
        at.world.call(ROGUE, phone(n), ago=timedelta(hours=3), holder=at.centre, principal=at.firm)
    case = at.found()
    seen = queries.measure(at.measure(case))
    assert seen is not None
    assert (seen.collateral["people"], seen.collateral["calls"], seen.collateral["lost"]) == (5, 8, 8)
    limit = queries.measure(at.measure(case, "limit", limits=(0, 3, 0)))
    assert limit is not None
    assert limit.collateral["lost"] == 2  # five calls in one hour, of which three may be
    block = queries.measure(at.measure(case, "block"))
    assert block is not None
    assert block.collateral["people"] == 3
    holder = queries.measure(at.measure(case, "suspend", "holder"))
    assert holder is not None
    assert (holder.collateral["numbers"], holder.collateral["principals"]) == (1, ["青禾保险"])


def test_a_case_closes_when_nothing_waits_and_what_stands_runs_on(at: Desk) -> None:
    case = at.found()
    made, waiting = at.measure(case, "limit", limits=(0, 10, 0)), at.measure(case)
    with pytest.raises(Problem) as problem:
        actions.close(case, account=VERIFIER)
    assert code_of(problem) == "cases.proposal_waits"
    actions.approve(waiting, account=SECOND)
    actions.close(case, account=VERIFIER)
    assert (at.view(case).state, at.stage(made)) == ("closed", "standing")
    assert at.reported(5, 6, 7) != case  # what comes now is another case
    assert [one.id for one in queries.earlier(case)]


def test_the_database_itself_wants_two_people_and_an_end(at: Desk) -> None:
    from django.db import IntegrityError, transaction

    case = at.found()
    made = at.measure(case)
    for change in ({"stage": "standing"}, {"approved_by": VERIFIER}, {"stage": "waiting", "approved_by": SECOND}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Measure.objects.filter(id=made).update(**change)


def test_wishes_that_make_no_sense_are_refused(at: Desk) -> None:
    case = at.found()
    for wish, code in (
        (Wish(kind="tap", scope="number", days=1, reason="据实处置"), "cases.unknown_measure"),
        (Wish(kind="shut", scope="holder", days=1, reason="据实处置"), "cases.measure_scope"),
        (Wish(kind="limit", scope="number", days=1, reason="据实处置"), "cases.measure_limits"),
        (Wish(kind="suspend", scope="number", days=1, reason="据实处置", limits=(1, 0, 0)), "cases.measure_limits"),
        (Wish(kind="label", scope="number", days=1, reason="据实处置"), "cases.measure_label"),
        (Wish(kind="police", scope="number", days=1, reason="据实处置"), "cases.no_finding"),
        (Wish(kind="suspend", scope="number", days=1, reason=""), "cases.words"),
    ):
        with pytest.raises(Problem) as problem:
            actions.propose(case, wish, account=VERIFIER)
        assert code_of(problem) == code, wish
