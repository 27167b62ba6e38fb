"""Records of switches that are imported while detection runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from django.apps import apps
from django.conf import settings as django

from mingbai.calls import actions as calls
from mingbai.calls import queries as lake
from mingbai.detection import daily, queries
from mingbai.detection.models import Position
from mingbai.detection.queries import Wanted
from mingbai.detection.tests.live_world import SELLER, following, phone, street
from mingbai.kernel import clock

pytestmark = pytest.mark.django_db
EVERY = Wanted(states=())
ZONE, ONE = ZoneInfo("Asia/Shanghai"), timedelta(days=1)


def _imported(path: Path, rows: list[tuple[str, str, datetime, int]]) -> calls.ImportReport:
    """Caller, called number, when, seconds of talk."""
    lines = ["主叫号码,被叫号码,起始时间,通话时长,结果"]
    for caller, callee, at, talk_s in rows:
        said = f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
        lines.append(f"{caller},{callee},{said},{talk_s},{'ANSWERED' if talk_s else 'NO ANSWER'}")
    path.write_text("\n".join(lines) + "\n")
    layout = calls.mapping(_mapping(path.with_suffix(".toml")))
    report = calls.import_calls(django.HOME, [path], calls.ImportChoice("csv", layout=layout, source="msc"))
    assert report.done, report
    assert report.good == len(rows)
    return report


def _mapping(path: Path) -> Path:
    path.write_text(
        '[columns]\ncaller="主叫号码"\ncallee="被叫号码"\nstart="起始时间"\ntalk="通话时长"\nanswered="结果"\n'
        '[answered]\nvalues=["ANSWERED"]\n'
    )
    return path


def _sold(now: datetime, people: range, *, begin_s: float = 7_000.0) -> list[tuple[str, str, datetime, int]]:
    return [(SELLER, phone(n), now - timedelta(seconds=begin_s - 20 * place), 3) for place, n in enumerate(people)]


def test_records_alone_are_judged_without_a_restart_and_once(tmp_path: Path) -> None:
    with street() as told:
        with following() as live:
            live.step()
            _imported(tmp_path / "a.csv", _sold(told.now, range(150)))
            assert live.step().calls == 150
            assert live.step() == (0, 0, [])
        found = queries.findings(EVERY)
        assert {row.calls for row in found} == {150}
        assert {row.segment for row in apps.get_model("calls", "ImportedFile").objects.all()} <= {
            row.segment for row in Position.objects.all()
        }
        with following() as live:
            assert live.step() == (150, 0, []), "a restart finds them judged"


def test_a_record_stands_for_the_attempt_of_the_same_call(tmp_path: Path) -> None:
    with street() as told:
        with following() as live:
            told.sells(range(4))  # too few for anybody to be found by
            live.step()
            _imported(tmp_path / "a.csv", _sold(told.now, range(150)))
            assert live.step().calls == 150
            assert live._window.count() == 150
        with following() as live:
            assert live.step().calls == 150, "and so does a window that is made anew"
        view = max((queries.finding(row.id) for row in queries.findings(EVERY)), key=lambda one: one.row.calls)
        assert view is not None
    assert view.row.calls == 150
    assert view.figures["short"] == 150, "whether a call was answered is known from the record"


def test_of_days_gone_by_the_next_day_tells(tmp_path: Path) -> None:
    today = clock.now().astimezone(ZONE).date()
    then = datetime(today.year, today.month, today.day, 15, tzinfo=ZONE).astimezone(UTC) - timedelta(days=2)
    with street() as told:
        told.sells(range(500, 502), begin_s=timedelta(hours=26).total_seconds())
        told.store()
        with following() as live:
            live.step()
            _imported(tmp_path / "a.csv", _sold(then, range(300), begin_s=15_000.0))
            assert live.step().calls == 0, "the running window does not reach so far back"
        daily.run_day(django.HOME, today - timedelta(days=1))
    found = queries.findings(EVERY)
    assert {row.day for row in found} == {today - timedelta(days=1)}
    assert {row.calls for row in found if row.kind == "number"} == {302}


def test_over_midnight_a_call_is_one_in_the_window_and_stands_on_both_days(tmp_path: Path) -> None:
    today = clock.now().astimezone(ZONE).date()
    midnight = datetime(today.year, today.month, today.day, tzinfo=ZONE).astimezone(UTC)
    with street(midnight) as told, following() as live:
        told.call(SELLER, phone(1), ago_s=1.0)
        live.step()
        _imported(tmp_path / "a.csv", [(SELLER, phone(1), midnight, 30)])
        live.step()
        assert live._window.count() == 1
        told.store()
        days = [lake.traffic(django.HOME, day, day + timedelta(days=1)).files for day in (today - ONE, today)]
        assert [sum(pq.read_metadata(name).num_rows for name in files) for files in days] == [1, 1]
