"""Confirming by signature: who may, what is kept, what happens when two come at once or no time is to be had."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from fpdf import FPDF

from mingbai.channels import actions as channels
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger_actions
from mingbai.ledger import queries as ledger
from mingbai.ledger import seal
from mingbai.notices import queries as messages
from mingbai.orders import actions, queries
from mingbai.orders.actions import Outcome, Witness
from mingbai.orders.actions import signing as steps
from mingbai.orders.signing import paper
from mingbai.orders.tests.conftest import NAME, Market
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
DRAWN = json.dumps(NAME)


@pytest.fixture(autouse=True)
def _plain_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cutting a Chinese font takes a second; what stands on the paper is looked at in the story."""

    def plain(facts: paper.Facts, drawing: Any) -> bytes:
        sheet = FPDF()
        sheet.add_page()
        sheet.set_font("helvetica", size=12)
        sheet.cell(0, 10, f"{facts.order} {facts.shown_sha256} {len(drawing.strokes)}")
        return bytes(sheet.output())

    monkeypatch.setattr(paper, "agreement", plain)


def sign(market: Market, order: int, **other: Any) -> Outcome:
    found = queries.order(order)
    assert found is not None
    asked: dict[str, Any] = {
        "subscriber": market.person, "drawing": DRAWN, "shown_sha256": found.shown_sha256, "present_at": clock.now(),
    }  # fmt: skip
    return actions.confirm_by_signature(order, **(asked | other))


def told_code(market: Market) -> str:
    return next(one.text for one in messages.messages(market.person) if one.template == "code")


def staff(market: Market) -> int:
    account = people.create_account(
        username="seller", password="spring-rain-2026", organisation=market.agency, role="operations"
    )
    channels.add_staff(market.seller, account=account, number="A17")
    return account


def documents() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_document")
        return int(cursor.fetchone()[0])


def test_a_signature_is_a_yes_once(market: Market) -> None:
    order = market.offer()
    assert sign(market, order) == Outcome.CONFIRMED
    assert sign(market, order) == Outcome.ALREADY
    assert market.reply("Y") == "orders.answer"
    assert "此前已确认" in market.told()
    assert market.steps(order) == ["proposed", "confirmed"]
    assert documents() == 1
    found = queries.signature(order)
    assert found is not None
    assert found.place == "own"
    kept = ledger.document(found.document)
    assert kept is not None
    assert seal.check(kept).holds
    said = ledger.opened(queries.events_of(order)[1].entry)
    assert said is not None
    assert said.content is not None
    assert said.content["document_sha256"] == found.document
    assert (said.content["how"], said.content["timestamped"]) == ("signature", False)


def test_confirmed_another_way_first_it_is_not_signed_too(market: Market) -> None:
    order = market.offer()
    market.reply("Y")
    assert sign(market, order) == Outcome.ALREADY
    assert documents() == 0


@pytest.mark.parametrize("end", ["cancelled", "declined", "expired", "recycled", "withdrawn"])
def test_what_is_not_open_is_not_confirmed_and_nothing_is_kept(
    market: Market, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The offer ends while the paper is being sealed: the last moment at which it may."""
    from mingbai.tariffs import actions as tariffs

    order, later = market.offer(), clock.now() + timedelta(days=9)
    ends: dict[str, Callable[[], object]] = {
        "cancelled": lambda: actions.cancel(order, seller=market.seller, by="account:1", reason="价格有误"),
        "declined": lambda: actions.decline(order, subscriber=market.person),
        "expired": lambda: monkeypatch.setattr(clock, "now", lambda: later),
        "recycled": lambda: people.recycle(_number(market)),
        "withdrawn": lambda: tariffs.withdraw(market.plan, account=market.reviewer, reason="停止销售"),
    }
    sealed = seal.seal

    def meanwhile(*given: Any, **named: Any) -> seal.Seal:
        made = sealed(*given, **named)
        ends[end]()
        return made

    monkeypatch.setattr(steps.seal, "seal", meanwhile)
    outcome = sign(market, order)
    assert outcome == (Outcome.LAPSED if end == "withdrawn" else Outcome.LATE)
    assert documents() == 0
    assert queries.signature(order) is None
    assert "confirmed" not in market.steps(order)


def _number(market: Market) -> Any:
    from mingbai.kernel import msisdn

    return msisdn.require("13800000000")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another text": ({"shown_sha256": "0" * 64}, "orders.other_text"),
    "empty": ({"drawing": "[]"}, "orders.signature_empty"),
    "dot": ({"drawing": "[[[1,1,0],[2,2,1]]]"}, "orders.signature_dot"),
    "noise": ({"drawing": "{"}, "orders.drawing"),
    "long ago": ({"present_at": clock.now() - timedelta(minutes=16)}, "orders.not_present"),
    "in the future": ({"present_at": clock.now() + timedelta(hours=1)}, "orders.not_present"),
    "no staff": ({"witness": Witness(999_999, True)}, "orders.no_staff"),
    "another's number": ({"subscriber": 2**40}, "orders.unknown"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_show_who_signs_what_is_refused(market: Market, case: str) -> None:
    order = market.offer()
    other, code = REFUSED[case]
    with pytest.raises(Problem) as caught:
        sign(market, order, **other)
    assert caught.value.code == code
    assert market.state(order) == "proposed"
    assert documents() == 0


def test_in_a_shop_staff_has_seen_the_document_and_stands_in_the_evidence(market: Market) -> None:
    order, account = market.offer(), staff(market)
    with pytest.raises(Problem, match="identity document"):
        sign(market, order, witness=Witness(account, identity_seen=False))
    other = market.offer(seller=market.own, channel="web", by="self")
    with pytest.raises(Problem, match="sales staff of the seller"):
        sign(market, other, witness=Witness(account, identity_seen=True))
    assert sign(market, order, witness=Witness(account, identity_seen=True)) == Outcome.CONFIRMED
    said = ledger.opened(queries.events_of(order)[1].entry)
    assert said is not None
    assert said.content is not None
    assert (said.content["place"], said.content["witness"]) == ("shop", f"account:{account}")


def test_a_code_shows_who_holds_the_number_and_confirms_nothing(market: Market) -> None:
    order = market.offer()
    actions.send_presence_code(order, subscriber=market.person)
    text = told_code(market)
    assert "签字确认前不办理" in text
    code = "".join(ch for ch in text.split("验证码 ")[1] if ch.isdigit())[:6]
    with pytest.raises(Problem, match="wrong"):
        actions.confirm_by_code(order, subscriber=market.person, code=code)
    with pytest.raises(Problem, match="wrong"):
        actions.check_presence(order, subscriber=market.person, code=f"{(int(code) + 1) % 1_000_000:06}")
    present = actions.check_presence(order, subscriber=market.person, code=code)
    with pytest.raises(Problem, match="wrong"):
        actions.check_presence(order, subscriber=market.person, code=code)
    assert market.state(order) == "proposed"
    assert sign(market, order, present_at=present) == Outcome.CONFIRMED


def test_without_the_authority_nothing_is_confirmed_and_the_offer_stays_open(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_given: Any, **_named: Any) -> seal.Seal:
        raise Problem("seal.no_time", "the time authority gave no time", status=503)

    order = market.offer()
    monkeypatch.setattr(steps.seal, "seal", none)
    with pytest.raises(Problem) as caught:
        sign(market, order)
    assert caught.value.status == 503
    assert market.state(order) == "proposed"
    market.reply("Y")
    assert market.state(order) == "confirmed"


def test_a_signature_needs_its_paper_and_no_other_yes_has_one(market: Market) -> None:
    order = market.offer()
    with pytest.raises(ValueError, match="sealed paper"):
        actions.confirm(order, subscriber=market.person, how="signature")


def test_erased_the_paper_is_gone_and_the_sale_is_of_nobody(market: Market) -> None:
    order = market.offer()
    sign(market, order)
    found = queries.signature(order)
    assert found is not None
    ledger_actions.shred(f"subscriber:{market.person}", reason="本人要求")
    assert ledger.document(found.document) is None
    assert documents() == 0
    assert queries.signature(order) is None


def test_what_is_too_old_goes_with_its_paper(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    order = market.offer()
    sign(market, order)
    actions.withdraw(order, subscriber=market.person)
    later = clock.now() + timedelta(days=40 * 31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert actions.remove_old(older_than_months=24) == 1
    assert documents() == 0
