"""What becomes of findings: put down once; a case by hand or by rule; nothing, with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as changed
from datetime import timedelta
from typing import Any

import pytest

from mingbai.cases import actions as cases
from mingbai.cases import queries as case_queries
from mingbai.cases.tests.desk import ROGUE, VERIFIER, Desk, desk
from mingbai.detection import actions, queries
from mingbai.detection import settings as rule_settings
from mingbai.detection.models import Finding
from mingbai.detection.queries import Wanted
from mingbai.detection.states import Found as By
from mingbai.detection.states import State
from mingbai.detection.tests.found import judged
from mingbai.kernel.problems import Problem
from mingbai.ledger import order
from mingbai.ledger import queries as ledger
from mingbai.people.rules import may

pytestmark = pytest.mark.django_db
EVERY = Wanted(states=())
STRANGER = "02155556666"


@pytest.fixture
def at() -> Iterator[Desk]:
    with desk() as found:
        yield found


def _put_down(*found: Any, by: By = By.HOUR) -> list[int]:
    return actions.record(list(found), by=by, rules=0).new


def test_the_same_finding_is_put_down_once_with_one_entry(at: Desk) -> None:
    one = judged(ROGUE, "mass")
    first = _put_down(one)
    order.integrate()
    before = ledger.size()
    assert len(first) == 1
    assert _put_down(one) == _put_down(one, by=By.DAY) == []
    order.integrate()
    assert ledger.size() == before, "nothing changed, so nothing is entered"


def test_a_suspicion_becomes_a_finding_and_the_day_puts_figures_right(at: Desk) -> None:
    _put_down(judged(ROGUE, "mass", verdict="suspicion", calls=80))
    worse = actions.record([judged(ROGUE, "mass", calls=100)], by=By.HOUR, rules=0)
    assert (worse.new, len(worse.changed)) == ([], 1)
    assert actions.record([judged(ROGUE, "mass", calls=120)], by=By.HOUR, rules=0).changed == []
    assert len(actions.record([judged(ROGUE, "mass", calls=300)], by=By.DAY, rules=0).changed) == 1
    assert [row.calls for row in queries.findings(EVERY)] == [300]


def test_what_somebody_decided_no_run_touches(at: Desk) -> None:
    [finding] = _put_down(judged(ROGUE, "mass", verdict="suspicion"))
    actions.dismiss(finding, account=VERIFIER, reason="系快递员，已核实")
    actions.record([judged(ROGUE, "mass", calls=999)], by=By.DAY, rules=0)
    view = queries.finding(finding)
    assert view is not None
    assert (view.row.state, view.row.verdict, view.why) == ("dismissed", "suspicion", "系快递员，已核实")


def test_a_person_makes_it_a_case_and_the_number_is_opened_with_a_reason(at: Desk) -> None:
    mass, suspected = _put_down(judged(ROGUE, "mass"), judged(ROGUE, "high_frequency", verdict="suspicion"))
    [case] = actions.to_case(mass, account=VERIFIER, reason="呼叫行为明显异常")
    view = case_queries.case(case)
    assert view is not None
    assert view.openings[0][:2] == ("detection", mass)
    assert view.holder == at.centre
    both = [queries.finding(one) for one in (mass, suspected)]
    assert [(one.row.state, one.row.case) for one in both if one] == [("cased", case)] * 2
    assert [row.id for row in queries.of_case(case)] == [mass, suspected]


def test_a_case_under_way_takes_the_finding_along(at: Desk) -> None:
    case = cases.open_case(number=ROGUE, ground="hand", account=VERIFIER)
    [finding] = _put_down(judged(ROGUE, "mass"))
    assert actions.to_case(finding, account=VERIFIER, reason="与在办案件为同一号码") == [case]


def test_of_somebody_bombed_the_callers_that_are_cited_get_the_cases(at: Desk) -> None:
    one = judged("13800000001", "bombed", kind="callee")
    callers = [{**call, **_other(n)} for n, call in enumerate(one.cited)]
    [finding] = _put_down(one._replace(cited=callers))
    assert len(actions.to_case(finding, account=VERIFIER, reason="多号码集中呼叫同一人")) == 2


def _other(n: int) -> dict[str, int]:
    head = judged((ROGUE, STRANGER)[n % 2], "mass")
    return {"caller": head.head, "caller_tail": head.tail}


@pytest.mark.parametrize(
    ("rule", "verdict", "opened"),
    [
        ("after_refusal", "finding", 1),
        ("after_refusal", "suspicion", 0),
        ("high_frequency", "suspicion", 0),
        ("high_frequency", "finding", 0),  # the profile does not let it
    ],
)
def test_rules_open_cases_only_where_the_profile_says_so(at: Desk, rule: str, verdict: str, opened: int) -> None:
    _put_down(judged(ROGUE, rule, verdict=verdict))
    assert actions.to_cases_by_rule() == opened
    assert len(case_queries.queue()) == opened
    assert actions.to_cases_by_rule() == 0


def test_a_number_that_a_person_cleared_is_left_to_people(at: Desk) -> None:
    case = at.found(finding="legitimate")
    cases.close(case, account=VERIFIER)
    [finding] = _put_down(judged(ROGUE, "after_refusal"))
    actions.to_cases_by_rule()
    assert not [row for row in case_queries.queue() if row.ground == "detection"]
    assert actions.to_case(finding, account=VERIFIER, reason="行为又有变化"), "a person still may"


def test_what_a_person_dismissed_no_rule_opens_again_soon(at: Desk) -> None:
    before = judged(ROGUE, "mass")
    [finding] = _put_down(before._replace(day=before.day - timedelta(days=3)))
    actions.dismiss(finding, account=VERIFIER, reason="系本单位客服回访")
    _put_down(judged(ROGUE, "after_refusal"))
    actions.to_cases_by_rule()
    assert not case_queries.queue()


def test_no_rule_opens_more_than_people_can_look_at(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    few = changed(rule_settings.of_profile(), cases_per_day=1)
    monkeypatch.setattr(rule_settings, "of_profile", lambda: few)
    _put_down(judged(ROGUE, "after_refusal"), judged(STRANGER, "after_refusal"))
    assert [actions.to_cases_by_rule(), actions.to_cases_by_rule()] == [1, 0]


def test_what_is_decided_is_decided_once(at: Desk) -> None:
    [finding] = _put_down(judged(ROGUE, "mass"))
    actions.dismiss(finding, account=VERIFIER, reason="系学校通知")
    for again in (actions.dismiss, actions.to_case):
        with pytest.raises(Problem) as fault:
            again(finding, account=VERIFIER, reason="再看一次")
        assert fault.value.code == "detection.decided"
    with pytest.raises(Problem) as fault:
        actions.to_case(finding + 1, account=VERIFIER, reason="没有这条")
    assert fault.value.code == "detection.no_finding"


def test_a_reason_has_to_say_something(at: Desk) -> None:
    [finding] = _put_down(judged(ROGUE, "mass"))
    for reason in ("", "  a ", "x" * 401):
        with pytest.raises(Problem) as fault:
            actions.dismiss(finding, account=VERIFIER, reason=reason)
        assert fault.value.code == "detection.words"
    assert Finding.objects.get(id=finding).state == State.NEW


@pytest.mark.parametrize(
    ("role", "sees", "judges"),
    [("admin", True, True), ("compliance", True, True), ("operations", True, False), ("auditor", True, False)],
)
def test_who_may_see_findings_and_who_may_act_on_them(role: str, sees: bool, judges: bool) -> None:
    assert may(role, "see.findings") is sees
    for verb in ("judge.finding", "propose.rules", "release.rules"):
        assert may(role, verb) is judges
