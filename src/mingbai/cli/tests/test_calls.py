"""`mingbai calls import`: what is taken, what is told, and that it can be said again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from django.conf import settings

from mingbai.calls import queries
from mingbai.cli import main
from mingbai.kernel import clock, msisdn
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
ROWS = """caller,callee,start,talk,trunk
057188001234,13812345678,2026-11-21 12:30:00,60,unicom-1
057188001234,13812345679,2026-11-21 12:31:00,0,nobody-1
057188001234,what,2026-11-21 12:32:00,0,
"""


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MINGBAI_HOME", str(settings.HOME.root))
    yield settings.HOME.root
    for folder in (settings.HOME.lake, settings.HOME.files / "calls"):
        shutil.rmtree(folder, ignore_errors=True)


def test_a_file_is_imported_with_who_stood_behind_its_callers(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(ROWS)
    with clock.at(NOON) as advance:
        firm = people.create_organisation(name="明心", kind="enterprise", industry="property")
        carrier = people.create_organisation(name="联通", kind="operator")
        trunk = numbers.create_trunk(name="unicom-1", carrier=carrier)
        resource = numbers.register_number(first=msisdn.require("057188001234"), holder=firm, use="service")
        advance(7_200)
        done = CliRunner().invoke(main, ["calls", "import", str(path), "-f", "csv", "--source", "msc-1"])
        assert done.exit_code == 0, done.output
        assert "3 rows" in done.output
        assert "2 taken, 0 repeats, 1 bad" in done.output
        assert "row 4: callee: the called number cannot be read" in done.output
        assert "no trunk is called “nobody-1”" in done.output
        files = queries.traffic(settings.HOME, NOON.date(), datetime(2026, 11, 22, tzinfo=UTC).date()).files
        (found,) = (pq.read_table(name).sort_by("at_us").to_pylist() for name in files)
        names = ("resource", "holder", "principal", "trunk", "source")
        assert [tuple(row[name] for name in names) for row in found] == [
            (resource, firm, firm, trunk, "msc-1"), (resource, firm, firm, 0, "msc-1"),
        ]  # fmt: skip
        again = CliRunner().invoke(main, ["calls", "import", str(path), "-f", "csv", "--json"])
        assert (again.exit_code, json.loads(again.output)["known"]) == (0, 1)


def test_what_cannot_be_taken_ends_with_a_sentence(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("a,b\n1,2\n")
    done = CliRunner().invoke(main, ["calls", "import", str(path), "-f", "csv"])
    assert done.exit_code == 1
    assert "no column for caller" in done.output
    done = CliRunner().invoke(main, ["calls", "import", str(tmp_path / "none.csv"), "-f", "csv"])
    assert done.exit_code == 1
    assert "No such file" in done.output
    done = CliRunner().invoke(main, ["calls", "import", str(path), "-f", "csv", "--trunk", "x"])
    assert "there is no such trunk" in done.output


def test_a_folder_is_its_files(home: Path, tmp_path: Path) -> None:
    """FreeSWITCH writes a file for each call: more than a shell may name."""
    below = tmp_path / "cdr" / "2026-11-21"
    below.mkdir(parents=True)
    lines = ROWS.splitlines()
    for place, line in enumerate(lines[1:]):
        (below / f"{place}.csv").write_text(f"{lines[0]}\n{line}\n")
    (below / "README").write_text("no call record")
    with clock.at(NOON) as advance:
        advance(7_200)
        done = CliRunner().invoke(main, ["calls", "import", str(tmp_path / "cdr"), "-f", "csv"])
        assert done.exit_code == 0, done.output
        assert "2 taken, 0 repeats, 1 bad" in done.output
        assert "  2.csv row 2: callee" in done.output
        done = CliRunner().invoke(main, ["calls", "import", str(tmp_path / "cdr"), "-f", "parquet"])
        assert (done.exit_code, "no such files" in done.output) == (1, True)


def test_a_full_disk_is_said_in_a_sentence(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(ROWS)

    def full(*_: object) -> None:
        raise OSError(28, "Error writing bytes to file")  # as Arrow says it: no file named

    monkeypatch.setattr("mingbai.calls.lake.put", full)
    with clock.at(NOON) as advance:
        advance(7_200)
        done = CliRunner().invoke(main, ["calls", "import", str(path), "-f", "csv"])
    assert (done.exit_code, done.output.strip().splitlines()[-1]) == (1, "mingbai: No space left on device")


def test_ids_of_a_data_set_by_a_switch_of_the_command(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "graph.csv"
    path.write_text("caller,callee,start\n" + "".join(f"{n},{n + 1},2026-11-21 12:30:00\n" for n in range(25)))
    with clock.at(NOON) as advance:
        advance(7_200)
        done = CliRunner().invoke(main, ["calls", "import", str(path), "-f", "csv"])
        assert done.exit_code == 1
        assert "graph.csv: callers and called are no telephone numbers: say --ids" in done.output
        done = CliRunner().invoke(main, ["calls", "import", str(path), "-f", "csv", "--ids"])
        assert (done.exit_code, "25 taken" in done.output) == (0, True), done.output
