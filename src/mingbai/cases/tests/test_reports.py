"""A report is taken, looked up, counted or set aside, and answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mingbai.cases import actions
from mingbai.cases.models import Case, Report
from mingbai.cases.queries import whose
from mingbai.cases.rules.reports import Note, Outcome
from mingbai.cases.tests import reporting
from mingbai.cases.tests.reporting import ROGUE, World, phone, row, settle, weighed
from mingbai.consent import actions as consents
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.notices import queries as messages
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
State = Report.State
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def world() -> Iterator[World]:
    with reporting.world() as made:
        yield made


def kinds(reporter: str) -> list[str]:
    subject = f"subscriber:{people.ensure_subscriber(parse(reporter))}"
    return [one.kind for one in ledger.of_subject(subject) if one.kind.startswith("cases.")]


def texts(reporter: str) -> list[str]:
    return [one.text for one in messages.messages(people.ensure_subscriber(parse(reporter)))]


def test_three_people_open_a_case_and_two_do_not(world: World) -> None:
    world.called_and_reported(1, 2)
    settle()
    assert weighed() == (2, 200)
    assert not Case.objects.exists()
    world.called_and_reported(3)
    settle()
    assert weighed() == (3, 300)
    case = Case.objects.get()
    assert set(Report.objects.values_list("case", "state", "stage")) == {(case.id, State.STANDING, "answer")}
    late = world.called_and_reported(4)
    settle()
    assert row(late[0]).case == case.id
    assert Case.objects.count() == 1


def test_each_report_has_an_entry_and_a_number_to_follow_that_nobody_guesses(world: World) -> None:
    one, other = world.called_and_reported(1, 2)
    assert len({one.follow, other.follow}) == 2
    assert len(one.follow) == 16
    assert kinds(phone(1)) == ["cases.reported"]
    settle()
    assert kinds(phone(1)) == ["cases.reported", "cases.report_counts"]
    assert row(one).reason == Note.FOUND


def test_one_person_counts_once_however_often_they_were_called(world: World) -> None:
    for hours in (1, 30, 60):
        world.call(ROGUE, phone(1), ago=timedelta(hours=hours))
        world.report(phone(1), called_at=clock.now() - timedelta(hours=hours))
    settle()
    assert weighed() == (1, 100)
    assert set(Report.objects.values_list("state", flat=True)) == {State.STANDING}


def test_the_same_call_reported_twice_is_joined(world: World) -> None:
    world.call(ROGUE, phone(1))
    first, second = world.report(phone(1)), world.report(phone(1), called_at=clock.now() - HOUR)
    settle()
    assert (row(second).state, row(second).joined_id) == (State.JOINED, first.id)
    assert row(second).stage == "done"
    assert weighed() == (1, 100)


def test_one_tap_twice_is_one_report(world: World) -> None:
    me = people.ensure_subscriber(parse(phone(1)))
    call = world.call(ROGUE, phone(1))
    first = actions.report_call(reporter=me, attempt=call, source="handset")
    assert actions.report_call(reporter=me, attempt=call, source="handset") == first._replace(new=False)
    with pytest.raises(Problem, match="no such call"):
        actions.report_call(reporter=people.ensure_subscriber(parse(phone(2))), attempt=call, source="handset")


@pytest.mark.parametrize("link", ["device", "contract"])
def test_linked_reporters_are_one_person(world: World, link: str) -> None:
    world.called_and_reported(1, 2, 3, **{link: actions.link(link, "IMEI 1")})
    settle()
    assert weighed() == (1, 100)
    assert not Case.objects.exists()


def test_a_contract_is_one_however_it_is_written(world: World) -> None:
    for n, text in enumerate(("HT-001", " ht-001", "ＨＴ－００１"), 1):
        world.called_and_reported(n, contract=actions.link("contract", text))
    settle()
    assert weighed() == (1, 100)
    assert actions.link("contract", " ") is None


def test_a_batch_that_nobody_verified_is_one_person_and_verified_rows_are_not(world: World) -> None:
    world.called_and_reported(1, 2, 3, verified=False, batch="b1")
    settle()
    assert weighed() == (1, 100)
    world.called_and_reported(4, 5, verified=True, batch="b1")
    settle()
    assert weighed() == (3, 300)


def test_reports_without_a_reporter_count_as_one_person(world: World) -> None:
    for _ in range(5):
        world.report(None, source="hotline")
    settle()
    assert weighed() == (1, 100)
    assert set(Report.objects.values_list("reason", flat=True)) == {Note.NO_REPORTER}


def test_without_a_call_on_record_a_report_is_set_aside_told_and_kept(world: World) -> None:
    filed = world.report(phone(1), called_at=clock.now() - HOUR)
    settle()
    found = row(filed)
    assert (found.state, found.reason, found.outcome, found.stage) == (State.SET_ASIDE, "no_call", "no_call", "done")
    assert weighed() == (0, 0)
    assert kinds(phone(1))[-1] == "cases.report_set_aside"
    assert "未查到该号码与您的通话记录" in texts(phone(1))[0]


def test_records_that_do_not_reach_back_prove_nothing() -> None:
    with reporting.world(begins=HOUR) as world:
        filed = world.report(phone(1), called_at=clock.now() - 10 * DAY)
        settle()
        assert (row(filed).state, row(filed).reason) == (State.STANDING, Note.NO_RECORDS)


def test_who_reports_what_never_was_weighs_less_next_time(world: World) -> None:
    world.report(phone(1), number="02160876199", called_at=clock.now() - HOUR)
    settle()
    world.called_and_reported(1, 2, 3)
    settle()
    assert weighed() == (3, 250)
    assert not Case.objects.exists()


def test_two_who_know_each_other_are_no_nuisance(world: World) -> None:
    for days in (3, 6):
        world.call("13900000009", phone(1), ago=days * DAY)
        world.call(phone(1), "13900000009", ago=days * DAY + HOUR)
    filed = world.called_and_reported(1, number="13900000009")[0]
    settle()
    assert (row(filed).state, row(filed).reason) == (State.SET_ASIDE, Outcome.ACQUAINTANCE)


def test_calling_back_once_makes_no_acquaintance(world: World) -> None:
    world.call("13900000009", phone(1), ago=2 * DAY)
    world.call(phone(1), "13900000009", ago=2 * DAY - HOUR)
    filed = world.called_and_reported(1, number="13900000009")[0]
    settle()
    assert row(filed).state == State.STANDING


def test_who_calls_on_after_a_refusal_is_a_nuisance_however_well_known(world: World) -> None:
    me = people.ensure_subscriber(parse(phone(1)))
    for days in (3, 6):
        world.call("13900000009", phone(1), ago=days * DAY)
        world.call(phone(1), "13900000009", ago=days * DAY + HOUR)
    with clock.at(clock.now() - DAY):
        consents.block(subscriber=me, kind="number", value="13900000009")
    filed = world.called_and_reported(1, number="13900000009")[0]
    settle()
    assert (row(filed).state, row(filed).reason) == (State.STANDING, Note.AFTER_REFUSAL)


def test_two_private_numbers_that_call_each_other_again_and_again_quarrel(world: World) -> None:
    for hours in (2, 5, 9):
        world.call("13900000009", phone(1), ago=timedelta(hours=hours))
        world.call(phone(1), "13900000009", ago=timedelta(hours=hours + 1))
    filed = world.called_and_reported(1, number="13900000009")[0]
    settle()
    assert (row(filed).state, row(filed).reason) == (State.SET_ASIDE, Outcome.QUARREL)


def test_who_alone_calls_again_and_again_does_not_quarrel(world: World) -> None:
    for hours in range(2, 20):
        world.call("13900000009", phone(1), ago=timedelta(hours=hours))
    filed = world.called_and_reported(1, number="13900000009")[0]
    settle()
    assert row(filed).state == State.STANDING


def test_two_who_report_each_other_quarrel_both(world: World) -> None:
    first = world.called_and_reported(1, number=phone(2))[0]
    settle()
    second = world.called_and_reported(2, number=phone(1))[0]
    settle()
    assert {(row(one).state, row(one).reason) for one in (first, second)} == {(State.SET_ASIDE, Outcome.QUARREL)}


def test_who_reports_victims_that_never_called_gets_none_of_their_reports_set_aside(world: World) -> None:
    filed = world.called_and_reported(1, number="13900000009")[0]
    world.report("13900000009", number=phone(1), called_at=clock.now() - HOUR)
    settle()
    assert row(filed).state == State.STANDING


def test_a_registered_number_for_marketing_is_nobodys_acquaintance(world: World) -> None:
    with clock.at(clock.now() - 30 * DAY):
        firm = people.create_organisation(name="青禾保险", kind="enterprise", industry="insurance")
        numbers.register_number(first=parse(ROGUE), holder=firm, use="marketing")
    for days in (3, 6):
        world.call(ROGUE, phone(1), ago=days * DAY)
        world.call(phone(1), ROGUE, ago=days * DAY + HOUR)
    filed = world.called_and_reported(1)[0]
    settle()
    assert row(filed).state == State.STANDING
    assert row(filed).reported is not None
    assert row(filed).reported.holder == firm  # type: ignore[union-attr]  # it was triaged


def test_the_next_user_of_a_number_is_not_blamed(world: World) -> None:
    rogue = "13900000009"
    people.ensure_subscriber(parse(rogue))
    world.call(rogue, phone(1), ago=3 * DAY)
    people.recycle(parse(rogue), at=clock.now() - DAY)
    filed = world.report(phone(1), rogue, called_at=clock.now() - 3 * DAY)
    settle()
    assert (row(filed).state, row(filed).reason) == (State.SET_ASIDE, Outcome.FORMER_USER)
    world.called_and_reported(2, number=rogue)
    settle()
    assert weighed(rogue) == (1, 100)


def test_the_next_holder_of_a_number_is_not_blamed(world: World) -> None:
    line = "4008109889"
    former = people.create_organisation(name="旧公司", kind="enterprise")
    later = people.create_organisation(name="新公司", kind="enterprise")
    with clock.at(clock.now() - 30 * DAY):
        held = numbers.register_number(first=parse(line), holder=former, use="service")
    with clock.at(clock.now() - 2 * DAY):
        numbers.set_number_state(held, "closed", "退还")
    with clock.at(clock.now() - DAY):
        numbers.register_number(first=parse(line), holder=later, use="service")
    world.call(line, phone(1), ago=3 * DAY)
    filed = world.report(phone(1), line, called_at=clock.now() - 3 * DAY)
    settle()
    assert (row(filed).state, row(filed).reason) == (State.SET_ASIDE, Outcome.FORMER_USER)


@pytest.mark.parametrize("said", [None, timedelta(hours=20)])
def test_whoever_reports_vaguely_does_not_blame_the_next_user(world: World, said: timedelta | None) -> None:
    rogue = "13900000009"
    people.ensure_subscriber(parse(rogue))
    world.call(rogue, phone(1), ago=30 * HOUR)
    people.recycle(parse(rogue), at=clock.now() - DAY)
    filed = world.report(phone(1), rogue, called_at=clock.now() - said if said else None)
    settle()
    assert (row(filed).state, row(filed).reason) == (State.SET_ASIDE, Outcome.FORMER_USER)
    assert weighed(rogue) == (0, 0)


def test_whoever_does_not_say_when_does_not_blame_the_next_holder(world: World) -> None:
    line = "4008109889"
    former = people.create_organisation(name="旧公司", kind="enterprise")
    later = people.create_organisation(name="新公司", kind="enterprise")
    with clock.at(clock.now() - 30 * DAY):
        held = numbers.register_number(first=parse(line), holder=former, use="service")
    world.call(line, phone(1), ago=3 * DAY)
    with clock.at(clock.now() - 2 * DAY):
        numbers.set_number_state(held, "closed", "退还")
    with clock.at(clock.now() - DAY):
        numbers.register_number(first=parse(line), holder=later, use="service")
    filed = world.report(phone(1), line)
    settle()
    assert (row(filed).state, row(filed).reason) == (State.SET_ASIDE, Outcome.FORMER_USER)


def test_old_reports_leave_the_window(world: World) -> None:
    with clock.at(clock.now() - 31 * DAY):
        world.called_and_reported(1, 2)
        settle()
    assert weighed() == (2, 200)
    assert actions.forget_old() == 1
    settle()
    assert weighed() == (0, 0)
    assert actions.forget_old() == 0


def test_nobody_reports_themselves_nor_without_end(world: World) -> None:
    with pytest.raises(Problem, match="own number"):
        world.report(phone(1), phone(1))
    for n in range(20):
        world.report(phone(1), phone(100 + n))
    with pytest.raises(Problem, match="20 reports"):
        world.report(phone(1), ROGUE)
    assert world.report(phone(1), ROGUE, source="hotline").new


def test_staff_takes_back_what_was_set_aside_and_the_other_way(world: World) -> None:
    filed = world.report(phone(1), called_at=clock.now() - HOUR)
    settle()
    with pytest.raises(Problem, match="characters"):
        actions.reinstate(filed.id, account=7, reason="")
    actions.reinstate(filed.id, account=7, reason="用户提供了通话截图")
    settle()
    assert (row(filed).state, row(filed).stage, weighed()) == (State.STANDING, "answer", (1, 100))
    actions.set_aside(filed.id, account=7, outcome="quarrel", reason="双方系亲属纠纷")
    settle()
    assert (row(filed).state, row(filed).outcome, weighed()) == (State.SET_ASIDE, "quarrel", (0, 0))
    entries = [one.content for one in ledger.of_subject(f"subscriber:{row(filed).reporter_id}")]
    assert [one["why"] for one in entries if one and "why" in one] == ["用户提供了通话截图", "双方系亲属纠纷"]


def test_a_finding_answers_everybody_in_the_case(world: World) -> None:
    filed = world.called_and_reported(1, 2, 3)
    settle()
    case = Case.objects.get().id
    assert actions.answer_reports(case=case, outcome="marketing", account=5) == 3
    assert {(row(one).state, row(one).outcome, row(one).stage) for one in filed} == {("answered", "marketing", "done")}
    assert "举报属实：该号码未经同意拨打营销电话" in texts(phone(1))[0]
    settle()
    assert weighed() == (0, 0)


def test_an_answer_is_contested_once_and_waits_for_a_person(world: World) -> None:
    filed = world.report(phone(1), called_at=clock.now() - HOUR)
    settle()
    me, other = (people.ensure_subscriber(parse(phone(n))) for n in (1, 2))
    with pytest.raises(Problem, match="no such report"):
        actions.contest(filed.id, reporter=other, text="我确实接到了")
    actions.contest(filed.id, reporter=me, text="我确实接到了")
    assert (row(filed).stage, row(filed).contest) == ("answer", "我确实接到了")
    with pytest.raises(Problem, match="cannot be contested"):
        actions.contest(filed.id, reporter=me, text="我确实接到了")
    actions.answer_report(filed.id, outcome="not_proven", account=5, text="再查仍无记录")
    assert (row(filed).state, row(filed).stage) == ("answered", "done")


def test_an_erased_reporter_leaves_no_words(world: World) -> None:
    filed = world.called_and_reported(1, text="一天打了八个电话")[0]
    settle()
    people.erase(parse(phone(1)), reason="本人申请")
    assert (row(filed).text, row(filed).contest, row(filed).state) == ("", "", State.STANDING)


def test_one_report_that_cannot_be_judged_does_not_hold_up_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = world.called_and_reported(1, 2)
    real = whose.refused_us

    def fails(reporter: int | None, *rest: object) -> int | None:
        if reporter == row(first).reporter_id:
            raise RuntimeError("no lake")
        return real(reporter, *rest)  # type: ignore[arg-type]  # passed on as they come

    monkeypatch.setattr(whose, "refused_us", fails)
    with pytest.raises(RuntimeError):
        actions.triage()
    assert (row(first).state, row(second).state) == (State.NEW, State.STANDING)
    monkeypatch.setattr(whose, "refused_us", real)
    settle()
    assert row(first).state == State.STANDING
