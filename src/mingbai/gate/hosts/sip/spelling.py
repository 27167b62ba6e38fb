"""A label and a called number as SIP writes them: whatever they contain, nothing leaves the place it is put in."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import quote

MOST_CHARACTERS = 40
"""Of a label: as many as a number's own may have; RFC 9796 asks for no more than 64 in a call-reason."""
MOST_BYTES = 120
"""Of a label in UTF-8: then a Contact that holds it twice, each byte as %XX, stays below MOST_URI."""
MOST_URI = 1000
"""Characters of a Contact URI; Kamailio's MAX_URI_SIZE is 1024."""

SAFE = "-_.~"
_USER_SAFE = "-_.!~*'()&=+$,;/"  # RFC 3261 25.1: mark, user-unreserved; “?” begins headers for who reads loosely
_LOOSE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


class Spelt(NamedTuple):
    """A label ready for the wire: `quoted` a quoted-string, `name` the same as an hvalue, `info` a Call-Info hvalue."""

    text: str
    quoted: str
    name: str
    info: str


def shown(label: str) -> str:
    """The label as a phone can show it: one short line, no control characters, nothing that turns its direction."""
    kept = (one if one.isprintable() else "" if unicodedata.category(one) == "Cf" else " " for one in label)
    text = " ".join("".join(kept).split())[:MOST_CHARACTERS]
    return text.encode()[:MOST_BYTES].decode("utf-8", "ignore").strip()


def spell(label: str) -> Spelt:
    """Every way in which a label is written. RFC 3261 25.1 (quoted-string), 19.1.1 (hvalue); RFC 9796 (call-reason)."""
    text = shown(label)
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    info = quote(f"<data:>;purpose=jcard;call-reason={quoted}", safe=SAFE)
    return Spelt(text, quoted, quote(quoted, safe=SAFE), info)


def user_part(user: str) -> str:
    """A Request-URI's user part as it goes into another URI, with its “@”; nothing at all for an empty one."""
    if user[:1] == "+" and user[1:].isdigit() and user.isascii():
        return user + "@"
    if not user:
        return ""
    text = _LOOSE_PERCENT.sub("%25", user)
    return quote(text.encode("utf-8", "replace"), safe=_USER_SAFE + "%") + "@"
