"""What other rooms may know of messages."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet

from mingbai.kernel import clock
from mingbai.kernel import profile as profiles
from mingbai.kernel.home import Home
from mingbai.kernel.profile import Profile
from mingbai.ledger import statements
from mingbai.notices import kinds, wording
from mingbai.notices.delivery import config
from mingbai.notices.models import Incoming, Outgoing, Wish
from mingbai.people import queries as people

_lock = threading.Lock()
_profiles: dict[Path, tuple[tuple[int, int], Profile]] = {}


class OutgoingView(NamedTuple):
    id: int
    template: str
    context: str
    text: str
    state: str
    created_at: datetime
    sent_at: datetime | None


class MessageView(NamedTuple):
    """One line of a subscriber's conversation. `incoming`: from the subscriber to the house."""

    id: int
    incoming: bool
    text: str
    at: datetime
    template: str
    state: str
    context: str


def profile() -> Profile:
    """The profile in force, read again when its file changes. Raises Problem when none was chosen or it has a fault."""
    path: Path = settings.HOME.profile
    try:
        seen = path.stat()
        stamp = (seen.st_mtime_ns, seen.st_size)
    except FileNotFoundError:
        return profiles.load(settings.HOME)
    with _lock:
        known = _profiles.get(path)
        if known is None or known[0] != stamp:
            known = _profiles[path] = (stamp, profiles.load(settings.HOME))
    return known[1]


def messages(subscriber: int, limit: int = 100) -> list[MessageView]:
    """What the house and the subscriber wrote to each other, newest first. Used codes and old ones show as dots."""
    sent = Outgoing.objects.filter(subscriber_id=subscriber).order_by("-created_at", "-id")[:limit]
    got = Incoming.objects.filter(subscriber_id=subscriber).order_by("-received_at", "-id")[:limit]
    lines = [MessageView(m.id, False, m.text, m.created_at, m.template, m.state, m.context) for m in sent]
    lines += [MessageView(m.id, True, m.text, m.received_at, m.handler, "received", "") for m in got]
    return sorted(lines, key=lambda line: (line.at, not line.incoming, line.id), reverse=True)[:limit]


def outgoing(message: int) -> OutgoingView | None:
    """One message that was written to a subscriber."""
    row = Outgoing.objects.filter(id=message).first()
    return _view(row) if row else None


def recent(subscriber: int, since: datetime, *, prefix: str = "") -> list[OutgoingView]:
    """Messages written since then whose context begins with `prefix`, newest first."""
    rows = Outgoing.objects.filter(subscriber_id=subscriber, created_at__gte=since, context__startswith=prefix)
    return [_view(row) for row in rows.order_by("-created_at", "-id")]


def links_of(home: Home) -> tuple[str, ...]:
    """The names of the links of messages.toml, the first first. Raises Problem with its line, or with that of a wording
    that lacks what it must say."""
    wording.load(home)
    return tuple(link.name for link in config.load(home).links)


def waiting() -> int:
    """How many messages wait to be sent."""
    return Outgoing.objects.filter(state=Outgoing.State.WAITING).count()


def _view(row: Outgoing) -> OutgoingView:
    return OutgoingView(row.id, row.template, row.context, row.text, row.state, row.created_at, row.sent_at)


class MissedView(NamedTuple):
    """A message that somebody must see to, without its text. `why`: failed, undelivered, unheard or late."""

    id: int
    subscriber: int
    masked: str
    kind: str
    why: str
    failure: str
    link: str
    created_at: datetime
    sent_at: datetime | None


MANDATORY = kinds.MANDATORY
WHYS = ("failed", "undelivered", "unheard", "late")
LATE = timedelta(minutes=15)  # after its time, before a message that still waits is told of


def missed(*, kind: str = "", why: str = "", before: int = 0, limit: int = 100) -> list[MissedView]:
    """Mandatory messages that did not arrive and that nobody saw to, newest first; `before` is the last id seen."""
    rows = _missed(why).filter(kind__in=[kind] if kind else MANDATORY)
    if before:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[:limit])
    masks = {one.id: one.masked for one in people.subscribers({row.subscriber_id for row in found})}
    return [
        MissedView(
            row.id, row.subscriber_id, masks.get(row.subscriber_id, ""), row.kind,
            {"waiting": "late", "sent": "unheard"}.get(row.state, row.state), row.failure, row.link, row.created_at,
            row.sent_at,
        )
        for row in found
    ]  # fmt: skip


def missed_count() -> int:
    """How many there are, all kinds and reasons together."""
    return _missed("").filter(kind__in=MANDATORY).count()


def _missed(why: str) -> QuerySet[Outgoing]:
    now = clock.now()
    unheard_since = now - timedelta(hours=profile().notices.receipt_hours)
    reasons = {
        "failed": Q(state="failed"),
        "undelivered": Q(state="undelivered"),
        "unheard": Q(state="sent", parts__gt=0, sent_at__lte=unheard_since),
        "late": Q(state="waiting", due_at__lte=now - LATE),
    }
    chosen = reasons[why] if why else reasons["failed"] | reasons["undelivered"] | reasons["unheard"] | reasons["late"]
    return Outgoing.objects.filter(chosen, dealt_at=None)


def langs_of(subscribers: Sequence[int]) -> dict[int, str]:
    """The language of each of several subscribers, at most a few hundred."""
    rows = Wish.objects.filter(subscriber_id__in=subscribers).values_list("subscriber_id", "lang")
    return dict.fromkeys(subscribers, "zh") | dict(rows)


def lang_of(subscriber: int) -> str:
    """In which language a subscriber wants to be told: “zh” or “en”."""
    row = statements.one("SELECT lang FROM notices_wish WHERE subscriber_id = %s", [subscriber])
    return str(row[0]) if row else "zh"


def second_way() -> bool:
    """Whether there is a second link, by which a message is tried that did not arrive."""
    return config.exists(settings.HOME) and bool(config.load(settings.HOME).second)


def wish_of(subscriber: int) -> tuple[str, bool]:
    """How a subscriber wants to be told: the language, and whether a second way is tried."""
    row = Wish.objects.filter(subscriber_id=subscriber).first()
    return (row.lang, row.second_way) if row else ("zh", False)
