"""Who looks at a verdict, and what they may see of it.

A stranger learns that a call was refused, which whoever has the address knows, and when, which the card must say. A
verdict's id holds 74 random bits of its segment; who has one can count on to its neighbours, so that tries that miss
are limited, and calls that rang are to strangers like calls that never were.
"""

from __future__ import annotations

from typing import NamedTuple

from django.core.cache import cache
from django.http import Http404, HttpRequest

from mingbai.calls import queries as calls
from mingbai.calls.queries import Attempt
from mingbai.cases import queries as cases
from mingbai.cases import rules
from mingbai.cases.rules import Party
from mingbai.kernel import clock
from mingbai.web import limits
from mingbai.web.desk import Desk, desk_of
from mingbai.web.my.access import subscriber_of

OPEN_SECONDS = 600  # how long staff sees a verdict after giving a reason
TRIES = 300  # an hour from one address, that miss or make the lake be searched
_OPENED = "opened_verdicts"


class Seen(NamedTuple):
    """A verdict and who looks at it.

    `party`: as whom, when the call is theirs, with the `account` that acts when that is a firm. `staff`: they may see
    it for a reason, and `opened` when they gave one. `desk`: where they sit, if they are logged in with an account.
    """

    attempt: Attempt
    party: Party | None
    account: int | None
    desk: Desk | None
    may_appeal: bool
    staff: bool
    opened: bool

    @property
    def verdict(self) -> str:
        return self.attempt.receipt_id

    @property
    def shown(self) -> bool:
        """Whether the record itself may be shown."""
        return self.party is not None or self.opened


def is_stranger(request: HttpRequest) -> bool:
    return subscriber_of(request) is None and desk_of(request) is None


def refused_at(request: HttpRequest, verdict: str) -> int:
    """When a refused call was refused, µs since 1970: all that strangers may know. Raises Http404 for any other id,
    Problem (429) for too many tries."""
    key = f"redress:{verdict}"
    known: int | None = cache.get(key)
    if known is None:
        found = _found(request, verdict)
        if not rules.may_appeal(found.decision):
            _count(request)
            raise Http404
        known = found.at_us
        cache.set(key, known, limits.HOUR)
    return known


def seen(request: HttpRequest, verdict: str) -> Seen:
    """The verdict as whoever is logged in sees it. Raises Http404 when there is none, or none that they may know of."""
    attempt, desk = _found(request, verdict), desk_of(request)
    party, account = _party(request, desk, attempt), None
    if party is not None and party.organisation and desk is not None:
        account = desk.account
    staff = desk is not None and desk.is_operator and desk.may("look.subscriber")
    opened = staff and clock.now_s() - request.session.get(_OPENED, {}).get(verdict, 0) < OPEN_SECONDS
    refused = rules.may_appeal(attempt.decision)
    if party is None and not staff and not refused:
        _count(request)
        raise Http404
    allowed = party is not None and (account is None or (desk is not None and desk.may("make.appeal")))
    return Seen(attempt, party, account, desk, refused and allowed, staff, opened)


def open_for_staff(request: HttpRequest, verdict: str) -> None:
    """Have this session see the verdict for a while. The reason is on record by then."""
    now = clock.now_s()
    kept = {key: at for key, at in request.session.get(_OPENED, {}).items() if now - at < OPEN_SECONDS}
    request.session[_OPENED] = {**kept, verdict: now}


def _party(request: HttpRequest, desk: Desk | None, attempt: Attempt) -> Party | None:
    if desk is not None and desk.may("see.consents"):
        firm = Party(organisation=desk.organisation.id)
        if cases.concerns(firm, attempt):
            return firm
    subscriber = subscriber_of(request)
    if subscriber is not None and cases.concerns(person := Party(subscriber=subscriber), attempt):
        return person
    return None


def _found(request: HttpRequest, verdict: str) -> Attempt:
    limits.refuse_beyond(_tries(request), TRIES)
    found = calls.attempt(verdict)
    # The journal is looked into by place, the lake is searched.
    if found is None or (found.entry is not None and is_stranger(request)):
        _count(request)
    if found is None:
        raise Http404
    return found


def _count(request: HttpRequest) -> None:
    limits.count(_tries(request))


def _tries(request: HttpRequest) -> str:
    return f"redress:{limits.origin(request)}"
