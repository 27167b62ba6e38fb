"""告知与验证码: write to a subscriber, take their replies, issue and check one-time codes, deliver what is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.notices import arrivals, inbox, queries, rules
from mingbai.notices.delivery import Message, config, delivery
from mingbai.notices.models import Incoming, OneTimeCode, Outgoing
from mingbai.people import queries as people

CODE = "code"  # the template whose text carries a one-time code
CLAIM_SECONDS = 60
HELP = (
    "【明白】未能识别您的回复。回复T：拒绝最近提示的企业来电；回复TT：拒绝全部；回复N：您从未同意过。"
    "Reply T to stop the firm last named, TT to stop all, N if you never agreed."
)


def send(*, subscriber: int, template: str, text: str, context: str = "", due_at: datetime | None = None) -> int:
    """Write a message to a subscriber; it leaves with the next delivery, or at `due_at`. Its id.

    `context` says what a bare reply refers to, such as “principal:7”.
    """
    now = clock.now()
    made = Outgoing.objects.create(
        subscriber_id=subscriber,
        template=template,
        context=context,
        text=text,
        created_at=now,
        due_at=due_at or now,
    )
    return made.id


def receive(*, subscriber: int, text: str, message_id: str = "") -> str:
    """Take a message from a subscriber; the name of the handler that acted, "" when none knew the words.

    Receipt and act are one transaction; a message that comes again under the same `message_id` does nothing more.
    Words that nobody knows are answered with help.
    """
    found = inbox.find(subscriber, text)
    with transaction.atomic():
        now = clock.now()
        row = Incoming(
            subscriber_id=subscriber, text=text[:1000], message_id=message_id[:64], received_at=now, done_at=now
        )
        row.handler = found[0] if found else ""
        if message_id:
            if not _insert_once(row):
                return Incoming.objects.values_list("handler", flat=True).get(message_id=row.message_id)
        else:
            row.save()
        if found is None:
            _help(subscriber)
            return ""
        name, handler, reply = found
        handler(reply)
    return name


def answer_waiting(limit: int = 100) -> int:
    """Answer the replies that links brought, as `receive` does; how many. For the work loop."""
    return arrivals.answer_waiting(_help, limit)


def file_incomplete(limit: int = 100) -> int:
    """File replies of which a part never came; how many. For the work loop."""
    return arrivals.file_incomplete(limit)


def issue_code(subscriber: int, purpose: str) -> int:
    """Send a new one-time code for `purpose`; the message's id. Codes sent before for it are good no more.

    Raises Problem (429) beyond the profile's codes an hour.
    """
    setting = queries.profile().notices
    now = clock.now()
    code = rules.new_code(setting.code_digits)
    with transaction.atomic():
        _one_at_a_time(subscriber)
        sent = OneTimeCode.objects.filter(subscriber_id=subscriber, created_at__gt=now - timedelta(hours=1)).count()
        if sent >= setting.code_per_hour:
            raise Problem(
                "notices.too_many_codes", "too many codes within the hour", mend="try again later", status=429
            )
        _dim(subscriber)
        OneTimeCode.objects.filter(subscriber_id=subscriber, purpose=purpose, used_at=None, expires_at__gt=now).update(
            expires_at=now
        )
        OneTimeCode.objects.create(
            subscriber_id=subscriber,
            purpose=purpose,
            digest=_digest(subscriber, purpose, code),
            created_at=now,
            expires_at=now + timedelta(minutes=setting.code_minutes),
        )
        text = (
            f"【明白】验证码 {code}，{setting.code_minutes}分钟内有效，请勿告知他人。Your code, for you alone: {code}"
        )
        return send(subscriber=subscriber, template=CODE, text=text, context=f"code:{purpose}"[:48])


def check_code(subscriber: int, purpose: str, code: str) -> bool:
    """Whether `code` is the one last issued for `purpose`; a right code is used up, a wrong one costs a try.

    Call it outside any transaction that may be rolled back: a try that is forgotten is a try for free.
    """
    now = clock.now()
    standing = OneTimeCode.objects.filter(
        subscriber_id=subscriber,
        purpose=purpose,
        used_at=None,
        expires_at__gt=now,
        tries__lt=queries.profile().notices.code_tries,
    )
    row = standing.order_by("-created_at", "-id").first()
    # The try is counted before the code is compared, so that guesses at the same moment cannot share one.
    if row is None or not standing.filter(id=row.id).update(tries=F("tries") + 1):
        return False
    if not rules.same(bytes(row.digest), _digest(subscriber, purpose, code.strip())):
        return False
    with transaction.atomic():
        used = OneTimeCode.objects.filter(id=row.id, used_at=None).update(used_at=now)
        if used:
            _dim(subscriber)
    return bool(used)


def deliver_due(limit: int = 100) -> int:
    """Send up to `limit` messages that are due; how many left the house. For the work loop.

    Each is claimed for a minute, so that of several workers one sends it, and one that dies holds it no longer.
    Messages to a number that has another user now are dropped. Where there is a messages.toml, its links do all this.
    """
    if config.exists(settings.HOME):
        return 0
    carry = delivery()
    sent = 0
    for row in _claim(limit):
        message = _message(row)
        try:
            if message is not None:
                carry(message)
        except OSError:
            wait = timedelta(seconds=rules.wait_s(row.tries + 1))
            state = Outgoing.State.WAITING if row.tries + 1 < rules.TRIES_AT_MOST else Outgoing.State.FAILED
            _mine(row).update(claimed_until=None, due_at=clock.now() + wait, state=state)
            continue
        state = Outgoing.State.SENT if message is not None else Outgoing.State.FAILED
        done = _mine(row).update(state=state, sent_at=clock.now() if message else None, claimed_until=None)
        sent += done if message is not None else 0
    return sent


def dim_old_codes() -> int:
    """Make codes unreadable in messages whose time is over; how many. For the work loop."""
    old = clock.now() - timedelta(minutes=queries.profile().notices.code_minutes)
    return _dim_texts(Q(created_at__lte=old))


def _help(subscriber: int) -> None:
    send(subscriber=subscriber, template="help", text=HELP)


def _claim(limit: int) -> list[Outgoing]:
    now = clock.now()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    with transaction.atomic():
        due = Outgoing.objects.filter(free, state=Outgoing.State.WAITING, due_at__lte=now).order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        rows = list(due[:limit])
        until = now + timedelta(seconds=CLAIM_SECONDS)
        Outgoing.objects.filter(id__in=[row.id for row in rows]).update(claimed_until=until, tries=F("tries") + 1)
    for row in rows:
        row.claimed_until = until
    return rows


def _mine(row: Outgoing) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(id=row.id, state=Outgoing.State.WAITING, claimed_until=row.claimed_until)


def _message(row: Outgoing) -> Message | None:
    """The message for the delivery; None when its number is erased or has another user now."""
    if not people.is_current(row.subscriber_id):
        return None
    try:
        number = people.number_of(row.subscriber_id)
    except Problem:
        return None
    return Message(row.id, number.e164, number.masked, row.template, row.text)


def _insert_once(row: Incoming) -> bool:
    """Insert unless the message id is known; whether it was inserted."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _one_at_a_time(subscriber: int) -> None:
    """Of two requests for a code at once the second waits, and counts the first. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('notices.code'), %s)", [subscriber % 2**31])


def _dim(subscriber: int) -> None:
    """A code that is used or replaced is not sent any more, and not shown."""
    unsent = Outgoing.objects.filter(subscriber_id=subscriber, template=CODE, state=Outgoing.State.WAITING)
    unsent.update(state=Outgoing.State.FAILED)
    _dim_texts(Q(subscriber_id=subscriber))


def _dim_texts(which: Q) -> int:
    """Only the code's digits go; what was said and when stays."""
    rows = Outgoing.objects.filter(which, template=CODE).exclude(text__contains="•")[:1000]
    for message in rows:
        Outgoing.objects.filter(id=message.id).update(text=rules.without_digits(message.text))
    return len(rows)


def _digest(subscriber: int, purpose: str, code: str) -> bytes:
    return rules.code_digest(settings.HOME.key("vault"), subscriber=subscriber, purpose=purpose, code=code)
