"""Pictures of how one number called: by hour, how long it talked, to how many people, who called back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings as django
from numpy.typing import NDArray

from mingbai.calls import queries as calls
from mingbai.detection import engines
from mingbai.detection.looking import values
from mingbai.detection.models import Finding
from mingbai.detection.queries.views import Back, Bin, Pictures, mark
from mingbai.detection.states import Kind
from mingbai.kernel import profile

MOST_DAYS = 31
TALK_S = (0, 5, 10, 20, 30, 60, 120, 300, 600)
OFTEN = (1, 2, 3, 4, 6, 11)
"""Where the bars of the histograms begin: seconds of talk; calls to one person."""
_MOST_BACK = 50
_FIELDS: list[pa.Field[Any]] = [
    pa.field("at_us", pa.int64()),
    pa.field("caller", pa.int64()),
    pa.field("caller_tail", pa.int64()),
    pa.field("callee", pa.int64()),
    pa.field("callee_tail", pa.int64()),
    pa.field("answered", pa.bool_()),
    pa.field("talk_ms", pa.int32()),
]
_COLUMNS = pa.schema(_FIELDS)
_DAY_S = 86_400


def pictures(finding: int, *, days: int = 7) -> Pictures | None:
    """How the number of a finding called in the `days` up to that of the finding; None for what is no number, or when
    nothing of it is in the lake (any more). A person bombed: who called it."""
    row = Finding.objects.filter(id=finding, kind__in=(Kind.NUMBER, Kind.CALLEE)).first()
    if row is None:
        return None
    first = row.day - timedelta(days=max(1, min(days, MOST_DAYS)) - 1)
    found = _calls_of(row.head, row.tail, first, row.day)
    return _drawn(found, row.head, Kind(row.kind), first, row.day) if found.num_rows else None


def _calls_of(head: int, tail: int, first: date, last: date) -> pa.Table:
    """Calls from and to a pseudonym. Its quarter alone has it: in another's files it is nobody's."""
    traffic = calls.traffic(django.HOME, first, last + timedelta(days=1))
    with engines.opened("duckdb", spill=django.HOME.lake / "spill" / "page", threads=2, memory_gb=1) as engine:
        table = engine.read("calls", traffic.files, _COLUMNS)
        wanted = ((table.caller == head) & (table.caller_tail == tail)) | (
            (table.callee == head) & (table.callee_tail == tail)
        )
        return engine.fetch(table.filter(wanted).order_by(ibis.asc("at_us")))


def _drawn(found: pa.Table, head: int, kind: Kind, first: date, last: date) -> Pictures:
    side = "caller" if kind is Kind.NUMBER else "callee"
    other = "callee" if kind is Kind.NUMBER else "caller"
    mine = _column(found, side) == head
    out, back = found.filter(pa.array(mine)), found.filter(pa.array(~mine))
    at_s = _local_s(_column(out, "at_us"))
    talk, recorded, answered = _talks(out)
    people, counts = np.unique(_column(out, other), return_counts=True)
    returned = _returned(out, back, other)
    hours = at_s % _DAY_S // 3_600
    return Pictures(
        first=first, last=last, calls=out.num_rows, callees=len(people),
        hours=np.bincount(hours, minlength=24).tolist(), answered=np.bincount(hours[answered], minlength=24).tolist(),
        days=_by_day(at_s, first, last), talk=_bins(talk, TALK_S), recorded=recorded,
        per_callee=_bins(counts, OFTEN), back=returned[:_MOST_BACK], returned=len(returned),
    )  # fmt: skip


def _talks(out: pa.Table) -> tuple[NDArray[np.int64], int, NDArray[np.bool_]]:
    """Seconds of talk of answered calls, how many calls have a record, and which were answered."""
    known = ~np.asarray(out["answered"].is_null())
    rang, talked = cast(Any, out["answered"]), cast(Any, out["talk_ms"])  # their stubs lose the type
    answered = np.asarray(pc.fill_null(rang, False), np.bool_)
    talk = np.asarray(pc.fill_null(talked, -1), np.int64)
    return talk[answered & (talk >= 0)] // 1000, int(known.sum()), answered


def _returned(out: pa.Table, back: pa.Table, other: str) -> list[Back]:
    """People who called back after they had been called, most often first."""
    side = "caller" if other == "callee" else "callee"
    first: dict[int, int] = {}
    called: dict[int, int] = {}
    for who, at in values(out, other, "at_us"):
        first.setdefault(who, at)
        called[who] = called.get(who, 0) + 1
    found: dict[int, tuple[int, int]] = {}
    for who, at, talk in values(back, side, "at_us", "talk_ms"):
        if who in first and at > first[who]:
            times, talked = found.get(who, (0, 0))
            found[who] = times + 1, talked + (talk or 0)
    rows = [Back(mark(who), called[who], times, talked // 1000) for who, (times, talked) in found.items()]
    return sorted(rows, key=lambda row: (-row.returned, -row.called, row.callee))


def _by_day(at_s: NDArray[np.int64], first: date, last: date) -> list[tuple[date, int]]:
    begin = (first - date(1970, 1, 1)).days
    many = (last - first).days + 1
    counted = np.bincount(np.clip(at_s // _DAY_S - begin, 0, many - 1), minlength=many)
    return [(first + timedelta(days=place), int(counted[place])) for place in range(many)]


def _bins(values: NDArray[np.int64], lows: tuple[int, ...]) -> list[Bin]:
    ends = [*lows[1:], None]
    places = np.searchsorted(np.array(lows), values, side="right") - 1
    counts = np.bincount(places[places >= 0], minlength=len(lows))
    return [Bin(low, high, int(count)) for low, high, count in zip(lows, ends, counts, strict=True)]


def _local_s(at_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """Seconds of the local clock since its 1970; whole quarter hours have one offset."""
    zone = ZoneInfo(profile.load(django.HOME).gate.timezone)
    quarters, places = np.unique(at_us // 900_000_000, return_inverse=True)
    offsets = [datetime.fromtimestamp(int(one) * 900, zone).utcoffset() or timedelta() for one in quarters]
    return at_us // 1_000_000 + np.array([int(one.total_seconds()) for one in offsets], np.int64)[places]


def _column(found: pa.Table, name: str) -> NDArray[np.int64]:
    return np.asarray(found[name].combine_chunks().to_numpy(zero_copy_only=False), np.int64)
