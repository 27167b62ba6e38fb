"""`mingbai detect`: days gone through by hand, told as a table and as Parquet; numbers opened only with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from django.apps import apps
from django.conf import settings as django

from mingbai.cases.tests.desk import ROGUE, VERIFIER
from mingbai.cli import main
from mingbai.detection import actions, daily
from mingbai.detection.models import Finding
from mingbai.detection.tests.live_world import street
from mingbai.kernel import clock

pytestmark = pytest.mark.django_db


def _detect(day: date, out: Path, *more: str) -> Result:
    environment = {"MINGBAI_HOME": str(django.HOME.root)}
    return CliRunner().invoke(main, ["detect", day.isoformat(), "--out", str(out), *more], env=environment)


def _entries() -> int:
    return apps.get_model("ledger", "Entry").objects.count()


def test_a_seller_is_found_told_written_and_opened_for_a_reason_alone(tmp_path: Path) -> None:
    day = clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date() - timedelta(days=1)
    evening = datetime(day.year, day.month, day.day, 20, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    with street(evening) as told:
        told.sells(range(300), caller=ROGUE, begin_s=30_000.0, every_s=50.0)
        told.store()
        first = _detect(day, tmp_path / "found.parquet")
        assert first.exit_code == 0, first.output
        assert "300 calls looked at" in first.output
        assert ROGUE not in first.output
        rows = pq.read_table(tmp_path / "found.parquet").to_pylist()
        assert rows
        assert "number" not in rows[0]
        assert {row["calls"] for row in rows if row["kind"] == "number"} == {300}
        standing = Finding.objects.count()
        assert standing == len(rows)

        entries = _entries()
        refused = _detect(day, tmp_path / "open.parquet", "--open")
        assert refused.exit_code == 1
        assert "--reason" in refused.output
        assert _entries() == entries

        closed = _detect(day, tmp_path / "open.parquet", "--open", "--reason", "directive 2026-17")
        assert closed.exit_code == 0, closed.output
        assert "1 numbers stayed closed" in closed.output
        assert ROGUE.lstrip("0") not in closed.output
        assert _entries() == entries, "outside of a case nothing is opened"

        [found] = {row["head"] for row in rows if row["kind"] == "number"}
        first_of = Finding.objects.filter(kind="number", head=found).order_by("id").values_list("id", flat=True)[0]
        [case] = actions.to_case(first_of, account=VERIFIER, reason="呼叫行为明显异常")
        entries = _entries()
        opened = _detect(day, tmp_path / "open.parquet", "--open", "--reason", "directive 2026-17")
        assert opened.exit_code == 0, opened.output
        assert ", 0 of them new" in opened.output
        assert Finding.objects.count() == standing, "the same again puts nothing down twice"
        written = pq.read_table(tmp_path / "open.parquet").to_pylist()
        clear = {row["number"] for row in written if row["kind"] == "number"}
        assert clear == {"86" + ROGUE.lstrip("0")}
        assert _entries() == entries + 1, "that they were opened is kept"
        assert apps.get_model("ledger", "Entry").objects.order_by("-id")[0].ref == f"case:{case}"
        assert (tmp_path / "open.parquet").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_gone_through_is_said_before_anything_is_done(tmp_path: Path) -> None:
    today = clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    nothing = _detect(today - timedelta(days=1), tmp_path / "a.parquet")
    assert nothing.exit_code == 1
    assert "no calls from" in nothing.output
    assert "import call records first" in nothing.output
    with street() as told:
        told.sells(range(30))
        told.store()
        for day, said in (
            (today + timedelta(days=1), "still to come"),
            (today - timedelta(days=40), f"there are calls from {today}"),
        ):
            refused = _detect(day, tmp_path / "a.parquet", "--days", "3")
            assert refused.exit_code == 1
            assert said in refused.output
        folder = _detect(today, tmp_path / "nowhere" / "a.parquet")
        assert folder.exit_code == 1
        assert "no such folder" in folder.output
        assert not list(tmp_path.iterdir()), "nothing was written"
        so_far = _detect(today, tmp_path / "a.parquet")
        assert so_far.exit_code == 0, so_far.output
        assert f"{today} is not over" in so_far.output
        assert pq.read_table(tmp_path / "a.parquet").column_names
    for word in ("yesterday", "2026-13-01"):
        assert CliRunner().invoke(main, ["detect", word]).exit_code == 2


def test_it_says_how_far_it_is() -> None:
    steps: list[tuple[str, int, int]] = []
    today = clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    with street() as told:
        told.sells(range(30))
        told.store()
        daily.detect(django.HOME, today, days=1, progress=lambda *step: steps.append(step))
    many = len(steps)
    assert many > 10
    assert [(nth, of) for _, nth, of in steps] == [(nth, many) for nth in range(1, many + 1)]
    assert (steps[0][0], steps[-1][0]) == ("calls", "rules")
