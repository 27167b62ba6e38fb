"""The disclosure zone, without a browser."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from mingbai.ledger import order
from mingbai.people import actions as people
from mingbai.tariffs import actions
from mingbai.tariffs.content import Content
from mingbai.tariffs.tests.conftest import GOOD, changed


@pytest.fixture
def zone(db: None) -> SimpleNamespace:
    """An operator, a writer, a reviewer, one published tariff."""
    made = SimpleNamespace(operator=people.create_organisation(name="青山通信", kind="operator"))
    for name, role in (("writer", "operations"), ("reviewer", "admin")):
        account = people.create_account(
            username=name, password="spring-rain-2026", organisation=made.operator, role=role
        )
        setattr(made, name, account)
    made.version = publish(made, GOOD)
    order.integrate()
    return made


def publish(house: SimpleNamespace, content: Content) -> int:
    version = actions.draft(operator=house.operator, content=content, account=house.writer)
    actions.submit(version, account=house.writer)
    actions.publish(version, account=house.reviewer)
    return version


def test_anyone_finds_and_reads_a_tariff(zone: SimpleNamespace, client: Client) -> None:
    page = client.get("/tariffs/", {"q": "畅聊"}).content.decode()
    assert GOOD.name in page
    assert "59.00 元" in page
    assert GOOD.name not in client.get("/tariffs/", {"q": "冰激凌"}).content.decode()
    one = client.get("/tariffs/1/").content.decode()
    for said in (GOOD.leave, GOOD.beyond, GOOD.code, "有据可查"):
        assert said in one


def test_its_receipt_holds_the_hash(zone: SimpleNamespace, client: Client) -> None:
    page = client.get(f"/tariffs/1/receipt/{zone.version}/")
    assert page.status_code == 200
    assert page.headers["Content-Disposition"].endswith('.tlog-proof"')


def test_what_changed_stands_in_its_history(zone: SimpleNamespace, client: Client) -> None:
    publish(zone, changed(leave="随时可在营业厅退订"))
    page = client.get("/tariffs/1/history/").content.decode()
    assert GOOD.leave in page
    assert "随时可在营业厅退订" in page
