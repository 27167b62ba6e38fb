"""What a verdict is answered with on a SIP trunk: a style is a table in the profile, so that a new one is only data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mingbai.kernel.profile.readers import Misplaced, Reader, SipCode

PLACEHOLDERS = ("id", "card", "page", "code")
"""In a style's header: the verdict's id, the address of its signed card and of its page (RFC 8688), the SIP code."""

_PASS = re.compile(r"((?:30[0-9]|404|480|503)) ([ -~]{1,40})")
_REFUSE = re.compile(r"([4-6]\d\d) ([ -~]{1,40})")
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,40}): ([!-~](?:[ -~]{0,398}[!-~])?)")
_PLACE = re.compile(r"\{([^{}]*)\}")
_OURS = frozenset({
    "via", "v", "from", "f", "to", "t", "call-id", "i", "cseq", "contact", "m", "content-length", "l", "content-type",
    "c", "content-encoding", "e", "record-route", "route", "max-forwards", "server", "require", "supported", "k",
    "p-asserted-identity",
})  # fmt: skip
"""Headers that the proxy or the label writes; a style may not."""
_PARTS = ("pass", "label", "refuse", "headers", "announce")


class Style(NamedTuple):
    """How one kind of switch is answered.

    `passing` to a call that goes on, `label` to one that goes on with a label; `refuse` by rule family, where it is not
    what `gate.sip_codes` says; `headers` by SIP code, lines with PLACEHOLDERS; `announce` the codes that go to the
    trunk's announcement when the caller's side does not say that it knows them (`Feature-Caps: *;+sip.608`).
    """

    passing: SipCode
    label: SipCode
    refuse: Mapping[str, SipCode]
    headers: Mapping[int, tuple[str, ...]]
    announce: frozenset[int]


def styles(families: Iterable[str]) -> Reader:
    """Style name → Style; “plain” is always there."""
    known = frozenset(families)

    def read(value: Any) -> Mapping[str, Style]:
        table = _table("", value)
        if "plain" not in table:
            raise ValueError("must have a style “plain”")
        for name in table:
            if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,30}", name):
                raise Misplaced(name, f"style “{name}” must be named in lower-case letters, digits and hyphens")
        return {name: _style(name, entry, known) for name, entry in table.items()}

    return read


def _style(name: str, value: Any, families: frozenset[str]) -> Style:
    table = _table(name, value)
    if extra := table.keys() - set(_PARTS):
        raise Misplaced(f"{name}.{min(extra)}", f"style “{name}” knows only " + ", ".join(_PARTS))
    if "pass" not in table:
        raise Misplaced(name, f"style “{name}” has no pass")
    passing = _code(f"{name}.pass", table["pass"], _PASS, "302 Moved Temporarily")
    label = _code(f"{name}.label", table["label"], _PASS, "302 Moved Temporarily") if "label" in table else passing
    refuse: dict[str, SipCode] = {}
    for family, said in _table(f"{name}.refuse", table.get("refuse", {})).items():
        where = f"{name}.refuse.{family}"
        if family not in families:
            raise Misplaced(where, f"style “{name}” refuse knows only " + ", ".join(sorted(families)))
        refuse[family] = _code(where, said, _REFUSE, "608 Rejected")
    return Style(passing, label, refuse, _headers(name, table), _announce(name, table))


def _headers(name: str, table: Mapping[str, Any]) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for code, lines in _table(f"{name}.headers", table.get("headers", {})).items():
        where = f"{name}.headers.{code}"
        if not re.fullmatch(r"[3-6]\d\d", code):
            raise Misplaced(where, f"style “{name}” headers must be named by SIP codes")
        if not isinstance(lines, list):
            raise Misplaced(where, f"style “{name}” headers of {code} must be a list of lines")
        found[int(code)] = tuple(_header(where, line) for line in lines)
    return found


def _header(where: str, line: Any) -> str:
    read = _HEADER.fullmatch(line) if isinstance(line, str) else None
    if read is None:
        raise Misplaced(where, "a header is written “Name: value”, in printable ASCII, on one line")
    if read[1].lower() in _OURS:
        raise Misplaced(where, f"“{read[1]}” is written by the proxy, not by a style")
    for place in _PLACE.findall(read[2]):
        if place not in PLACEHOLDERS:
            raise Misplaced(where, f"a header knows only {{{'}, {'.join(PLACEHOLDERS)}}}")
    if set("{}") & set(_PLACE.sub("", read[2])):
        raise Misplaced(where, "braces in a header are for {" + "}, {".join(PLACEHOLDERS) + "} alone")
    return read[0]


def _announce(name: str, table: Mapping[str, Any]) -> frozenset[int]:
    codes = table.get("announce", [])
    if not isinstance(codes, list) or not all(type(code) is int and 400 <= code <= 699 for code in codes):
        raise Misplaced(f"{name}.announce", f"style “{name}” announce must be a list of SIP codes from 400 to 699")
    return frozenset(codes)


def _code(where: str, value: Any, form: re.Pattern[str], example: str) -> SipCode:
    read = form.fullmatch(value) if isinstance(value, str) else None
    if read is None:
        raise Misplaced(where, f"“{where}” must be a SIP code and its reason, such as “{example}”")
    return SipCode(int(read[1]), read[2])


def _table(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Misplaced(where, f"“{where}” must be a table" if where else "must be a table")
    return value
