"""申请: a firm enters what it wants and declares, hands in papers, submits; and changes or withdraws it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from mingbai.admission import events, traits
from mingbai.admission.actions import entry, recording, who
from mingbai.admission.actions.recording import append, held, move, policy, today
from mingbai.admission.models import Application, Document, Trait
from mingbai.admission.rules import declared as rules
from mingbai.admission.rules import words
from mingbai.admission.rules.declared import Declaration, Handed, Hours
from mingbai.admission.rules.words import EDITABLE, Paper, Sort, State
from mingbai.kernel import clock
from mingbai.kernel.msisdn import Msisdn, of_digits
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Use
from mingbai.kernel.workdays import Calendar
from mingbai.numbers import queries as numbers
from mingbai.people import queries as people

VERB = "apply.number"
MOST_OPEN = 200  # applications of one firm that are not decided
GIVEN = (words.Trait.LICENCE, words.Trait.LEGAL_PERSON, words.Trait.CONTACT, words.Trait.ADDRESS, words.Trait.BANK)


def enter(*, account: int, applicant: int, declaration: Declaration) -> int:
    """Enter an application for `applicant`; its id. By the firm itself, or by an operator's staff for it.

    Raises Problem for what cannot be applied for, or may not be declared.
    """
    who.for_firm(account, VERB, applicant)
    fields = _checked(applicant, declaration)
    open_ones = Application.objects.filter(applicant_id=applicant, state__in=[one.value for one in words.LIVE])
    with transaction.atomic():
        if open_ones.count() >= MOST_OPEN:
            raise Problem("admission.too_many_open", "too many applications are open", where="applicant", status=429)
        row = Application.objects.create(
            applicant_id=applicant, editors=[account], entered_at=clock.now(), state=State.DRAFT.value, **fields
        )
        append(events.ENTERED, row, account=account, **_told(row))
    return row.id


def amend(application: int, *, account: int, declaration: Declaration) -> None:
    """Declare anew what has not been decided: a draft, or what was sent back. Raises Problem as `enter`."""
    with transaction.atomic():
        row = held(application)
        who.for_firm(account, VERB, row.applicant_id)
        fields = _checked(row.applicant_id, declaration)
        if row.changes_id is not None and (fields["first"], fields["last"], fields["line"]) != (
            row.first, row.last, row.line,
        ):  # fmt: skip
            raise Problem("admission.other_number", "a change is of the same number", where="first", status=409)
        move(row, EDITABLE, State(row.state), editors=_with(row, account), **fields)
        append(events.ENTERED, row, account=account, **_told(row))


def change(application: int, *, account: int, declaration: Declaration, changed_on: date) -> int:
    """变更备案: refile what changed of a number that was allocated; the new application's id, with the same papers.

    `changed_on`: since when it is so. It is reviewed and signed like the first. Raises Problem as `enter`, for another
    number, for a day to come, and while another change of the same is open.
    """
    with transaction.atomic():
        row = held(application)
        who.for_firm(account, VERB, row.applicant_id)
        if changed_on > today():
            raise Problem("admission.changed_on", "what is refiled has happened", where="changed_on")
        if row.state != State.ALLOCATED or row.sort != Sort.NUMBERS:
            raise Problem("admission.state", "only what was allocated is refiled", where="application", status=409)
        if Application.objects.filter(changes=row, state__in=[one.value for one in words.LIVE]).exists():
            raise Problem("admission.change_open", "a change of it is open", where="application", status=409)
        same = declaration._replace(sort=Sort(row.sort), first=_number(row.first), last=_number(row.last))
        fields = _checked(row.applicant_id, same)
        made = Application.objects.create(
            applicant_id=row.applicant_id, editors=[account], entered_at=clock.now(), state=State.DRAFT.value,
            changes=row, changed_on=changed_on, resource_id=row.resource_id, **fields,
        )  # fmt: skip
        for paper in Document.objects.filter(application=row, replaced_at=None, destroyed_at=None):
            paper.id, paper.application = None, made
            paper.save(force_insert=True)
        append(events.ENTERED, made, account=account, changes=row.id, **_told(made))
    return made.id


def submit(application: int, *, account: int, identity: Mapping[str, str] | None = None) -> list[int]:
    """Submit for review; ids of the likenesses to holders that were put out, which a person decides on.

    `identity`: licence, legal person, contact, address and bank account as on the papers, by words of `Trait`; kept as
    keyed hashes alone. It may be left out when the firm gave it before. Raises Problem while papers are missing or
    expired, for lines of another carrier, and for numbers to be sent that are not the firm's.
    """
    with transaction.atomic():
        row = held(application)
        who.for_firm(account, VERB, row.applicant_id)
        _refuse_wanting(row)
        _refuse_foreign(row)
        _keep_traits(row, identity or {})
        move(row, EDITABLE, State.SUBMITTED, submitted_at=clock.now(), editors=_with(row, account), reason="")
        late = _late(row)
        append(events.SUBMITTED, row, account=account, late_days=late)
        found = entry.recognise(row)
        if late:
            entry.doubt(row, words.Doubt.CHANGED_LATE, "", {"late": late, "since": recording.iso(row.changed_on)})
    return found


def withdraw(application: int, *, account: int, reason: str) -> None:
    """Take an application back before anything was allocated. Raises Problem without a reason, and later."""
    with transaction.atomic():
        row = held(application)
        who.for_firm(account, VERB, row.applicant_id)
        why = rules.words(reason, "reason")
        before = [state for state in words.LIVE if State.WITHDRAWN in words.NEXT[state]]
        move(row, before, State.WITHDRAWN, decided_at=clock.now(), reason=why, ended_at=clock.now())
        append(events.WITHDRAWN, row, account=account, reason=why)


def handed(row: Application) -> list[Handed]:
    """The papers that stand."""
    rows = Document.objects.filter(application=row, replaced_at=None, destroyed_at=None)
    return [Handed(Paper(one.paper), one.expires_on) for one in rows]


def refuse_unlawful(row: Application) -> None:
    """Raises Problem when what was declared may not be allocated by the profile in force now."""
    gate = policy().gate
    use = rules.check_use(row.use, row.industry, gate.outbound_uses_forbidden)
    rules.check_hours(Hours(row.from_minute, row.to_minute), _allowed(use))
    _refuse_wanting(row)


def _checked(applicant: int, wanted: Declaration) -> dict[str, Any]:
    """The columns of a declaration. Raises Problem for what it may not say."""
    sort = Sort(wanted.sort)
    first, last = (wanted.first, wanted.last or wanted.first) if sort is Sort.NUMBERS else (None, None)
    rules.check_wanted(sort, first, last, wanted.line, len(wanted.sendable))
    gate = policy().gate
    use = rules.check_use(wanted.use, wanted.industry, gate.outbound_uses_forbidden)
    rules.check_volume(wanted.volume)
    rules.check_hours(wanted.hours, _allowed(use))
    about = rules.words(wanted.about, "about")
    _refuse_unknown(applicant, wanted)
    if first is not None and last is not None:
        low, high = int(first.digits), int(last.digits)
        if high < low or len(first.digits) != len(last.digits) or first.kind != last.kind:
            raise Problem("admission.range", "last comes after first, and is of the same kind", where="last")
    ranges = [[low.digits, high.digits] for low, high in wanted.sendable] or (
        [[first.digits, last.digits]] if first is not None and last is not None else []
    )
    if any(not low.isdigit() or not high.isdigit() or int(high) < int(low) for low, high in ranges):
        raise Problem("admission.sendable", "a range to be sent goes upwards", where="sendable")
    return {
        "sort": sort.value,
        "principal_id": wanted.principal or applicant,
        "reseller_id": wanted.reseller,
        "carrier_id": wanted.carrier,
        "first": int(first.digits) if first is not None else None,
        "last": int(last.digits) if last is not None else None,
        "line": wanted.line if sort is Sort.LINE else "",
        "line_source": wanted.line_source[:64] if sort is Sort.LINE else "",
        "use": use.value,
        "industry": wanted.industry,
        "about": about,
        "label": " ".join(wanted.label.split())[:40],
        **wanted.volume._asdict(),
        "from_minute": wanted.hours.first,
        "to_minute": wanted.hours.last,
        "trunks": list(dict.fromkeys(wanted.trunks)),
        "sendable": ranges,
    }


def _refuse_unknown(applicant: int, wanted: Declaration) -> None:
    """Raises Problem unless every firm and line of the chain is known and active."""
    carrier = people.organisation(wanted.carrier)
    if carrier is None or carrier.kind != "operator" or carrier.state != "active":
        raise Problem("admission.carrier", "the carrier is an operator that is registered here", where="carrier")
    named = ((applicant, "applicant"), (wanted.principal, "principal"), (wanted.reseller, "reseller"))
    for organisation, where in named:
        if organisation is None:
            continue
        firm = people.organisation(organisation)
        if firm is None or firm.state != "active":
            raise Problem("admission.firm", "no such firm, or it is not active", where=where, status=409)
    if wanted.reseller is not None and wanted.reseller in (applicant, wanted.principal):
        raise Problem("admission.reseller", "nobody resells to itself", where="reseller")
    for trunk in wanted.trunks:
        line = numbers.trunk(trunk)
        if line is None:
            raise Problem("admission.trunk", "no such line", where="trunks", status=404)
        if line.carrier != wanted.carrier:
            raise Problem("admission.trunk_carrier", "a line is of another carrier", where="trunks")


def _allowed(use: Use) -> Hours | None:
    span = policy().gate.hours.get(use)
    return Hours(*span) if span else None


def _refuse_wanting(row: Application) -> None:
    wanting = rules.wanting(handed(row), policy().admission.papers, today())
    if wanting:
        paper, why = wanting[0]
        what = f"{len(wanting)} of the papers are missing or expired"
        raise Problem(
            "admission.papers", what, where=paper.value, status=409, mend="hand in what stands in force",
            papers=[f"{one.value}:{reason}" for one, reason in wanting], why=why,
        )  # fmt: skip


def _refuse_foreign(row: Application) -> None:
    """Raises Problem when a number to be sent is neither wanted here nor held by the applicant or its principal."""
    sendable = [(int(low), int(high)) for low, high in row.sendable]
    own = [(row.first, row.last)] if row.first is not None and row.last is not None else []
    for low, high in sendable:
        for found in numbers.overlapping(low, high):
            if found.closed_at is None and found.holder in (row.applicant_id, row.principal_id):
                own.append((found.first, found.last))
    if rules.may_have(sendable, own) is not None:
        what = "a number to be sent is not the firm's"
        raise Problem("admission.sendable_foreign", what, where="sendable", mend="name registered numbers", status=409)


def _keep_traits(row: Application, identity: Mapping[str, str]) -> None:
    """Keep the hashes of who the applicant is. Raises Problem unless each was given, now or before."""
    firm = people.organisation(row.applicant_id)
    assert firm is not None
    unknown = set(identity) - {one.value for one in GIVEN}
    if unknown:
        raise Problem("admission.identity", "there is no such part", where=min(unknown))
    given = {words.Trait(name): text[: entry.LONGEST_TRAIT] for name, text in identity.items() if text.strip()}
    hashes = traits.of({**given, words.Trait.NAME: firm.name})
    if firm.credit_code and (code := traits.hashed(words.Trait.LICENCE, firm.credit_code)):
        entry.note_trait(row.applicant_id, words.Trait.LICENCE, code)
    for trait, hashed in hashes.items():
        entry.note_trait(row.applicant_id, trait, hashed)
    known = set(Trait.objects.filter(organisation_id=row.applicant_id).values_list("trait", flat=True))
    missing = [one.value for one in GIVEN if one.value not in known]
    if missing:
        what = "licence, legal person, contact, address and bank account are needed"
        raise Problem("admission.identity", what, where=missing[0], mend="write it as on the papers")


def _late(row: Application) -> int:
    """Working days by which a change was refiled too late; 0: in time."""
    if row.changed_on is None:
        return 0
    reports = policy().reports
    calendar = Calendar(reports.extra_workdays, reports.extra_holidays, reports.calendar_years)
    day, left, late = row.changed_on, policy().admission.refile_days, 0
    while day < today():
        day += timedelta(days=1)
        if calendar.works(day):
            left -= 1
            late += left < 0
    return late


def _with(row: Application, account: int) -> list[int]:
    return sorted({*row.editors, account})


def _number(digits: int | None) -> Msisdn | None:
    return of_digits(str(digits)) if digits is not None else None


def _told(row: Application) -> dict[str, Any]:
    """What the entry commits to of a declaration."""
    return {
        "sort": row.sort, "use": row.use, "industry": row.industry, "first": str(row.first or ""),
        "last": str(row.last or ""), "line": row.line, "carrier": row.carrier_id, "reseller": row.reseller_id,
        "principal": row.principal_id, "per_minute": row.per_minute, "per_hour": row.per_hour,
        "per_day": row.per_day, "hours": [row.from_minute, row.to_minute], "trunks": row.trunks,
        "sendable": row.sendable,
    }  # fmt: skip
