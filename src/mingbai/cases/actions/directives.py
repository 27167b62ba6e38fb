"""督办: an authority wants a number looked into by a day; a case is opened at once, and an answer is owed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mingbai.cases import events
from mingbai.cases.actions.casework.opening import open_case
from mingbai.cases.models import Directive
from mingbai.cases.queries import whose
from mingbai.cases.rules import reports as rules
from mingbai.cases.rules.appeals import words
from mingbai.kernel import clock
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.ledger.canonical import Json
from mingbai.people import actions as make
from mingbai.people import queries as people

LONGEST_REFERENCE = 40


def direct(
    *, authority: int, account: int, reference: str, number: Msisdn, text: str, due_at: datetime
) -> tuple[int, str]:
    """An authority directs that a number be looked into; (id, number to follow it by). A case is open when it returns.

    Raises Problem for an organisation that is no authority, for a reference that it used already, for a day that is
    past, for a caller without a number, and for a text that says nothing.
    """
    said, now, named = words(text, "text"), clock.now(), " ".join(reference.split())
    organisation = people.organisation(authority)
    if organisation is None or organisation.kind != "authority" or organisation.state != "active":
        raise Problem("directives.no_authority", "only an authority directs", where="authority", status=403)
    if not 1 <= len(named) <= LONGEST_REFERENCE:
        raise Problem("directives.reference", f"1 to {LONGEST_REFERENCE} characters are needed", where="reference")
    if due_at <= now:
        raise Problem("directives.past", "this time is past", where="due_at", mend="give a day that is to come")
    if not number.valid:
        raise Problem("reports.no_number", "this is no telephone number", where="number")
    with transaction.atomic():
        if Directive.objects.filter(organisation_id=authority, reference=named).exists():
            what = "this reference was used for another directive"
            raise Problem("directives.known", what, where="reference", status=409)
        target = make.ensure_subscriber(number) if number.may_subscribe else None
        follow = rules.new_follow()
        entry = ledger.append(
            events.DIRECTED,
            {"account": account, "due_at": whose.iso(due_at), "follow": follow, "number": number.masked,
             "reference": named, "text": said},
            subject=f"organisation:{authority}",
        )  # fmt: skip
        made = Directive.objects.create(
            follow=follow, organisation_id=authority, account=account, reference=named, text=said, made_at=now,
            due_at=due_at, digits="" if target else number.digits, target_id=target, entry=entry,
        )  # fmt: skip
        case = open_case(number=number.e164, ground="directive", account=account, directive=made.id)
        Directive.objects.filter(id=made.id).update(case=case)
    return made.id, follow


def answer_directive(directive: int, *, account: int, text: str) -> None:
    """Staff answers a directive, once. Raises Problem for an unknown one and for one that is answered."""
    said, now = words(text, "answer"), clock.now()
    with transaction.atomic():
        row = Directive.objects.select_for_update().filter(id=directive).first()
        if row is None:
            raise Problem("directives.unknown", "there is no such directive", where="directive", status=404)
        if row.state != Directive.State.OPEN:
            raise Problem("directives.answered", "this directive is answered already", status=409)
        content: dict[str, Json] = {"account": account, "follow": row.follow, "reference": row.reference, "text": said}
        entry = ledger.append(events.DIRECTIVE_ANSWERED, content, subject=f"organisation:{row.organisation_id}")
        Directive.objects.filter(id=directive, state=Directive.State.OPEN).update(
            state=Directive.State.ANSWERED, answer=said, answered_at=now, answered_by=account, answer_entry=entry,
            late=row.late or row.due_at <= now,
        )  # fmt: skip
