"""履行: what was confirmed is carried out by the operator's system, once, however often a worker dies on the way.

A worker holds an order for a while, calls the system outside any transaction under a key that stays the same, and
records what it said only while it still holds it. The system does nothing twice under one key (docs/orders.md).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from mingbai.kernel import clock, webhooks
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.orders import events, rules, sql, wording
from mingbai.orders.actions import recording
from mingbai.orders.rules import Kind, State
from mingbai.orders.systems import Answer, Task, system
from mingbai.people.queries import CURRENT_SQL
from mingbai.tariffs import queries as tariffs

CLAIM_SECONDS = 120
NO_ANSWER = "受理系统未响应"
NEW_USER = "号码已有新用户，确认不再有效"
_LOCK = " FOR UPDATE SKIP LOCKED"
_CLAIM = (
    "UPDATE orders_order SET claimed_until = %s, tries = tries + 1 WHERE id IN"  # noqa: S608  # built of constants
    " (SELECT id FROM orders_order"
    " WHERE due_at <= %s AND (claimed_until IS NULL OR claimed_until <= %s) ORDER BY due_at, id LIMIT %s{lock})"
    " RETURNING id, subscriber_id, state, kind, terms, version_id, reason, tries, channel, region, price_fen,"
    " shown_sha256, confirmed_how, confirmed_at, follows_id,"
    f" EXISTS (SELECT 1 FROM {CURRENT_SQL} p WHERE p.id = orders_order.subscriber_id)"
)
_MINE = " WHERE id = %s AND state = %s AND claimed_until = %s RETURNING id"
_DONE = "UPDATE orders_order SET state = %s, due_at = NULL, claimed_until = NULL, reason = %s, "
_FULFILLED = _DONE + "done_at = %s, ends_at = %s" + _MINE
_OVER = _DONE + "ended_at = %s" + _MINE
_BACK = _DONE + "tries = 0" + _MINE
_SET = "UPDATE orders_order SET "
_AGAIN = _SET + "due_at = %s, claimed_until = NULL" + _MINE


class Held(NamedTuple):
    """An order that this worker holds until `until` (as the database has it)."""

    id: int
    subscriber: int
    state: str
    kind: str
    terms: dict[str, Any]
    version: int
    reason: str
    tries: int
    body: dict[str, Any]
    lang: str
    until: Any
    current: bool

    @property
    def of_nobody(self) -> bool:
        """To be done for somebody whose number is another's now: a former user's yes binds no successor."""
        return self.state == State.CONFIRMED and not self.current


def fulfil_due() -> int:
    """Call the operator's system for what is due; how many orders were settled. For the work loop."""
    carry = system()
    held = _claim(carry.at_once) if carry is not None else []
    if carry is None or not held:
        return 0
    asked = [one for one in held if not one.of_nobody]
    both = list(zip(asked, carry([_task(one) for one in asked]) if asked else [], strict=True))
    both += [(one, Answer(done=False, refused=NEW_USER)) for one in held if one.of_nobody]
    now = clock.now()
    try:
        return _record(both, now)
    except Exception:
        if len(both) == 1:
            raise
        return _record_apart(both, now)


def _record(answered: Sequence[tuple[Held, Answer]], now: datetime) -> int:
    """Write down what the system said, in one transaction; how many orders are settled by that."""
    with transaction.atomic():
        return sum(_settle(one, answer, now) for one, answer in answered)


def _record_apart(answered: Sequence[tuple[Held, Answer]], now: datetime) -> int:
    """The same one by one: an order that cannot be settled holds up no other, and what it raised is raised at last."""
    settled, failed = 0, None
    for pair in answered:
        try:
            settled += _record([pair], now)
        except Exception as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return settled


def _claim(limit: int) -> list[Held]:
    now = clock.now()
    at, until = sql.moment(now), sql.moment(now + timedelta(seconds=CLAIM_SECONDS))
    lock = _LOCK if connection.features.has_select_for_update_skip_locked else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(lock=lock), [until, at, at, limit])
        rows = cursor.fetchall()
    held, langs = [], messages.langs_of([row[1] for row in rows])
    for order, who, state, kind, terms, version, reason, tries, *rest in sorted(rows):
        channel, region, fen, shown, how, agreed, follows, current = rest
        known = json.loads(terms) if isinstance(terms, str) else terms
        body = {
            "order": order, "kind": kind, "code": known["code"], "name": known["name"],
            "start": rules.begins(known["start"], _day(agreed)), "price_fen": fen, "channel": channel,
            "region": region, "shown_sha256": shown, "confirmed_how": how,
        }  # fmt: skip
        more = {"follows": follows, "payee": known["payee"]}
        body |= {name: value for name, value in more.items() if value}
        held.append(
            Held(order, who, state, kind, known, version, reason, tries, body, langs[who], until, bool(current))
        )
    return held


def _day(stored: datetime | str) -> date:
    """The local day of a moment; SQLite hands those of raw statements over without a zone, in UTC."""
    at = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return timezone.localtime(at if at.tzinfo else at.replace(tzinfo=UTC)).date()


def _task(one: Held) -> Task:
    act = "fulfil" if one.state == State.CONFIRMED else "leave"
    body = {"act": act, "subscriber": one.subscriber, **one.body}
    return Task(one.id, act, f"order-{one.id}-{act}" + (f"-{one.reason}" if act == "leave" else ""), body)


def _settle(one: Held, answer: Answer, now: datetime) -> bool:
    """Record what the system said, if the order is still held; whether it is settled now."""
    open_still = not answer.done and not answer.refused
    if open_still and one.tries < messages.profile().orders.fulfil_tries:
        again = sql.moment(now + timedelta(seconds=webhooks.wait_s(one.tries)))
        sql.one(_AGAIN, [again, one.id, one.state, one.until])
        return False
    why = "" if answer.done else (answer.refused or NO_ANSWER)[:200]
    if one.state == State.CONFIRMED:
        return _fulfilled(one, why, now) if answer.done else _failed(one, why, now)
    return _left(one, now) if answer.done else _stayed(one, why, now)


def _fulfilled(one: Held, why: str, now: datetime) -> bool:
    ends = _trial_end(one, now)
    at = sql.moment(now)
    values = [State.FULFILLED.value, why, at, sql.moment(ends) if ends else None, one.id, one.state, one.until]
    if sql.one(_FULFILLED, values) is None:
        return False
    _told(one, events.FULFILLED, now, "")
    terms = wording.terms_of(one.terms)._replace(start=one.body["start"])
    said = wording.success(terms, one.id, one.lang)
    notices.tell("success", subscriber=one.subscriber, values=said, lang=one.lang)
    return True


def _failed(one: Held, why: str, now: datetime) -> bool:
    if sql.one(_OVER, [State.FAILED.value, why, sql.moment(now), one.id, one.state, one.until]) is None:
        return False
    _told(one, events.FAILED, now, why)
    said = wording.failure(wording.terms_of(one.terms), one.id, why, one.lang)
    notices.tell("failure", subscriber=one.subscriber, values=said, lang=one.lang)
    return True


def _left(one: Held, now: datetime) -> bool:
    trial = one.reason == "trial"
    state = State.ENDED if trial else State.WITHDRAWN
    if sql.one(_OVER, [state.value, one.reason, sql.moment(now), one.id, one.state, one.until]) is None:
        return False
    _told(one, events.ENDED if trial else events.WITHDRAWN, now, "")
    _say(one, "order.left", "trial_over" if trial else "left", "answer")
    return True


def _stayed(one: Held, why: str, now: datetime) -> bool:
    if sql.one(_BACK, [State.FULFILLED.value, why, one.id, one.state, one.until]) is None:
        return False
    _told(one, events.STAYED, now, why)
    _say(one, "order.failure", "stayed", "failure", why=why)
    return True


def _say(one: Held, template: str, text: str, kind: str, **more: str) -> None:
    """Write one of our texts to whoever the order is of."""
    said = wording.text(text, one.lang, name=one.terms["name"], order=one.id, **more)
    notices.send(subscriber=one.subscriber, template=template, text=said, kind=kind)


def _trial_end(one: Held, now: datetime) -> datetime | None:
    if one.kind != Kind.TRIAL:
        return None
    trial = tariffs.content_of(one.version).trial
    assert trial is not None
    return now + timedelta(days=trial.days)


def _told(one: Held, kind: str, now: datetime, detail: str) -> None:
    recording.step(
        kind, order=one.id, subscriber=one.subscriber, terms=one.terms, by="house", at=now, detail=detail
    )  # fmt: skip
