"""变更备案 and 收回: what is registered of a number changes, or the number goes back and rests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from mingbai.kernel import clock, msisdn, profile
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Industry, Use
from mingbai.numbers import events, rules
from mingbai.numbers.actions import labels, registering
from mingbai.numbers.models import Assignment, NumberResource, Standing
from mingbai.people import queries as people

HOWS = ("returned", "shut")  # given back by its holder; taken away
State = NumberResource.State


def refile(
    resource: int, *, principal: int, use: str, industry: str, trunks: list[int], reseller: int | None = None
) -> None:
    """From now on the number is registered for this principal, use, industry, reseller and lines.

    What was so before stays known (`queries.standing_at`). Raises Problem as `register_number`, and for a closed one.
    """
    firm = registering.organisation(principal, "principal")
    behind = registering.organisation(reseller, "reseller").id if reseller is not None else None
    if use not in set(Use):
        raise Problem("numbers.unknown_use", f"no use “{use}”", where="use", mend=", ".join(Use))
    if industry not in {"", *Industry}:
        raise Problem("numbers.unknown_industry", f"no industry “{industry}”", where="industry")
    lines = registering.trunk_ids(trunks)
    with transaction.atomic():
        row = registering.opened(resource)
        holder = people.organisation(row.holder_id)
        assert holder is not None
        forbidden = profile.load(settings.HOME).numbers.call_centre_forbidden_kinds
        rules.check_use(msisdn.of_digits(str(row.first)).kind, Use(use), holder.kind, forbidden)
        row.principal_id, row.reseller_id, row.use, row.industry = firm.id, behind, use, industry
        row.save(update_fields=["principal", "reseller", "use", "industry"])
        row.trunks.set(lines)
        registering.stands_anew(row, lines)
        content: dict[str, Any] = {
            "principal": firm.id, "reseller": behind, "use": use, "industry": industry, "trunks": list(lines),
        }  # fmt: skip
        registering.append(events.REFILED, content, row)
        labels.registrations_changed([(row.first, row.last)])


def end(resource: int, *, how: str, reason: str, rests_until: datetime) -> None:
    """Take a number back: it is closed, and nobody is given it before `rests_until`; then it begins a new tenure.

    `how`: “returned” by its holder, or “shut”. Raises Problem without a reason, and for one that is closed already.
    """
    if how not in HOWS:
        raise Problem("numbers.unknown_ending", f"no such ending “{how}”", where="how", mend=", ".join(HOWS))
    if not reason.strip():
        raise Problem("numbers.no_reason", "a reason is needed", where="reason", mend="say why")
    with transaction.atomic():
        registering.lock()
        now = clock.now()
        row = registering.opened(resource)
        NumberResource.objects.filter(id=resource, closed_at=None).update(
            state=State.CLOSED, closed_at=now, ended_how=how, rests_until=rests_until
        )
        Assignment.objects.filter(number_id=resource, ended_at=None).update(ended_at=now)
        Standing.objects.filter(number_id=resource, ended_at=None).update(ended_at=now)
        until = rests_until.astimezone(UTC).isoformat(timespec="seconds")
        content: dict[str, Any] = {"how": how, "reason": reason.strip()[:200], "rests_until": until}
        registering.append(events.ENDED, content, row)
        labels.registrations_changed([(row.first, row.last)])
