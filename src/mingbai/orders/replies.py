"""短信回复: what a reply to an offer does. Only the profile's words are a yes; everything else is told how to say it.

A bare word counts only where it can mean one thing: exactly one offer was made to this number lately, and it is open.
Otherwise the offer is named by its three digits, as its message said. So a doubled, late or crossed answer confirms
nothing that it was not meant for.
"""

from __future__ import annotations

from datetime import timedelta

from mingbai.kernel import clock
from mingbai.notices import actions as notices
from mingbai.notices import inbox
from mingbai.notices import queries as messages
from mingbai.orders import actions, wording
from mingbai.orders.actions import Outcome
from mingbai.orders.models import Order
from mingbai.orders.rules import How, Reply, State, answer

DAYS = 7  # so long after an offer a yes to it is answered at all


def register() -> None:
    """Register this room's words: answers, and last of all whatever else somebody says who has an offer open."""
    inbox.register("orders.answer", _read, _answer, concerns=_asked)
    inbox.register("orders.unclear", lambda text: text, _unclear, concerns=_open)


def _read(text: str) -> Reply | None:
    setting = messages.profile().orders
    return answer(text, setting.yes_words, setting.no_words)


def _asked(subscriber: int) -> bool:
    since = clock.now() - timedelta(days=DAYS)
    return Order.objects.filter(subscriber_id=subscriber, proposed_at__gt=since).exists()


def _open(subscriber: int) -> bool:
    rows = Order.objects.filter(subscriber_id=subscriber, state=State.PROPOSED, expires_at__gt=clock.now())
    return rows.exists()


def _answer(reply: inbox.Reply) -> None:
    said: Reply = reply.match
    subscriber = reply.subscriber
    lately = _lately(subscriber)
    meant = [row for row in lately if row.word == said.word] if said.word else lately
    if len(meant) != 1:
        return _ask(subscriber, lately)
    if not said.yes:
        return _no(meant[0], reply.text)
    outcome = actions.confirm(meant[0].id, subscriber=subscriber, how=How.SMS, answer=reply.text[:40])
    name = meant[0].terms["name"]
    if outcome == Outcome.ALREADY:
        _say(subscriber, wording.already(name))
    elif outcome == Outcome.LATE:
        _say(subscriber, wording.too_late(name))
    return None


def _no(row: Order, text: str) -> None:
    name = row.terms["name"]
    if actions.decline(row.id, subscriber=row.subscriber_id, answer=text[:40]):
        _say(row.subscriber_id, wording.declined(name))
    elif row.confirmed_how:
        _say(row.subscriber_id, wording.already(name))
    else:
        _say(row.subscriber_id, wording.too_late(name))


def _unclear(reply: inbox.Reply) -> None:
    _ask(reply.subscriber, _lately(reply.subscriber))


def _ask(subscriber: int, lately: list[Order]) -> None:
    """Tell how to answer: with a bare Y where that is enough, else with the number of the offer."""
    standing = [row for row in lately if _is_open(row)]
    if not standing:
        return _say(subscriber, wording.nothing_open())
    named = [(row.terms["name"], row.word) for row in standing]
    return _say(subscriber, wording.how_to_answer(named, bare=len(lately) == 1))


def _lately(subscriber: int) -> list[Order]:
    """Every offer made within the time in which one can be answered, whatever became of it, and all that are open; when
    there is none, the last one, so that a late answer is told that it is late."""
    since = clock.now() - timedelta(hours=messages.profile().orders.offer_hours)
    rows = Order.objects.filter(subscriber_id=subscriber, proposed_at__gt=clock.now() - timedelta(days=DAYS))
    known = list(rows.order_by("id"))
    found = [row for row in known if row.proposed_at > since or _is_open(row)]
    return found or known[-1:]


def _is_open(row: Order) -> bool:
    return row.state == State.PROPOSED and row.expires_at > clock.now()


def _say(subscriber: int, text: str) -> None:
    notices.send(subscriber=subscriber, template="order.answer", text=text)
