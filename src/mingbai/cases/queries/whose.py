"""In whose hands a number was when it called: who has it next is not blamed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from mingbai.cases.models import Reported
from mingbai.consent import queries as consents
from mingbai.kernel import clock
from mingbai.kernel.msisdn import Msisdn, of_digits
from mingbai.kernel.problems import Problem
from mingbai.numbers import queries as numbers
from mingbai.people import queries as people

_REFUSED = ("refused", "withdrawn")


class Tenure(NamedTuple):
    """Who had a number: the subscriber of a person's number, the resource of a registered one; 0 for none.

    `use` is what the resource was declared for, `principal` for whom it called.
    """

    subscriber: int = 0
    resource: int = 0
    holder: int = 0
    principal: int = 0
    use: str = ""
    person: bool = False

    @property
    def private(self) -> bool:
        """A person's own number, that nobody registered for anything."""
        return self.person and not self.resource

    def differs(self, other: Tenure) -> bool:
        """Whether both are known, and not the same hands."""
        pairs = ((self.subscriber, other.subscriber), (self.resource, other.resource))
        return any(mine and theirs and mine != theirs for mine, theirs in pairs)


def at(number: Msisdn, moment: datetime) -> tuple[Tenure, bool]:
    """Who had a number at a moment, and whether somebody else has it now."""
    now = clock.now()
    person = number.is_person
    then = people.tenure_at(number, moment) if number.may_subscribe else None
    current = people.subscriber_id(number) if number.may_subscribe else None
    whole = int(number.digits)
    held = [one for one in numbers.overlapping(whole, whole) if one.created_at <= now]
    then_held = next((one for one in reversed(held) if _held(one, moment)), None)
    now_held = next((one for one in reversed(held) if _held(one, now)), None)
    moved = then is not None and current is not None and then != current
    moved |= now_held is not None and (then_held is None or then_held.id != now_held.id)
    if then_held is None:
        return Tenure(then or 0, person=person), moved
    return Tenure(then or 0, then_held.id, then_held.holder, then_held.principal, then_held.use, person), moved


def _held(one: numbers.NumberView, moment: datetime) -> bool:
    return one.created_at <= moment and (one.closed_at is None or moment < one.closed_at)


def refused_us(reporter: int | None, number: Msisdn, tenure: Tenure) -> int | None:
    """Since when somebody clearly wants no calls from a number: a refusal of its firm, or a block; µs. None: never."""
    if reporter is None:
        return None
    since = [
        one.changed_at
        for one in consents.of_subscriber(reporter)
        if tenure.principal and one.principal == tenure.principal and one.state in _REFUSED
    ]
    for block in consents.blocks(reporter):
        if (
            (block.kind == "number" and block.value == number.digits)
            or (block.kind == "prefix" and number.digits.startswith(block.value))
            or (block.kind == "firm" and tenure.principal and block.value == str(tenure.principal))
        ):
            since.append(block.created_at)
    return int(min(since).timestamp() * 1e6) if since else None


def number_of(row: Reported) -> Msisdn | None:
    """The reported number; None when its user was erased."""
    if row.subscriber_id is None:
        return of_digits(row.digits)
    try:
        return people.number_of(row.subscriber_id)
    except Problem:
        return None


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
