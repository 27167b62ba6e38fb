"""The pages to sign: on an own phone after a fresh code, on a tablet in a shop with staff beside it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from fpdf import FPDF

from mingbai.channels import actions as channels
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.ledger import seal
from mingbai.orders import queries
from mingbai.orders.tests.conftest import NAME, Market, market  # noqa: F401  # a fixture
from mingbai.people import actions as people
from mingbai.web.tests.conftest import PASSWORD
from mingbai.web.tests.test_orders import mine  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cutting a Chinese font takes a second; the story in tests/scenarios/test_signing.py sets the real paper."""

    def plain(facts: Any, drawing: Any) -> bytes:
        sheet = FPDF()
        sheet.add_page()
        return bytes(sheet.output())

    monkeypatch.setattr("mingbai.orders.signing.paper.agreement", plain)


def form(order: int, **other: str) -> dict[str, str]:
    found = queries.order(order)
    assert found is not None
    return {"drawing": json.dumps(NAME), "shown": found.shown_sha256, **other}


def code(market: Market) -> str:  # noqa: F811
    return re.findall(r"验证码 (\d{6})", market.told())[0]


def later(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    moment, seconds = clock.now() + timedelta(minutes=minutes), clock.now_s() + 60 * minutes
    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.setattr(clock, "now_s", lambda: seconds)


@pytest.fixture
def clerk(market: Market) -> Client:  # noqa: F811
    """A client logged in as the agency's sales staff."""
    account = people.create_account(username="clerk", password=PASSWORD, organisation=market.agency, role="operations")
    channels.add_staff(market.seller, account=account, number="A17")
    client = Client()
    client.post("/login/", {"username": "clerk", "password": PASSWORD})
    return client


def test_just_logged_in_i_read_all_of_it_sign_and_keep_the_paper(market: Market, mine: Client) -> None:  # noqa: F811
    order = market.offer()
    assert f"/my/orders/{order}/sign/" in mine.get(f"/my/orders/{order}/").content.decode()
    page = mine.get(f"/my/orders/{order}/sign/").content.decode()
    shown = queries.order(order)
    assert shown is not None
    assert shown.shown in page
    assert "<canvas" in page
    assert "<script>" not in page
    assert mine.get(f"/my/orders/{order}/signed.pdf").status_code == 404
    done = mine.post(f"/my/orders/{order}/sign/", form(order))
    assert (done.status_code, market.state(order)) == (302, "confirmed")
    assert mine.post(f"/my/orders/{order}/sign/", form(order)).status_code == 302
    kept = mine.get(f"/my/orders/{order}/signed.pdf")
    assert kept["Content-Type"] == "application/pdf"
    assert seal.check(kept.content).holds
    page = mine.get(f"/my/orders/{order}/").content.decode()
    assert f"/my/orders/{order}/signed.pdf" in page
    assert "没有独立机构证明" in page
    assert market.steps(order) == ["proposed", "confirmed"]


def test_staff_opens_the_paper_for_a_reason_that_is_on_record(market: Market, mine: Client) -> None:  # noqa: F811
    order = market.offer()
    mine.post(f"/my/orders/{order}/sign/", form(order))
    path, staff = f"/console/orders/{order}/paper/", {}
    for role in ("compliance", "operations"):
        people.create_account(username=role, password=PASSWORD, organisation=market.operator, role=role)
        staff[role] = Client()
        staff[role].post("/login/", {"username": role, "password": PASSWORD})
    assert path in staff["compliance"].get(f"/console/orders/{order}/").content.decode()
    assert path not in staff["operations"].get(f"/console/orders/{order}/").content.decode()
    assert staff["operations"].post(path, {"reason": "用户投诉核查"}).status_code == 403
    assert mine.post(path, {"reason": "用户投诉核查"}).status_code == 302  # to the log-in
    refused = staff["compliance"].post(path, {"reason": " "})
    assert refused.status_code == 422
    assert "理由" in refused.content.decode()
    shown = staff["compliance"].post(path, {"reason": "用户投诉核查"})
    assert seal.check(shown.content).holds
    assert shown["Cache-Control"] == "no-store"
    looks = [one for one in ledger.of_subject(f"subscriber:{market.people[0]}") if one.kind == "orders.paper_seen"]
    assert len(looks) == 1
    other = market.offer(subscriber=market.people[1])
    assert (
        path.replace(str(order), str(other))
        not in staff["compliance"].get(f"/console/orders/{other}/").content.decode()
    )
    answer = staff["compliance"].post(f"/console/orders/{other}/paper/", {"reason": "用户投诉核查"})
    assert answer.status_code == 404


def test_what_is_no_signature_is_told_and_the_offer_stays(market: Market, mine: Client) -> None:  # noqa: F811
    order = market.offer()
    for drawing, said in (("[]", "没有画"), ("[[[1,1,0]]]", "太少"), ("x", "重新")):
        answer = mine.post(f"/my/orders/{order}/sign/", form(order, drawing=drawing))
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert mine.post(f"/my/orders/{order}/sign/", form(order, shown="0" * 64)).status_code == 409
    assert market.state(order) == "proposed"


def test_some_time_after_the_log_in_a_code_is_asked_for_again(
    market: Market,  # noqa: F811
    mine: Client,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = market.offer()
    later(monkeypatch, 16)
    assert "<canvas" not in mine.get(f"/my/orders/{order}/sign/").content.decode()
    assert mine.post(f"/my/orders/{order}/sign/", form(order)).status_code == 403
    mine.post(f"/my/orders/{order}/sign/code/")
    assert mine.post(f"/my/orders/{order}/sign/show/", {"code": "000000"}).status_code == 422
    assert mine.post(f"/my/orders/{order}/sign/show/", {"code": code(market)}).status_code == 302
    assert "<canvas" in mine.get(f"/my/orders/{order}/sign/").content.decode()
    other = market.offer(seller=market.own, channel="web", by="self")
    assert "<canvas" not in mine.get(f"/my/orders/{other}/sign/").content.decode()
    assert mine.post(f"/my/orders/{order}/sign/", form(order)).status_code == 302
    assert market.state(order) == "confirmed"


def test_nobody_signs_for_another_nor_without_logging_in(market: Market, mine: Client) -> None:  # noqa: F811
    order = market.offer(subscriber=market.people[1])
    for path in ("sign/", "signed.pdf"):
        assert mine.get(f"/my/orders/{order}/{path}").status_code == 404
        assert Client().get(f"/my/orders/{order}/{path}")["Location"].startswith("/my/login/")
    for path in ("sign/", "sign/code/", "sign/show/"):
        assert mine.post(f"/my/orders/{order}/{path}", form(order)).status_code == 404


def test_the_authority_away_nothing_is_signed_and_the_page_says_so(
    market: Market,  # noqa: F811
    mine: Client,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_given: Any, **_named: Any) -> seal.Seal:
        raise Problem("seal.no_time", "the time authority gave no time", status=503)

    order = market.offer()
    monkeypatch.setattr(seal, "seal", away)
    answer = mine.post(f"/my/orders/{order}/sign/", form(order))
    assert answer.status_code == 503
    assert "时间" in answer.content.decode()
    assert market.state(order) == "proposed"


def test_in_the_shop_document_and_code_come_before_the_pen(market: Market, clerk: Client) -> None:  # noqa: F811
    order = market.offer()
    place = f"/enterprise/offers/{order}/sign/"
    assert place in clerk.get(f"/enterprise/offers/{order}/").content.decode()
    page = clerk.get(place).content.decode()
    assert "<canvas" not in page
    assert "/enterprise/keys/" not in page
    assert clerk.post(place, form(order)).status_code == 403
    clerk.post(f"{place}code/")
    told = code(market)
    assert clerk.post(f"{place}show/", {"code": told}).status_code == 422
    assert clerk.post(f"{place}show/", {"code": told, "identity": "seen"}).status_code == 302
    assert "<canvas" in clerk.get(place).content.decode()
    done = clerk.post(place, form(order))
    assert done["Location"] == f"/enterprise/offers/{order}/signed/"
    assert clerk.get(done["Location"]).status_code == 200
    signed = queries.signature(order)
    assert signed is not None
    assert (signed.place, market.state(order)) == ("shop", "confirmed")


def test_only_staff_of_the_seller_takes_a_signature(market: Market, clerk: Client) -> None:  # noqa: F811
    theirs = market.offer(seller=market.own, channel="web", by="self")
    assert clerk.get(f"/enterprise/offers/{theirs}/sign/").status_code == 404
    people.create_account(username="desk", password=PASSWORD, organisation=market.agency, role="admin")
    other, order = Client(), market.offer()
    other.post("/login/", {"username": "desk", "password": PASSWORD})
    assert other.get(f"/enterprise/offers/{order}/sign/").status_code == 403
    assert other.post(f"/enterprise/offers/{order}/sign/code/").status_code == 403


def test_a_subscriber_s_page_is_not_made_without_end(market: Market, mine: Client) -> None:  # noqa: F811
    order = market.offer()
    answers = [mine.post(f"/my/orders/{order}/sign/", form(order, drawing="[]")).status_code for _ in range(13)]
    assert answers == [422] * 12 + [429]
