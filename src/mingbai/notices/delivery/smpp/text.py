"""Texts as SMS carry them: alphabet, length, parts with a user data header (3GPP TS 23.040), and back. Pure."""

from __future__ import annotations

import string
from typing import NamedTuple

PLAIN, ASCII, LATIN1, UCS2 = 0, 1, 3, 8  # data_coding, SMPP 3.4 section 5.2.19
_OCTETS = 140  # of one SMS
_SEPTETS = 160
_HEADER = 7  # octets of a concatenation header with a 16-bit reference
# The same octets in the GSM alphabet, in ASCII and in Latin 1: whatever a centre's default alphabet is, these arrive.
_EVERYWHERE = frozenset(string.ascii_letters + string.digits + " \n\r!\"#%&'()*+,-./:;<=>?")
_GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_MORE = {10: "\f", 20: "^", 40: "{", 41: "}", 47: "\\", 60: "[", 61: "~", 62: "]", 64: "|", 101: "€"}
ALPHABETS = ("gsm", "latin1", "ascii")


class Piece(NamedTuple):
    """One short message: its octets with the header that they begin with, if any."""

    number: int
    total: int
    coding: int
    headed: bool
    octets: bytes


class Concatenation(NamedTuple):
    """What a header says: which longer text this is a part of."""

    reference: int
    total: int
    number: int


def split(text: str, reference: int) -> list[Piece]:
    """A text as one SMS or several; `reference` (its low 16 bits) is what the phone joins them by.

    The same text always falls into the same parts, so that what a kill left unsent can be sent alone.
    """
    plain = _EVERYWHERE.issuperset(text)
    octets = text.encode("ascii" if plain else "utf-16-be", "surrogatepass" if not plain else "strict")
    coding, whole = (PLAIN, _SEPTETS) if plain else (UCS2, _OCTETS)
    if len(octets) <= whole:
        return [Piece(1, 1, coding, False, octets)]
    room = (_OCTETS - _HEADER) * 8 // 7 if plain else (_OCTETS - _HEADER) // 2 * 2
    bodies, start = [], 0
    while start < len(octets):
        end = start + room
        if not plain and end < len(octets) and 0xD8 <= octets[end - 2] <= 0xDB:
            end -= 2  # a surrogate pair stays together
        bodies.append(octets[start:end])
        start = end
    total = len(bodies)
    if total > 255:
        raise ValueError("a text of more than 255 SMS")
    head = bytes((6, 8, 4, reference >> 8 & 0xFF, reference & 0xFF, total))
    return [Piece(n, total, coding, True, head + bytes((n,)) + body) for n, body in enumerate(bodies, 1)]


def count(text: str) -> int:
    """How many SMS a text takes."""
    return len(split(text, 0))


def unheaded(octets: bytes) -> tuple[Concatenation | None, bytes]:
    """A short message that begins with a header: what it says of concatenation, and the rest.

    A header that does not end inside the message is taken for text.
    """
    if not octets or octets[0] >= len(octets):
        return None, octets
    end, at, found = octets[0] + 1, 1, None
    while at + 2 <= end:
        kind, size = octets[at], octets[at + 1]
        value = octets[at + 2 : min(at + 2 + size, end)]
        if kind == 0 and len(value) == 3:
            found = Concatenation(value[0], value[1], value[2])
        elif kind == 8 and len(value) == 4:
            found = Concatenation(value[0] << 8 | value[1], value[2], value[3])
        at += 2 + size
    if found is not None and not 0 < found.number <= found.total:
        found = None
    return found, octets[end:]


def decoded(octets: bytes, coding: int, alphabet: str = "gsm") -> str:
    """The text of a short message; what cannot be read becomes “\ufffd”, and binary messages are empty."""
    if coding == PLAIN:
        return _gsm(octets) if alphabet == "gsm" else octets.decode(alphabet, "replace")
    if coding == ASCII:
        return octets.decode("ascii", "replace")
    if coding == UCS2:
        return octets.decode("utf-16-be", "replace")
    if coding in (2, 4):
        return ""
    return octets.decode("latin-1", "replace")


def _gsm(octets: bytes) -> str:
    text, escaped = [], False
    for octet in octets:
        if escaped:
            text.append(_GSM_MORE.get(octet, _GSM[octet] if octet < 128 else "\ufffd"))
            escaped = False
        elif octet == 0x1B:
            escaped = True
        else:
            text.append(_GSM[octet] if octet < 128 else "\ufffd")
    return "".join(text)
