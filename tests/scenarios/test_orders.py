"""Sold only what is published, done only with a yes: from the offer to the history that proves it."""

from __future__ import annotations

import hashlib

import pytest

from mingbai.consent import actions as consent
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


def test_who_refused_the_seller_is_not_asked(market: Market) -> None:  # noqa: F811
    consent.refuse(subscriber=market.person, principal=market.agency, how="sms")
    with pytest.raises(Problem, match="refused this seller"):
        market.offer()
    assert market.offer(by="self", seller=market.own, channel="web")


def test_the_town_s_sellers_honest_and_not(market: Market) -> None:  # noqa: F811
    from mingbai.town import market as town
    from mingbai.town import tariffs

    tariffs.publish(market.operator, market.writer, market.reviewer)
    town.populate(market.operator, "spring-rain-2026")
    outcomes: dict[str, str] = {}
    told: list[bool] = []
    for pitch in town.pitches():
        try:
            outcomes[pitch.key] = market.state(town.pitch(pitch.key, market.people[1], market.operator))
        except Problem as problem:
            outcomes[pitch.key] = problem.code
            told.append(town.why(problem) != problem.what)
    assert all(told)
    assert outcomes == {
        "honest": "proposed", "addon": "proposed", "unpublished": "orders.not_published", "beyond": "orders.seller",
        "away": "orders.seller", "person": "orders.person",
    }  # fmt: skip
