"""短信回复: what a reply to an offer does. Only the profile's words are a yes; everything else is told how to say it.

A bare word counts only where it can mean one thing: exactly one offer was made to this number lately, and it is open.
Otherwise the offer is named by its three digits, as its message said. So a doubled, late or crossed answer confirms
nothing that it was not meant for.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import NamedTuple

from mingbai.kernel import clock
from mingbai.notices import actions as notices
from mingbai.notices import inbox
from mingbai.notices import queries as messages
from mingbai.orders import actions, queries, sql, wording
from mingbai.orders.actions import Outcome
from mingbai.orders.actions.proposing import CONTEXT
from mingbai.orders.rules import How, Reply, State, answer

_NO_LETTER = re.compile(r"N ?(\d{3})?", re.ASCII)
_OF_FIRMS = ("principal:", "which:")  # contexts of messages to which “N” says “I never agreed”
DAYS = 8  # so long after an offer an answer to it is told what became of it; longer than any offer is open


class Meant(NamedTuple):
    """An offer that an answer may be about. `open`: a yes counts now."""

    id: int
    word: str
    confirmed: bool
    open: bool
    name: str


def register() -> None:
    """Register this room's words: answers, and last of all whatever else somebody says who has an offer open."""
    notices.register_standing(CONTEXT, standing)
    inbox.register("orders.no", _no_letter, _answer, look_up=_asked_last, concerns=_open, first=True)
    inbox.register("orders.answer", _read, _answer, look_up=_lately, concerns=bool)
    inbox.register("orders.unclear", lambda text: text, _unclear, look_up=_lately, concerns=_open, last=True)


def standing(context: str) -> bool:
    """Whether the offer that a message is about (its context) waits for an answer still."""
    order = queries.order(int(context.removeprefix(CONTEXT)))
    return order is not None and order.state == State.PROPOSED and order.expires_at > clock.now()


def _read(text: str) -> Reply | None:
    setting = messages.profile().orders
    return answer(text, setting.yes_words, setting.no_words)


def _no_letter(text: str) -> Reply | None:
    """“N” behind an offer is a no to it. Behind a message about a firm it is another room's word."""
    found = _NO_LETTER.fullmatch(text)
    return Reply(False, found[1] or "") if found else None


def _asked_last(subscriber: int) -> list[Meant]:
    """As `_lately`, when of all that this subscriber was told an offer came last; else nothing."""
    since = clock.now() - timedelta(hours=messages.profile().orders.offer_hours)
    for message in messages.recent(subscriber, since):
        if message.context.startswith(_OF_FIRMS):
            return []
        if message.context.startswith(CONTEXT):
            return _lately(subscriber)
    return []


def _open(lately: list[Meant]) -> bool:
    return any(one.open for one in lately)


def _rows(subscriber: int) -> list[tuple[object, ...]]:
    now = clock.now()
    recent = now - timedelta(hours=messages.profile().orders.offer_hours)
    since = now - timedelta(days=DAYS)
    return sql.rows(sql.ANSWERABLE, [*map(sql.moment, (now, recent)), subscriber, sql.moment(since)])


def _lately(subscriber: int) -> list[Meant]:
    """Every offer made within the time in which one can be answered, whatever became of it, and all that are open; when
    there is none, the last one, so that a late answer is told that it is late."""
    rows = _rows(subscriber)
    chosen = [row for row in rows if row[3] or row[4]] or rows[-1:]
    return [
        Meant(int(str(key)), str(word), bool(how), bool(standing), _name(terms))
        for key, word, how, standing, _recent, terms in chosen
    ]


def _name(terms: object) -> str:
    known = json.loads(terms) if isinstance(terms, str) else terms
    return str(known["name"]) if isinstance(known, dict) else ""


def _answer(reply: inbox.Reply) -> None:
    said: Reply = reply.match
    lately: list[Meant] = reply.known
    meant = [one for one in lately if one.word == said.word] if said.word else lately
    if len(meant) != 1:
        return _ask(reply.subscriber, lately)
    if not said.yes:
        return _no(reply.subscriber, meant[0], reply.text)
    outcome = actions.confirm(meant[0].id, subscriber=reply.subscriber, how=How.SMS, answer=reply.text[:40])
    if outcome == Outcome.ALREADY:
        _say(reply.subscriber, "already", name=meant[0].name)
    elif outcome == Outcome.LATE:
        _say(reply.subscriber, "too_late", name=meant[0].name)
    return None


def _no(subscriber: int, one: Meant, text: str) -> None:
    if actions.decline(one.id, subscriber=subscriber, answer=text[:40]):
        _say(subscriber, "declined", name=one.name)
    else:
        _say(subscriber, "already" if one.confirmed else "too_late", name=one.name)


def _unclear(reply: inbox.Reply) -> None:
    _ask(reply.subscriber, reply.known)


def _ask(subscriber: int, lately: list[Meant]) -> None:
    """Tell how to answer: with a bare Y where that is enough, else with the number of the offer."""
    named = [(one.name, one.word) for one in lately if one.open]
    if not named:
        return _say(subscriber, "nothing_open")
    text = wording.how_to_answer(named, messages.lang_of(subscriber), bare=len(lately) == 1)
    notices.send(subscriber=subscriber, template="order.answer", text=text)
    return None


def _say(subscriber: int, which: str, /, **values: str) -> None:
    text = wording.text(which, messages.lang_of(subscriber), **values)
    notices.send(subscriber=subscriber, template="order.answer", text=text)
