"""A small reader of what SIP answers are made of, written from RFC 3261 25.1 alone: it refuses all else."""

from __future__ import annotations

import re

_HEX = "0123456789abcdefABCDEF"
_UNRESERVED = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()")
_USER = _UNRESERVED | set("&=+$,;?/")
_HVALUE = _UNRESERVED | set("[]/?:+$")
_HOP = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?(;transport=(?:udp|tcp|tls))?")


class Wrong(AssertionError):
    """This is no SIP."""


def unescaped(text: str, allowed: set[str]) -> str:
    """RFC 3261 19.1.2: characters of the component's set, and %XX for all others; UTF-8."""
    found, at = bytearray(), 0
    while at < len(text):
        one = text[at]
        if one == "%":
            pair = text[at + 1 : at + 3]
            if len(pair) != 2 or any(digit not in _HEX for digit in pair):
                raise Wrong(f"a loose % in {text!r}")
            found.append(int(pair, 16))
            at += 3
            continue
        if one not in allowed:
            raise Wrong(f"{one!r} stands unescaped in {text!r}")
        found += one.encode()
        at += 1
    return found.decode()


def contact(uri: str) -> tuple[str, str, dict[str, str]]:
    """A SIP URI: user (as it means), where it leads, and the headers it asks for."""
    if not uri.startswith("sip:") or not uri.isascii():
        raise Wrong(uri)
    before, at, after = uri[4:].partition("@")
    user, rest = (before, after) if at else ("", uri[4:])
    where, mark, asked = rest.partition("?")
    if not _HOP.fullmatch(where):
        raise Wrong(f"no next hop: {where!r}")
    headers: dict[str, str] = {}
    for part in asked.split("&") if mark else []:
        name, equals, value = part.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z-]+", name) or name in headers:
            raise Wrong(f"no header: {part!r}")
        headers[name] = unescaped(value, _HVALUE)
    return unescaped(user, _USER), where, headers


def quoted_string(text: str) -> tuple[str, str]:
    """A quoted-string at the beginning: what it means, and what stands behind it."""
    if text[:1] != '"':
        raise Wrong(f"no quoted-string: {text!r}")
    found, at = "", 1
    while True:
        if at >= len(text):
            raise Wrong(f"an open quote: {text!r}")
        one = text[at]
        if one == '"':
            return found, text[at + 1 :]
        if one == "\\":
            at += 1
            one = text[at : at + 1]
            if not one or one in "\r\n" or ord(one) > 0x7F:
                raise Wrong(f"no quoted-pair: {text!r}")
        elif one != " " and not (0x21 <= ord(one) <= 0x7E or ord(one) >= 0xA0):
            raise Wrong(f"{one!r} in a quoted-string")
        found += one
        at += 1


def name_addr(text: str) -> tuple[str, str]:
    """Display name and address of a P-Asserted-Identity."""
    name, rest = quoted_string(text)
    found = re.fullmatch(r" <(sip:[0-9A-Za-z.+*;=@:\[\]-]+)>", rest)
    if not found:
        raise Wrong(f"no name-addr: {text!r}")
    return name, found[1]


def call_reason(text: str) -> str:
    """The reason of a Call-Info without a card (RFC 9796)."""
    before, mark, rest = text.partition(";call-reason=")
    if before != "<data:>;purpose=jcard" or not mark:
        raise Wrong(text)
    reason, rest = quoted_string(rest)
    if rest:
        raise Wrong(text)
    return reason


def header_lines(text: str) -> list[tuple[str, str]]:
    """Whole header lines, each ended by CR LF, with no other control character anywhere."""
    if not text:
        return []
    if not text.endswith("\r\n"):
        raise Wrong(f"a line without its end: {text!r}")
    found = []
    for line in text[:-2].split("\r\n"):
        name, colon, value = line.partition(": ")
        if not colon or not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name):
            raise Wrong(f"no header: {line!r}")
        if any(ord(one) < 0x20 or 0x7F <= ord(one) < 0xA0 for one in value):
            raise Wrong(f"a control character in {line!r}")
        found.append((name, value))
    return found
