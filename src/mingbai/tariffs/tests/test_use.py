"""What a use costs, and what nobody needs: by table, and against every use that hypothesis thinks of."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.tariffs import queries, rules
from mingbai.tariffs.content import Allowances, Content, Price, PriceKind, Tier, Trial, Unit
from mingbai.tariffs.rules import Use
from mingbai.tariffs.tests.conftest import GOOD, changed


@pytest.mark.parametrize(
    ("use", "total"),
    [
        (Use(), 5900),
        (Use(300, 40 * 1024, 0), 5900),
        (Use(310, 40 * 1024 + 100, 0), 5900 + 10 * 15 + 100 * 29),
        (Use(0, 0, 1), None),  # no price is stated for messages
    ],
)
def test_what_a_use_costs(use: Use, total: int | None) -> None:
    cost = rules.cost(GOOD, use)
    assert (cost.total if cost else None) == total


def test_tiers_count_from_the_first_unit_beyond() -> None:
    price = Price(PriceKind.USAGE, Unit.GB, tiers=(Tier(2, 500), Tier(None, 300)))
    tiered = changed(prices=(GOOD.prices[0], price))
    cost = rules.cost(tiered, Use(data_mb=(40 + 4) * 1024))
    assert cost is not None
    assert cost.beyond == 2 * 500 + 2 * 300


Figures = tuple[int, int, int, int, Unit]
figures = st.tuples(
    st.integers(0, 6), st.integers(0, 4), st.integers(0, 4), st.integers(0, 3), st.sampled_from((Unit.MB, Unit.GB))
)


def plan(drawn: Figures) -> Content:
    fen, data, voice, rate, unit = drawn
    return changed(
        prices=(
            Price(PriceKind.RECURRING, Unit.MONTH, fen),
            Price(PriceKind.USAGE, unit, rate),
            Price(PriceKind.USAGE, Unit.MINUTE, 15),
        ),
        allowances=Allowances(data_mb=data, voice_min=voice, sms=0),
    )


plans = figures.map(plan)


@given(drawn=figures, worse=figures, voice=st.integers(0, 8), data=st.integers(0, 2050))
def test_a_dominated_plan_is_never_cheaper(drawn: Figures, worse: Figures, voice: int, data: int) -> None:
    one = plan(drawn)
    other = plan((drawn[0] + worse[0], max(0, drawn[1] - worse[1]), max(0, drawn[2] - worse[2]), worse[3], worse[4]))
    mine, theirs = rules.offer(1, one), rules.offer(2, other)
    assert mine is not None
    assert theirs is not None
    if rules.dominates(mine, theirs):
        cheap, dear = rules.cost(one, Use(voice, data)), rules.cost(other, Use(voice, data))
        assert cheap is not None
        assert dear is not None
        assert cheap.total <= dear.total


@given(st.lists(plans, max_size=8))
def test_what_is_needless_is_so_by_a_plan_that_stays(contents: list[Content]) -> None:
    offers = {place: one for place, each in enumerate(contents) if (one := rules.offer(place, each)) is not None}
    found = rules.needless(offers.values())
    for key, one in offers.items():
        dominated = any(rules.dominates(other, one) for other in offers.values())
        assert (key in found) == dominated
        if key in found:
            assert found[key] not in found
            assert rules.dominates(offers[found[key]], one)


def test_a_plan_for_fewer_people_or_places_makes_nothing_needless() -> None:
    wide, narrow = rules.offer(1, GOOD), rules.offer(2, msgspec.structs.replace(GOOD, regions=("石家庄",)))
    assert wide is not None
    assert narrow is not None
    assert not rules.dominates(narrow, wide)
    cheaper = rules.offer(3, changed(regions=("石家庄",), prices=(Price(PriceKind.RECURRING, Unit.MONTH, 1),)))
    assert cheaper is not None
    assert not rules.dominates(cheaper, wide)


def test_cheapest_first_whatever_the_order_they_came_in(
    staff: SimpleNamespace, published: Callable[[Content], int]
) -> None:
    for place, (fen, gb) in enumerate([(9900, 100), (5900, 40), (1900, 5)]):
        yuan = fen // 100
        published(
            changed(
                code=f"26QS{place:06d}",
                name=f"青山套餐{yuan}元",
                prices=(Price(PriceKind.RECURRING, Unit.MONTH, fen), *GOOD.prices[1:]),
                allowances=Allowances(data_mb=gb * 1024, voice_min=300, sms=0),
            )
        )
    few = queries.cheapest(Use(100, 1024))
    assert [one.cost.total for one in few] == [1900, 5900, 9900]
    much = queries.cheapest(Use(100, 90 * 1024), region="石家庄", limit=1)
    assert [one.cost.total for one in much] == [9900]
    assert queries.cheapest(Use(100, 1024), region="广东") == []
    assert [one.better for one in queries.needless(staff.operator)] == [None, None, None]


def test_a_trial_is_no_cheapest_month(staff: SimpleNamespace, published: Callable[[Content], int]) -> None:
    published(GOOD)
    free = (msgspec.structs.replace(GOOD.prices[0], fen=0), *GOOD.prices[1:])
    trial = Trial(30, "每月 59.00 元，须再次确认", 5900)
    published(changed(code="26QS100002", name="青山畅聊试用套餐（河北）", prices=free, trial=trial))
    assert [one.content.code for one in queries.cheapest(Use(100))] == [GOOD.code]
