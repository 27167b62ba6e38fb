"""The calls of the town: the same for a seed, of every kind, at hours that fit them."""

from __future__ import annotations

from collections import Counter

import pytest

from mingbai.town import plan, truth
from mingbai.town.truth import Caller, Kind

MIDNIGHT = 1_795_190_400_000_000  # 2026-11-21 00:00 in Beijing


def _a_day(seed: int = 1, count: int = 4000) -> list[truth.Planned]:
    return list(Caller(plan.make(3, 600), seed).calls(MIDNIGHT, MIDNIGHT + truth.DAY_US, count))


def test_the_same_seed_gives_the_same_calls() -> None:
    assert _a_day(5) == _a_day(5)
    assert _a_day(5) != _a_day(6)


def test_every_kind_of_call_is_made() -> None:
    assert set(Counter(call.kind for call in _a_day())) == set(Kind)


def test_marketing_hours_are_kept_by_those_who_ought_to_ring() -> None:
    for call in _a_day():
        minute = truth.minute_of_day(call.at)
        if call.kind is Kind.AGREED:
            assert 9 * 60 <= minute < 21 * 60
        if call.kind is Kind.NIGHT:
            assert not 9 * 60 <= minute < 21 * 60


def test_nobody_both_agrees_and_refuses() -> None:
    town = plan.make(3, 600)
    for firm in ("insurance", "education", "property", "bank", "securities", "loans"):
        agreed = set(town.of(firm, frozenset({"given", "imported"})))
        assert agreed.isdisjoint(town.of(firm, frozenset({"refused", "withdrawn"})))


def test_a_burst_rings_until_the_limit() -> None:
    caller = Caller(plan.make(3, 600), 1)
    burst = caller.of(Kind.FREQUENT, MIDNIGHT + 12 * 60 * truth.MINUTE_US)
    assert [call.rings for call in burst] == [True] * 5 + [False] * 4
    assert burst[-1].at - burst[0].at < truth.MINUTE_US


@pytest.mark.parametrize("people", [200, 300, 500, 800, 1300])
@pytest.mark.parametrize("seed", range(1, 9))
def test_every_kind_of_call_can_be_made_in_a_town_of_any_size(seed: int, people: int) -> None:
    town = plan.make(seed, people)
    assert {block.kind for block in town.blocks} == {"number", "prefix", "firm", "category"}
    caller = Caller(town, seed)
    for kind in Kind:
        assert caller.of(kind, MIDNIGHT + 12 * 60 * truth.MINUTE_US)[0].kind in (kind, Kind.AGREED)
