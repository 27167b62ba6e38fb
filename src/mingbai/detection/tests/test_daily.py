"""Whole days: gone through once, whatever happens; and past days for a rule set that is tried."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django

from mingbai.cases import actions as cases
from mingbai.cases.tests.desk import ROGUE, VERIFIER, desk
from mingbai.detection import actions, daily, queries
from mingbai.detection.daily import days
from mingbai.detection.models import DayRun, Finding, ShadowRun
from mingbai.detection.queries import Wanted
from mingbai.detection.tests.live_world import COURIER, Street, phone, street
from mingbai.kernel import clock

pytestmark = pytest.mark.django_db
EVERY = Wanted(states=())


def _yesterday() -> tuple[date, datetime]:
    """Yesterday where the house stands, and its 20:00."""
    zone = ZoneInfo("Asia/Shanghai")
    day = clock.now().astimezone(zone).date() - timedelta(days=1)
    return day, datetime(day.year, day.month, day.day, 20, tzinfo=zone).astimezone(UTC)


def _lived(told: Street) -> None:
    """A seller calls 300 strangers; a courier calls 40 people, most of whom call back."""
    told.sells(range(300), caller=ROGUE, begin_s=30_000.0, every_s=50.0)
    for n in range(40):
        told.call(COURIER, phone(400 + n), ago_s=20_000.0 - 400 * n)
        if n % 4:
            told.call(phone(400 + n), COURIER, ago_s=19_900.0 - 400 * n)
    told.store()


def test_a_day_is_gone_through_once_even_when_its_process_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    day, evening = _yesterday()

    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with street(evening) as told:
        _lived(told)
        monkeypatch.setattr(days, "_done", dies)
        with pytest.raises(KeyboardInterrupt):
            daily.day_due(django.HOME)
        monkeypatch.undo()
        assert not Finding.objects.exists(), "findings and the day's end stand in one transaction"
        assert daily.day_due(django.HOME) == 0, "the claim of who died still holds"
        DayRun.objects.update(claimed_until=clock.now() - timedelta(seconds=1))
        assert daily.day_due(django.HOME) == 1
        assert daily.day_due(django.HOME) == 0
        assert (DayRun.objects.get().begun, DayRun.objects.get().state) == (2, "done")
        found = queries.findings(EVERY)
        assert found
        assert {row.day for row in found} == {day}
        assert {row.calls for row in found if row.kind == "number"} == {300}, "the seller alone"
        _pictures_show(next(row.id for row in found if row.kind == "number"), day)


def _pictures_show(finding: int, day: date) -> None:
    """When it called, whom, and who called back."""
    found = queries.pictures(finding, days=3)
    assert found is not None
    assert (found.calls, found.callees, sum(found.hours)) == (300, 300, 300)
    assert found.days[-1] == (day, 300)
    assert (found.recorded, found.returned, found.dispersion) == (0, 0, 1.0)


def test_a_shadow_run_shows_whom_a_rule_set_would_hit_and_how_right_it_is() -> None:
    day, evening = _yesterday()
    with street(evening) as told, desk():
        case = cases.open_case(number=ROGUE, ground="hand", account=VERIFIER)
        _found_guilty(case)
        _lived(told)
        changes = {"prior_points": 200, "high_frequency": {"per_hour": 20}}
        rules = actions.propose(changes, note="评分从严，频次从宽", account=11)
        run = actions.ask_shadow(rules, first=day, last=day, account=11)
        # a process that began it died: it is begun anew
        ShadowRun.objects.update(state="running", claimed_until=clock.now() - timedelta(seconds=1), done_days=1)
        assert daily.shadow_due(django.HOME) == 1
        assert daily.shadow_due(django.HOME) == 0
        view = queries.shadow_run(run)
    assert view is not None
    assert (view.state, view.done_days, view.calls) == ("done", 1, view.calls)
    assert (view.before.guilty, view.before.right, view.before.precision, view.before.recall) == (1, 1, 1.0, 1.0)
    assert (view.after.guilty, view.after.right, view.after.precision, view.after.recall) == (1, 0, None, 0.0)
    of_seller = {(one.rule, one.change, one.decided) for one in queries.hits(run) if one.calls == 300}
    assert ("score", "gone", "guilty") in of_seller
    assert view.new == len(queries.hits(run, change="new"))
    made = queries.rule_set(rules)
    assert made is not None
    assert made.state == "shadowed"
    assert not Finding.objects.exists(), "a shadow run finds nobody"


def _found_guilty(case: int) -> None:
    cases.take_up(case, account=VERIFIER)
    for kind in ("pattern", "sample", "test_call", "holder_answer"):
        cases.check(
            case, kind=kind, seen="impossible" if kind != "pattern" else "confirms", note="见通话记录", account=VERIFIER
        )
    cases.find(case, finding="marketing", text="未经同意反复推销", account=VERIFIER)
