"""Sold only what is published, done only with a yes: from the offer to the history that proves it."""

from __future__ import annotations

import hashlib

import pytest

from mingbai.kernel.problems import Problem
from mingbai.ledger import order as integrator
from mingbai.ledger import queries as ledger
from mingbai.ledger.verify import verify_receipt
from mingbai.orders import actions, queries
from mingbai.orders.tests.conftest import Market, market  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db(transaction=True)


def test_offered_confirmed_by_sms_done_told_and_proved(market: Market) -> None:  # noqa: F811
    order = market.offer()
    asked = market.told()
    shown = queries.order(order)
    assert shown is not None
    assert shown.shown in asked
    for part in ("青山畅聊套餐59元", "26QS100001", "59.00元/月", "实诚代理", "长期有效", "违约责任", "回复“Y”"):
        assert part in asked
    assert actions.fulfil_due() == 0
    assert market.reply("y") == "orders.answer"
    assert market.state(order) == "confirmed"
    assert actions.fulfil_due() == 1
    assert market.state(order) == "fulfilled"
    assert "办理成功" in market.told()
    assert "59.00元/月" in market.told()

    integrator.integrate()
    (one,) = queries.history(market.person)
    assert (one.id, one.confirmed_how, one.seller_name) == (order, "sms", "实诚代理")
    steps = queries.events_of(order)
    assert [step.what for step in steps] == ["proposed", "confirmed", "fulfilled"]
    assert steps[1].detail == "Y"
    for step in steps:
        receipt = ledger.receipt(step.entry)
        assert receipt is not None
        said = verify_receipt(receipt, ledger.vkey())
        assert said.content["order"] == order
    first = ledger.opened(steps[0].entry)
    assert first is not None
    assert first.content is not None
    assert first.content["shown_sha256"] == hashlib.sha256(one.shown.encode()).hexdigest()


def test_an_unpublished_plan_cannot_be_sold(market: Market) -> None:  # noqa: F811
    draft = market.draft(market.changed(code="26QS100002", name="青山内部套餐29元（河北）"))
    from mingbai.tariffs import queries as zone

    work = zone.version(draft)
    assert work is not None
    with pytest.raises(Problem, match="not published"):
        market.offer(plan=work.plan)
    assert queries.history(market.person) == []
