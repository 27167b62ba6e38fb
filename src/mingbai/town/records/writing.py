"""A town as files: calls a day each, as any switch could hand them over, what is registered, and the truth apart.

calls-2026-11-02.parquet (or .csv)   mapping.toml says what its columns are, for `mingbai calls import`
numbers.csv, refusals.csv, consents.csv, trunks.csv         what the operator knows
truth-callers.csv, truth-holders.csv, truth-callees.csv     what nobody tells detection
town.json                                                   the knobs, and what was counted
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pac
import pyarrow.csv as pc
import pyarrow.parquet as pq

from mingbai.town.records.callers import TRUNKS, Callers
from mingbai.town.records.calls import Calls
from mingbai.town.records.knobs import Knobs
from mingbai.town.records.people import DAY_S
from mingbai.town.records.town import Town, build

MAPPING = """\
# what the columns are, for `mingbai calls import FILE --format parquet --mapping mapping.toml`
[columns]
call = "call"
start = "start_us"
caller = "caller"
callee = "callee"
trunk = "trunk"
answered = "answered"
ring = "ring_ms"
talk = "talk_ms"
cause = "cause"

[time]
format = "epoch_us"

[durations]
unit = "ms"

[answered]
values = ["1", "true"]
"""
_SPOOFED_OWNER = "spoofed_owner"


def generate(
    out: Path, knobs: Knobs, *, form: str = "parquet", say: Callable[[str], None] = lambda text: None
) -> dict[str, Any]:
    """Make a town and write it into the folder `out`; answers what was counted. `form`: parquet or csv.

    Holds one day at a time: some 2.5 GB for a million people. Raises ValueError for another form.
    """
    if form not in ("parquet", "csv"):
        raise ValueError(f"no such form: {form!r}")
    out.mkdir(parents=True, exist_ok=True)
    town = build(knobs, say)
    counted, active = 0, np.zeros(0, np.int64)
    for place, calls in enumerate(town.days()):
        day = knobs.begin + timedelta(days=place)
        _write_day(out, day, place, calls, form)
        counted += len(calls)
        active = np.union1d(active, calls.caller)
        say(f"{day.isoformat()}: {len(calls):,} calls")
    (out / "mapping.toml").write_text(MAPPING, "utf-8")
    _write_known(out, town)
    _write_truth(out, town, active)
    notes = {"knobs": asdict(knobs) | {"begin": knobs.begin.isoformat()}, "calls": counted, "form": form}
    (out / "town.json").write_text(json.dumps(notes, indent=1) + "\n", "utf-8")
    return notes


def _write_day(out: Path, day: date, place: int, calls: Calls, form: str) -> None:
    ring = pa.array(calls.ring_ms, mask=calls.ring_ms < 0).cast(pa.int32())
    table = pa.table(
        {
            "call": np.arange(len(calls)) + place * 1_000_000_000 + 1,
            "start_us": (calls.at_s * 1e6).astype(np.int64),
            "caller": _written(calls.caller),
            "callee": _written(calls.callee),
            "trunk": _names(calls.trunk),
            "answered": calls.answered,
            "ring_ms": ring,
            "talk_ms": pa.array(calls.talk_ms).cast(pa.int32()),
            "cause": pa.array(calls.cause).cast(pa.int16()),
        }
    )
    path = out / f"calls-{day.isoformat()}.{form}"
    if form == "csv":
        pc.write_csv(table, path)
    else:
        pq.write_table(table, path, compression="zstd", row_group_size=500_000)


def _written(numbers: np.ndarray[Any, Any]) -> pa.Array[Any]:
    """Numbers as text, those of other countries behind “+”, without which they would be read as local ones."""
    text = pa.array(numbers).cast(pa.string())
    abroad = numbers // 10 ** (np.floor(np.log10(numbers)).astype(np.int64) - 1) != 86
    signed = pac.binary_join_element_wise("+", text, "")
    found: pa.Array[Any] = pac.if_else(pa.array(abroad), signed, text)
    return found


def trunk_names() -> list[str]:
    """By id from 1 on. The first two are the operator's own sides, call centres' lines are its customers'."""
    centres = [f"centre-{place + 1}" for place in range(TRUNKS.centres)]
    return ["own-mobile", "own-fixed", "other-carriers", "abroad", *centres]


def _names(trunk: np.ndarray[Any, Any]) -> pa.Array[Any]:
    codes = pa.array(trunk - 1).cast(pa.int8())
    return pa.DictionaryArray.from_arrays(codes, pa.array(trunk_names())).cast(pa.string())


def _write_known(out: Path, town: Town) -> None:
    """What the operator knows: registered numbers, refusals, its trunks."""
    rows: list[Callers] = [callers for callers in town.callers if callers.style.registered > 0]
    keep = [callers.registered for callers in rows]
    since = [town.begins_s - callers.age_days * DAY_S for callers in rows]
    _csv(
        out / "numbers.csv",
        number=_joined([callers.numbers[kept] for callers, kept in zip(rows, keep, strict=True)]),
        holder=_joined([callers.holder[kept] for callers, kept in zip(rows, keep, strict=True)]),
        principal=_joined([callers.principal[kept] for callers, kept in zip(rows, keep, strict=True)]),
        use=_words([(callers.style.use, kept.sum()) for callers, kept in zip(rows, keep, strict=True)]),
        industry=_words([(callers.style.declared, kept.sum()) for callers, kept in zip(rows, keep, strict=True)]),
        since_s=_joined([at[kept].astype(np.int64) for at, kept in zip(since, keep, strict=True)]),
    )
    refusals = town.wishes.all()
    _csv(
        out / "refusals.csv",
        callee=town.people.numbers[refusals.callee],
        party=refusals.principal,
        caller=refusals.caller,
        purpose=pa.array(["marketing"] * len(refusals.at_s)),
        at_s=refusals.at_s.astype(np.int64),
    )
    consents = town.wishes.consents()
    _csv(
        out / "consents.csv",
        party=consents.principal,
        callee=town.people.numbers[consents.callee],
        given=consents.at_s.astype(np.int64),
    )
    ids = np.arange(len(trunk_names())) + 1
    foreign = (ids == TRUNKS.carriers) | (ids == TRUNKS.abroad)
    _csv(out / "trunks.csv", trunk=ids, name=pa.array(trunk_names()), own=~foreign)
    blocks = np.unique(town.people.numbers // 10_000)
    _csv(out / "ranges.csv", prefix=blocks, own=town.numbering.own(blocks * 10_000))


def _write_truth(out: Path, town: Town, active: np.ndarray[Any, Any]) -> None:
    parts = [callers for callers in town.callers if len(callers)]
    numbers = _joined([callers.numbers for callers in parts])
    style = _words([(callers.style.name, len(callers)) for callers in parts])
    owner = np.concatenate([(callers.person >= 0) & (callers.style.name == "neighbour") for callers in parts])
    nuisance = np.concatenate([np.full(len(callers), callers.style.nuisance) for callers in parts]) & ~owner
    sort = _words([(callers.style.sort, len(callers)) for callers in parts])
    sort = pa.array(np.where(owner, _SPOOFED_OWNER, np.asarray(sort.to_pylist(), object)).tolist(), pa.string())
    seen = np.isin(numbers, active)
    _csv(out / "truth-callers.csv", caller=_written(numbers), style=style, nuisance=nuisance, sort=sort, called=seen)
    firms = [callers for callers in parts if callers.registered.any()]
    held = [np.unique(callers.holder[callers.registered], return_counts=True) for callers in firms]
    hops = [(sizes > 1) & (not callers.style.sticky) for (_, sizes), callers in zip(held, firms, strict=True)]
    names = _words([(callers.style.name, len(ids)) for (ids, _), callers in zip(held, firms, strict=True)])
    holders = _joined([ids for ids, _ in held])
    _csv(out / "truth-holders.csv", holder=holders, style=names, hopping=np.concatenate(hops))
    bombed = np.unique(np.concatenate([np.zeros(0, np.int64), *town.bombed]))
    _csv(out / "truth-callees.csv", callee=bombed, bombed=np.ones(len(bombed), np.bool_))


def _joined(parts: Sequence[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    return np.concatenate([np.zeros(0, np.int64), *parts])


def _words(runs: Sequence[tuple[str, int]]) -> pa.Array[Any]:
    return pa.array([word for word, times in runs for _ in range(times)], pa.string())


def _csv(path: Path, **columns: Any) -> None:
    pc.write_csv(pa.table(columns), path)


def small(out: Path, *, seed: int = 7, people: int = 5000, days: int = 3) -> dict[str, Any]:
    """A small town for tests: many callers of every style among few people."""
    return generate(out, Knobs(people=people, days=days, seed=seed, density=6.0))
