"""A day's calls of a city in the lake's form, drawn with NumPy: for measuring speed, not for measuring rules.

Seven calls of ten are between people who know each other (a circle of eight, called back often), one is of firms to
whoever they have on their lists, one to service numbers, and one to anybody. About three people to every call by day.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mingbai.detection.features.columns import CALLS, CONSENTS, NUMBERS, REFUSED, TRUNKS

BEGIN_S = 1_795_276_800
"""2026-11-22, local midnight at UTC+8."""
_PER_FILE = 2_500_000
_FIRMS, _SERVICES, _TRUNKS = 4_000, 2_000, 40
_Ints = NDArray[np.int64]


class Made(NamedTuple):
    files: list[str]
    refusals: pa.Table
    numbers: pa.Table
    trunks: pa.Table
    consents: pa.Table


def made(place: Path, calls: int) -> Made:
    """The files of `calls` calls under `place`, made when they are not there, and what is known beside them."""
    place.mkdir(parents=True, exist_ok=True)
    people = max(1_000, calls // 3)
    files = []
    for number, begin in enumerate(range(0, calls, _PER_FILE)):
        path = place / f"{number}.parquet"
        if not path.exists():
            aside = path.with_suffix(".new")
            rows = _calls(min(_PER_FILE, calls - begin), people, number)
            pq.write_table(rows, aside, compression="zstd", row_group_size=100_000, use_dictionary=False)
            aside.rename(path)
        files.append(str(path))
    return Made(files, _refusals(people), _numbers(people), _trunks(), _consents(people))


def _name(number: _Ints) -> _Ints:
    """A pseudonym: spread over all 64 bits, as a block cipher's are."""
    mixed = number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed ^ (mixed >> np.uint64(29))).astype(np.int64)


def _pairs(size: int, people: int, draw: np.random.Generator) -> tuple[_Ints, _Ints]:
    caller, callee = draw.integers(0, people, size), draw.integers(0, people, size)
    sort = draw.random(size)
    near = sort < 0.7
    callee[near] = (caller[near] // 9) * 9 + draw.integers(0, 9, int(near.sum()))
    firm = (sort >= 0.7) & (sort < 0.8)
    # a few firms make most of the calls
    caller[firm] = people + (_FIRMS * draw.random(int(firm.sum())) ** 2).astype(np.int64)
    served = (sort >= 0.8) & (sort < 0.9)
    callee[served] = people + _FIRMS + (_SERVICES * draw.random(int(served.sum())) ** 2).astype(np.int64)
    return caller, callee


def _calls(size: int, people: int, seed: int) -> pa.Table:
    draw = np.random.default_rng(seed)
    caller, callee = _pairs(size, people, draw)
    firm = caller >= people
    hour = draw.normal(14, 4, size).clip(0, 23.99)
    answered = draw.random(size) < np.where(firm, 0.4, 0.75)
    talk = draw.exponential(np.where(firm, 20_000, 90_000), size).astype(np.int32)
    talk[~answered] = 0
    unknown = draw.random(size) < 0.02
    found = {
        "at_us": (BEGIN_S * 1_000_000 + (hour * 3.6e9)).astype(np.int64),
        "caller": _name(caller),
        "caller_tail": _name(caller + 7),
        "caller_kind": np.where(firm, 9, 1),
        "callee": _name(callee),
        "callee_tail": _name(callee + 7),
        "callee_kind": np.where(callee >= people, 8, 1),
        "trunk": caller % _TRUNKS + 1,
        "decision": pa.nulls(size, pa.int8()),
        "holder": pa.array((caller - people) // 4 + 1, mask=~firm),
        "principal": pa.array((caller - people) // 4 + 1, mask=~firm),
        "use": pa.array(np.zeros(size, np.int8), mask=~firm),
        "answered": pa.array(answered, mask=unknown),
        "ring_ms": pa.array(draw.exponential(12_000, size).astype(np.int32), mask=unknown),
        "talk_ms": pa.array(talk, mask=unknown),
        "cause": pa.array(draw.choice(np.array([16, 16, 16, 17, 19, 21, 1], np.int16), size)),
        "near": draw.choice(np.array([2, 3, 4, 7], np.int8), size),
        "consent": pa.nulls(size, pa.int64()),
    }
    columns = [value if isinstance(value, pa.Array) else pa.array(value) for value in found.values()]
    rows = pa.table(dict(zip(found, columns, strict=True))).cast(CALLS)
    return rows.sort_by([("callee", "ascending"), ("at_us", "ascending")])


def _refusals(people: int) -> pa.Table:
    draw = np.random.default_rng(99)
    size = people // 10
    firm = draw.integers(0, _FIRMS, size)
    blocked = draw.random(size) < 0.3
    return pa.table(
        {
            "callee": _name(draw.integers(0, people, size)),
            "party": np.where(blocked, 0, firm // 4 + 1),
            "caller": np.where(blocked, _name(people + firm), 0),
            "at_s": BEGIN_S + draw.integers(-8_640_000, 80_000, size),
            "use": np.where(blocked, -1, 0),
        }
    ).cast(REFUSED)


def _numbers(people: int) -> pa.Table:
    firm = np.arange(_FIRMS + _SERVICES)
    return pa.table(
        {
            "caller": _name(people + firm),
            "resource": firm + 1,
            "holder": firm // 4 + 1,
            "principal": firm // 4 + 1,
            "use": np.where(firm < _FIRMS, 0, 1),
            "sort": np.where(firm % 10 == 0, 1, 0),
            "since_s": BEGIN_S - firm * 86_400,
        }
    ).cast(NUMBERS)


def _trunks() -> pa.Table:
    trunk = np.arange(1, _TRUNKS + 1)
    return pa.table({"trunk": trunk, "own": trunk % 10 != 0}).cast(TRUNKS)


def _consents(people: int) -> pa.Table:
    draw = np.random.default_rng(98)
    size = people // 10
    return pa.table(
        {
            "callee": _name(draw.integers(0, people, size)),
            "party": draw.integers(0, _FIRMS, size) // 4 + 1,
            "since_s": BEGIN_S - draw.integers(0, 8_640_000, size),
            "until_s": pa.nulls(size, pa.int64()),
        }
    ).cast(CONSENTS)
