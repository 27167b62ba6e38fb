"""How often something may be tried from one place. Counts live in Django's cache for an hour.

With the cache in the memory of each process a limit holds for each process; an installation with several sets a shared
cache. Codes by SMS have limits of their own in `notices`, kept in the database.
"""

from __future__ import annotations

from hashlib import blake2b

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from mingbai.kernel.problems import Problem

HOUR = 3600


def origin(request: HttpRequest) -> str:
    """The address that a request came from. Behind the TLS proxy that production settings declare, it is the one that
    the proxy saw: the last of X-Forwarded-For, for those before it anybody may write."""
    if settings.SECURE_PROXY_SSL_HEADER:
        seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if seen:
            return seen
    return str(request.META.get("REMOTE_ADDR", ""))


def count(what: str) -> int:
    """Count one try of `what`; how many there were since the first, at most an hour ago."""
    key = _key(what)
    cache.add(key, 0, HOUR)
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        cache.set(key, 1, HOUR)
        return 1


def refuse_beyond(what: str, limit: int) -> None:
    """Raise Problem when `what` was counted `limit` times already."""
    if int(cache.get(_key(what), 0)) >= limit:
        raise Problem("web.rate", "tried too often", mend="wait an hour", status=429)


def spend(what: str, limit: int) -> None:
    """Count one try; raise Problem when it is beyond `limit`."""
    if count(what) > limit:
        raise Problem("web.rate", "tried too often", mend="wait an hour", status=429)


def _key(what: str) -> str:
    # Names and numbers stay out of the cache, and within its length of keys.
    return "limit:" + blake2b(what.encode(), digest_size=16).hexdigest()
