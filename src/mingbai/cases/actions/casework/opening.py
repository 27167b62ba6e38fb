"""A case opens, gathers what comes to it, and is taken up by a person."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from mingbai.cases import steps
from mingbai.cases.actions.casework.recording import entered, held
from mingbai.cases.models import Case, Directive, Opening, Report, Reported
from mingbai.cases.queries import clocks
from mingbai.cases.rules import casework as rules
from mingbai.cases.rules.casework import Ground, State
from mingbai.kernel import clock, msisdn
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.problems import Problem
from mingbai.notices.queries import profile
from mingbai.numbers import queries as numbers
from mingbai.people import actions as identities
from mingbai.people import queries as people

_COUNTING = (Report.State.NEW, Report.State.STANDING, Report.State.JOINED)


def open_case(
    *,
    number: str = "",
    ground: str,
    account: int | None = None,
    detection: int | None = None,
    directive: int | None = None,
    subscriber: int | None = None,
) -> int:
    """Open a case on a number; the case's id. While one is under way that one is answered, with what is new attached.

    `number` as anybody writes it, or `subscriber` when it is a person's. Raises Problem for what is no number, and for
    a case by hand that nobody opens.
    """
    sort = _ground(ground)
    if sort is Ground.HAND and account is None:
        raise Problem("cases.no_account", "somebody opens a case by hand", where="account")
    found = people.number_of(subscriber) if subscriber else msisdn.require(number)
    reference = detection or directive or 0
    try:
        with transaction.atomic():
            return _opened(found, subscriber, sort, account, reference)
    except IntegrityError:  # somebody else opened it in this moment
        with transaction.atomic():
            return _opened(found, subscriber, sort, account, reference)


def take_up(case: int, *, account: int) -> None:
    """A person verifies from now on. Raises Problem when somebody else does so already."""
    with transaction.atomic():
        now = clock.now()
        rows = Case.objects.filter(id=case, state=State.OPEN)
        if rows.update(state=State.VERIFYING, verifier=account, taken_at=now):
            entered(steps.TAKEN_UP, case, {"account": account})
            return
        row = held(case)
        if row.verifier != account or row.state != State.VERIFYING:
            raise Problem("cases.taken", f"the case is {row.state}", where="case", status=409)


def hand_over(case: int, *, account: int, to: int) -> None:
    """Whoever verifies gives the case to a colleague. Raises Problem unless `account` verifies it now."""
    with transaction.atomic():
        row = Case.objects.select_for_update().filter(id=case).first()
        before = sorted({*row.verified_before, account}) if row else []
        rows = Case.objects.filter(id=case, state=State.VERIFYING, verifier=account)
        if not rows.update(verifier=to, verified_before=before):
            raise Problem("cases.not_yours", "somebody else verifies this case", where="case", status=409)
        entered(steps.HANDED_OVER, case, {"account": account, "to": to})


def _ground(word: str) -> Ground:
    try:
        return Ground(word)
    except ValueError:
        raise Problem("cases.unknown_ground", f"no ground “{word}”", where="ground", mend=", ".join(Ground)) from None


def _opened(number: Msisdn, subscriber: int | None, ground: Ground, account: int | None, reference: int) -> int:
    view = numbers.holder_of(number)
    registered = view is not None and view.in_force and view.closed_at is None
    tenant = None
    if number.may_subscribe and not registered:
        tenant = subscriber or identities.ensure_subscriber(number)
    about: dict[str, Any] = {"subscriber_id": tenant} if tenant else {"digits": number.digits, "subscriber": None}
    row = Case.objects.select_for_update().filter(state__in=rules.UNDER_WAY, **about).first()
    if row is None:
        row = _made(about, ground, account)
        if view is not None and registered:
            row.resource, row.holder_id, row.principal_id = view.id, view.holder, view.principal
        row.entry = 0
        row.save(force_insert=True)
        row.entry = entered(steps.OPENED, row.id, {"ground": ground, "account": account or 0, "reference": reference})
        row.save(update_fields=["entry"])
        _attach(row, number, ground, account, reference)
    elif _attach(row, number, ground, account, reference):
        entered(steps.ATTACHED, row.id, {"ground": ground, "account": account or 0, "reference": reference})
    return row.id


def _made(about: dict[str, Any], ground: Ground, account: int | None) -> Case:
    now = clock.now()
    until = clocks.calendar().due(now, profile().cases.verify_days)
    return Case(
        ground=ground, opened_at=now, opened_by=account, due_at=until.at, provisional=until.provisional, **about
    )  # fmt: skip


def _attach(row: Case, number: Msisdn, ground: Ground, account: int | None, reference: int) -> bool:
    """Note on what the case stands, and take the reports on its number along; whether anything was new."""
    known = row.openings.filter(ground=ground, reference=reference)
    new = not known.exists()
    if new:
        Opening.objects.create(case=row, ground=ground, reference=reference, account=account, at=clock.now())
    if ground is Ground.DIRECTIVE and reference:
        Directive.objects.filter(id=reference).update(case=row.id)
    tenant = row.subscriber_id or people.subscriber_id(number)
    of_number = Q(subscriber_id=tenant) if tenant else Q(digits=number.digits, subscriber=None)
    about = Reported.objects.filter(of_number)
    about.update(case=row.id)
    reports = Report.objects.filter(reported__in=about, state__in=_COUNTING, case=None)
    return bool(reports.update(case=row.id)) or new
