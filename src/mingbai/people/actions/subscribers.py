"""Subscribers: known, shown to staff, recycled, kept, restricted, forgotten."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from mingbai.kernel import clock
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.people import events, seals
from mingbai.people.models import Subscriber

# When a number is first heard of, nobody knows since when its user has it: nothing that was said about it is too old.
SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 500


def ensure_subscriber(number: Msisdn) -> int:
    """The id of the number's present tenure, made when the number is new.

    Raises Problem for a number that nobody can have (withheld, malformed, unallocated) or that is a service's, such as
    110 or 95588: nobody consents, refuses or blocks for these.
    """
    _require_person(number)
    hashed = seals.lookup().of(number.digits)
    found, sealed = _present(hashed)
    if found is not None and not sealed:
        Subscriber.objects.filter(id=found, sealed=None).update(sealed=seals.sealer().seal(number.digits))
    if found is None:
        with transaction.atomic():
            _insert(hashed, number.digits, tenure=1, began=SINCE_EVER)
        found = _current(hashed)
    assert found is not None
    return found


def ensure_subscribers(numbers: Iterable[Msisdn]) -> dict[str, int]:
    """As `ensure_subscriber`, of many at once: id by digits. Numbers that nobody can have or that are a service's are
    left out."""
    hashes = {one.digits: seals.lookup().of(one.digits) for one in numbers if one.valid and one.may_subscribe}
    found = _present_of(hashes)
    new = [digits for digits in hashes if not found.get(digits, (0, False))[1]]
    for digits in new:
        if digits in found:  # nobody named it since an erasure
            Subscriber.objects.filter(id=found[digits][0], sealed=None).update(sealed=seals.sealer().seal(digits))
    sealer = seals.sealer()
    rows = [
        Subscriber(lookup=hashes[digits], sealed=sealer.seal(digits), tenure=1, began_at=SINCE_EVER)
        for digits in new
        if digits not in found
    ]
    if rows:
        Subscriber.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_AT_ONCE)
        found |= _present_of({digits: hashes[digits] for digits in new})
    return {digits: ident for digits, (ident, _sealed) in found.items()}


def _present_of(hashes: Mapping[str, bytes]) -> dict[str, tuple[int, bool]]:
    """The present tenures, and whether their numbers are sealed, by digits."""
    digits = {hashed: one for one, hashed in hashes.items()}
    wanted = list(digits)
    found: dict[str, tuple[int, bool]] = {}
    for at in range(0, len(wanted), _AT_ONCE):
        rows = Subscriber.objects.filter(lookup__in=wanted[at : at + _AT_ONCE], ended_at=None)
        for hashed, ident, sealed in rows.values_list("lookup", "id", "sealed"):
            found[digits[bytes(hashed)]] = (ident, sealed is not None)
    return found


def recycle(number: Msisdn, *, at: datetime | None = None) -> int:
    """二次放号: end the number's tenure and begin the next, to whom nothing of the former applies; the new id.

    `at`: when the number changed hands (now when left out). Raises Problem when that precedes the present tenure.
    """
    _require_person(number)
    moment = at or clock.now()
    hashed = seals.lookup().of(number.digits)
    with transaction.atomic():
        old = Subscriber.objects.select_for_update().filter(lookup=hashed, ended_at=None).first()
        if old is None:
            _insert(hashed, number.digits, tenure=1, began=moment)
        else:
            if moment <= old.began_at:
                raise Problem("people.recycled_before", "the present tenure began later than that", where="at")
            Subscriber.objects.filter(id=old.id, ended_at=None).update(ended_at=moment)
            ledger.append(
                events.RECYCLED, {"at": _iso(moment)}, subject=f"subscriber:{old.id}", ref=f"subscriber:{old.id}"
            )
            _insert(hashed, number.digits, tenure=old.tenure + 1, began=moment)
        new = _current(hashed)
        assert new is not None
        ledger.append(events.BEGAN, {"at": _iso(moment)}, subject=f"subscriber:{new}", ref=f"subscriber:{new}")
    return new


def erase(number: Msisdn, *, reason: str) -> None:
    """Forget the present user of a number: what opens their entries, number and sayings is destroyed, see `forget`.

    What is said under the number later has an entry again. Raises Problem without a reason, for a number under which
    nobody is known, and while the law wants the records kept (`retain`): then they can be restricted.
    """
    why = _reason(reason, "to erase somebody")
    with transaction.atomic():
        old = _present_row(number)
        if old.kept_until is not None and old.kept_until > clock.now():
            raise Problem(
                "people.retained",
                f"the law wants the records kept until {_iso(old.kept_until)}",
                where="number",
                mend="restrict them: they are stored and nothing else, and erased then",
                status=409,
            )
        ledger.shred(f"subscriber:{old.id}", reason=why)


def retain(number: Msisdn, *, until: datetime, reason: str) -> None:
    """Note that a law or an order wants the records of a number's present user kept until then; never shortened.

    Raises Problem without a reason, for a time that is past, and for a number under which nobody is known.
    """
    why, now = _reason(reason, "to keep records"), clock.now()
    if until <= now:
        raise Problem("people.retention_past", "this time is past", where="until")
    with transaction.atomic():
        row = _present_row(number)
        if row.kept_until is None or row.kept_until < until:
            Subscriber.objects.filter(id=row.id).update(kept_until=until)
            ledger.append(events.RETAINED, {"until": _iso(until), "reason": why}, subject=f"subscriber:{row.id}")


def restrict(number: Msisdn, *, reason: str) -> datetime:
    """限制处理 (个保法 47): from now on the present user's records are stored and nothing else; until when.

    As after an erasure the number begins anew, so that nothing they said counts for a call, and nothing of theirs is
    shown but to staff with a reason. They are erased when the time is over (`erase_due`). Raises Problem without a
    reason, for a number under which nobody is known, and where no law wants anything kept: then they can be erased.
    """
    why, now = _reason(reason, "to restrict somebody"), clock.now()
    with transaction.atomic():
        row = _present_row(number)
        if row.kept_until is None or row.kept_until <= now:
            raise Problem("people.not_retained", "nothing wants these records kept", mend="erase them", status=409)
        Subscriber.objects.filter(id=row.id).update(restricted_at=now, ended_at=now)
        content: dict[str, Any] = {"until": _iso(row.kept_until), "reason": why}
        ledger.append(events.RESTRICTED, content, subject=f"subscriber:{row.id}", ref=f"subscriber:{row.id}")
        _begin_unnamed(bytes(row.lookup), row.tenure + 1, now)
    return row.kept_until


def erase_due(limit: int = 100) -> int:
    """Erase up to `limit` restricted subscribers whose records no law wants any longer; how many. For the work loop."""
    over = Subscriber.objects.filter(restricted_at__isnull=False, kept_until__lte=clock.now())
    due = list(over.order_by("kept_until").values_list("id", flat=True)[:limit])
    for subscriber in due:
        ledger.shred(f"subscriber:{subscriber}", reason="the time for which the law wanted it kept is over")
    return len(due)


def look_at_subscriber(*, account: int, subscriber: int, reason: str) -> str:
    """The full number (digits in normal form), for staff with a reason; the look is logged before it is answered.

    Raises Problem without a reason, for an unknown subscriber, or for one whose number was erased.
    """
    if not reason.strip():
        raise Problem("people.no_reason", "a reason is needed to see a full number", where="reason", mend="say why")
    with transaction.atomic():
        found = Subscriber.objects.filter(id=subscriber).values_list("sealed", flat=True).first()
        if found is None:
            raise Problem("people.unknown_subscriber", "no such subscriber, or erased", where="subscriber", status=404)
        content: dict[str, Any] = {"account": account, "reason": reason.strip()[:200]}
        ledger.append(events.LOOKED, content, subject=f"subscriber:{subscriber}")
    return seals.sealer().open(bytes(found))


def forget(subject: str) -> None:
    """Part an erased subscriber from their number for good; the ledger calls this when the subject is shredded.

    The sealed number goes and the keyed hash is made random. A present tenure ends, and the next begins without a
    number: it holds the hash, by which the gate drops what it knew and no consent from before is ever claimed again.
    Only when somebody names the number anew is it sealed anew.
    """
    row = Subscriber.objects.select_for_update().filter(id=int(subject.removeprefix("subscriber:"))).first()
    if row is None:
        return
    now, hashed = clock.now(), bytes(row.lookup)
    Subscriber.objects.filter(id=row.id).update(
        sealed=None,
        lookup=secrets.token_bytes(len(hashed)),
        ended_at=row.ended_at or now,
        kept_until=None,
        restricted_at=None,
    )
    if row.ended_at is None:
        _begin_unnamed(hashed, row.tenure + 1, now)


def ensure_selected(select: str, values: Mapping[str, Any]) -> int:
    """Make the subscribers that a list names and who are new, in one statement; how many, with those named anew.

    `select`: SQL, a constant of the caller's, that gives `lookup` and `sealed` of each; `values`: its parameters by
    name. Runs inside the caller's transaction.
    """
    statement = (
        "INSERT INTO people_subscriber (lookup, sealed, tenure, began_at)"  # noqa: S608  # a constant of the caller's
        f" SELECT s.lookup, s.sealed, 1, %(since)s FROM ({select}) s WHERE true ON CONFLICT (lookup)"
        " WHERE ended_at IS NULL DO UPDATE SET sealed = excluded.sealed WHERE people_subscriber.sealed IS NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "since": connection.ops.adapt_datetimefield_value(SINCE_EVER)})
        return int(cursor.rowcount)


def _begin_unnamed(hashed: bytes, tenure: int, now: datetime) -> None:
    """The next tenure of a number, which is sealed only when somebody names it again."""
    Subscriber.objects.create(lookup=hashed, sealed=None, tenure=tenure, began_at=now)
    new = _current(hashed)
    ledger.append(events.BEGAN, {"at": _iso(now)}, subject=f"subscriber:{new}", ref=f"subscriber:{new}")


def _present_row(number: Msisdn) -> Subscriber:
    """The number's present tenure, held until the transaction ends. Raises Problem when there is none."""
    _require(number)
    hashed = seals.lookup().of(number.digits)
    row = Subscriber.objects.select_for_update().filter(lookup=hashed, ended_at=None).first()
    if row is None:
        raise Problem("people.unknown_subscriber", "nobody is known under this number", where="number", status=404)
    return row


def _reason(reason: str, why: str) -> str:
    if not reason.strip():
        raise Problem("people.no_reason", f"a reason is needed {why}", where="reason", mend="say why")
    return reason.strip()[:200]


def _insert(hashed: bytes, digits: str, *, tenure: int, began: datetime) -> None:
    """A tenure, unless another process made it first."""
    row = Subscriber(lookup=hashed, sealed=seals.sealer().seal(digits), tenure=tenure, began_at=began)
    Subscriber.objects.bulk_create([row], ignore_conflicts=True)


def _present(hashed: bytes) -> tuple[int | None, bool]:
    """The present tenure, and whether its number is sealed: it is not while nobody named it since an erasure."""
    row = Subscriber.objects.filter(lookup=hashed, ended_at=None).values_list("id", "sealed").first()
    return (row[0], row[1] is not None) if row else (None, False)


def _current(hashed: bytes) -> int | None:
    return Subscriber.objects.filter(lookup=hashed, ended_at=None).values_list("id", flat=True).first()


def _require(number: Msisdn) -> None:
    if not number.valid:
        raise Problem("people.no_number", "nobody can have this number", where="number")


def _require_person(number: Msisdn) -> None:
    _require(number)
    if not number.may_subscribe:
        raise Problem(
            "people.service_number",
            "this is a service's number, not a person's",
            where="number",
            mend="give a mobile or fixed number, or one of another country",
        )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
