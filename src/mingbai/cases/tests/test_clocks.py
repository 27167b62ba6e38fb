"""Clocks: 3, 15, 3 working days; nothing runs out in silence; a year that becomes known is counted anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mingbai.cases import actions
from mingbai.cases.models import Directive, Report
from mingbai.cases.queries import clocks, reports
from mingbai.cases.tests import reporting
from mingbai.cases.tests.reporting import ROGUE, World, at, phone, row, settle
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Iterator[World]:
    with reporting.world() as made:
        yield made


def misses() -> list[dict[str, Any] | None]:
    return [one.content for one in ledger.of_subject("") if one.kind == "cases.clock_missed"]


def test_taken_up_answered_and_told_each_has_its_clock(world: World) -> None:
    with clock.at(at("2026-11-20 10:00")):
        filed = world.called_and_reported(1)[0]
        assert (row(filed).stage, row(filed).due_at) == ("forward", at("2026-11-26 00:00"))
        settle()
        assert (row(filed).stage, row(filed).due_at) == ("answer", at("2026-12-12 00:00"))
    house = people.create_organisation(name="海东移动", kind="operator")
    with clock.at(at("2026-11-20 10:00")):
        hotline = world.report(None, source="hotline", organisation=house)
        settle()
        actions.answer_report(hotline.id, outcome="not_proven", account=1)
        assert (row(hotline).stage, row(hotline).due_at) == ("tell", at("2026-11-26 00:00"))
        actions.told(hotline.id, account=1)
        assert row(hotline).stage == "done"
        with pytest.raises(Problem):
            actions.told(hotline.id, account=1)


def test_a_clock_that_runs_out_is_on_record_once_and_stays_on_the_page(world: World) -> None:
    with clock.at(at("2026-11-20 10:00")):
        filed = world.called_and_reported(1)[0]
        settle()
        assert actions.watch_clocks() == 0
    with clock.at(at("2026-12-11 23:59")):
        assert actions.watch_clocks() == 0
        assert reports.counts().near == 1
    with clock.at(at("2026-12-14 09:00")):
        assert actions.watch_clocks() == 1
        assert actions.watch_clocks() == 0
        late = reports.queue(overdue=True)
        assert [(one.id, one.left, one.missed) for one in late] == [(filed.id, -1, ("answer",))]
        assert reports.counts().overdue == 1
        actions.answer_report(filed.id, outcome="marketing", account=1)
        assert reports.counts().overdue == 0
        assert reports.report(filed.id).missed == ("answer",)  # type: ignore[union-attr]  # it is there
        assert reports.answered_in_time(clock.now() - timedelta(days=1)) == (1, 1)
    assert [one["stage"] for one in misses() if one] == ["answer"]


def test_a_directive_that_nobody_answers_is_on_record_and_stays(world: World) -> None:
    office = people.create_organisation(name="海东省通信管理局", kind="authority")
    with clock.at(at("2026-11-20 10:00")):
        made, _follow = actions.direct(
            authority=office, account=1, reference="〔2026〕1号", number=parse(ROGUE), text="请核查该号码",
            due_at=at("2026-11-25 00:00"),
        )  # fmt: skip
    with clock.at(at("2026-11-25 09:00")):
        assert (actions.watch_clocks(), actions.watch_clocks()) == (1, 0)
        assert [one.late for one in reports.directives(state="open")] == [True]
        actions.answer_directive(made, account=2, text="已核查该号码")
        with pytest.raises(Problem, match="answered already"):
            actions.answer_directive(made, account=2, text="再次答复一遍")
    kept = Directive.objects.get()
    assert (kept.late, kept.state) == (True, "answered")


def test_only_an_authority_directs_a_reference_once_and_a_day_to_come(world: World) -> None:
    office = people.create_organisation(name="海东省通信管理局", kind="authority")
    firm = people.create_organisation(name="青禾保险", kind="enterprise")

    def direct(**more: Any) -> None:
        known = {
            "authority": office, "account": 1, "reference": "1号", "number": parse(ROGUE), "text": "请核查该号码",
            "due_at": clock.now() + timedelta(days=3), **more,
        }  # fmt: skip
        actions.direct(**known)

    direct()
    for bad in (
        {}, {"authority": firm, "reference": "2号"}, {"reference": " "}, {"reference": "3号", "due_at": clock.now()},
        {"reference": "4号", "text": "查"}, {"reference": "5号", "number": parse("匿名")},
    ):  # fmt: skip
        with pytest.raises(Problem):
            direct(**bad)
    assert Directive.objects.count() == 1


def test_a_year_that_becomes_known_is_counted_anew(world: World, settings: Any, tmp_path: Path) -> None:
    from mingbai.kernel.home import Home

    profile = settings.HOME.profile.read_text("utf-8")
    with clock.at(at("2026-12-30 10:00")):
        filed = world.called_and_reported(1)[0]
        assert (row(filed).due_at, row(filed).provisional) == (at("2027-01-05 00:00"), True)
        assert clocks.unknown_years() == [2027]
        assert actions.watch_calendar() == 0
        made = Home(tmp_path / "house")
        made.root.mkdir()
        known = profile
        for key, value in (("extra_holidays", "[2027-01-01]"), ("calendar_years", "[2027]")):
            head, _mark, tail = known.partition(f'[settings."reports.{key}"]\nvalue = []')
            known = f'{head}[settings."reports.{key}"]\nvalue = {value}{tail}'
        made.profile.write_text(known, "utf-8")
        settings.HOME = made
        assert clocks.unknown_years() == []
        assert actions.watch_calendar() == 1
        assert (row(filed).due_at, row(filed).provisional) == (at("2027-01-06 00:00"), False)


def test_before_the_end_of_the_year_there_is_no_alarm() -> None:
    with clock.at(at("2026-10-01 10:00")):
        assert clocks.unknown_years() == []
    with clock.at(at("2026-11-22 10:00")):
        assert clocks.unknown_years() == [2027]


def test_what_waits_is_shown_first_due_first(world: World) -> None:
    for days, n in ((9, 1), (0, 2), (4, 3)):
        with clock.at(clock.now() - timedelta(days=days)):
            world.report(None, number=phone(n), source="hotline")
    found = [one.due_at for one in reports.queue()]
    assert found == sorted(found)
    assert len(found) == Report.objects.count() == 3
