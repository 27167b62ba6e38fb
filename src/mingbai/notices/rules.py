"""One-time codes and short texts. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_CODE = re.compile(r"(?<=验证码 )\d+|(?<=you alone: )\d+")


def new_code(digits: int) -> str:
    """A random code of so many decimal digits."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def code_digest(key: bytes, *, subscriber: int, purpose: str, code: str) -> bytes:
    """What is stored of a code: a keyed hash bound to purpose and subscriber, so that it is good for nothing else."""
    return hmac.new(key, f"one-time code\0{subscriber}\0{purpose}\0{code}".encode(), hashlib.sha256).digest()


def same(one: bytes, other: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(one, other)


def without_code(text: str) -> str:
    """A text whose code can no longer be read; what it is good for can."""
    return _CODE.sub(lambda found: "•" * len(found[0]), text)


def folded(text: str) -> str:
    """A reply as handlers compare it: A–Z upper case, full-width letters and digits narrow, spaces off both ends.

    Only A–Z: what Unicode calls the upper case of other letters may be a word that nobody wrote (“ſ” would be S).
    """
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text.replace("\u3000", " "))
    return "".join(c.upper() if c.isascii() else c for c in narrow.strip())


TRIES_AT_MOST = 8  # at the last a message is given up


def next_within(moment: datetime, hours: tuple[int, int], zone: str) -> datetime:
    """`moment`, or the next that lies within the hours of the local day (minutes; the first included, the last not)."""
    local = moment.astimezone(ZoneInfo(zone))
    minute, (first, last) = local.hour * 60 + local.minute, hours
    if first <= minute < last:
        return moment
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    day = midnight if minute < first else midnight + timedelta(days=1)
    return (day + timedelta(minutes=first)).astimezone(moment.tzinfo)


def wait_s(tries: int) -> int:
    """Seconds before the next try, after so many: half a minute, doubled each time."""
    return int(30 * 2 ** (tries - 1))
