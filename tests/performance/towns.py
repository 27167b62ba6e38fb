"""The made towns as detection sees them: calls, what the operator knows beside them, and the truth.

The first is `mingbai.town.records`; `tests.performance.othertown` and `.thirdtown` were written apart from the rules.
Numbers become pseudonyms by a function that is handed in: the lake's of a quarter, or none where no lake is involved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pac
import pyarrow.csv as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mingbai.detection.features import columns as detection
from mingbai.detection.rules import Sort, sort_of
from mingbai.kernel import columns
from mingbai.kernel.msisdn import of_digits
from mingbai.kernel.terms import USES, Industry, Use

Ints = NDArray[np.int64]
Named = Callable[[Ints], Ints]
"""Numbers in normal form → the ids that stand for them in the calls."""
Lake = Callable[[list[Path], Path, dict[str, int], date, int], tuple[list[str], Named]]
"""Takes files of calls, their mapping file, the trunks' ids by name, first day and days: imports them, answers the
lake's files and what names numbers in them."""
_OWNER = "spoofed_owner"  # a real owner whose number others show: neither culprit nor wrongly hit


class Known(NamedTuple):
    """What the operator knows, in the schemas of detection.features.columns."""

    refusals: pa.Table
    numbers: pa.Table
    trunks: pa.Table
    consents: pa.Table


class Truth(NamedTuple):
    """One row a caller. `counted`: says something about precision and recall."""

    caller: Ints
    style: NDArray[np.str_]
    nuisance: NDArray[np.bool_]
    sort: NDArray[np.str_]
    counted: NDArray[np.bool_]


class Material(NamedTuple):
    """A town ready for detection. `hopping`: by registered holder whether it hops."""

    files: list[str]
    known: Known
    truth: Truth
    hopping: Mapping[int, bool]
    begin: date
    days: int


def same(numbers: Ints) -> Ints:
    """Numbers as their own ids."""
    return numbers


def first_town(folder: Path, *, lake: Lake | None = None) -> Material:
    """A town of `mingbai.town.records`; without a lake its calls are rewritten beside it, numbers standing for
    themselves."""
    trunks = _read(folder / "trunks.csv")
    ids = dict(zip(trunks["name"].to_pylist(), trunks["trunk"].to_pylist(), strict=True))
    made = sorted(folder.glob("calls-*.parquet"))
    days = [date.fromisoformat(path.stem.removeprefix("calls-")) for path in made]
    if lake is None:
        files, named = [str(_rewritten(path, pq.read_table(path), ids)) for path in made], same
    else:
        files, named = lake(made, folder / "mapping.toml", ids, days[0], len(days))
    numbers = _read(folder / "numbers.csv")
    refusals = _read(folder / "refusals.csv")
    truth = _read(folder / "truth-callers.csv", "caller")
    sort = _texts(truth["sort"])
    holders = _read(folder / "truth-holders.csv")
    return Material(
        files=list(files),
        known=Known(
            _refusals(
                named, refusals["callee"], refusals["party"], refusals["caller"], refusals["at_s"], Use.MARKETING
            ),
            _numbers(named, numbers, _sorts(numbers)),
            pa.table({"trunk": trunks["trunk"], "own": trunks["own"]}).cast(detection.TRUNKS),
            _consents(named, folder / "consents.csv"),
        ),
        truth=Truth(
            named(columns.classify(truth["caller"])[0]),
            _texts(truth["style"]),
            _flags(truth["nuisance"]),
            sort,
            sort != _OWNER,
        ),
        hopping=dict(zip(holders["holder"].to_pylist(), holders["hopping"].to_pylist(), strict=True)),
        begin=days[0],
        days=len(days),
    )


def other_town(folder: Path, *, lake: Lake | None = None) -> Material:
    """A town of `tests.performance.othertown` or `.thirdtown`. A refusal of a firm holds against all of its numbers."""
    trunks = _read(folder / "trunks.csv", "trunk")
    names = trunks["trunk"].to_pylist()
    ids = {name: place + 1 for place, name in enumerate(names)}
    days, files, named = _others_calls(folder, ids, lake)
    numbers = _read(folder / "numbers.csv", "number", "since")
    listed = pa.table(
        {
            "number": columns.normalise(numbers["number"]),
            "holder": numbers["holder"],
            "principal": numbers["holder"],
            "use": numbers["use"],
            "since_s": _instants(numbers["since"]) // 1_000_000,
        }
    )
    refusals = _read(folder / "refusals.csv", "callee", "caller", "at")
    said = _both(refusals)
    truth = _read(folder / "truth.csv", "caller", "hard_negative")
    callers, hard = columns.classify(truth["caller"])[0], _texts(truth["hard_negative"])
    holders = _read(folder / "holders.csv")
    sorts = [_sort_named(*pair) for pair in zip(_words(numbers["sort"]), _words(numbers["use"]), strict=True)]
    return Material(
        files=list(files),
        known=Known(
            _refusals(named, *said, None),
            _numbers(named, listed, sorts),
            pa.table({"trunk": list(ids.values()), "own": _flags(trunks["own"])}).cast(detection.TRUNKS),
            _consents(named, folder / "consents.csv"),
        ),
        truth=Truth(
            named(callers), _texts(truth["style"]), _flags(truth["nuisance"]), np.where(hard == "0", "", hard),
            np.ones(len(callers), np.bool_),
        ),
        hopping={row["holder"]: bool(row["hopping"]) for row in holders.to_pylist()},
        begin=days[0],
        days=len(days),
    )  # fmt: skip


def _others_calls(folder: Path, ids: dict[str, int], lake: Lake | None) -> tuple[list[date], list[str], Named]:
    """The second town's days, its files, and what names numbers in them."""
    calls = _read(folder / "calls.csv", "caller", "callee", "start", "trunk")
    texts = pac.unique(pac.utf8_slice_codeunits(calls["start"], 0, 10)).to_pylist()
    days = sorted(date.fromisoformat(text) for text in texts)
    if lake is not None:
        return days, *lake([folder / "calls.csv"], folder / "mapping.toml", ids, days[0], len(days))
    table = calls.append_column("start_us", pa.array(_instants(calls["start"])))
    return days, [str(_rewritten(folder / "calls.parquet", table, ids))], same


def _read(path: Path, *texts: str) -> pa.Table:
    """A CSV file; `texts`: columns that are text, whatever they look like."""
    options = pc.ConvertOptions(column_types=dict.fromkeys(texts, pa.string()))
    return pc.read_csv(path, convert_options=options)


def _rewritten(path: Path, calls: pa.Table, trunks: Mapping[str, int]) -> Path:
    """A town's calls as detection reads them, numbers as their own ids, into a file beside it."""
    found = path.with_name(f"seen-{path.stem}.parquet")
    (caller, caller_kind), (callee, callee_kind) = (columns.classify(calls[name]) for name in ("caller", "callee"))
    none = pa.nulls(len(calls), pa.int64())
    table = {
        "at_us": calls["start_us"],
        "caller": caller,
        "caller_tail": np.zeros(len(calls), np.int64),
        "caller_kind": caller_kind,
        "callee": callee,
        "callee_tail": np.zeros(len(calls), np.int64),
        "callee_kind": callee_kind,
        "trunk": pa.array([trunks[name] for name in calls["trunk"].to_pylist()], pa.int64()),
        "decision": none.cast(pa.int8()),
        "holder": none,
        "principal": none,
        "use": none.cast(pa.int8()),
        "answered": pa.array(_flags(calls["answered"])),
        "ring_ms": calls["ring_ms"].cast(pa.int32()),
        "talk_ms": calls["talk_ms"].cast(pa.int32()),
        "cause": calls["cause"].cast(pa.int16()),
        "near": columns.near(caller, callee),
        "consent": none,
    }
    pq.write_table(pa.table(table).cast(detection.CALLS), found)
    return found


def _both(refusals: pa.Table) -> tuple[Any, Any, Any, Any]:
    """Callee, party, caller, time. Who refuses a firm refuses the number that called, too: a row for each."""
    party, caller = _ints(pac.fill_null(refusals["holder"], 0)), columns.normalise(refusals["caller"])
    callee, at_s = columns.normalise(refusals["callee"]), _instants(refusals["at"]) // 1_000_000
    firm, number = party > 0, caller > 0
    none = np.zeros(len(party), np.int64)
    pairs = ((callee, callee), (party, none), (none, caller), (at_s, at_s))
    callee, party, caller, at_s = (pa.array(np.concatenate([one[firm], two[number]])) for one, two in pairs)
    return callee, party, caller, at_s


def _refusals(named: Named, callee: Any, party: Any, caller: Any, at_s: Any, use: Use | None) -> pa.Table:
    callers = _ints(caller)
    table = {
        "callee": named(_ints(callee)),
        "party": party,
        "caller": np.where(callers == 0, 0, named(callers)),
        "at_s": at_s,
        "use": np.full(len(callers), -1 if use is None else USES.index(use), np.int8),
    }
    return pa.table({name: table[name] for name in detection.REFUSED.names}).cast(detection.REFUSED)


def _consents(named: Named, path: Path) -> pa.Table:
    """Who agreed to be called for whom: `party`, `callee`, `given` (s since 1970, a day, or an instant)."""
    if not path.exists():
        return detection.CONSENTS.empty_table()
    said = _read(path, "callee", "given")
    given = said["given"].to_pylist()
    whole = not given or str(given[0]).isdigit()
    since = np.array([int(at) for at in given], np.int64) if whole else _instants(said["given"]) // 1_000_000
    callee = columns.classify(said["callee"])[0]
    none = pa.nulls(len(given), pa.int64())
    rows = {"callee": named(callee), "party": said["party"], "since_s": since, "until_s": none}
    return pa.table(rows).cast(detection.CONSENTS)


def _numbers(named: Named, listed: pa.Table, sorts: Sequence[Sort]) -> pa.Table:
    table = {
        "caller": named(_ints(listed["number"])),
        "resource": np.arange(len(listed)) + 1,
        "holder": listed["holder"],
        "principal": listed["principal"],
        "use": [USES.index(Use(word)) for word in _words(listed["use"])],
        "sort": [int(sort) for sort in sorts],
        "since_s": listed["since_s"],
    }
    return pa.table(table).cast(detection.NUMBERS)


def _sorts(numbers: pa.Table) -> list[Sort]:
    """As the product itself tells the sort of a registered number."""
    rows = zip(_words(numbers["industry"]), _words(numbers["use"]), numbers["number"].to_pylist(), strict=True)
    return [
        sort_of(Industry(industry) if industry else None, Use(use), of_digits(str(number)).kind)
        for industry, use, number in rows
    ]


def _sort_named(sort: str, use: str) -> Sort:
    """The second town names sorts outright; those of marketing and surveys count for nothing, as everywhere."""
    if use == Use.NOTIFICATION and sort == "none":
        return Sort.NOTIFICATION
    if use == Use.SURVEY and sort == "public_interest":
        return Sort.PUBLIC_INTEREST
    return Sort[sort.upper()] if use in (Use.SERVICE, Use.NOTIFICATION) else Sort.NONE


def _instants(texts: Any) -> Ints:
    """ISO 8601 → µs since 1970; a plain date is its local midnight."""
    values = texts.to_pylist()
    if values and len(values[0]) == 10:
        return np.array([int(datetime.fromisoformat(f"{t}T00:00:00+08:00").timestamp()) for t in values]) * 1_000_000
    parsed = pac.strptime(pac.utf8_slice_codeunits(texts, 0, 19), "%Y-%m-%dT%H:%M:%S", "us").cast(pa.int64())
    millis = pac.utf8_slice_codeunits(texts, 20, 23).cast(pa.int64())
    return np.asarray(parsed.to_numpy() - 28_800_000_000 + millis.to_numpy() * 1000, np.int64)


def _ints(column: Any) -> Ints:
    return np.asarray(column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy())


def _words(column: Any) -> list[str]:
    return [word or "" for word in column.to_pylist()]


def _texts(column: Any) -> NDArray[np.str_]:
    return np.array(_words(column), np.str_)


def _flags(column: Any) -> NDArray[np.bool_]:
    return np.asarray(column.cast(pa.int8()).to_numpy() != 0)
