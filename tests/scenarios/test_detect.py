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

from mingbai.cases.tests.desk import ROGUE
from mingbai.cli import main
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

        opened = _detect(day, tmp_path / "open.parquet", "--open", "--reason", "directive 2026-17")
        assert opened.exit_code == 0, opened.output
        assert ", 0 of them new" in opened.output
        assert Finding.objects.count() == standing, "the same again puts nothing down twice"
        written = pq.read_table(tmp_path / "open.parquet").to_pylist()
        clear = {row["number"] for row in written if row["kind"] == "number"}
        assert clear == {"86" + ROGUE.lstrip("0")}
        assert _entries() == entries + 1, "that they were opened is kept"
        assert (tmp_path / "open.parquet").stat().st_mode & 0o777 == 0o600
