"""Sellers on the console: registered, granted, suspended; their people and keys; what was refused of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from mingbai.channels import queries
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.orders.tests.conftest import Market, market  # noqa: F401  # a fixture
from mingbai.people import actions as people
from mingbai.people import queries as known

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(market: Market) -> Client:  # noqa: F811
    client = Client()
    assert client.post("/login/", {"username": "writer", "password": "spring-rain-2026"}).status_code == 302
    return client


def _told(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_a_seller_is_made_granted_and_named_people(market: Market, staff: Client) -> None:  # noqa: F811
    shop = people.create_organisation(name="街角手机店", kind="agent")
    clerk = people.create_account(username="clerk", password="spring-rain-2026", organisation=shop, role="operations")
    made = staff.post("/console/sellers/", {"organisation": str(shop)}).headers["Location"]
    seller = queries.seller_of(shop)
    assert seller is not None
    assert made == f"/console/sellers/{seller.id}/"
    grant: dict[str, Any] = {"do": "grant", "codes": "26QS100001", "regions": "河北、石家庄", "ways": ["agent", "hall"]}
    wrong = staff.post(made, grant | {"codes": "26QS100001 26XX1"})
    assert (wrong.status_code, "26XX1" in wrong.content.decode()) == (409, True)
    assert staff.post(made, grant | {"from_date": "2026-12-01", "to_date": "2026-01-01"}).status_code == 422
    assert staff.post(made, grant | {"from_date": "2026-11-01"}).status_code == 302
    (scope,) = queries.scopes(seller.id)
    assert (scope.plans, scope.regions, scope.ways) == ({market.plan}, ("河北", "石家庄"), {"agent", "hall"})
    assert staff.post(made, {"do": "staff", "account": str(clerk), "number": "JJ-01"}).status_code == 302
    assert queries.staff_of(clerk) is not None
    page = _told(staff, made)
    assert "青山畅聊套餐59元" in page
    assert "JJ-01" in page
    entries = [one.content for one in ledger.of_subject(f"organisation:{shop}") if one.content]
    assert {one["desk"] for one in entries if "seller" in one} == {market.writer}
    assert staff.post(made, {"do": "revoke", "id": str(scope.id), "reason": ""}).status_code == 422
    assert staff.post(made, {"do": "revoke", "id": str(scope.id), "reason": "到期"}).status_code == 302
    assert queries.scopes(seller.id) == []


def test_a_key_is_shown_once_and_ended(market: Market, staff: Client) -> None:  # noqa: F811
    page = f"/console/sellers/{market.seller}/"
    made = staff.post(page, {"do": "key", "name": "受理系统", "scopes": ["orders:write", "decide"]})
    (key,) = known.api_keys(market.agency)
    assert key.scopes == ["orders:write"] or list(key.scopes) == ["orders:write"]
    assert "mb_" in made.content.decode()
    assert staff.post(page, {"do": "end_key", "id": str(key.id)}).status_code == 302
    assert known.api_keys(market.agency)[0].revoked_at is not None


def test_a_suspended_seller_offers_nothing_and_what_it_tried_is_seen(market: Market, staff: Client) -> None:  # noqa: F811
    page = f"/console/sellers/{market.seller}/"
    assert staff.post(page, {"do": "state", "state": "suspended", "reason": "诱导办理"}).status_code == 302
    with pytest.raises(Problem):
        market.offer()
    for where in ("/console/sellers/", page):
        assert "26QS100001" in _told(staff, where)
    assert "诱导办理" in _told(staff, page)
    assert staff.post(page, {"do": "dance"}).status_code == 422


def test_sellers_are_found_and_only_those_who_may_change_them(market: Market, staff: Client) -> None:  # noqa: F811
    assert "实诚代理" in _told(staff, "/console/sellers/?q=实诚")
    assert "实诚代理" not in _told(staff, "/console/sellers/?q=街角")
    assert "实诚代理" not in _told(staff, "/console/sellers/?state=suspended")
    people.create_account(username="looker", password="spring-rain-2026", organisation=market.operator, role="auditor")
    looker = Client()
    looker.post("/login/", {"username": "looker", "password": "spring-rain-2026"})
    page = f"/console/sellers/{market.seller}/"
    assert looker.get(page).status_code == 200
    assert looker.post(page, {"do": "state", "state": "suspended", "reason": "x"}).status_code == 403
