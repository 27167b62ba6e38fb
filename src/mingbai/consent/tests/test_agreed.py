"""Who agreed to be called, and in which time, for whoever looks at calls as sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mingbai.consent import actions, queries
from mingbai.consent.models import Batch, Consent
from mingbai.kernel import clock

from .conftest import Firm, ListFile, Person, row, take

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 1, 4, tzinfo=UTC)


def agreed() -> list[tuple[int, int, int, int | None]]:
    return [tuple(one) for part in queries.agreed() for one in part]  # type: ignore[misc]


def test_a_consent_stands_until_it_is_taken_back(person: Person, firm: Firm) -> None:
    one, house = person(1), firm("好房")
    with clock.at(DAY):
        actions.give(subscriber=one, principal=house, purpose="marketing", how="web")
    given = int(DAY.timestamp())
    ((*who, until),) = agreed()
    assert who == [8613800000001, house, given]
    assert until
    assert until > given + 3600
    with clock.at(DAY + timedelta(hours=1)):
        actions.refuse(subscriber=one, principal=house, purpose="marketing", how="web")
    assert agreed() == [(8613800000001, house, given, given + 3600)]


def test_who_never_agreed_is_not_among_them(person: Person, firm: Firm) -> None:
    actions.refuse(subscriber=person(1), principal=firm("好房"), purpose="marketing", how="web")
    assert agreed() == []


@pytest.mark.usefixtures("staged_here")
def test_of_a_whitelist_that_does_not_stand_nobody_agreed(firm: Firm, whitelist: ListFile) -> None:
    take(whitelist(row(1), row(2)), firm("好房"))
    assert len(agreed()) == 2
    assert {since for _, _, since, _ in agreed()} == {int(one.timestamp()) for one in _given()}
    Batch.objects.update(state=Batch.State.SUSPENDED)
    assert agreed() == []


def _given() -> list[datetime]:
    return [one for one in Consent.objects.values_list("given_at", flat=True) if one]
