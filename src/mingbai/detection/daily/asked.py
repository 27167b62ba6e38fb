"""Days that somebody asks to have gone through, with the engine they name: `mingbai detect`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mingbai.calls import actions as calls
from mingbai.detection import engines, looking, queries, rules
from mingbai.detection.actions import Found, record
from mingbai.detection.daily.days import campaign_names, looked
from mingbai.detection.states import Found as By
from mingbai.detection.states import Kind
from mingbai.kernel import profile
from mingbai.kernel.home import Home

STEPS = 19
"""How many steps `progress` counts to, about."""
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
    progress: Callable[[str], None] = lambda step: None,
) -> Asked:
    """Go through the `days` that end with `day` (default: as far as the profile looks back) and put down what is found.

    The same days again put nothing down twice. `progress` is told each step as it begins.
    Raises Problem when the engine cannot be opened.
    """
    force = queries.in_force()
    spill = home.lake / "spill" / "asked"
    with (
        engines.Watched(engines.opened(engine, master=master, spill=spill, memory_gb=memory_gb), progress) as opened,
        looked(home, day, force.settings, days=days, engine=opened) as seen,
    ):
        progress("rules")
        judged = rules.judge_all(seen.features, force.settings)
        named = campaign_names(seen, judged, force.settings, day)
        zone = profile.load(home).gate.timezone
        found = list(looking.found(seen, judged, force.settings, zone, campaigns=named))
        made = int(np.asarray(seen.features[Kind.NUMBER]["calls"], np.int64).sum())
    recorded = record(found, by=By.DAY, rules=force.rules)
    return Asked(found, made, len(recorded.new))


def numbers(found: Sequence[Found], reason: str) -> list[str]:
    """The clear number of each finding about one, "" for holders and trunks; the ledger keeps that and why they were
    opened. Raises Problem without a reason, or when the key of a quarter is gone."""
    clear = [""] * len(found)
    quarters = {one.quarter for one in found if one.quarter}
    for quarter in sorted(quarters):
        places = [place for place, one in enumerate(found) if one.quarter == quarter]
        pairs = sorted({(found[place].head, found[place].tail) for place in places})
        opened = dict(zip(pairs, calls.open_numbers(pairs, quarter, reason, None), strict=True))
        for place in places:
            clear[place] = opened[found[place].head, found[place].tail]
    return clear


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
