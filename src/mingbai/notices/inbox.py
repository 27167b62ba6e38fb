"""收件: who answers which reply. Rooms above register their words in AppConfig.ready(); the first that matches acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from mingbai.notices import rules


class Reply(NamedTuple):
    """One message as a handler gets it: `text` folded (upper case, narrow), `match` what its matcher found."""

    subscriber: int
    text: str
    match: Any


Matcher = Callable[[str], Any]  # folded text → anything but None when it is this handler's
Handler = Callable[[Reply], None]

_handlers: dict[str, tuple[Matcher, Handler]] = {}


def register(name: str, matcher: Matcher, handler: Handler) -> None:
    """Have `handler` act on messages for which `matcher` finds something; asked in the order of registering."""
    _handlers[name] = (matcher, handler)


def find(subscriber: int, text: str) -> tuple[str, Handler, Reply] | None:
    """The handler that takes this message, and what to give it."""
    folded = rules.folded(text)
    for name, (matcher, handler) in _handlers.items():
        match = matcher(folded)
        if match is not None:
            return name, handler, Reply(subscriber, folded, match)
    return None
