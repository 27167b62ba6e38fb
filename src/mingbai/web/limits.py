"""How often something may be tried from one place: counted in the database, for all web processes together.

Django's own caches would lose counts: that in the database reads and writes in two steps and keeps 300 keys, those in
memory and in files likewise. One statement counts here. Codes by SMS have limits of their own in `notices`.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.web.models import Tried

HOUR = 3600
CODES = 60  # asked for from one address, an hour; how many for one number is the profile's to say
_COUNT = (
    "INSERT INTO web_tried (key, count, until) VALUES (%s, 1, %s)"
    " ON CONFLICT (key) DO UPDATE SET count = web_tried.count + 1 RETURNING count"
)


def origin(request: HttpRequest) -> str:
    """The address that a request came from. Behind the TLS proxy that production settings declare, it is the one that
    the proxy saw: the last of X-Forwarded-For, for those before it anybody may write."""
    if settings.SECURE_PROXY_SSL_HEADER:
        seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if seen:
            return seen
    return str(request.META.get("REMOTE_ADDR", ""))


def count(what: str) -> int:
    """Count one try of `what`; how many there were since the first, at most an hour ago.

    Not to be called inside a transaction that may be rolled back: a try that is forgotten is a try for free.
    """
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        Tried.objects.filter(until__lte=now).delete()
        cursor.execute(_COUNT, [_key(what), connection.ops.adapt_datetimefield_value(now + timedelta(seconds=HOUR))])
        return int(cursor.fetchone()[0])


def refuse_beyond(what: str, limit: int) -> None:
    """Raise Problem when `what` was counted `limit` times already."""
    standing = Tried.objects.filter(key=_key(what), until__gt=clock.now()).values_list("count", flat=True).first()
    if (standing or 0) >= limit:
        raise Problem("web.rate", "tried too often", mend="wait an hour", status=429)


def spend(what: str, limit: int) -> None:
    """Count one try; raise Problem when it is beyond `limit`."""
    if count(what) > limit:
        raise Problem("web.rate", "tried too often", mend="wait an hour", status=429)


def ask_code(request: HttpRequest) -> None:
    """Count one code by SMS asked for from where the request came; raise Problem when there were too many."""
    spend(f"code:from:{origin(request)}", CODES)


def _key(what: str) -> bytes:
    return blake2b(what.encode(), digest_size=16).digest()
