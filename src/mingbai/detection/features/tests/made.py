"""Calls for tests, by hypothesis or at random: with NULLs, negative durations, calls of one second, days' ends."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from mingbai.detection.features.columns import CALLS, CONSENTS, NUMBERS, REFUSED, TRUNKS

ZONE = "Europe/Berlin"
BEGIN_S = 1_792_792_800
"""2026-10-24, local midnight in Berlin; the clock goes back at three in the next night."""
DAYS = 3
_EDGES = [0, 1, 3_599, 3_600, 3_601, 86_399, 86_400, 93_599, 93_600, 97_200, 100_800, 176_399, 176_400]


def _instants() -> st.SearchStrategy[int]:
    second = st.sampled_from(_EDGES) | st.integers(0, 8_000) | st.integers(-100, DAYS * 86_400 + 4_000)
    return st.builds(lambda s, us: (BEGIN_S + s) * 1_000_000 + us, second, st.sampled_from([0, 1, 499_999, 999_999]))


def rows() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Up to forty calls among seven numbers, one of which is withheld and one in no block that was given out."""
    edge = st.sampled_from([-1, 0, 1, 5_999, 6_000, 9_999, 10_000, 60_000, 400_000])
    duration = st.none() | edge | st.integers(0, 90_000)
    fields = {
        "at_us": _instants(),
        "caller": st.integers(-3, 3),
        "callee": st.integers(-3, 3),
        "trunk": st.none() | st.integers(0, 3),
        "decision": st.none() | st.integers(0, 2),
        "holder": st.none() | st.just(0),
        "principal": st.none() | st.integers(0, 2),
        "use": st.none() | st.integers(0, 5),
        "answered": st.none() | st.booleans(),
        "ring_ms": duration,
        "talk_ms": duration,
        "cause": st.none() | st.sampled_from([1, 16, 21]),
        "near": st.none() | st.integers(0, 11),
        "consent": st.none() | st.integers(0, 1),
    }
    return st.lists(st.fixed_dictionaries(fields).map(_whole), max_size=40)


def _whole(call: dict[str, Any]) -> dict[str, Any]:
    kinds = {3: 30, 2: 32}
    return call | {
        "caller_tail": call["caller"] * 7,
        "callee_tail": call["callee"] * 7,
        "caller_kind": kinds.get(call["caller"], 1),
        "callee_kind": kinds.get(call["callee"], 1),
    }


def at_random(calls: int, seed: int) -> list[dict[str, Any]]:
    """The same kind of calls, `calls` of them among some sixty numbers, a few of which call much."""
    draw = random.Random(seed)
    duration = [None, -1, 0, 1, 5_999, 6_000, 9_999, 10_000, 60_000, 400_000]
    found = []
    for _ in range(calls):
        s = draw.choice(_EDGES) if draw.random() < 0.1 else draw.randrange(-100, DAYS * 86_400 + 4_000)
        if draw.random() < 0.4:
            s = 40_000 + draw.randrange(4_000)
        found.append(
            _whole(
                {
                    "at_us": (BEGIN_S + s) * 1_000_000 + draw.choice([0, 1, 499_999, 999_999]),
                    "caller": int(30 * draw.random() ** 3) - 5,
                    "callee": int(60 * draw.random() ** 2) - 20,
                    "trunk": draw.choice([None, 0, 1, 2, 3]),
                    "decision": draw.choice([None, 0, 1, 2]),
                    "holder": draw.choice([None, 0]),
                    "principal": draw.choice([None, 0, 1, 2]),
                    "use": draw.choice([None, 0, 1, 5]),
                    "answered": draw.choice([None, True, True, False]),
                    "ring_ms": draw.choice(duration),
                    "talk_ms": draw.choice(duration),
                    "cause": draw.choice([None, 1, 16, 21]),
                    "near": draw.choice([None, 0, 7, 11]),
                    "consent": draw.choice([None, 0, 0, 0, 5]),
                }
            )
        )
    return found


def calls_table(calls: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(calls, schema=CALLS)


def references() -> tuple[pa.Table, ...]:
    """Refusals, registered numbers, trunks and consents that meet the calls made here."""
    at = [BEGIN_S - 5_000, BEGIN_S + 41_000, BEGIN_S + 90_000]
    refusals = [
        {"callee": callee, "party": party, "caller": caller, "at_s": at[callee % 3], "use": use}
        for callee in range(-3, 12)
        for party, caller, use in ((1, 0, -1), (2, 0, 0), (0, -2, -1), (0, 0, 0))
        if (callee + party + caller) % 2 == 0
    ]
    numbers = [
        {
            "caller": caller, "resource": 9, "holder": 1 + caller % 2, "principal": (caller % 3) or None,
            "use": None if caller == 0 else caller % 3, "sort": None if caller == 1 else caller % 4,
            "since_s": None if caller == -1 else BEGIN_S - caller * 100_000,
        }
        for caller in range(-4, 8)
    ]  # fmt: skip
    trunks = [{"trunk": 1, "own": True}, {"trunk": 2, "own": False}, {"trunk": 4, "own": None}]
    consents = [
        {"callee": callee, "party": party, "since_s": at[callee % 3], "until_s": (None, at[2], at[1] - 1)[callee % 3]}
        for callee in range(-3, 30)
        for party in (1, 2)
        if (callee + party) % 2
    ]
    return (
        pa.Table.from_pylist(refusals, schema=REFUSED),
        pa.Table.from_pylist(numbers, schema=NUMBERS),
        pa.Table.from_pylist(trunks, schema=TRUNKS),
        pa.Table.from_pylist(consents, schema=CONSENTS),
    )
