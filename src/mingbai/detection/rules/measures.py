"""Features as rules read them: shares and means made of the integers, unknown where nothing is known. Pure.

A feature table may lack columns, and a column values: both are NaN here, and nothing compares with NaN, so what is
unknown is evidence for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingbai.detection.rules.sorts import Sort
from mingbai.kernel.terms import USES, Use

Column = NDArray[np.float64]
_TALKS = tuple(f"talk_{part}" for part in range(8))
_NOTIFICATION = USES.index(Use.NOTIFICATION)
_DECLARED = [USES.index(use) for use in (Use.SERVICE, Use.SURVEY, Use.COLLECTION)]


class Counts:
    """The columns of a feature table as float64, read when asked for."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.rows = table.num_rows
        self._read: dict[str, Column] = {}

    def __getitem__(self, name: str) -> Column:
        if name not in self._read:
            self._read[name] = self._column(name)
        return self._read[name]

    def _column(self, name: str) -> Column:
        if name not in self.table.column_names:
            return np.full(self.rows, np.nan)
        column: Any = self.table[name].cast(pa.float64())
        return np.asarray(pc.fill_null(column, float("nan")).to_numpy(), np.float64)

    @property
    def timed(self) -> Column:
        """Answered calls whose length is known; where nobody counted by length, answered calls."""
        if _TALKS[0] not in self.table.column_names:
            return self["answered"]
        return np.asarray(sum(self[name] for name in _TALKS))

    def or_else(self, name: str, other: str) -> Column:
        """A column, or where it is unknown another one."""
        return np.where(np.isnan(self[name]), self[other], self[name])


class Part(NamedTuple):
    """A share as it was counted: so many `hits` of so many `of`; NaN where it is not known."""

    hits: Column
    of: Column

    @property
    def percent(self) -> Column:
        """100 × hits / of; NaN of nothing."""
        of = np.where(self.of > 0, self.of, np.nan)
        return 100.0 * self.hits / of


def parts(counts: Counts) -> Mapping[str, Part]:
    """Every share there is, by name."""
    calls, callees, days = counts["calls"], counts["callees"], counts["days"]
    recorded = counts.or_else("recorded", "calls")
    answered, timed, short = counts["answered"], counts.timed, counts["short"]
    inbound = counts["first_in"]
    return {
        "spread": Part(callees, calls),
        # within one day everybody is called on one day alone, which says nothing
        "once": Part(callees - counts["repeated"], np.where(days >= 2, callees, 0)),
        "strangers": Part(calls - counts["known"], calls),
        "unreturned": Part(callees - counts["returned"], callees),
        "unanswered": Part(recorded - answered, recorded),
        "short": Part(short, timed),
        "brief": Part(timed - counts["long"], timed),
        "unwelcome": Part(recorded - answered + short, recorded),
        "rejected": Part(counts["rejected"], recorded),
        "unused": Part(counts["unused"], calls),
        "one_ring": Part(counts["one_ring"], counts["rung"]),
        "night": Part(counts["night"], calls),
        "near": Part(counts["near"], calls),
        "sought": Part(inbound, inbound + callees),
        "consented": Part(counts["consented"], callees),
        "refused": Part(counts["refusers_called"], callees),
        "refusing": Part(counts["refusing"], callees),
        "shared": Part(counts["shared"], counts["again"]),
        "hopped": Part(counts["hopped"], counts["refusers_called"]),
        "burst": Part(counts["burst"], calls),
        "spoofed": Part(counts["spoofed"], calls),
        "known": Part(counts["known"], calls),
        "returned": Part(counts["returned"], callees),
    }


def uniformity(counts: Counts) -> tuple[Column, Column]:
    """How much lengths of talk differ, standard deviation over mean in per cent, and of how many answered calls."""
    answered = np.where(counts.timed > 0, counts.timed, np.nan)
    mean = counts["talk_ms"] / 1000.0 / answered
    square = counts["talk_s2"] / answered
    # whole seconds are squared, so the mean of the same is about half a second less than that of milliseconds
    spread = np.sqrt(np.maximum(square - np.maximum(mean - 0.5, 0.0) ** 2, 1 / 12))
    return 100.0 * spread / np.where(mean > 0, mean, np.nan), counts.timed


def measures(counts: Counts, found: Mapping[str, Part]) -> dict[str, Column]:
    """What rules compare with thresholds, by name; shares in per cent."""
    days = np.maximum(counts["days"], 1.0)
    answered = np.where(counts.timed > 0, counts.timed, np.nan)
    named = {f"{name}_percent": part.percent for name, part in found.items()}
    return named | {
        "calls": counts["calls"],
        "callees": counts["callees"],
        "callers": counts.or_else("most_callers_60min", "callers"),
        "days": counts["days"],
        "per_day": counts["callees"] / days,
        "per_hour": counts["most_60min"],
        "to_one_per_hour": counts["most_to_one"],
        "answered": counts.timed,
        "rung": counts["rung"],
        "refusers": counts["refusers_called"],
        "refusing": counts["refusing"],
        "numbers": counts["numbers"],
        "shared": counts["shared"],
        "hopped": counts["hopped"],
        "burst": counts["burst"],
        "unallocated": counts["unallocated"],
        "foreign": counts["foreign"],
        "spoofed": counts["spoofed"],
        "mean_s": counts["talk_ms"] / 1000.0 / answered,
        "talk_spread_percent": uniformity(counts)[0],
        "age_days": np.where(counts["age_days"] >= 0, counts["age_days"], np.nan),
        "own_trunk_percent": Part(counts["calls"] - counts["foreign"], counts["calls"]).percent,
    }


def registered(counts: Counts) -> NDArray[np.int64]:
    """The Sort of each row, 0 for none; a number registered for anything but marketing has at least that one."""
    sort = np.nan_to_num(counts["sort"], nan=0.0).astype(np.int64)
    sort = np.where(np.isin(sort, list(Sort)), sort, Sort.NONE)
    sort = np.where((sort == Sort.NONE) & (counts["use"] == _NOTIFICATION), int(Sort.NOTIFICATION), sort)
    return np.where((sort == Sort.NONE) & np.isin(counts["use"], _DECLARED), int(Sort.DECLARED), sort)
