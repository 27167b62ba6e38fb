"""What is taken along says what stands, and no more than it may."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from mingbai.consent import actions, events, exporting, importing
from mingbai.ledger import queries as ledger

from .conftest import Firm, ListFile, Person, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staged_here")]


def test_a_firm_takes_along_what_it_holds(person: Person, firm: Firm, whitelist: ListFile, tmp_path: Path) -> None:
    house = firm("好房")
    importing.import_whitelist(whitelist(row(1), row(2)), principal=house, purpose="marketing", keep_good=True)
    actions.refuse(subscriber=person(2), principal=house, purpose="marketing", how="sms")
    actions.refuse(subscriber=person(3), principal=house, how="web")
    actions.give(subscriber=person(4), principal=house, purpose="marketing", how="web")
    actions.give(subscriber=person(5), principal=house, purpose="marketing", how="recording")
    path = tmp_path / "out.csv"
    assert exporting.of_firm(house, path, account=None) == 5
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {line["msisdn"]: line for line in csv.DictReader(file)}
    assert set(rows) == {"13800000001", "13800000002", "138****0003", "138****0004", "13800000005"}
    assert (rows["13800000001"]["state"], rows["13800000001"]["counts"]) == ("claimed", "1")
    assert (rows["13800000002"]["state"], rows["13800000002"]["counts"]) == ("refused", "0")
    assert path.stat().st_mode & 0o077 == 0
    last = ledger.of_subject(f"organisation:{house}")[-1]
    assert (last.kind, last.content and last.content["rows"]) == (events.EXPORTED, 5)


def test_the_log_knows_of_an_export_before_the_first_number_leaves(person: Person, firm: Firm) -> None:
    house = firm("好房")
    actions.give(subscriber=person(1), principal=house, purpose="marketing", how="api")
    pieces = exporting.pieces_of_firm(house, account=7)
    assert ledger.of_subject(f"organisation:{house}")[-1].content == {"account": 7, "principal": house, "rows": 1}
    assert "13800000001" in "".join(pieces)


def test_no_cell_is_a_formula(person: Person, firm: Firm, tmp_path: Path) -> None:
    house = firm("好房")
    actions.give(subscriber=person(1), principal=house, purpose="marketing", how="api", reference="=cmd|' /C calc'!A0")
    exporting.of_firm(house, tmp_path / "out.csv")
    assert ",'=cmd" in (tmp_path / "out.csv").read_text("utf-8-sig")


def test_a_subscriber_takes_along_what_they_agreed_to(person: Person, firm: Firm) -> None:
    one, house = person(1), firm("好房")
    actions.give(subscriber=one, principal=house, purpose="marketing", how="web")
    told = json.loads(exporting.of_subscriber_json(one))
    assert told["number"] == "138****0001"
    assert [(line["firm"], line["purpose"], line["state"]) for line in told["consents"]] == [
        ("好房", "marketing", "given")
    ]
    evil = firm("=HYPERLINK(1)")
    actions.refuse(subscriber=one, principal=evil, how="web")
    assert "\n'=HYPERLINK" in exporting.of_subscriber_csv(one)
    assert "\n好房,marketing,given,True,web" in exporting.of_subscriber_csv(one)
