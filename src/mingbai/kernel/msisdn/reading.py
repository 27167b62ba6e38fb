"""From what a network, a file or a person wrote to a sign and digits, or to the reason why not."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

from mingbai.kernel.msisdn.table import WITHHELD_WORDS

_SEPARATORS: Final = (
    " \t\r\n\v\f-.()/[]_~·（）"
    "\u00a0\u00ad\u2002\u2003\u2009\u202f\u3000\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\uff0e"
)
_INVISIBLE: Final = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_CLEAN: dict[int, str | None] = {ord(char): None for char in _SEPARATORS + _INVISIBLE}
_CLEAN |= {ord("０") + digit: str(digit) for digit in range(10)}
_CLEAN[ord("＋")] = "+"
_SCHEMES: Final = ("tel:", "sip:")
_LONGEST: Final = 512


class Unreadable(Exception):
    """Not a number at all; `withheld` when it says that the number is hidden."""

    def __init__(self, *, withheld: bool) -> None:
        self.withheld = withheld


def signed_digits(raw: str) -> str:
    """ASCII digits, after a “+” if there was one. Raises Unreadable.

    Takes spaces, hyphens and brackets, full-width forms, marks that phones copy along, `tel:` and `sip:` URIs and
    name-addr forms ("Name" <sip:user@host>;tag=…).
    """
    if len(raw) > _LONGEST:
        raise Unreadable(withheld=False)
    text = raw.replace("-", "").replace(" ", "")
    if _plain(text):
        return text
    if raw[:4] in _SCHEMES and "phone-context" not in raw:
        text = raw[4:].partition("@")[0].partition(";")[0]
        if _plain(text):
            return text
    text = raw.translate(_CLEAN)
    if not _plain(text):
        text = _from_uri(raw).translate(_CLEAN)
        if not _plain(text):
            raise Unreadable(withheld=text.strip("\"'<>").lower() in WITHHELD_WORDS)
    return text


def _plain(text: str) -> bool:
    bare = text[1:] if text[:1] == "+" else text
    return bare.isascii() and bare.isdigit()


def _from_uri(raw: str) -> str:
    """The user part of a SIP or tel URI, joined with its phone-context; anything else as it is."""
    text = raw.strip()
    if "<" in text:
        text = text.rpartition("<")[2].partition(">")[0]
    scheme, colon, rest = text.partition(":")
    if not colon or scheme.strip().lower() not in ("sip", "sips", "tel"):
        return text
    user = rest.partition("@")[0].partition("?")[0]
    user, *parameters = user.split(";")
    user = unquote(user.partition(":")[0], errors="replace").strip()
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "phone-context" and value.startswith("+") and not user.startswith("+"):
            return value + user
    return user
