"""用途核对: for what, when and over which line a registered number, or a line, called; from journal and lake."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from mingbai.calls import segments
from mingbai.calls.pseudonyms import Pseudonyms
from mingbai.calls.queries.attempts import Plain, lake_rows, plain
from mingbai.gate import journal
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.terms import USES

QUARTER_US = 900_000_000
_SQL = "SELECT at_us // 900000000, purpose, trunk, resource, count(*) FROM attempts WHERE {where} GROUP BY ALL"
_Counts = dict[tuple[int, int, int, int], int]  # quarter (since 1970, UTC), purpose, trunk, resource


@dataclass(slots=True)
class Conduct:
    """Attempts since a moment. `purposes` by the word that the call gave, where it gave one; `trunks` and `resources`
    by id, 0 for none known; `quarters` by quarter of the local day; `busiest` on one local day."""

    calls: int = 0
    purposes: dict[str, int] = field(default_factory=dict)
    trunks: dict[int, int] = field(default_factory=dict)
    resources: dict[int, int] = field(default_factory=dict)
    quarters: list[int] = field(default_factory=lambda: [0] * 96)
    busiest: int = 0
    busiest_day: str = ""


class _Of:
    """Attempts of a registration, or over a line."""

    def __init__(self, column: str, ident: int) -> None:
        self._column, self._ident = column, ident

    def among(self, records: segments.Records) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = records[self._column] == self._ident
        return found

    def where(self, pseudonyms: Pseudonyms, quarter: str) -> tuple[str, list[Any]]:
        return f"{self._column} = ?", [self._ident]


def conduct(*, since_us: int, resource: int = 0, trunk: int = 0) -> Conduct:
    """How a registered number (`resource`) or a line (`trunk`), by id, called since a moment (µs since the epoch)."""
    home: Home = settings.HOME
    chosen = _Of("resource", resource) if resource else _Of("trunk", trunk)
    until_us = clock.now_us() + 1
    counts = _counts(home, plain(home), chosen, since_us, until_us)
    return _told(counts, ZoneInfo(profile.load(home).gate.timezone))


def _counts(home: Home, parts: Plain, chosen: _Of, since_us: int, until_us: int) -> _Counts:
    counts: _Counts = defaultdict(int)
    for part in parts.parts:
        records = part.records[part.whole & chosen.among(part.records)]
        records = records[(records["at_us"] >= since_us) & (records["at_us"] < until_us)]
        columns = [records["at_us"] // QUARTER_US, records["purpose"], records["trunk"], records["resource"]]
        keys = np.stack([one.astype(np.int64) for one in columns], axis=1)
        for key, count in zip(*np.unique(keys, axis=0, return_counts=True), strict=True):
            counts[int(key[0]), int(key[1]), int(key[2]), int(key[3])] += int(count)
    for quarter, purpose, line, number, count in lake_rows(home, _SQL, parts, chosen, since_us, until_us):
        said = journal.NO_PURPOSE if purpose is None else purpose
        counts[quarter, said, line or 0, number or 0] += count
    return counts


def _told(counts: _Counts, zone: ZoneInfo) -> Conduct:
    made = Conduct()
    days: dict[str, int] = defaultdict(int)
    epoch = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
    for (quarter, purpose, line, number), count in counts.items():
        local = (epoch + timedelta(seconds=quarter * 900)).astimezone(zone)
        days[local.date().isoformat()] += count
        made.calls += count
        made.quarters[local.hour * 4 + local.minute // 15] += count
        made.trunks[line] = made.trunks.get(line, 0) + count
        made.resources[number] = made.resources.get(number, 0) + count
        if purpose != journal.NO_PURPOSE and 0 <= purpose < len(USES):
            word = USES[purpose].value
            made.purposes[word] = made.purposes.get(word, 0) + count
    if days:
        made.busiest_day = max(days, key=lambda day: (days[day], day))
        made.busiest = days[made.busiest_day]
    return made
