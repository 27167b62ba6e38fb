"""收件: who answers which reply. Rooms above register their words in AppConfig.ready(); the first that matches acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from mingbai.notices import rules


class Reply(NamedTuple):
    """One message as a handler gets it: `text` folded (upper case, narrow), `match` what its matcher found, `known`
    what was looked up for it."""

    subscriber: int
    text: str
    match: Any
    known: Any = None


Matcher = Callable[[str], Any]  # folded text → anything but None when it is this handler's
Handler = Callable[[Reply], None]
LookUp = Callable[[int], Any]  # subscriber → what the handler will need to know

Concerns = Callable[[Any], bool]  # what was looked up → whether this handler is asked at all

_handlers: dict[str, tuple[Matcher, Handler, LookUp | None, Concerns | None]] = {}
_first: set[str] = set()
_last: set[str] = set()


def register(
    name: str,
    matcher: Matcher,
    handler: Handler,
    *,
    look_up: LookUp | None = None,
    concerns: Concerns | None = None,
    first: bool = False,
    last: bool = False,
) -> None:
    """Have `handler` act on messages for which `matcher` finds something; asked in the order of registering, those
    that are `last` after all others: what takes any words must leave every room its own. A handler that is asked
    `first` shares its word with another room, and by `concerns` takes it only when it was asked for last.

    `look_up` is for what takes a while to find out: it is done before the transaction in which the handler acts, so
    that no other writer waits for it. `concerns`: of a handler for answers, whether by what was looked up this
    subscriber was asked anything; the others are passed on.
    """
    _handlers[name] = (matcher, handler, look_up, concerns)
    if first:
        _first.add(name)
    if last:
        _last.add(name)


Judge = Callable[[int, int], bool]  # subscriber, principal → whether the subscriber refused that firm

_judges: list[Judge] = []


def register_judge(judge: Judge) -> None:
    """Have `judge` asked before a firm's advertising, or its request for consent, goes to a subscriber."""
    if judge not in _judges:
        _judges.append(judge)


def refused(subscriber: int, principal: int) -> bool:
    """Whether a subscriber refused a firm. Where nobody can tell, everything is refused."""
    return not _judges or any(judge(subscriber, principal) for judge in _judges)


def find(subscriber: int, text: str) -> tuple[str, Handler, Reply] | None:
    """The handler that takes this message, and what to give it."""
    folded = rules.folded(text)
    for name in sorted(_handlers, key=lambda one: (one not in _first, one in _last)):
        matcher, handler, look_up, concerns = _handlers[name]
        match = matcher(folded)
        if match is None:
            continue
        known = look_up(subscriber) if look_up else None
        if concerns is None or concerns(known):
            return name, handler, Reply(subscriber, folded, match, known)
    return None
