"""What other rooms may know of appeals, and who is a party to a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mingbai.calls.queries import Attempt
from mingbai.cases import rules
from mingbai.cases.models import Appeal
from mingbai.cases.rules import Party
from mingbai.kernel.msisdn import of_digits
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.people import queries as people


@dataclass(frozen=True)
class AppealView:
    """An appeal. `index` and `answer_index`: its entries' places in the log, None while they wait for one.

    `case`, of one about a case: by `due_at` it should be decided; `outcome`: upheld or rejected, "" for all others.
    """

    id: int
    verdict: str
    party: Party
    text: str
    made_at: datetime
    index: int | None
    state: str
    answer: str
    answered_at: datetime | None
    answer_index: int | None
    case: int | None = None
    due_at: datetime | None = None
    outcome: str = ""


def concerns(party: Party, attempt: Attempt) -> bool:
    """Whether a call was made by or for an organisation, or names a subscriber's number, in their tenure, as caller."""
    if party.organisation:
        return rules.made_for(party.organisation, holder=attempt.holder, principal=attempt.principal)
    view = people.subscriber(party.subscriber)
    try:
        number = people.number_of(party.subscriber).digits
    except Problem:  # erased
        return False
    if view is None:
        return False
    ended = int(view.ended_at.timestamp() * 1e6) if view.ended_at else None
    began = int(view.began_at.timestamp() * 1e6)
    return rules.made_from(number, began, ended, caller=attempt.caller, at_us=attempt.at_us)


def caller_party(attempt: Attempt) -> Party:
    """Whose call it is, as far as the house knows: the holder, else the present user of the calling number."""
    if attempt.holder:
        return Party(organisation=attempt.holder)
    number = of_digits(attempt.caller) if attempt.caller else None
    found = people.subscriber_id(number) if number is not None else None
    party = Party(subscriber=found or 0)
    return party if found and concerns(party, attempt) else Party()


def appeal(appeal: int) -> AppealView | None:
    """One appeal."""
    row = Appeal.objects.filter(id=appeal).first()
    return view(row) if row else None


def of_party(verdict: str, party: Party) -> AppealView | None:
    """What a party said about a verdict."""
    rows = Appeal.objects.filter(verdict=verdict)
    if party.subscriber:
        row = rows.filter(subscriber_id=party.subscriber).first()
    else:
        row = rows.filter(organisation_id=party.organisation).first()
    return view(row) if row else None


def of_verdict(verdict: str) -> list[AppealView]:
    """What anybody said about a verdict, oldest first; for staff."""
    return [view(row) for row in Appeal.objects.filter(verdict=verdict).order_by("id")]


def appeals(*, state: str = "", after: int = 0, limit: int = 100) -> list[AppealView]:
    """Appeals with an id above `after`, oldest first; in a state, if asked."""
    rows = Appeal.objects.filter(id__gt=after)
    if state:
        rows = rows.filter(state=state)
    return [view(row) for row in rows.order_by("id")[:limit]]


def waiting() -> int:
    """How many appeals wait for an answer."""
    return Appeal.objects.filter(state=Appeal.State.OPEN).count()


def view(row: Appeal) -> AppealView:
    return AppealView(
        row.id,
        row.verdict,
        Party(row.organisation_id or 0, row.subscriber_id or 0),
        row.text,
        row.made_at,
        ledger.status(row.entry),
        row.state,
        row.answer,
        row.answered_at,
        ledger.status(row.answer_entry) if row.answer_entry is not None else None,
        row.case_id,
        row.due_at,
        row.outcome,
    )
