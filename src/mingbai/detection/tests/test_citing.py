"""Which calls a finding cites: those that its rule is about, the latest, no more than the profile says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from mingbai.detection import citing
from mingbai.detection.citing import Calls
from mingbai.detection.looking import CALLS
from mingbai.kernel import profile
from mingbai.kernel.profile import Detection

SETTINGS: Detection = replace(profile.parse(profile.packaged("cn-2018-whitelist"), "cn").detection, cited_calls=3)
_MINUTE = 60_000_000


def _calls(refused: tuple[int, ...] = (), **columns: list[object]) -> Calls:
    """Ten calls of caller 7, a minute apart, to people 100…109, with these columns changed."""
    known = {
        "at_us": [n * _MINUTE for n in range(1, 11)], "caller": [7] * 10, "callee": list(range(100, 110)),
        "answered": [True] * 10, "ring_ms": [9_000] * 10, "talk_ms": [30_000] * 10, "cause": [16] * 10,
        "near": [3] * 10, "holder": [None] * 10, "principal": [None] * 10, "row": list(range(10)), **columns,
    }  # fmt: skip
    arrays = [pa.array(known.get(field.name, [None] * 10), field.type) for field in CALLS]
    nullable = pa.schema([field.with_nullable(True) for field in CALLS])
    return Calls(pa.Table.from_arrays(arrays, schema=nullable), np.isin(np.arange(10), refused))


@pytest.mark.parametrize(
    ("rule", "calls", "rows"),
    [
        ("mass", _calls(), [7, 8, 9]),
        ("after_refusal", _calls(refused=(1, 4)), [1, 4]),
        ("part_of_hopping", _calls(refused=(0, 1, 2, 3, 8)), [2, 3, 8]),
        ("one_ring", _calls(answered=[None] + [False] * 2 + [True] * 7, ring_ms=[3_000] * 10), [1, 2]),
        ("silent", _calls(talk_ms=[2_000] * 2 + [30_000] * 8), [0, 1]),
        ("dead_numbers", _calls(cause=[None, 1] + [16] * 8), [1]),
        ("neighbour", _calls(near=[9] + [3] * 9), [0]),
        ("bombing", _calls(callee=[5, 5, 5, 5, *range(100, 106)]), [1, 2, 3]),
        ("high_frequency", _calls(at_us=[n * _MINUTE for n in (1, 2, 3, 4, 500, 600, 700, 800, 900, 950)]), [1, 2, 3]),
        ("after_refusal", _calls(), [7, 8, 9]),  # the gate's facts may know of none: the latest then
    ],
)
def test_each_rule_cites_what_it_is_about(rule: str, calls: Calls, rows: list[int]) -> None:
    assert [one["row"] for one in citing.cited(calls, rule, SETTINGS)] == rows


def test_a_cited_call_says_whether_it_came_after_a_refusal() -> None:
    found = citing.cited(_calls(refused=(8,)), "mass", SETTINGS)
    assert [one["after_refusal"] for one in found] == [False, True, False]


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ((0, 7, 0), True),  # of this number
        ((0, 8, 0), False),  # of another one
        ((21, 0, 0), True),  # of its holder
        ((22, 0, 0), True),  # of whom it calls for
        ((23, 0, 0), False),
        ((21, 0, 10_000), False),  # later
        ((0, 0, 0), True),  # of anybody
    ],
)
def test_a_call_comes_after_a_refusal_of_its_own(said: tuple[int, int, int], after: bool) -> None:
    calls = _calls(holder=[21] * 10, principal=[22] * 10)
    assert bool(citing.after_refusal(calls.table, {100: [said]})[0]) is after


def test_of_nothing_nothing_is_cited() -> None:
    nothing = Calls(_calls().table.slice(0, 0), np.zeros(0, np.bool_))
    assert citing.cited(nothing, "mass", SETTINGS) == []
