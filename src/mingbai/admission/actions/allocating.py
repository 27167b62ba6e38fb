"""分配与收回: what was signed for is registered in `numbers`; given back or shut, it rests and begins anew."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from mingbai.admission import events
from mingbai.admission.actions import entry, rechecking, who
from mingbai.admission.actions.recording import append, held, iso, move, policy
from mingbai.admission.actions.reviewing import refuse_inactive
from mingbai.admission.models import Application, Contract
from mingbai.admission.rules import declared as rules
from mingbai.admission.rules.words import Sort, State
from mingbai.kernel import clock
from mingbai.kernel.msisdn import of_digits
from mingbai.kernel.problems import Problem
from mingbai.numbers import actions as numbers
from mingbai.numbers import queries as registered
from mingbai.people import queries as people

VERB = "allocate.number"


def allocate(application: int, *, account: int) -> int:
    """Give what was signed for to its holder and principal; the id of the number resource, or of the line's trunk.

    The contract's frequency limits hold at the gate within a second: for each number, and for all of the holder's
    together. Raises Problem when the numbers are taken or rest, and while a firm of the chain is not active.
    """
    who.staff(account, VERB)
    with transaction.atomic():
        row = held(application)
        if row.state != State.SIGNED:
            raise Problem("admission.state", f"the application is {row.state}", where="application", status=409)
        refuse_inactive(row)
        entry.refuse_put_out(row)
        contract = Contract.objects.get(application=row)
        if row.sort == Sort.LINE:
            made = _line(row)
            move(row, (State.SIGNED,), State.ALLOCATED, trunk_id=made)
        elif row.changes_id is not None:
            made = _changed(row, contract)
        else:
            made = _numbers(row, contract)
            move(row, (State.SIGNED,), State.ALLOCATED, resource_id=made)
        if row.sort == Sort.NUMBERS:
            _together(row.applicant_id, add=contract)
        append(events.ALLOCATED, row, resource=made, account=account)
        rechecking.plan(row)
    return made


def give_back(application: int, *, account: int, reason: str) -> None:
    """交回: the firm (or staff for it) gives back what it was allocated; its numbers rest, then begin a new tenure."""
    _end(application, account, "returned", reason)


def shut(application: int, *, account: int, reason: str) -> None:
    """关停: an operator's staff takes the numbers away; who held them is recognised when it comes back."""
    _end(application, account, "shut", reason)


def _end(application: int, account: int, how: str, reason: str) -> None:
    with transaction.atomic():
        row = held(application)
        if how == "shut":
            who.staff(account, VERB)
        else:
            who.for_firm(account, "apply.number", row.applicant_id)
        why = rules.words(reason, "reason")
        now = clock.now()
        until = now + timedelta(days=policy().admission.rest_days)
        move(row, (State.ALLOCATED,), State.ENDED, ended_at=now, reason=why)
        if row.resource_id is not None:
            numbers.end(row.resource_id, how=how, reason=why, rests_until=until)
        elif row.trunk_id is not None:
            _leave_line(row.trunk_id)
        _ended(row)
        append(events.RETURNED, row, how=how, reason=why, rests_until=iso(until), account=account)


def _numbers(row: Application, contract: Contract) -> int:
    assert row.first is not None
    assert row.last is not None
    return numbers.register_number(
        first=of_digits(str(row.first)), last=of_digits(str(row.last)), holder=row.applicant_id,
        principal=row.principal_id, reseller=row.reseller_id, use=row.use, industry=row.industry, label=row.label,
        trunks=row.trunks, per_minute=contract.per_minute, per_hour=contract.per_hour, per_day=contract.per_day,
        outbound_committed=True,  # clause 15 of the contract
    )  # fmt: skip


def _changed(row: Application, contract: Contract) -> int:
    """What was refiled holds from now on; the application that it changes is over."""
    former = held(row.changes_id or 0)
    if former.state != State.ALLOCATED or former.resource_id is None:
        raise Problem("admission.state", "what it changes was given back", where="application", status=409)
    resource = former.resource_id
    numbers.refile(
        resource, principal=row.principal_id, reseller=row.reseller_id, use=row.use, industry=row.industry,
        trunks=row.trunks,
    )  # fmt: skip
    numbers.set_limits(
        resource, per_minute=contract.per_minute, per_hour=contract.per_hour, per_day=contract.per_day
    )  # fmt: skip
    numbers.set_own_label(resource, row.label)
    move(former, (State.ALLOCATED,), State.ENDED, ended_at=clock.now(), reason=f"变更为申请 {row.id}")
    _ended(former)
    move(row, (State.SIGNED,), State.ALLOCATED, resource_id=resource)
    return resource


def _line(row: Application) -> int:
    """The trunk, and on it the numbers that may be sent over it."""
    made = numbers.create_trunk(row.line, row.carrier_id, row.line_source)
    for low, high in row.sendable:
        for found in registered.overlapping(int(low), int(high)):
            # A number that may come from any line may come from this one too.
            if found.closed_at is None and found.trunks:
                numbers.set_trunks(found.id, [*found.trunks, made])
    return made


def _leave_line(trunk: int) -> None:
    """Take a line that is given back from its numbers. Raises Problem for a number that has no other."""
    line = registered.trunk(trunk)
    assert line is not None
    for ident in registered.hanging_on(line.carrier):
        found = registered.resource(ident)
        if found is None or trunk not in found.trunks:
            continue
        others = [one for one in found.trunks if one != trunk]
        if not others:
            what = "a number comes from this line alone"
            raise Problem("admission.line_in_use", what, where="line", mend="give it another line first", status=409)
        numbers.set_trunks(ident, others)


def _ended(row: Application) -> None:
    """The contract and the looks end; the holder's limit for all its numbers together is less by what it was."""
    contract = Contract.objects.get(application=row)
    Contract.objects.filter(id=contract.id).update(ended_at=clock.now())
    rechecking.drop(row)
    if row.sort == Sort.NUMBERS:
        _together(row.applicant_id, less=contract)


def _together(holder: int, *, add: Contract | None = None, less: Contract | None = None) -> None:
    """What all of a holder's numbers may do together: the sum of its contracts, beside what stood before them."""
    standing = registered.contract(holder)
    if add is not None:
        before = standing.limits if standing else (0, 0, 0)
        more = (add.per_minute, add.per_hour, add.per_day)
        # Where a holder of other numbers has no limit, its new contract is no limit for those.
        free = _other_numbers(holder)
        limits = [one + two if one or not free else 0 for one, two in zip(before, more, strict=True)]
    else:
        assert less is not None
        before = standing.limits if standing else (0, 0, 0)
        gone = (less.per_minute, less.per_hour, less.per_day)
        limits = [max(0, one - two) for one, two in zip(before, gone, strict=True)]
    firm = people.organisation(holder)
    if firm is None or firm.state != "active":
        return
    numbers.sign_contract(holder, per_minute=limits[0] or None, per_hour=limits[1] or None, per_day=limits[2] or None)


def _other_numbers(holder: int) -> bool:
    """Whether the holder had numbers before, that no contract of this room is about."""
    ours = set(
        Application.objects.filter(applicant_id=holder, state=State.ALLOCATED).values_list("resource", flat=True)
    )
    return any(one.closed_at is None and one.id not in ours for one in registered.of_organisation(holder))
