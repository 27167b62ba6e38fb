"""限制: restrict a number or an organisation for a while, lift that, and let it begin and end by itself.

A change names its restriction in `ref`: the feed reads from there what stands now against the number or organisation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from mingbai.kernel import clock
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.ledger.canonical import Json
from mingbai.numbers import events
from mingbai.numbers.models import Restriction
from mingbai.numbers.rules import restrictions as rules
from mingbai.numbers.rules.restrictions import NO_LIMITS, Limits, State, Target
from mingbai.people import queries as people

_AT_ONCE = 200
_READ = timedelta(hours=1)
_ENDED = "its time is over"
_GONE = "the number has another user"


def restrict(
    *,
    target: str,
    kind: str,
    begin: datetime,
    end: datetime,
    case: int,
    number: Msisdn | None = None,
    organisation: int | None = None,
    limits: Limits = NO_LIMITS,
) -> int:
    """Restrict a number, registered or not, or an organisation as holder or principal, from `begin` to `end`; its id.

    A `begin` that is not later than now begins now. `limits`: calls a minute, an hour, a day, for kind “limited”.
    Raises Problem for what does not go together (`numbers.rules.restrictions.check`), or ends before it begins.
    """
    hit, sort = rules.check(target, kind, limits)
    row = Restriction(target=hit, kind=sort, case=case, **_aimed(hit, number, organisation))
    now = clock.now()
    if end <= max(begin, now):
        raise Problem("numbers.restriction_ends", "a restriction ends after it begins", where="end")
    row.per_minute, row.per_hour, row.per_day = limits
    row.begins_at, row.ends_at, row.made_at = max(begin, now), end, now
    row.state = State.STANDING if begin <= now else State.WAITING
    row.due_at = end if begin <= now else begin
    with transaction.atomic():
        row.save(force_insert=True)
        _append(events.RESTRICTED, row, {"begins_at": _iso(row.begins_at), "ends_at": _iso(end), "limits": [*limits]})
    return row.id


def lift(restriction: int, *, reason: str) -> bool:
    """End a restriction before its time, for good; False when it is over already. Raises Problem for an unknown one."""
    with transaction.atomic():
        row = Restriction.objects.filter(id=restriction).first()
        if row is None:
            raise Problem("numbers.no_restriction", "there is no such restriction", where="restriction", status=404)
        return _over(row, State.LIFTED, (State.WAITING, State.STANDING), events.LIFTED, reason)


def restrict_due() -> int:
    """Begin and end restrictions whose time has come, and end those of a number that has another user now; how many.

    For the work loop.
    """
    now, done = clock.now(), 0
    for row in Restriction.objects.filter(due_at__lte=now).order_by("due_at")[:_AT_ONCE]:
        with transaction.atomic():
            if row.ends_at <= now:
                done += _over(row, State.ENDED, (State.WAITING, State.STANDING), events.RESTRICTION_ENDED, _ENDED)
            else:
                done += _begin(row)
    former = Restriction.objects.filter(due_at__isnull=False, tenant__ended_at__isnull=False)
    for row in former[:_AT_ONCE]:
        with transaction.atomic():
            done += _over(row, State.ENDED, (State.WAITING, State.STANDING), events.RESTRICTION_ENDED, _GONE)
    return done


def forget_numbers() -> int:
    """Take the numbers of erased users out of restrictions that are over since an hour; how many. For the work loop.

    An hour: the feed still reads there which number is free again.
    """
    gone = Restriction.objects.filter(over_at__lte=clock.now() - _READ, tenant__sealed=None, tenant__isnull=False)
    return gone.exclude(number=0).update(number=0)


def _begin(row: Restriction) -> bool:
    waiting = Restriction.objects.filter(id=row.id, state=State.WAITING)
    if not waiting.update(state=State.STANDING, due_at=row.ends_at):
        return False
    _append(events.RESTRICTION_BEGAN, row, {})
    return True


def _over(row: Restriction, state: State, before: Sequence[State], kind: str, reason: str) -> bool:
    rows = Restriction.objects.filter(id=row.id, state__in=before)
    if not rows.update(state=state, due_at=None, over_at=clock.now()):
        return False
    _append(kind, row, {"reason": reason[:200]})
    return True


def _aimed(target: Target, number: Msisdn | None, organisation: int | None) -> dict[str, int | None]:
    """The columns of whom it hits."""
    if target is not Target.NUMBER:
        if organisation is None or people.organisation(organisation) is None:
            raise Problem("numbers.unknown_organisation", "no such organisation", where="organisation", status=404)
        return {"organisation_id": organisation}
    if number is None or not number.digits:
        raise Problem("numbers.restriction_number", "this is no number", where="number", mend="name one number")
    return {"number": int(number.digits), "tenant_id": people.subscriber_id(number)}


def _append(kind: str, row: Restriction, more: dict[str, Json]) -> None:
    content: dict[str, Json] = {"restriction": row.id, "case": row.case, "target": row.target, "kind": row.kind, **more}
    if row.organisation_id:
        subject = f"organisation:{row.organisation_id}"
    else:
        # Nothing is written under the key of a former user, which may be destroyed.
        mine = row.tenant_id is not None and people.is_current(row.tenant_id)
        subject = f"subscriber:{row.tenant_id}" if mine else ""
    ledger.append(kind, content, subject=subject, ref=f"restriction:{row.id}")


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
