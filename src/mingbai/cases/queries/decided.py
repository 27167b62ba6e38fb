"""How cases were found, for whoever wants to know how right something was: numbers, not people."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from mingbai.cases.models import Finding
from mingbai.cases.rules import casework as rules
from mingbai.kernel.msisdn import Msisdn
from mingbai.people import queries as people

_CLEARED = (rules.Finding.LEGITIMATE, rules.Finding.QUARREL)


class Decided(NamedTuple):
    """A number whose case was decided and not overturned since; `digits` in normal form."""

    case: int
    digits: str
    guilty: bool
    at: datetime


def decided(since: datetime, until: datetime) -> list[Decided]:
    """Cases opened in this time whose finding stands: against the number, or for it; not proven is neither.

    Of several cases on one number the last one counts. Numbers that were erased are left out.
    """
    rows = (
        Finding.objects.filter(
            overturned_at=None, kind__in=[*rules.GUILTY, *_CLEARED], case__opened_at__gte=since,
            case__opened_at__lt=until,
        )
        .order_by("id")
        .values_list("case_id", "case__digits", "case__subscriber_id", "kind", "at")
    )  # fmt: skip
    found = list(rows)
    numbers = people.numbers_of({row[2] for row in found if row[2]})
    known: dict[str, Decided] = {}
    for case, digits, subscriber, kind, at in found:
        number = numbers.get(subscriber, "") if subscriber else digits
        if number:
            known[number] = Decided(case, number, kind in rules.GUILTY, at)
    return list(known.values())


def cleared_since(number: Msisdn, since: datetime) -> bool:
    """Whether a person found a number legitimate, or its reports a quarrel, since then; and nobody overturned it."""
    tenant = people.subscriber_id(number)
    about = Q(case__digits=number.digits, case__subscriber=None)
    if tenant:
        about |= Q(case__subscriber_id=tenant)
    return Finding.objects.filter(about, overturned_at=None, kind__in=_CLEARED, at__gte=since).exists()
