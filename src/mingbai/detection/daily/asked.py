"""Days that somebody asks to have gone through, with the engine they name: `mingbai detect`."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mingbai.calls import actions as calls
from mingbai.calls import queries as calls_there
from mingbai.detection import engines, looking, queries, rules
from mingbai.detection.actions import Found, record
from mingbai.detection.daily.days import campaign_names, looked, window_of
from mingbai.detection.models import Finding
from mingbai.detection.states import Found as By
from mingbai.detection.states import Kind, State
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

_AT_ONCE = 500
_TELLING = ("terms", "reason", "against", "figures", "cited")


class Asked(NamedTuple):
    """What was found in the days asked for; `new` of it stood nowhere before."""

    found: list[Found]
    calls: int
    new: int


def detect(
    home: Home,
    day: date,
    *,
    days: int = 0,
    engine: str = "duckdb",
    master: str = "",
    memory_gb: int = 0,
    progress: Callable[[str, int, int], None] = lambda step, nth, of: None,
) -> Asked:
    """Go through the `days` that end with `day` (default: as far as the profile looks back) and put down what is found.

    The same days again put nothing down twice. `progress` is told each step as it begins, the how manieth it is, and
    of how many. Of a day that is not over it
    goes through what the lake has of it.
    Raises Problem for a day to come, when the lake has no call of these days, when the engine cannot be opened.
    """
    _any_calls(home, day, days)
    force = queries.in_force()
    spill = home.lake / "spill" / "asked"
    window = window_of(home, day, days or profile.load(home).detection.lookback_days)
    of, told = looking.steps(force.settings, window) + 2, count(1)

    def step(name: str) -> None:
        progress(name, min(next(told), of), of)

    step("calls")
    with (
        engines.Watched(engines.opened(engine, master=master, spill=spill, memory_gb=memory_gb), step) as opened,
        looked(home, day, force.settings, days=days, engine=opened) as seen,
    ):
        step("rules")
        judged = rules.judge_all(seen.features, force.settings)
        named = campaign_names(seen, judged, force.settings, day)
        zone = profile.load(home).gate.timezone
        found = list(looking.found(seen, judged, force.settings, zone, campaigns=named))
        made = int(np.asarray(seen.features[Kind.NUMBER]["calls"], np.int64).sum())
    recorded = record(found, by=By.DAY, rules=force.rules)
    return Asked(found, made, len(recorded.new))


def _any_calls(home: Home, day: date, days: int) -> None:
    settings = profile.load(home)
    if day > clock.now().astimezone(ZoneInfo(settings.gate.timezone)).date():
        raise Problem("detection.day_to_come", "this day is still to come", where="DAY")
    first = day - timedelta(days=(days or settings.detection.lookback_days) - 1)
    there = calls_there.days(home)
    if not any(first <= one <= day for one in there):
        mend = f"there are calls from {there[0]} to {there[-1]}" if there else "import call records first"
        raise Problem("detection.no_calls", f"the lake has no calls from {first} to {day}", where="DAY", mend=mend)


def numbers(found: Sequence[Found], reason: str) -> list[str]:
    """The clear number of each finding about one that became a case, "" for all others: outside of a case none is
    opened. The ledger keeps for each case why they were opened. Raises Problem without a reason, or when the key of a
    quarter is gone."""
    cased = _cased({one.head for one in found if one.kind == Kind.NUMBER})
    wanted: dict[tuple[str, int], set[tuple[int, int]]] = {}
    for one in found:
        case = cased.get((one.head, one.tail, one.quarter)) if one.kind == Kind.NUMBER else None
        if case:
            wanted.setdefault((one.quarter, case), set()).add((one.head, one.tail))
    opened: dict[tuple[int, int, str], str] = {}
    for (quarter, case), pairs in sorted(wanted.items()):
        listed = sorted(pairs)
        clear = calls.open_numbers(listed, quarter, reason, None, case)
        opened |= {(*pair, quarter): number for pair, number in zip(listed, clear, strict=True)}
    return [opened.get((one.head, one.tail, one.quarter), "") if one.kind == Kind.NUMBER else "" for one in found]


def _cased(heads: Collection[int]) -> dict[tuple[int, int, str], int]:
    """Numbers about which a case was opened, with the last one."""
    known: dict[tuple[int, int, str], int] = {}
    wanted = sorted(heads)
    for start in range(0, len(wanted), _AT_ONCE):
        rows = Finding.objects.filter(kind=Kind.NUMBER, state=State.CASED, head__in=wanted[start : start + _AT_ONCE])
        for head, tail, quarter, case in rows.order_by("id").values_list("head", "tail", "quarter", "case"):
            known[head, tail, quarter] = int(case or 0)
    return known


def write(found: Sequence[Found], path: Path, clear: Sequence[str] = ()) -> None:
    """The findings as Parquet, readable by its owner alone; with the column `number` when they are given `clear`."""
    rows: list[dict[str, Any]] = [
        {
            name: json.dumps(value, ensure_ascii=False) if name in _TELLING else value
            for name, value in one._asdict().items()
        }
        for one in found
    ]
    table = pa.Table.from_pylist(rows, schema=_SCHEMA)
    if clear:
        table = table.append_column("number", pa.array(clear, pa.string()))
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    pq.write_table(table, aside, compression="zstd")
    aside.replace(path)


_TYPES: dict[str, pa.DataType] = {"day": pa.date32(), "score": pa.float64()}
_WORDS = {"kind", "quarter", "rule", "verdict", "campaign", *_TELLING}


def _type(name: str) -> pa.DataType:
    return _TYPES.get(name, pa.string() if name in _WORDS else pa.int64())


_SCHEMA = pa.schema([pa.field(name, _type(name)) for name in Found._fields])
