"""An import as a whole: files that change under it, that are of one name, that end badly; nothing half stays."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mingbai.calls import actions, lake
from mingbai.calls.importing import sources, trunks
from mingbai.calls.importing.tests.conftest import NOW
from mingbai.calls.models import Import
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

pytestmark = pytest.mark.django_db
Take, Write = Callable[..., Any], Callable[..., Path]
HEAD = "call,caller,callee,start,talk,trunk\n"


def rows_from(first: int, count: int, day: str = "2026-11-21") -> str:
    return "".join(
        f"c{n},1391234{n:04d},13800000000,{day} 09:00:{n % 60:02d},{n % 3},\n" for n in range(first, first + count)
    )


@pytest.mark.parametrize("how", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_interrupted_between_two_days_nothing_of_it_stays(
    taken: Take, written: Write, home: Home, monkeypatch: pytest.MonkeyPatch, how: BaseException
) -> None:
    path = written(HEAD + rows_from(0, 30, "2026-11-20") + rows_from(30, 30))
    put, times = lake.put, []

    def fail(*arguments: Any) -> None:
        times.append(1)
        if len(times) == 2:
            raise how
        put(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(lake, "put", fail)
        with pytest.raises(type(how)):
            taken(path)
    assert lake.files(home) == []
    assert not Import.objects.exists()
    report, rows = taken(path)
    assert (report.done, report.good, len(rows)) == (True, 60, 60)


def test_of_a_file_that_grows_what_was_there_is_taken(
    taken: Take, written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A switch goes on writing; the entry's digest is of the bytes that were read, and the rest comes another time."""
    path = written(HEAD + rows_from(0, 10))
    opened = sources.opened

    def grown(one: Path, *more: Any) -> Any:
        with one.open("a") as file:
            file.write(rows_from(10, 5))
        return opened(one, *more)

    with monkeypatch.context() as patch:
        patch.setattr(sources, "opened", grown)
        report, rows = taken(path)
    assert (report.rows, report.good, len(rows)) == (10, 10, 10)
    report, rows = taken(path)
    assert (report.rows, report.good, report.repeats, len(rows)) == (15, 5, 10, 15)


def test_a_file_that_is_replaced_while_it_is_read_is_refused(
    taken: Take, written: Write, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(HEAD + rows_from(0, 10))
    opened = sources.opened

    def other(one: Path, *more: Any) -> Any:
        found = opened(one, *more)
        one.write_text(HEAD + rows_from(20, 10))
        os.utime(one, (1, 1))
        return found

    monkeypatch.setattr(sources, "opened", other)
    with pytest.raises(Problem) as caught:
        taken(path)
    assert (caught.value.code, caught.value.where) == ("calls.changed", "calls.csv")
    assert lake.files(home) == []


def test_of_several_files_the_row_and_the_problem_name_theirs(taken: Take, tmp_path: Path) -> None:
    paths = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        paths.append(tmp_path / name / "cdr.csv")
        paths[-1].write_text(HEAD + rows_from(0, 3) + f"{name},no,13800000000,2026-11-21 09:00:00,1,\n")
    report, _ = taken(*paths)
    assert [(bad.file, bad.row) for bad in report.bad_rows] == [(str(path), 5) for path in paths]
    assert report.aside is not None
    assert str(paths[1]) in (report.aside / "bad.csv").read_text("utf-8")
    (tmp_path / "good.csv").write_text(HEAD + rows_from(9, 1))
    (tmp_path / "other.csv").write_text("x,y\n1,2\n")
    with pytest.raises(Problem) as caught:
        taken(tmp_path / "good.csv", tmp_path / "other.csv")
    assert caught.value.where.startswith("other.csv")


def test_trunks_that_nobody_knows_are_told_without_numbers_and_not_all(
    taken: Take, written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column of channels, taken for one of trunks, names who called."""
    monkeypatch.setattr(trunks, "_TOLD", 5)
    asked: list[str] = []

    def find(name: str) -> int:
        asked.append(name)
        return 0

    lines = [row + f"PJSIP/1391234{n:04d}-{n:04x}" for n, row in enumerate(rows_from(0, 20).splitlines())]
    report, _ = taken(written(HEAD + "\n".join(lines) + "\n"), trunks=find)
    assert len(asked) == 20
    assert len(report.unknown_trunks) == 5
    assert all("1391" not in name and name.startswith("PJSIP/…") for name in report.unknown_trunks)


def test_progress_of_a_packed_file_is_that_of_its_bytes_on_disk(taken: Take, written: Write) -> None:
    told: list[tuple[str, int, int]] = []
    text = HEAD + rows_from(0, 500)
    path = written(gzip.compress(text.encode()), "calls.csv.gz")
    taken(path, progress=lambda *said: told.append(said))
    reading = [(done, of) for stage, done, of in told if stage == "reading"]
    assert all(done <= of == path.stat().st_size for done, of in reading)
    assert [done for done, _ in reading] == sorted(done for done, _ in reading)


def test_bad_rows_put_aside_are_kept_no_longer_than_calls(taken: Take, written: Write, home: Home) -> None:
    """They stand as they came, with numbers in the clear."""
    report, _ = taken(written(HEAD + rows_from(0, 2) + "x,no,13800000000,2026-11-21 09:00:00,1,\n"))
    kept = profile.load(home).calls.retention_days
    left = home.files / "calls" / "import-killed.part"
    left.mkdir()
    assert report.aside is not None
    for days, there in ((kept - 1, True), (kept + 1, False)):
        with clock.at(NOW + timedelta(days=days)):
            for one in (left, report.aside, *report.aside.iterdir()):
                os.utime(one, (NOW.timestamp(), NOW.timestamp()))
            actions.forget(home)
        assert (report.aside.exists(), left.exists()) == (there, there)
