"""What I was told, and in which language I want to be told."""

from __future__ import annotations

import pytest
from django.test import Client

from mingbai.notices import queries as messages
from mingbai.orders import actions, queries
from mingbai.orders.tests.conftest import Market, market  # noqa: F401  # a fixture
from mingbai.web.tests.test_orders import mine  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db


def test_messages_of_orders_follow_my_language(market: Market, mine: Client) -> None:  # noqa: F811
    assert mine.post("/my/notices/wishes/", {"lang": "en", "second": "yes"}).status_code == 302
    assert messages.wish_of(market.person) == ("en", True)
    order = market.offer()
    found = queries.order(order)
    assert found is not None
    assert found.shown.startswith("Order: 青山畅聊套餐59元")
    asked = market.told()
    assert asked.startswith(f"[Mingbai] {found.shown} To agree, reply “Y”")
    market.reply("maybe")
    assert market.told().startswith("[Mingbai] That was no clear yes")
    actions.send_code(order, subscriber=market.person)
    assert "Your code:" in market.told()
    market.reply("Y")
    actions.fulfil_due()
    done = market.told()
    assert done.startswith("[Mingbai] Done:")
    assert all(part in done for part in (found.terms.price, found.terms.leave, found.terms.start))
    page = mine.get("/my/notices/").content.decode()
    assert "[Mingbai] Done:" in page
    assert "maybe" in page
    other = queries.order(market.offer(subscriber=market.people[1]))
    assert other is not None
    assert other.shown.startswith("办理：")


def test_a_wish_that_is_none_is_told(market: Market, mine: Client) -> None:  # noqa: F811
    assert mine.post("/my/notices/wishes/", {"lang": "fr"}).status_code == 422
    assert mine.post("/my/notices/wishes/", {"lang": "zh"}).status_code == 302
    assert messages.wish_of(market.person) == ("zh", False)
    assert "checked" in mine.get("/my/notices/wishes/").content.decode()


def test_messages_are_mine_and_by_kind(market: Market, mine: Client) -> None:  # noqa: F811
    market.offer()
    market.offer(
        subscriber=market.people[1], plan=market.publish(market.changed(code="26QS100008", name="青山套餐59元（河北）"))
    )
    page = mine.get("/my/notices/").content.decode()
    assert "26QS100001" in page
    assert "26QS100008" not in page
    assert "26QS100001" in mine.get("/my/notices/?kind=confirmation").content.decode()
    assert "分钟内有效" in page
    assert "分钟内有效" not in mine.get("/my/notices/?kind=confirmation").content.decode()
    assert Client().get("/my/notices/").status_code == 302
