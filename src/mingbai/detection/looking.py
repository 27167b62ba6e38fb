"""From calls to findings: features by an engine, judged by rules, cited. One way for the hour, the day and the shadow
run; only the window and whom it looks at differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pyarrow as pa

from mingbai.calls import queries as calls
from mingbai.detection import citing
from mingbai.detection.actions.recording import Found
from mingbai.detection.engines import Engine
from mingbai.detection.engines.protocol import unbound
from mingbai.detection.features import Counting, Given, Window, columns, features
from mingbai.detection.references import References
from mingbai.detection.states import UNSCORED, Kind
from mingbai.kernel.profile import Detection

CALLS = pa.schema(
    [
        *columns.CALLS,
        pa.field("code", pa.int16()),
        pa.field("segment", pa.string()),
        pa.field("row", pa.int32()),
        pa.field("source", pa.string()),
        pa.field("seen", pa.int8()),
    ]
)
"""What is read of a call: for features, and to cite it."""
_KEYS = {Kind.NUMBER: "caller", Kind.HOLDER: "holder", Kind.TRUNK: "trunk", Kind.CALLEE: "callee"}
_AT_ONCE = 500
_MOST_CALLS = 5_000
"""Of one subject, the latest calls among which those to cite are sought."""

Features = Mapping[str, pa.Table]


def values(table: pa.Table, *names: str) -> Iterator[tuple[Any, ...]]:
    """The rows of some columns."""
    return zip(*(table[name].to_pylist() for name in names), strict=True)


class Looked(NamedTuple):
    """An engine with its calls and references, and what was counted of them."""

    engine: Engine
    calls: ibis.Table | None  # None: nothing is cited
    refusals: ibis.Table
    features: Features


def look(
    engine: Engine, calls: ibis.Table, known: References, settings: Detection, window: Window, *,
    kinds: Collection[str] = tuple(Kind),
) -> Looked:  # fmt: skip
    """The features of everybody in the window, of these kinds."""
    given = Given(
        calls,
        engine.read("refusals", known.refusals, columns.REFUSED),
        engine.read("numbers", known.numbers, columns.NUMBERS),
        engine.read("trunks", known.trunks, columns.TRUNKS),
        engine.read("consents", known.consents, columns.CONSENTS),
    )
    tables = features(given, Counting.of(settings), window, engine.keep)
    return Looked(engine, calls, given.refusals, {kind: engine.fetch(tables[kind]) for kind in kinds})


def steps(settings: Detection, window: Window) -> int:
    """How many steps and results of an engine `look` takes: what it asks for is said, and nothing computed."""
    told: list[str] = []

    def keep(name: str, found: ibis.Table) -> ibis.Table:
        told.append(name)
        return ibis.table(found.schema(), name=name)

    named = {name: unbound(name, schema) for name, schema in columns.INPUTS.items()}
    return len(features(Given(**named), Counting.of(settings), window, keep)) + len(told)


def found(
    looked: Looked, judged: pa.Table, settings: Detection, zone: str, *, campaigns: Mapping[int, str] | None = None
) -> Iterator[Found]:
    """Judgements as they are to be put down, with their figures and the calls that they rest on."""
    rows = judged.to_pylist()
    named = campaigns or {}
    info = ZoneInfo(zone)
    for kind in Kind:
        of_kind = [row for row in rows if row["kind"] == kind]
        figures = _figures(looked.features.get(kind), {row["subject"] for row in of_kind})
        for part in _parts(of_kind):
            made = _calls(looked, kind, {row["subject"] for row in part}) if looked.calls is not None else {}
            for row in part:
                subject = row["subject"]
                told = figures[subject]
                cited = citing.cited(made[subject], row["rule"], settings) if subject in made else []
                yield _found(row, told, cited, info, named.get(subject, "") if kind is Kind.NUMBER else "")


def _found(
    row: dict[str, Any], figures: dict[str, int], cited: list[dict[str, Any]], zone: ZoneInfo, campaign: str
) -> Found:  # fmt: skip
    day = datetime.fromtimestamp(figures.get("last_s", 0), UTC).astimezone(zone).date()
    reason = row["reason"]
    values = {one["name"]: [float(one["value"]), float(one["threshold"])] for one in reason["values"]}
    number = row["kind"] in (Kind.NUMBER, Kind.CALLEE)
    scored = row["kind"] not in UNSCORED
    return Found(
        kind=row["kind"], head=row["subject"], tail=row["tail"], quarter=calls.quarter(day) if number else "", day=day,
        rule=row["rule"], verdict=row["verdict"], figures=figures,
        score=round(float(row["score"]), 6) if scored else 0.0,
        terms=[
            (one["name"], _plain(one["value"]), one["weight"], one["contribution"]) for one in row["terms"] if scored
        ],
        reason=(reason["code"], {name: [_plain(one) for one in two] for name, two in values.items()}),
        against=list(row["against"]), cited=cited, calls=figures.get("calls", 0),
        first_us=figures.get("first_s", 0) * 1_000_000, last_us=figures.get("last_s", 0) * 1_000_000,
        holder=row["subject"] if row["kind"] == Kind.HOLDER else figures.get("holder", 0),
        principal=figures.get("principal", 0),
        trunk=row["subject"] if row["kind"] == Kind.TRUNK else figures.get("trunk", 0), campaign=campaign,
    )  # fmt: skip


def _plain(value: float) -> float:
    """JSON knows neither NaN nor infinity."""
    return round(float(value), 6) if np.isfinite(value) else 0.0


def _figures(table: pa.Table | None, subjects: Collection[int]) -> dict[int, dict[str, int]]:
    """Features by subject, zeros left out: what is not there is 0."""
    if table is None or not subjects:
        return {}
    wanted = table.filter(pa.array(np.isin(np.asarray(table["subject"]), np.array(sorted(subjects), np.int64))))
    return {
        row["subject"]: {name: value for name, value in row.items() if value and name not in ("subject", "tail")}
        for row in wanted.to_pylist()
    }


def _calls(looked: Looked, kind: Kind, subjects: Collection[int]) -> dict[int, citing.Calls]:
    """The latest calls of each subject, by time, with which of them came after a refusal."""
    engine, key, every = looked.engine, _KEYS[kind], looked.calls
    assert every is not None, "nothing is cited where no calls are"
    schema = pa.schema([pa.field("subject", pa.int64())])
    wanted = engine.read("wanted_subjects", pa.table({"subject": sorted(subjects)}, schema=schema), schema)
    theirs = every.semi_join(wanted, [every[key] == wanted.subject]).select(list(CALLS.names))
    place = ibis.row_number().over(group_by=theirs[key], order_by=ibis.desc(theirs.at_us))
    marked = theirs.mutate(place=place)
    table = engine.fetch(marked.filter(marked.place < _MOST_CALLS).drop("place"))
    said = _refusals(engine.fetch(looked.refusals.semi_join(theirs, "callee")))
    table = table.sort_by([(key, "ascending"), ("at_us", "ascending")])
    whose = np.asarray(table[key], np.int64)
    starts = np.searchsorted(whose, np.array(sorted(subjects), np.int64), side="left")
    ends = np.searchsorted(whose, np.array(sorted(subjects), np.int64), side="right")
    found: dict[int, citing.Calls] = {}
    for subject, start, end in zip(sorted(subjects), starts.tolist(), ends.tolist(), strict=True):
        part = table.slice(start, end - start)
        if end > start:
            found[subject] = citing.Calls(part, citing.after_refusal(part, said))
    return found


def _refusals(table: pa.Table) -> dict[int, list[tuple[int, int, int]]]:
    said: dict[int, list[tuple[int, int, int]]] = {}
    for callee, party, caller, at_s in zip(
        *(table[name].to_pylist() for name in ("callee", "party", "caller", "at_s")), strict=True
    ):
        said.setdefault(callee, []).append((party, caller, at_s))
    return said


def _parts(rows: Sequence[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (list(rows[start : start + _AT_ONCE]) for start in range(0, len(rows), _AT_ONCE))
