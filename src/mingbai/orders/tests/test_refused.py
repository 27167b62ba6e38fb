"""What the house refuses of a seller leaves a trace; what an offer would say can be read before it is made."""

from __future__ import annotations

from datetime import date

import pytest

from mingbai.kernel.problems import Problem
from mingbai.notices import actions as notices
from mingbai.orders import actions, queries
from mingbai.orders.tests.conftest import Market
from mingbai.tariffs import queries as zone

pytestmark = pytest.mark.django_db


def test_what_is_refused_of_a_seller_is_noted_once_a_day_with_how_often(market: Market) -> None:
    draft = market.draft(market.changed(code="26QS100009", name="青山内部套餐59元（河北）"))
    plan = zone.version(draft)
    assert plan is not None
    for _ in range(3):
        with pytest.raises(Problem, match="not published"):
            market.offer(plan=plan.plan)
    with pytest.raises(Problem, match="may not sell"):
        market.offer(channel="app")
    with pytest.raises(Problem, match="begins today"):
        market.offer(start=date(2020, 1, 1))  # a slip, no attempt to cheat
    seen = [(one.code, one.why, one.times) for one in queries.refused(seller=market.seller)]
    assert seen == [("26QS100001", "orders.seller", 1), ("26QS100009", "orders.not_published", 3)]
    assert queries.refused(seller=market.own) == []


def test_what_is_read_before_is_what_is_offered_then(market: Market) -> None:
    notices.wish(market.people[1], lang="en")
    for person in market.people[:2]:
        asked = {"plan": market.plan, "seller": market.seller, "channel": "agent", "region": "石家庄", "by": "key:1"}
        read = actions.preview(subscriber=person, kind="purchase", **asked)
        assert queries.history(person) == []
        found = queries.order(market.offer(subscriber=person))
        assert found is not None
        assert found.shown == read
    with pytest.raises(Problem, match="may not sell"):
        actions.preview(subscriber=None, kind="purchase", **(asked | {"channel": "app"}))
    assert [one.why for one in queries.refused()] == ["orders.seller"]


def test_a_tariff_that_no_message_can_tell_of_is_not_offered(market: Market) -> None:
    plan = market.publish(market.changed(code="26QS100008", name="青山长文套餐59元（河北）", leave="营业厅" * 600))
    with pytest.raises(Problem, match="characters"):
        market.offer(plan=plan)
    assert queries.search() == []
