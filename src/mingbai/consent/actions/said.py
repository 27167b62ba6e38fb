"""Consents said, refused, withdrawn, expired.

Every change of state is one conditional statement made from `rules`, so that of two acts at once each finds the
other's result. Statements are written out where a subscriber's refusal waits for them; they run alike on SQLite and
PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from mingbai.consent import events, rules
from mingbai.consent.models import Consent
from mingbai.consent.rules import Act, How, State
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Purpose
from mingbai.ledger import actions as ledger
from mingbai.notices import queries as notices
from mingbai.people import queries as people

_ENTRY = {
    State.GIVEN: events.GIVEN,
    State.CLAIMED: events.CLAIMED,
    State.REFUSED: events.REFUSED,
    State.WITHDRAWN: events.WITHDRAWN,
    State.EXPIRED: events.EXPIRED,
}
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # from here on a time may lie beyond the calendar in another zone
_COLUMNS = (
    "subscriber_id, principal_id, purpose, state, how, reference, proof_sha256, wording_sha256,"
    " given_at, expires_at, changed_at"
)


def _statement(act: Act, *, columns: str) -> str:
    """Insert the first state, or move the present one as `rules` says; answers (id, state) when something changed."""
    moves = {state: rules.step(state, act) for state in State if (state not in rules.CLOSED or act is not Act.CLAIM)}
    changing = [s for s, after in moves.items() if after is not s or act is Act.GIVE]
    cases = " ".join(f"WHEN '{state}' THEN '{moves[state]}'" for state in changing)
    kept = ", ".join(f"{name} = excluded.{name}" for name in columns.split(", "))
    among = ", ".join(f"'{state}'" for state in changing)
    return (
        f"INSERT INTO consent_consent ({_COLUMNS}) VALUES (%s, %s, %s, '{rules.step(None, act)}', %s, %s, %s, %s, %s, %s, %s)"  # noqa: S608, E501  # words of our own enumerations
        f" ON CONFLICT (subscriber_id, principal_id, purpose) DO UPDATE SET {kept},"
        f" state = CASE consent_consent.state {cases} END WHERE consent_consent.state IN ({among}) RETURNING id, state"
    )


_SAID = "how, reference, proof_sha256, wording_sha256, given_at, expires_at, changed_at"
_STATEMENTS = {
    Act.GIVE: _statement(Act.GIVE, columns=_SAID),
    Act.CLAIM: _statement(Act.CLAIM, columns=_SAID),
    # What was given stays readable beside the refusal: the firm's proof is still asked for when it is disputed.
    Act.REFUSE: _statement(Act.REFUSE, columns="how, changed_at"),
    Act.WITHDRAW: _statement(Act.WITHDRAW, columns="how, changed_at"),
}


def give(
    *,
    subscriber: int,
    principal: int,
    purpose: str,
    how: str,
    reference: str = "",
    proof_sha256: bytes | None = None,
    wording_sha256: bytes | None = None,
    expires_at: datetime | None = None,
) -> int:
    """The subscriber agreed to be called by `principal` for `purpose`; the consent's id.

    By the subscriber's own act (web, SMS, signature) it is given, even after a refusal; said by a firm (recording, API)
    it is claimed, and refused with Problem once the subscriber has refused. `expires_at` None: the profile's term.
    """
    aim, way = Purpose(purpose), How(how)
    rules.check_purpose(aim, refusal=False)
    now = clock.now()
    until = expires_at or _default_expiry(now)
    if until is not None and until <= now:
        raise Problem("consent.expired_already", "a consent ends after it begins", where="expires_at")
    if until is not None and until >= _NEVER:
        raise Problem("consent.expires_late", "no consent lasts that long", where="expires_at", mend="before 9999")
    if not people.is_current(subscriber):
        raise Problem("consent.tenure_ended", "this number has another user now", where="subscriber", status=409)
    act = rules.act_of(way)
    said = (reference[:120], proof_sha256, wording_sha256, _stamp(now), _stamp(until))
    with transaction.atomic():
        more = _reopen(subscriber, principal, aim, act=act, now=now)
        consent, state, changed = _move(act, subscriber, principal, aim, way, said, now)
        if changed:
            content: dict[str, Any] = {
                "reference": reference[:120],
                "proof_sha256": _hex(proof_sha256),
                "wording_sha256": _hex(wording_sha256),
                "expires_at": _iso(until),
                **more,
            }
            record(_ENTRY[state], subscriber, principal, aim, way, content)
    return consent


def refuse(*, subscriber: int, principal: int, purpose: str = Purpose.ANY, how: str) -> int:
    """The subscriber wants no calls for `principal`, through whatever number or holder; the consent's id.

    ANY covers every purpose. Refusing again changes nothing.
    """
    return _close(Act.REFUSE, subscriber, principal, Purpose(purpose), How(how))


def withdraw(*, subscriber: int, principal: int, purpose: str, how: str) -> int:
    """The subscriber takes a consent back; where none was given this is a refusal. The consent's id."""
    return _close(Act.WITHDRAW, subscriber, principal, Purpose(purpose), How(how))


def refuse_all(subscriber: int, how: str) -> int:
    """Refuse everybody who holds a consent of this subscriber, for every purpose; how many firms that were."""
    with transaction.atomic():
        rows = Consent.objects.filter(subscriber_id=subscriber, state__in=rules.OPEN)
        firms = sorted(set(rows.values_list("principal_id", flat=True)))
        for principal in firms:
            refuse(subscriber=subscriber, principal=principal, how=how)
    return len(firms)


def expire_due(limit: int = 1000) -> int:
    """End up to `limit` consents whose term is over; how many. The work loop calls it until it answers 0."""
    now = clock.now()
    with transaction.atomic():
        due = Consent.objects.filter(expires_at__lte=now, state__in=rules.OPEN, subscriber__restricted_at=None)
        first = list(due.order_by("expires_at").values_list("id", flat=True)[:limit])
        held = Consent.objects.filter(id__in=first, state__in=rules.OPEN).select_for_update()
        rows = list(held.values_list("id", "subscriber_id", "principal_id", "purpose", "how"))
        ids = [row[0] for row in rows]
        for start in range(0, len(ids), 500):
            part = Consent.objects.filter(id__in=ids[start : start + 500], state__in=rules.OPEN)
            part.update(state=State.EXPIRED, changed_at=now)
        for _, subscriber, principal, purpose, how in rows:
            record(events.EXPIRED, subscriber, principal, Purpose(purpose), How(how), {})
    return len(rows)


def _close(act: Act, subscriber: int, principal: int, purpose: Purpose, how: How) -> int:
    now = clock.now()
    with transaction.atomic():
        consent, state, changed = _move(act, subscriber, principal, purpose, how, ("", None, None, None, None), now)
        if changed:
            record(_ENTRY[state], subscriber, principal, purpose, how, {})
        if purpose is Purpose.ANY:
            _close_each(subscriber, principal, how, now)
    return consent


def _close_each(subscriber: int, principal: int, how: How, now: datetime) -> None:
    """Who refuses everything holds no consent any more: the one entry about ANY says it of each."""
    # By subscriber first: asked for the firm too, SQLite may walk all of a firm's consents by (principal, state).
    said = Consent.objects.filter(subscriber_id=subscriber, state__in=rules.OPEN).values_list("id", "principal_id")
    held = [consent for consent, firm in said if firm == principal]
    Consent.objects.filter(id__in=held, state__in=rules.OPEN).update(state=State.REFUSED, how=how, changed_at=now)


def _move(
    act: Act, subscriber: int, principal: int, purpose: Purpose, how: How, said: tuple[Any, ...], now: datetime
) -> tuple[int, State, bool]:
    """Apply `act` in one statement: (consent id, state after, whether anything changed)."""
    with connection.cursor() as cursor:
        values = [subscriber, principal, purpose.value, how.value, *said, _stamp(now)]
        cursor.execute(_STATEMENTS[act], values)
        row = cursor.fetchone()
    if row is not None:
        return int(row[0]), State(row[1]), True
    kept = Consent.objects.values_list("id", "state").get(
        subscriber_id=subscriber, principal_id=principal, purpose=purpose
    )
    after = rules.step(State(kept[1]), act)
    assert after is not None
    return kept[0], after, False


def _reopen(subscriber: int, principal: int, purpose: Purpose, *, act: Act, now: datetime) -> dict[str, Any]:
    """Narrow a refusal of everything to everything but `purpose`; a claim meets it as a refusal (Problem)."""
    everything = Consent.objects.filter(
        subscriber_id=subscriber, principal_id=principal, purpose=Purpose.ANY, state__in=rules.CLOSED
    )
    how = everything.values_list("how", flat=True).first()
    if how is None:
        return {}
    rules.step(State.REFUSED, act)
    everything.delete()
    others = rules.reopened(purpose)
    for other in others:
        _move(Act.REFUSE, subscriber, principal, other, How(how), ("", None, None, None, None), now)
    return {"still_refused": [other.value for other in others]}


def record(kind: str, subscriber: int, principal: int, purpose: Purpose, how: How, more: Mapping[str, Any]) -> None:
    content = {"principal": principal, "purpose": purpose.value, "how": how.value, **more}
    subject = f"subscriber:{subscriber}"
    ledger.append(kind, content, subject=subject, ref=subject)


def _default_expiry(now: datetime) -> datetime | None:
    days = notices.profile().consent.default_expiry_days
    return now + timedelta(days=days) if days else None


def _stamp(moment: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(moment) if moment else None


def _hex(digest: bytes | None) -> str:
    return digest.hex() if digest else ""


def _iso(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""
