"""代理商: register a seller, say what it may sell, suspend it, name its staff.

`desk`: the account of whoever does it on a page; 0 for a command. It stands in the entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from mingbai.channels import events, rules
from mingbai.channels.models import Scope, Seller, Staff
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.people import queries as people

_AT_MOST = 500  # plans, regions or ways in one scope


def register(organisation: int, *, desk: int = 0) -> int:
    """Make an organisation a seller; its id, the same when it is one already.

    Raises Problem for an unknown organisation, for one that is not active, and for a kind that sells nothing.
    """
    found = people.organisation(organisation)
    if found is None:
        raise Problem("channels.unknown_organisation", "no such organisation", where="organisation", status=404)
    if found.kind not in rules.SELLING_KINDS or found.state != "active":
        raise Problem("channels.no_seller", f"an organisation of kind {found.kind} does not sell", where="organisation")
    with transaction.atomic():
        made, new = Seller.objects.get_or_create(
            organisation_id=organisation, defaults={"created_at": clock.now(), "state": Seller.State.ACTIVE}
        )
        if new:
            _append(events.REGISTERED, made, {}, desk)
    return made.id


def set_state(seller: int, state: str, *, reason: str, desk: int = 0) -> None:
    """Make a seller active, suspended or ended. Raises Problem without a reason, and for one that has ended."""
    why = _reason(reason)
    with transaction.atomic():
        row = _seller(seller)
        if not rules.may_become(row.state, state):
            raise Problem("channels.state", f"the seller is {row.state}", where="state", status=409)
        Seller.objects.filter(id=seller, state=row.state).update(state=state)
        _append(events.STATE, row, {"state": state, "reason": why}, desk)


def grant(
    seller: int,
    *,
    operator: int,
    plans: Sequence[int] = (),
    regions: Sequence[str] = (),
    ways: Sequence[str] = (),
    from_date: date,
    to_date: date | None = None,
    desk: int = 0,
) -> int:
    """Let a seller sell tariffs of an operator; the scope's id. Empty lists are all plans, regions, ways.

    Raises Problem for an unknown seller, no operator, an unknown way, and dates the wrong way.
    """
    granter = people.organisation(operator)
    if granter is None or granter.kind != "operator":
        raise Problem("channels.no_operator", "no such operator", where="operator", status=404)
    if unknown := set(ways) - set(rules.WAYS):
        raise Problem("channels.unknown_way", f"no way of selling “{min(unknown)}”", where="ways")
    if to_date is not None and to_date < from_date:
        raise Problem("channels.dates", "a scope ends after it begins", where="to_date")
    if max(len(plans), len(regions), len(ways)) > _AT_MOST or any(not 0 < len(one) <= 24 for one in regions):
        raise Problem("channels.scope", f"at most {_AT_MOST} plans and regions of 1 to 24 characters", where="scope")
    with transaction.atomic():
        row = _seller(seller)
        if row.state == Seller.State.ENDED:
            raise Problem("channels.state", "the seller has ended", where="seller", status=409)
        said: dict[str, Any] = {
            "operator": operator, "plans": sorted(set(plans)), "regions": list(dict.fromkeys(regions)),
            "ways": sorted(set(ways)), "from": from_date.isoformat(), "to": to_date.isoformat() if to_date else "",
        }  # fmt: skip
        entry = _append(events.GRANTED, row, said, desk)
        made = Scope.objects.create(
            seller=row, operator_id=operator, plans=said["plans"], regions=said["regions"], ways=said["ways"],
            from_date=from_date, to_date=to_date, created_at=clock.now(), entry=entry,
        )  # fmt: skip
    return made.id


def revoke(scope: int, *, reason: str, desk: int = 0) -> None:
    """End a scope now; nothing happens when it has ended already. Raises Problem without a reason."""
    why = _reason(reason)
    with transaction.atomic():
        if Scope.objects.filter(id=scope, revoked_at=None).update(revoked_at=clock.now()):
            row = Scope.objects.select_related("seller").get(id=scope)
            _append(events.REVOKED, row.seller, {"scope": scope, "reason": why}, desk)


def add_staff(seller: int, *, account: int, number: str, desk: int = 0) -> int:
    """Name an account of the seller's organisation as sales staff; the row's id. Raises Problem otherwise."""
    bare = number.strip()
    if not bare or len(bare) > 24:
        raise Problem("channels.staff_number", "a staff number has 1 to 24 characters", where="number")
    try:
        with transaction.atomic():
            row = _seller(seller)
            if all(one.id != account or not one.is_active for one in people.accounts(row.organisation_id)):
                raise Problem("channels.no_account", "the seller has no such account", where="account", status=404)
            made = Staff.objects.create(seller=row, account_id=account, number=bare, since=clock.now())
            _append(events.STAFF, row, {"number": bare, "account": account}, desk)
    except IntegrityError:
        raise Problem("channels.staff_known", "this account or number is staff already", status=409) from None
    return made.id


def end_staff(staff: int, *, desk: int = 0) -> None:
    """A person of a seller leaves; nothing happens when they have left already."""
    with transaction.atomic():
        if Staff.objects.filter(id=staff, until=None).update(until=clock.now()):
            row = Staff.objects.select_related("seller").get(id=staff)
            _append(events.STAFF_ENDED, row.seller, {"number": row.number, "account": row.account_id}, desk)


def _seller(seller: int) -> Seller:
    row = Seller.objects.select_for_update().filter(id=seller).first()
    if row is None:
        raise Problem("channels.unknown", "no such seller", where="seller", status=404)
    return row


def _reason(text: str) -> str:
    bare = " ".join(text.split())
    if not bare:
        raise Problem("channels.no_reason", "a reason is needed", where="reason", mend="say why")
    return bare[:200]


def _append(kind: str, seller: Seller, content: dict[str, Any], desk: int) -> int:
    said = {"seller": seller.id, "organisation": seller.organisation_id, **content}
    if desk:
        said["desk"] = desk
    return ledger.append(kind, said, subject=f"organisation:{seller.organisation_id}", ref=f"seller:{seller.id}")
