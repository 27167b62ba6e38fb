"""Consents that were filed for service numbers before these were refused end when an installation is upgraded."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from mingbai.consent import actions, events, queries
from mingbai.kernel import clock, msisdn
from mingbai.ledger import queries as ledger
from mingbai.people import queries as people

from .conftest import Firm, Person

MIGRATION = import_module("mingbai.consent.migrations.0004_end_consents_of_service_numbers")


def service(firm: int, number: str) -> int:
    """A subscriber with a claimed consent, as an older version stored one; their id."""
    digits = msisdn.require(number).digits
    subscribers, consents = apps.get_model("people", "Subscriber").objects, apps.get_model("consent", "Consent").objects
    sealed = import_module("mingbai.people.seals").sealer().seal(digits)
    one = subscribers.create(lookup=people.lookup().of(digits), sealed=sealed, tenure=1, began_at=clock.now())
    consents.create(
        subscriber_id=one.id,
        principal_id=firm,
        purpose="marketing",
        state="claimed",
        how="imported",
        changed_at=clock.now(),
    )
    return int(one.id)


@pytest.mark.django_db
@pytest.mark.parametrize("at_once", [1, 10_000])
def test_they_end_with_an_entry_each_and_no_other_does(
    person: Person, firm: Firm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], at_once: int
) -> None:
    monkeypatch.setattr(MIGRATION, "AT_ONCE", at_once)
    house = firm("好房")
    actions.give(subscriber=person(1), principal=house, purpose="marketing", how="api")
    services = [service(house, "95588"), service(house, "4008109889")]
    actions.give(subscriber=person(2), principal=house, purpose="marketing", how="web")
    MIGRATION.end(apps, connection.schema_editor())
    assert "2 consents" in capsys.readouterr().err
    for one in services:
        assert [said.state for said in queries.of_subscriber(one)] == ["expired"]
        assert queries.facts([one])[0][1] is None
        (entry,) = ledger.of_subject(f"subscriber:{one}")
        assert entry.kind == events.EXPIRED
    assert [queries.of_subscriber(person(place))[0].state for place in (1, 2)] == ["claimed", "given"]
    MIGRATION.end(apps, connection.schema_editor())
    assert capsys.readouterr().err == ""
