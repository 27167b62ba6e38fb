"""One-time codes: issue, check, make unreadable."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.notices import queries, rules
from mingbai.notices.actions.sending import send
from mingbai.notices.kinds import Kind
from mingbai.notices.models import OneTimeCode, Outgoing

CODE = "code"  # the template whose text carries a one-time code


def issue_code(subscriber: int, purpose: str, *, says: str = "") -> int:
    """Send a new one-time code for `purpose`; the message's id. Codes sent before for it are good no more.

    `says`: what the code is good for, which its message then tells.

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
        minutes = setting.code_minutes
        if queries.lang_of(subscriber) == "en":
            text = f"[Mingbai] {says}Your code: {code}, for {minutes} minutes, for you alone."
        else:
            text = f"【明白】{says}验证码 {code}，{minutes}分钟内有效，请勿告知他人。"
        return send(subscriber=subscriber, template=CODE, text=text, context=f"code:{purpose}"[:48], kind=Kind.CODE)


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
    if not rules.same(bytes(row.digest), _digest(subscriber, purpose, rules.folded(code))):
        return False
    with transaction.atomic():
        used = OneTimeCode.objects.filter(id=row.id, used_at=None).update(used_at=now)
        if used:
            _dim(subscriber)
    return bool(used)


def dim_old_codes() -> int:
    """Make codes unreadable in messages whose time is over; how many. For the work loop."""
    old = clock.now() - timedelta(minutes=queries.profile().notices.code_minutes)
    return _dim_texts(Q(created_at__lte=old))


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
    """Only the code goes; what was said and when stays."""
    rows = Outgoing.objects.filter(which, template=CODE).exclude(text__contains="•")[:1000]
    for message in rows:
        Outgoing.objects.filter(id=message.id).update(text=rules.without_code(message.text))
    return len(rows)


def _digest(subscriber: int, purpose: str, code: str) -> bytes:
    return rules.code_digest(settings.HOME.key("vault"), subscriber=subscriber, purpose=purpose, code=code)
