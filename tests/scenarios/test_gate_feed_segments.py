"""From the gate's journal to the lake and the ledger: every attempt once, provable, and nobody else's to see."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.conf import settings

from mingbai.calls import actions, lake, queries
from mingbai.calls import segments as columns
from mingbai.calls.models import Segment
from mingbai.calls.pseudonyms import Pseudonyms
from mingbai.gate import journal
from mingbai.gate.decide import Code
from mingbai.gate.feed import segments
from mingbai.kernel import clock, msisdn
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import USES, Decision, Use
from mingbai.ledger import order
from mingbai.ledger import queries as ledger
from mingbai.ledger.verify import verify_receipt
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
NUMBER, OTHER = 8613812345678, 8613900000000


@pytest.fixture
def home() -> Iterator[Home]:
    yield settings.HOME
    for folder in (settings.HOME.journal, settings.HOME.lake):
        shutil.rmtree(folder, ignore_errors=True)
    for key in settings.HOME.keys.glob("calls-*"):
        key.unlink()


def record(at_us: int, callee: int = NUMBER, **more: int) -> tuple[int, ...]:
    values = {
        "at_us": at_us, "caller": 8695533, "callee": callee, "consent": 0, "position": 5, "trunk": 1, "resource": 2,
        "holder": 3, "principal": 4, "age_ms": 12, "code": int(Code.CONSENT_MISSING), "sip": 608,
        "purpose": journal.NO_PURPOSE, "use": USES.index(Use.MARKETING), "mode": 0, "decision": int(Decision.REFUSE),
        "caller_kind": int(Kind.FIRM_95), "callee_kind": int(Kind.MOBILE), **more,
    }  # fmt: skip
    return tuple(values.values())


def us(moment: datetime) -> int:
    return int(moment.timestamp() * 1e6)


def write(home: Home, records: list[tuple[int, ...]], *, close: bool = True) -> journal.Writer:
    writer = journal.Writer(home.journal, capacity=1024)
    for each in records:
        writer.append(each)
    if close:
        writer.close()
    return writer


def lake_rows(home: Home) -> list[tuple[int, str, int]]:
    files = lake.files(home)
    if not files:
        return []
    with duckdb.connect() as connection:
        return sorted(connection.read_parquet(files).project("at_us, segment, row").fetchall())


def integrate() -> None:
    while order.integrate():
        pass


@pytest.fixture
def subscriber() -> int:
    with clock.at(NOON.replace(month=10)):
        return people.ensure_subscriber(msisdn.require("13812345678"))


def test_a_subscriber_sees_every_attempt_first_from_the_journal_then_from_the_lake(home: Home, subscriber: int) -> None:
    start = us(NOON)
    writer = write(home, [record(start), record(start + 1, OTHER), record(start + 2, caller=0)], close=False)
    before = queries.attempts_to(subscriber)
    assert [(each.at_us, each.caller) for each in before] == [(start + 2, ""), (start, "8695533")]
    assert before[0].index is None
    writer.close()
    assert segments.collect(home) == 1
    integrate()
    after = queries.attempts_to(subscriber)
    assert [replace(each, entry=None, index=None) for each in after] == before
    assert after[0].index is not None
    assert after[1].rule == "consent.missing"
    assert after[1].reason["zh"] == "被叫用户未同意该单位的此类来电"
    assert list(home.journal.iterdir()) == []
    assert [each.callee for each in queries.attempts_of(3)] == ["8613812345678", "8613900000000", "8613812345678"]
    assert queries.attempts_of(99) == []
    assert [each.at_us for each in queries.attempts_to(subscriber, before_us=start + 2)] == [start]


def test_each_attempt_has_a_receipt_that_checks_offline_and_tells_of_no_other(home: Home, subscriber: int) -> None:
    write(home, [record(us(NOON) + i, NUMBER + i % 2, consent=i) for i in range(300)])
    (attempt, *_) = queries.attempts_to(subscriber)
    assert queries.attempt_receipt(attempt.receipt_id) is None
    segments.collect(home)
    assert queries.attempt_receipt(attempt.receipt_id) is None
    integrate()
    text = queries.attempt_receipt(attempt.receipt_id)
    assert text is not None
    verify_receipt(text, ledger.vkey())
    extra = json.loads(b64decode(text.splitlines()[1].removeprefix("extra ")))
    said = json.loads(extra["row"]["content"])
    assert (said["caller"], said["callee"], said["consent"]) == ("8695533", str(NUMBER), attempt.consent)
    secret = columns.secret(Pseudonyms(home), "2026Q4", attempt.segment)
    assert secret.hex() not in text
    assert str(NUMBER + 1) not in b64decode(text.splitlines()[1].removeprefix("extra ")).decode()
    assert queries.attempt(attempt.receipt_id) == queries.attempts_to(subscriber, 1)[0]


def test_the_next_owner_of_a_number_sees_nothing_of_the_former(home: Home, subscriber: int) -> None:
    write(home, [record(us(NOON))])
    segments.collect(home)
    with clock.at(NOON.replace(hour=5)):
        new = people.recycle(msisdn.require("13812345678"))
    write(home, [record(us(NOON.replace(hour=6)))])
    assert [each.at_us for each in queries.attempts_to(new)] == [us(NOON.replace(hour=6))]
    segments.collect(home)
    assert [each.at_us for each in queries.attempts_to(new)] == [us(NOON.replace(hour=6))]
    assert [each.at_us for each in queries.attempts_to(subscriber)] == [us(NOON)]


def test_a_segment_across_midnight_of_the_quarter_lies_in_both_days(home: Home, subscriber: int) -> None:
    midnight = us(datetime(2026, 9, 30, 16, 0, tzinfo=UTC))  # in Shanghai
    with clock.at(NOON.replace(month=8)):
        people.recycle(msisdn.require("13812345678"))
    write(home, [record(midnight - 1), record(midnight)])
    segments.collect(home)
    assert lake.days(home) == [date(2026, 9, 30), date(2026, 10, 1)]
    integrate()
    current = people.ensure_subscriber(msisdn.require("13812345678"))
    attempts = queries.attempts_to(current)
    assert [each.at_us for each in attempts] == [midnight, midnight - 1]
    for each in attempts:
        receipt = queries.attempt_receipt(each.receipt_id)
        assert receipt is not None
        verify_receipt(receipt, ledger.vkey())


class Cut(Exception):
    """Stands for SIGKILL."""


STEPS: list[tuple[Any, str]] = [
    (lake, "write"),
    (lake, "_relist"),
    (actions, "_anchor"),
    (actions.batches.Tree, "build"),
    (actions.ledger, "append_batch"),
    (Segment.objects, "create"),
    (Path, "unlink"),
]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", range(len(STEPS)))
def test_cut_off_anywhere_no_attempt_is_lost_or_doubled(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: int, after: bool
) -> None:
    start = us(NOON)
    write(home, [record(start + i * 43_200_000_000) for i in range(6)])
    (path,) = journal.closed_segments(home.journal)
    owner, name = STEPS[step]
    real: Callable[..., Any] = getattr(owner, name)

    def cut(*args: Any, **more: Any) -> None:
        if after:
            real(*args, **more)
        raise Cut

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, cut)
        with pytest.raises(Cut):
            segments.collect(home)
    queries.statistics(since_us=0)
    segments.collect(home)
    segments.collect(home)
    assert lake_rows(home) == [(start + i * 43_200_000_000, journal.segment_of(path), i) for i in range(6)]
    assert Segment.objects.get().rows == 6
    assert sum(each.kind == "gate.segment" for each in entries()) == 1
    assert not list(home.journal.iterdir())


def entries() -> list[ledger.Change]:
    integrate()
    return ledger.changes(-1, 1000)


def test_statistics_count_an_attempt_once_wherever_it_lies(home: Home) -> None:
    start = us(NOON)
    write(home, [record(start), record(start + 1, decision=int(Decision.ALLOW), code=int(Code.PASSED), holder=9)])
    write(home, [record(start + 3_600_000_000)])
    counted = queries.statistics(since_us=start)
    assert counted.total == 3
    assert counted.rules == {"consent.missing": 2, "passed": 1}
    actions.store_segment(home, journal.closed_segments(home.journal)[0])  # in the lake, its plain file still there
    assert queries.statistics(since_us=start) == counted
    segments.collect(home)
    assert queries.statistics(since_us=start) == counted
    assert queries.statistics(since_us=start, organisation=9).decisions == {"allow": 1}
    assert counted.hours[start // 1_000_000] == {"allow": 1, "refuse": 1}
    with clock.at(NOON):
        write(home, [record(start)], close=False)
        assert queries.live(10)[start // 1_000_000] == {"refuse": 1}


def test_a_record_that_cannot_be_read_is_reported_and_the_others_keep_their_places(
    home: Home, subscriber: int, caplog: pytest.LogCaptureFixture
) -> None:
    write(home, [record(us(NOON) + i) for i in range(3)])
    (path,) = journal.closed_segments(home.journal)
    data = bytearray(path.read_bytes())
    data[journal.HEADER + journal.RECORD + 8] ^= 1
    path.write_bytes(data)
    segments.collect(home)
    assert "1 records could not be read" in caplog.text
    assert [each.row for each in queries.attempts_to(subscriber)] == [2, 0]
    integrate()
    receipt = queries.attempt_receipt(f"{journal.segment_of(path)}-2")
    assert receipt is not None
    verify_receipt(receipt, ledger.vkey())
    with pytest.raises(Problem, match="no such attempt"):
        queries.attempt_receipt(f"{journal.segment_of(path)}-1")


def test_a_file_that_is_no_segment_is_set_aside(home: Home) -> None:
    home.journal.mkdir()
    (home.journal / "0.closed").write_bytes(b"something else")
    write(home, [record(us(NOON))])
    assert [segments.collect(home), segments.collect(home)] == [0, 1]
    assert [path.name for path in home.journal.iterdir()] == ["0.unreadable"]


def test_numbers_are_pseudonyms_in_the_lake_and_plain_nowhere(home: Home) -> None:
    write(home, [record(us(NOON))])
    segments.collect(home)
    for path in [*home.lake.rglob("*"), *home.log.rglob("*")]:
        if path.is_file():
            content = path.read_bytes()
            assert NUMBER.to_bytes(8, "little") not in content
            assert str(NUMBER).encode() not in content


def test_small_files_are_merged_and_a_reader_misses_nothing(home: Home, subscriber: int) -> None:
    for i in range(5):
        write(home, [record(us(NOON) + i)])
    while segments.collect(home):
        pass
    before = queries.attempts_to(subscriber)
    listed = lake.files(home)
    assert lake.merge(home, date(2026, 11, 21), at_least=5) == 5
    assert len(lake.files(home)) == 1
    assert queries.attempts_to(subscriber) == before
    assert all(Path(name).exists() for name in listed)
    with clock.at(NOON.replace(year=2036)):
        lake.merge(home, date(2026, 11, 21))
    assert not any(Path(name).exists() for name in listed)
    assert queries.attempts_to(subscriber) == before


def test_at_the_end_of_retention_numbers_can_no_longer_be_opened_and_counts_remain(home: Home, subscriber: int) -> None:
    write(home, [record(us(NOON))])
    segments.collect(home)
    integrate()
    receipt_id = queries.attempts_to(subscriber)[0].receipt_id
    with clock.at(NOON.replace(year=2027, month=8)):
        assert actions.forget(home) == 1
        assert actions.forget(home) == 0
    assert queries.attempts_to(subscriber) == []
    assert queries.statistics(since_us=0).total == 1
    with pytest.raises(Problem):
        queries.attempt_receipt(receipt_id)
