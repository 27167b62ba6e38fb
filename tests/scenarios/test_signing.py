"""Signed in a shop: the number shows itself, the paper is sealed with a time that others vouch for, and proves itself
years later without us. OpenSSL is the authority."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mingbai.channels import actions as channels
from mingbai.kernel import msisdn
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.ledger import order as integrator
from mingbai.ledger import queries as ledger
from mingbai.ledger import seal, seal_keys
from mingbai.ledger.bundles import check, verify_bundle
from mingbai.ledger.tests.authority import configure, served
from mingbai.ledger.verify import Refused
from mingbai.notices import queries as messages
from mingbai.orders import actions, bundle, queries
from mingbai.orders.tests.conftest import NAME, Market, market  # noqa: F401  # a fixture
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db(transaction=True)


def code_told(market: Market) -> str:  # noqa: F811
    text = next(one.text for one in messages.messages(market.person) if one.template == "code")
    return re.findall(r"验证码 (\d{6})", text)[0]


def repacked(packed: bytes, path: Path, change: str, to: bytes | None) -> Path:
    """The bundle with one of its files changed, or left out."""
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            if name != change:
                new.writestr(name, old.read(name))
        if to is not None:
            new.writestr(change, to)
    return path


def test_signed_in_a_shop_and_proved_without_us(house: Home, market: Market, tmp_path: Path) -> None:  # noqa: F811
    clerk = people.create_account(
        username="clerk", password="spring-rain-2026", organisation=market.agency, role="operations"
    )
    channels.add_staff(market.seller, account=clerk, number="A17")
    order = market.offer()
    integrator.integrate()
    shown = queries.order(order)
    assert shown is not None
    actions.send_presence_code(order, subscriber=market.person)
    assert market.state(order) == "proposed"
    present = actions.check_presence(order, subscriber=market.person, code=code_told(market))

    signing = {
        "subscriber": market.person, "drawing": json.dumps(NAME), "shown_sha256": shown.shown_sha256,
        "present_at": present, "witness": actions.Witness(clerk, identity_seen=True),
    }  # fmt: skip
    with served(tmp_path / "tsa") as authority:
        configure(house.root, authority.url, authority.root)
        authority.broken = (503, "text/plain", b"")
        with pytest.raises(Problem, match="gave no time"):
            actions.confirm_by_signature(order, **signing)
        assert market.state(order) == "proposed"
        authority.broken = None
        assert actions.confirm_by_signature(order, **signing) == "confirmed"
    assert actions.fulfil_due() == 1
    assert "办理成功" in market.told()
    integrator.integrate()

    found, signed = queries.order(order), queries.signature(order)
    assert found is not None
    assert signed is not None
    assert (found.state, found.confirmed_how) == ("fulfilled", "signature")
    assert (signed.place, signed.witness, signed.timestamped) == ("shop", f"account:{clerk}", True)
    paper = ledger.document(signed.document)
    assert paper is not None
    proved = seal.check(paper)
    assert (proved.holds, proved.timestamped, proved.authority) == (True, True, "Test time")

    packed = bundle.of_order(found)
    _holds_offline(packed, paper, tmp_path, seal_keys.trusted(house))


def _holds_offline(packed: bytes, paper: bytes, tmp_path: Path, trust: seal_keys.Trust) -> None:
    vkey, whole = ledger.vkey(), tmp_path / "order.zip"
    whole.write_bytes(packed)
    status, said = check(whole, vkey)
    assert status == 0
    assert "签字确认书" in said
    with zipfile.ZipFile(whole) as file:
        assert file.read("signed.pdf") == paper
        receipt = tmp_path / "confirmed.tlog-proof"
        receipt.write_bytes(file.read("receipts/02-confirmed.tlog-proof"))
    alone = [sys.executable, "scripts/mingbai-verify", str(receipt), "--vkey", vkey]
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert seal.examine(paper, trust).holds
    flipped = bytearray(paper)
    flipped[len(paper) // 2] ^= 1
    for other in (bytes(flipped), paper + b"\n", None):
        with pytest.raises(Refused, match="paper"):
            verify_bundle(repacked(packed, tmp_path / "other.zip", "signed.pdf", other), vkey)
    assert not seal.examine(bytes(flipped), trust).holds


def test_on_an_own_phone_and_forgotten_when_asked(house: Home, market: Market) -> None:  # noqa: F811
    """Without an authority the house's own time stands in the seal, and everything says so."""
    order = market.offer()
    shown = queries.order(order)
    assert shown is not None
    actions.send_presence_code(order, subscriber=market.person)
    present = actions.check_presence(order, subscriber=market.person, code=code_told(market))
    outcome = actions.confirm_by_signature(
        order, subscriber=market.person, drawing=json.dumps(NAME), shown_sha256=shown.shown_sha256, present_at=present
    )
    assert outcome == "confirmed"
    signed = queries.signature(order)
    assert signed is not None
    assert not signed.timestamped
    entry = ledger.opened(queries.events_of(order)[1].entry)
    assert entry is not None
    assert entry.content is not None
    assert (entry.content["timestamped"], entry.content["document_sha256"]) == (False, signed.document)
    people.erase(msisdn.require("13800000000"), reason="本人要求")
    assert ledger.document(signed.document) is None
    assert queries.signature(order) is None
