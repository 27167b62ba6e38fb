"""The faces of orders: the subscriber confirms and leaves, the seller offers, staff looks up, a system calls."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mingbai.channels import actions as channels
from mingbai.ledger import order as integrator
from mingbai.ledger import queries as ledger
from mingbai.ledger.bundles import check
from mingbai.notices import queries as messages
from mingbai.orders import actions, queries
from mingbai.orders.tests.conftest import Market, market  # noqa: F401  # a fixture
from mingbai.people import actions as people
from mingbai.web.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
PHONE = "13800000000"


@pytest.fixture
def mine(market: Market) -> Client:  # noqa: F811
    """A client logged in as the first person of the market."""
    client = Client()
    client.post("/my/login/", {"number": PHONE})
    code = re.findall(r"验证码 (\d{6})", market.told())[0]
    assert client.post("/my/code/", {"code": code}).status_code == 302
    return client


def test_i_read_i_confirm_by_code_i_take_the_proof_along(market: Market, mine: Client, tmp_path: Any) -> None:  # noqa: F811
    order = market.offer()
    assert "青山畅聊套餐59元" in mine.get("/my/orders/").content.decode()
    page = mine.get(f"/my/orders/{order}/").content.decode()
    shown = queries.order(order)
    assert shown is not None
    assert shown.shown in page
    assert mine.post(f"/my/orders/{order}/confirm/", {"code": "000000"}).status_code == 422
    mine.post(f"/my/orders/{order}/code/")
    code = re.findall(r"验证码 (\d{6})", market.told())[0]
    assert mine.post(f"/my/orders/{order}/confirm/", {"code": code}).status_code == 302
    actions.fulfil_due()
    assert mine.get(f"/my/orders/{order}/evidence.zip").status_code == 409
    integrator.integrate()
    taken = mine.get(f"/my/orders/{order}/evidence.zip")
    file = tmp_path / "order.zip"
    file.write_bytes(taken.content)
    status, said = check(file, ledger.vkey())
    assert status == 0, said
    with zipfile.ZipFile(io.BytesIO(taken.content)) as packed:
        names = packed.namelist()
        assert packed.read("shown.txt").decode() == shown.shown
    assert [name for name in names if name.startswith("receipts/")] == [
        "receipts/01-proposed.tlog-proof", "receipts/02-confirmed.tlog-proof", "receipts/03-fulfilled.tlog-proof"
    ]  # fmt: skip
    printed = mine.get(f"/my/orders/{order}/evidence.pdf")
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")
    assert mine.post(f"/my/orders/{order}/leave/").status_code == 302
    assert market.state(order) == "leaving"


def test_a_bundle_whose_text_was_changed_does_not_hold(market: Market, tmp_path: Any) -> None:  # noqa: F811
    from mingbai.orders import bundle

    order = queries.order(market.offer())
    assert order is not None
    integrator.integrate()
    file, packed = tmp_path / "order.zip", bundle.of_order(order)
    for change in ("shown.txt", "receipts/01-proposed.tlog-proof", "order.json"):
        with zipfile.ZipFile(io.BytesIO(packed)) as before, zipfile.ZipFile(file, "w") as after:
            for name in before.namelist():
                text = before.read(name).decode()
                if name == change:
                    text = text.replace("59.00", "49.00") if "59.00" in text else text[:60] + "A" + text[61:]
                after.writestr(name, text)
        assert check(file, ledger.vkey(), ("en",))[0] == 1, change


@pytest.mark.django_db(transaction=True)
def test_no_part_of_the_order_s_bundle_can_be_told_otherwise(market: Market, tmp_path: Path) -> None:  # noqa: F811
    from mingbai.orders import bundle

    order = queries.order(market.offer())
    market.reply("Y")
    actions.fulfil_due()
    assert order is not None
    order = queries.order(order.id)
    assert order is not None
    integrator.integrate()
    file, packed = tmp_path / "order.zip", bundle.of_order(order)
    file.write_bytes(packed)
    assert check(file, ledger.vkey(), ("en",))[0] == 0
    for old, new in (
        ('"state": "fulfilled"', '"state": "withdrawn"'), ('"confirmed_how": "sms"', '"confirmed_how": "code"'),
        ('"detail": "Y"', '"detail": "N"'), ('"by": "subscriber"', '"by": "house"'),
        ("次月生效", "当月生效"), ("实诚代理", "别家代理"), ('_at": "2', '_at": "1'), ('"at": "2', '"at": "1'),
    ):  # fmt: skip
        with zipfile.ZipFile(io.BytesIO(packed)) as before, zipfile.ZipFile(file, "w") as after:
            for name in before.namelist():
                text = before.read(name).decode()
                assert name != "order.json" or old in text
                after.writestr(name, text.replace(old, new) if name == "order.json" else text)
        assert check(file, ledger.vkey(), ("en",))[0] == 1, old


@pytest.mark.django_db(transaction=True)
def test_a_flipped_bit_of_a_bundle_is_a_refusal_never_a_fault(market: Market, tmp_path: Path) -> None:  # noqa: F811
    from mingbai.orders import bundle

    order = queries.order(market.offer())
    assert order is not None
    integrator.integrate()
    file, packed = tmp_path / "order.zip", bundle.of_order(order)
    central = packed.index(b"PK\x01\x02")
    for method in (12, 14, 9, 99):  # bz2, lzma and two that are not read, where nothing is packed so
        file.write_bytes(packed[: central + 10] + bytes([method]) + packed[central + 11 :])
        assert check(file, ledger.vkey(), ("en",))[0] == 1, method
    refused = 0
    for place in range(0, len(packed), 23):
        file.write_bytes(packed[:place] + bytes([packed[place] ^ 4]) + packed[place + 1 :])
        refused += check(file, ledger.vkey(), ("en",))[0]
    assert refused > len(packed) // 23 * 0.6  # the rest is the zip's own writing: names, times, padding


def test_another_s_order_is_nobody_s_business(market: Market, mine: Client) -> None:  # noqa: F811
    other = market.offer(subscriber=market.people[1])
    for path in ("", "evidence.zip", "evidence.pdf"):
        assert mine.get(f"/my/orders/{other}/{path}").status_code == 404
    for act in ("code", "confirm", "decline", "leave"):
        assert mine.post(f"/my/orders/{other}/{act}/").status_code == 404
    assert market.state(other) == "proposed"


def test_i_ask_for_a_tariff_myself_and_still_have_to_say_yes(market: Market, mine: Client) -> None:  # noqa: F811
    assert mine.get(f"/my/orders/new/{market.plan}/").status_code == 200
    answer = mine.post(f"/my/orders/new/{market.plan}/", {"region": "河北"})
    assert answer.status_code == 302
    (one,) = queries.history(market.person)
    assert (one.state, one.by, one.seller) == ("proposed", "self", market.own)
    assert mine.post(f"/my/orders/{one.id}/decline/").status_code == 302
    assert market.state(one.id) == "declined"
    assert mine.get("/my/orders/?state=declined&kind=purchase&since=2020-01-01&text=畅聊").status_code == 200


def test_a_seller_s_desk(market: Market) -> None:  # noqa: F811
    account = people.create_account(username="seller", password=PASSWORD, organisation=market.agency, role="operations")
    client = Client()
    client.post("/login/", {"username": "seller", "password": PASSWORD})
    asked = {"code": "26QS100001", "number": PHONE, "region": "石家庄", "channel": "agent", "kind": "purchase"}
    assert client.post("/enterprise/offers/", asked).status_code == 403
    channels.add_staff(market.seller, account=account, number="A001")
    assert client.post("/enterprise/offers/", asked | {"code": "26QS999999"}).status_code == 404
    look = client.post("/enterprise/offers/", asked)
    assert (look.status_code, queries.search()) == (200, [])
    answer = client.post("/enterprise/offers/", asked | {"do": "offer"})
    assert answer.status_code == 302
    (one,) = queries.search()
    assert one.by == f"account:{account}"
    assert one.shown in look.content.decode()
    page = client.get(f"/enterprise/offers/{one.id}/").content.decode()
    assert "138****0000" in page
    assert PHONE not in page
    assert "青山畅聊套餐59元" in client.get("/enterprise/offers/").content.decode()
    client.post(f"/enterprise/offers/{one.id}/cancel/", {"reason": "填错"})
    assert market.state(one.id) == "cancelled"


def test_a_seller_reads_in_plain_words_why_an_offer_was_refused(market: Market) -> None:  # noqa: F811
    market.draft(market.changed(code="26QS100009", name="青山内部套餐59元（河北）"))
    account = people.create_account(username="seller", password=PASSWORD, organisation=market.agency, role="operations")
    channels.add_staff(market.seller, account=account, number="A001")
    client = Client()
    client.post("/login/", {"username": "seller", "password": PASSWORD})
    asked = {"code": "26QS100009", "number": PHONE, "region": "石家庄", "channel": "agent", "kind": "purchase"}
    refused = client.post("/enterprise/offers/", asked)
    assert (refused.status_code, "该资费方案未公示，不得销售。" in refused.content.decode()) == (409, True)
    assert "内部套餐" not in refused.content.decode()
    assert "26QS100009" in client.get("/enterprise/offers/").content.decode()
    found = client.post("/enterprise/offers/", asked | {"code": "青山畅聊"}).content.decode()
    assert 'value="26QS100001"' in found
    assert client.post("/enterprise/offers/", asked | {"code": "26QS100001", "kind": "theft"}).status_code == 422


def test_staff_finds_an_order_and_its_evidence(market: Market) -> None:  # noqa: F811
    order = market.offer()
    people.create_account(username="operator-ops", password=PASSWORD, organisation=market.operator, role="compliance")
    client = Client()
    client.post("/login/", {"username": "operator-ops", "password": PASSWORD})
    assert "138****0000" in client.get("/console/orders/").content.decode()
    assert "138****0000" in client.post("/console/orders/", {"number": PHONE}).content.decode()
    assert "138****0000" not in client.post("/console/orders/", {"number": "13800000001"}).content.decode()
    page = client.get(f"/console/orders/{order}/").content.decode()
    found = queries.order(order)
    assert found is not None
    assert found.shown in page
    integrator.integrate()
    entry = queries.events_of(order)[0].entry
    assert client.get(f"/console/orders/{order}/{entry}.tlog-proof").status_code == 200


class Caller:
    """A seller's system with a key."""

    def __init__(self, organisation: int) -> None:
        scopes = ["orders:read", "orders:write"]
        key = people.create_api_key(organisation=organisation, name="CRM", scopes=scopes)[1]
        self._client, self._headers = Client(), {"Authorization": f"Bearer {key}"}

    def post(self, path: str, **body: Any) -> Any:
        return self._client.post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=self._headers
        )

    def get(self, path: str) -> Any:
        return self._client.get(f"/api/v1{path}", headers=self._headers)


def test_a_seller_s_system(market: Market) -> None:  # noqa: F811
    ours, others = Caller(market.agency), Caller(market.operator)
    asked = {"plan": market.plan, "number": PHONE, "channel": "agent", "region": "石家庄", "reference": "A-1"}
    made = ours.post("/orders", **asked)
    assert made.status_code == 201, made.content
    order = made.json()["id"]
    assert made.json()["number"] == ""
    assert ours.get(f"/orders/{order}").json()["number"] == "138****0000"
    assert made.json()["shown"] in market.told()
    assert ours.post("/orders", **asked).json()["id"] == order
    refused = ours.post("/orders", **(asked | {"plan": 987_654, "reference": ""}))
    assert (refused.status_code, refused.json()["code"]) == (409, "orders.not_published")
    assert ours.post("/orders", **(asked | {"price_fen": 1})).status_code == 422
    assert others.get(f"/orders/{order}").status_code == 404
    assert ours.post(f"/orders/{order}/code").status_code == 204
    code = re.findall(r"验证码 (\d{6})", market.told())[0]
    assert others.post(f"/orders/{order}/confirm", code=code).status_code == 404
    wrong = ours.post(f"/orders/{order}/confirm", code="000000" if code != "000000" else "111111")
    assert wrong.status_code == 422
    assert ours.post(f"/orders/{order}/confirm", code=code).json() == {"outcome": "confirmed"}
    assert ours.post(f"/orders/{order}/cancel", reason="晚了").json() == {"cancelled": False, "state": "confirmed"}
    actions.fulfil_due()
    assert ours.get(f"/orders/{order}").json()["state"] == "fulfilled"
    assert ours.get("/orders?state=fulfilled").json()["items"][0]["id"] == order
    assert len([one for one in messages.messages(market.person) if one.template == "success"]) == 1
    stranger = Caller(people.create_organisation(name="路人", kind="enterprise"))
    assert stranger.post("/orders", **asked).status_code == 403
