"""Who called so little that features leave it out is nobody whom a rule would find."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.detection.features import Counting
from mingbai.detection.features.columns import HOURS
from mingbai.detection.rules.tests.made import found
from mingbai.kernel import profile

PROFILES = ("cn-2018-whitelist", "cn-2020-inbound-only")
_OF_CALLS = ("night", "one_ring", "near", "refused_by_gate", "known", "own_calls", "other_calls")
_IN_USE = ("rejected", "burst")  # a number that nobody has turns nobody away, and nobody bombs it


@st.composite
def little(draw: st.DrawFn, least: int) -> dict[str, int]:
    """A number as `least` − 1 calls can make it at most: neither registered nor unallocated, and nobody refused it."""
    calls = draw(st.integers(1, least - 1))
    recorded = draw(st.integers(0, calls))
    answered = draw(st.integers(0, recorded))
    callees = draw(st.integers(1, calls))
    one_day = draw(st.booleans())
    days = 1 if one_day else calls
    every = draw(st.booleans())
    unused = draw(st.integers(0, calls))
    row = {name: calls if every else draw(st.integers(0, calls)) for name in _OF_CALLS}
    row |= {name: calls - unused if every else draw(st.integers(0, calls - unused)) for name in _IN_USE}
    row |= {
        "unused": unused, "calls": calls, "recorded": recorded, "answered": answered, "rung": calls,
        "callees": callees, "days": days,
        "short": draw(st.integers(0, answered)), "long": draw(st.integers(0, answered)), "numbers": 1,
        "talk_ms": 1_000 * answered, "talk_s2": answered, "returned": draw(st.integers(0, callees)),
        "repeated": draw(st.integers(0, calls - callees)), HOURS[3]: calls, "caller_kind": 1,
        "age_days": draw(st.integers(-1, 3)),
    }  # fmt: skip
    return row


@pytest.mark.parametrize("name", PROFILES)
def test_whoever_is_left_out_would_not_be_found(name: str) -> None:
    detection = profile.parse(profile.packaged(name), name).detection
    least = Counting.of(detection).least

    @settings(max_examples=200, deadline=None)
    @given(little(least))
    def check(row: dict[str, int]) -> None:
        assert "finding" not in found(row, settings=detection).values(), row

    assert least > 1
    check()
