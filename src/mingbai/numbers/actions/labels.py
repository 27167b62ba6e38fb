"""号码标注: say something of a number, take it back, let it fade and end, correct it.

A change names its number in `ref` as “labelled:…”: the feed reads from there what is shown now. The number itself
stands in no entry.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha1

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q

from mingbai.kernel import clock, msisdn, profile
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.ledger.canonical import Json
from mingbai.numbers import events
from mingbai.numbers.actions import telling
from mingbai.numbers.models import Label, LabelledNumber
from mingbai.numbers.queries.labels import ask, names_a_firm, said_of
from mingbai.numbers.queries.resources import holder_of
from mingbai.numbers.rules import labels as rules
from mingbai.numbers.rules.labels import Ending, Family, Shown, Source, Wanted
from mingbai.people import actions as people

_LOCK = 0x6D62_6C61_6265_6C73  # “mblabels”: one change at a time, so that versions are visible in their order
_AT_ONCE = 200


def set_label(
    *,
    number: Msisdn,
    kind: str,
    source: str,
    text: str = "",
    count: int = 0,
    expires_at: datetime | None = None,
    case: int = 0,
    account: int | None = None,
    reason: str = "",
) -> int:
    """Say something of a number, registered or not; the label's id. Saying the same again changes nothing.

    `kind` of terms.LabelKind; `source` reports, case, hand or registry; `count` the people whom reports come from; of
    one source and case one nuisance label stands at a time, and one certified name, and one service line: another
    takes the place of the one before. Without `expires_at` what a case or staff says ends after `labels.expiry_days`;
    what people report fades. Raises Problem for what cannot be said of this number (rules.labels.check).
    """
    wanted = rules.check(number, kind=kind, source=source, text=text, count=count, reason=reason)
    now = clock.now()
    ends = expires_at or _default_end(wanted, now)
    if ends is not None and ends <= now:
        raise Problem("numbers.label_ends", "a label ends after it begins", where="expires_at")
    with transaction.atomic():
        lock()
        row = _labelled(number, now)
        before = Label.objects.filter(
            labelled=row, family=wanted.family, source=wanted.source, case=case, ended_at=None
        ).first()
        if before is not None and _same(before, wanted, expires_at):
            return before.id
        if before is not None:
            _close(before, Ending.REPLACED, now)
        label = _begin(row, number, wanted, case=case, account=account, ends=ends, now=now, before=before)
        _refresh(row, now)
    return label.id


def end_label(label: int, *, reason: str, account: int | None = None) -> bool:
    """Take a label back; False when it is over already. Raises Problem for an unknown one, and without a reason."""
    why = _reason(reason)
    with transaction.atomic():
        lock()
        row = Label.objects.filter(id=label).select_related("labelled").first()
        if row is None:
            raise Problem("numbers.no_label", "there is no such label", where="label", status=404)
        if not _end(row, Ending.DROPPED, clock.now(), why, account):
            return False
        _refresh(row.labelled, clock.now())
    return True


def drop_labels(*, case: int, reason: str, corrected: bool = False) -> int:
    """Take back every label that stands on a case; how many. `corrected`: they were wrong from the beginning."""
    why, now = _reason(reason), clock.now()
    with transaction.atomic():
        lock()
        rows = list(Label.objects.filter(case=case, ended_at=None).select_related("labelled")) if case else []
        for row in rows:
            _end(row, Ending.CORRECTED if corrected else Ending.DROPPED, now, why)
            if corrected:
                telling.note(row, now)
                LabelledNumber.objects.filter(id=row.labelled_id).update(cleared_at=now)
            _refresh(row.labelled, now)
    return len(rows)


def correct_labels(number: Msisdn, *, reason: str, account: int | None = None) -> int:
    """End every nuisance label of a number as wrong; how many. Reports of before now count no more (`cleared_at`)."""
    why, now = _reason(reason), clock.now()
    with transaction.atomic():
        lock()
        row = LabelledNumber.objects.filter(number=int(number.digits or 0)).first()
        if row is None:
            return 0
        standing = list(Label.objects.filter(labelled=row, family=Family.NUISANCE, ended_at=None))
        for label in standing:
            _end(label, Ending.CORRECTED, now, why, account)
            telling.note(label, now)
        LabelledNumber.objects.filter(id=row.id).update(cleared_at=now)
        _refresh(row, now)
    return len(standing)


def label_due() -> int:
    """Let labels fade and expire whose time has come, and end those of numbers that have another user; how many.

    For the work loop.
    """
    now = clock.now()
    standing = Label.objects.filter(ended_at=None)
    due = standing.filter(due_at__lte=now).order_by("due_at").values_list("id", flat=True)[:_AT_ONCE]
    former = standing.filter(tenant__ended_at__isnull=False).values_list("id", flat=True)[:_AT_ONCE]
    done = 0
    for label in dict.fromkeys([*due, *former]):
        with transaction.atomic():
            lock()
            done += _grown_old(label, now)
    return done


def registrations_changed(spans: Iterable[tuple[int, int]]) -> None:
    """Look again at what is shown of labelled numbers whose registration changed: those of each (first, last).

    Labels of numbers that were given to a new holder end: they were said of the former one. Inside the transaction
    that changes the registration.
    """
    ranges = sorted(spans)
    if not ranges:
        return
    bounds = {"number__gte": ranges[0][0], "number__lte": max(last for _, last in ranges)}
    starts = [first for first, _ in ranges]
    rows = [
        row
        for row in LabelledNumber.objects.filter(**bounds)
        if (at := bisect_right(starts, row.number)) and row.number <= ranges[at - 1][1]
    ]
    if rows:
        lock()
    now = clock.now()
    for row in rows:
        view = holder_of(msisdn.of_digits(str(row.number)))
        if view is not None and view.closed_at is None:
            former = Label.objects.filter(labelled=row, ended_at=None, holder__isnull=False)
            for label in former.exclude(holder=view.holder):
                _end(label, Ending.RECYCLED, now, "")
        _refresh(row, now)


def lock() -> None:
    """Until the transaction ends nobody else changes labels. (On SQLite it is the only writer anyhow.)"""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _hash(text: str) -> str:
    """As PhoneBlock's clients make it; no secret, a number is guessed from it in minutes."""
    return sha1(text.encode(), usedforsecurity=False).hexdigest().upper()


def _default_end(wanted: Wanted, now: datetime) -> datetime | None:
    days = profile.load(settings.HOME).labels.expiry_days
    fades = wanted.source is Source.REPORTS or wanted.source is Source.REGISTRY
    return None if fades or not days else now + timedelta(days=days)


def _same(before: Label, wanted: Wanted, expires_at: datetime | None) -> bool:
    said = before.kind, before.text, before.count
    same_end = expires_at is None or before.expires_at == expires_at
    return said == (wanted.kind, wanted.text, wanted.count) and same_end and before.reason == wanted.reason


def _labelled(number: Msisdn, now: datetime) -> LabelledNumber:
    """The number's row, made when there is none; the lock is held."""
    found = LabelledNumber.objects.filter(number=int(number.digits)).first()
    if found is not None:
        LabelledNumber.objects.filter(id=found.id).update(active_at=now)
        return found
    whole = number.e164
    return LabelledNumber.objects.create(
        number=int(number.digits), sha1=_hash(whole), sha1_10=_hash(whole[:-1]), sha1_100=_hash(whole[:-2]),
        version=_next_version(), added_at=now,
        active_at=now,
    )  # fmt: skip


def _next_version() -> int:
    return int(LabelledNumber.objects.aggregate(most=Max("version"))["most"] or 0) + 1


def _begin(
    row: LabelledNumber,
    number: Msisdn,
    wanted: Wanted,
    *,
    case: int,
    account: int | None,
    ends: datetime | None,
    now: datetime,
    before: Label | None,
) -> Label:
    """Store a label, with its entry. A count that has not grown is as old as it was."""
    counted = before is None or before.kind != wanted.kind or wanted.count > before.count
    view = holder_of(number)
    label = Label(
        labelled=row, kind=wanted.kind, family=wanted.family, text=wanted.text, count=wanted.count,
        source=wanted.source, case=case, account=account, reason=wanted.reason, began_at=now,
        counted_at=now if counted or before is None else before.counted_at, expires_at=ends,
        tenant_id=people.ensure_subscriber(number) if number.is_person else None,
        holder_id=view.holder if view is not None and view.closed_at is None else None,
    )  # fmt: skip
    label.due_at = rules.next_change(said_of(label), now, ask().half_life_days)
    content: dict[str, Json] = {
        "kind": label.kind, "text": label.text, "count": label.count, "source": label.source, "case": case,
        "until": ends.isoformat(timespec="seconds") if ends else None, "account": account, "reason": label.reason,
    }  # fmt: skip
    label.entry = ledger.append(events.LABELLED, content, subject=_subject(label), ref=f"labelled:{row.id}")
    label.save(force_insert=True)
    if before is not None:
        Label.objects.filter(id=before.id).update(end_entry=label.entry)
    return label


def _subject(label: Label) -> str:
    """Under whose key an entry about a label is sealed: whose number it is, as far as the house knows."""
    if label.tenant_id:
        return f"subscriber:{label.tenant_id}"
    return f"organisation:{label.holder_id}" if label.holder_id else ""


def _end(label: Label, ending: Ending, now: datetime, reason: str, account: int | None = None) -> bool:
    if not _close(label, ending, now, reason):
        return False
    content: dict[str, Json] = {"kind": label.kind, "ending": ending.value, "reason": reason, "account": account}
    # Whoever had the number may be erased by now, and their key with them.
    subject = "" if ending is Ending.RECYCLED else _subject(label)
    entry = ledger.append(events.LABEL_ENDED, content, subject=subject, ref=f"labelled:{label.labelled_id}")
    Label.objects.filter(id=label.id).update(end_entry=entry)
    return True


def _close(label: Label, ending: Ending, now: datetime, reason: str = "") -> bool:
    standing = Label.objects.filter(id=label.id, ended_at=None)
    return bool(standing.update(ended_at=now, ending=ending, end_reason=reason, due_at=None))


def _grown_old(label: int, now: datetime) -> bool:
    """End a label whose time is over, or note that fewer people count; False when neither is so any more."""
    row = Label.objects.filter(id=label, ended_at=None).select_related("labelled", "tenant").first()
    if row is None:
        return False
    terms, said = ask(), said_of(row)
    ending = Ending.RECYCLED if row.tenant is not None and row.tenant.ended_at else rules.ending_at(said, now, terms)
    if ending is not None:
        done = _end(row, ending, now, "")
    else:
        due = rules.next_change(said, now, terms.half_life_days)
        done = bool(Label.objects.filter(id=row.id, ended_at=None, due_at=row.due_at).update(due_at=due))
        left = rules.count_at(row.count, row.counted_at, now, terms.half_life_days)
        content: dict[str, Json] = {"kind": row.kind, "count": left}
        ledger.append(events.LABEL_FADED, content, subject=_subject(row), ref=f"labelled:{row.labelled_id}")
    _refresh(row.labelled, now)
    return done


def _refresh(row: LabelledNumber, now: datetime) -> None:
    """Note what is shown of a number now; a new version when the published list has changed by it. The lock is held."""
    standing = Label.objects.filter(Q(tenant=None) | Q(tenant__ended_at=None), labelled=row, ended_at=None)
    found = rules.shown(map(said_of, standing), now, ask(), registered=names_a_firm(row.number))
    fields = _fields(found)
    row.refresh_from_db()
    if fields == {name: getattr(row, name) for name in fields}:
        return
    if fields["votes"] or row.listed:
        fields |= {"version": _next_version(), "listed": True}
    LabelledNumber.objects.filter(id=row.id).update(**fields)


def _fields(found: Shown | None) -> dict[str, object]:
    if found is None:
        return {"kind": "", "text": "", "votes": 0, "until": None}
    return {"kind": found.kind, "text": found.text, "votes": rules.listed_votes(found), "until": found.until}


def _reason(reason: str) -> str:
    why = reason.strip()[: rules.LONGEST_REASON]
    if not why:
        raise Problem("numbers.no_reason", "a reason is needed", where="reason", mend="say why")
    return why
