"""What may be declared in an application, and what a reviewer must have said. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from mingbai.admission.rules.words import Item, Paper, Sort
from mingbai.kernel.msisdn import Kind, Msisdn
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Industry, Use

KINDS = frozenset({
    Kind.FIRM_95, Kind.CALL_CENTRE_95, Kind.OTHER_95, Kind.PROVINCIAL_96, Kind.NATIONAL_1010, Kind.TOLL_400,
    Kind.TOLL_800, Kind.FIXED,
})  # fmt: skip
"""Kinds of numbers that a firm can apply for; personal mobile numbers are not given to callers."""
QUARTER = 15  # minutes: hours are declared in quarters
LONGEST_NOTE, SHORTEST_WORDS, LONGEST_WORDS = 200, 4, 500
MOST_A_DAY = 10_000_000
MOST_SENDABLE = 200
_LINE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


class Volume(NamedTuple):
    """Calls at most, as declared."""

    per_minute: int
    per_hour: int
    per_day: int


class Hours(NamedTuple):
    """Minutes of the local day: the first included, the last not."""

    first: int
    last: int


class Declaration(NamedTuple):
    """What a firm wants and declares. Organisations and trunks by id; `principal` None: the applicant calls for itself.

    `first` to `last` is the number or range wanted; of a line there is none, and `line` is its name. `sendable`: what
    may be sent as caller, by ranges; for numbers none means those wanted.
    """

    carrier: int
    use: str
    industry: str
    about: str
    volume: Volume
    hours: Hours
    sort: Sort = Sort.NUMBERS
    first: Msisdn | None = None
    last: Msisdn | None = None
    line: str = ""
    line_source: str = ""
    principal: int | None = None
    reseller: int | None = None
    trunks: tuple[int, ...] = ()
    sendable: tuple[tuple[Msisdn, Msisdn], ...] = ()
    label: str = ""


class Handed(NamedTuple):
    """A paper that stands: its kind, and its last day (None: it holds without end)."""

    paper: Paper
    expires_on: date | None


def check_wanted(sort: Sort, first: Msisdn | None, last: Msisdn | None, line: str, sendable: int) -> None:
    """Raises Problem unless what is applied for is a number, a range, or a line with what may be sent over it."""
    if sendable > MOST_SENDABLE:
        raise Problem("admission.too_many", f"at most {MOST_SENDABLE} ranges", where="sendable")
    if sort is Sort.LINE:
        if not _LINE.fullmatch(line):
            raise Problem("admission.line", "a line has a name of letters, digits and ._:-", where="line")
        if not sendable:
            raise Problem("admission.sendable", "name the numbers that may be sent over the line", where="sendable")
        return
    if first is None or last is None or not first.valid or not last.valid:
        raise Problem("admission.number", "name the number or range that is wanted", where="first")
    for number, where in ((first, "first"), (last, "last")):
        if number.kind not in KINDS:
            what = "this kind of number is not given to firms that call"
            raise Problem("admission.kind", what, where=where, mend="apply for a 95, 96, 400, 1010 or fixed number")


def check_use(use: str, industry: str, forbidden: Collection[Use]) -> Use:
    """The declared use. Raises Problem for one that there is not, that is no firm's, or that is not licensed."""
    if use not in set(Use) or use == Use.PERSONAL:
        raise Problem("admission.use", "declare what the calls are for", where="use", mend=", ".join(Use))
    if industry not in set(Industry):
        raise Problem("admission.industry", "declare the industry", where="industry", mend=", ".join(Industry))
    if use in forbidden:
        raise Problem("admission.use_forbidden", "calls of this use are not licensed", where="use", status=409)
    return Use(use)


def check_volume(volume: Volume) -> None:
    """Raises Problem unless a minute, an hour and a day go together."""
    if not 1 <= volume.per_minute <= volume.per_hour <= volume.per_day <= MOST_A_DAY:
        what = "calls a minute, an hour and a day are at least 1 and do not fall"
        raise Problem("admission.volume", what, where="per_day")


def check_hours(hours: Hours, allowed: Hours | None) -> None:
    """Raises Problem unless hours are quarters, rise, and lie within those in which such calls may be made."""
    if not 0 <= hours.first < hours.last <= 1440 or hours.first % QUARTER or hours.last % QUARTER:
        raise Problem("admission.hours", "hours begin before they end, at full quarters", where="hours")
    if allowed is not None and not (allowed.first <= hours.first and hours.last <= allowed.last):
        what = f"such calls may be made from {clock_of(allowed.first)} to {clock_of(allowed.last)}"
        raise Problem("admission.hours_outside", what, where="hours", status=409)


def clock_of(minute: int) -> str:
    """540 → “09:00”."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def words(text: str, where: str) -> str:
    """Raises Problem for fewer than 4 or more than 500 characters."""
    bare = " ".join(text.split())
    if not SHORTEST_WORDS <= len(bare) <= LONGEST_WORDS:
        what = f"{SHORTEST_WORDS} to {LONGEST_WORDS} characters are needed"
        raise Problem("admission.words", what, where=where, mend="say why")
    return bare


def wanting(papers: Sequence[Handed], wanted: Collection[str], today: date) -> list[tuple[Paper, str]]:
    """Papers that are “missing” or “expired” today, in the order of the list."""
    standing = {one.paper: one for one in papers}
    found: list[tuple[Paper, str]] = []
    for paper in Paper:
        if paper not in wanted:
            continue
        if paper not in standing:
            found.append((paper, "missing"))
        elif (last := standing[paper].expires_on) is not None and last < today:
            found.append((paper, "expired"))
    return found


def checklist(answers: Mapping[str, tuple[bool, str]]) -> dict[str, dict[str, bool | str]]:
    """The checklist as it is kept. Raises Problem unless every item is answered, and each no with a note."""
    if missing := [one.value for one in Item if one not in answers]:
        raise Problem("admission.checklist", "every item is answered", where=missing[0], mend="say yes or no to each")
    if unknown := sorted(set(answers) - set(Item)):
        raise Problem("admission.checklist", "there is no such item", where=unknown[0])
    kept: dict[str, dict[str, bool | str]] = {}
    for item in Item:
        ok, note = answers[item]
        bare = " ".join(note.split())[:LONGEST_NOTE]
        if not ok and not bare:
            raise Problem("admission.note", "a no needs a note that says what is wanting", where=item.value)
        kept[item.value] = {"ok": ok, "note": bare}
    return kept


def may_have(sendable: Sequence[tuple[int, int]], own: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The first range that is not wholly among `own`, merged; None when all are."""
    merged: list[list[int]] = []
    for first, last in sorted(own):
        if merged and first <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    for first, last in sendable:
        if not any(low <= first and last <= high for low, high in merged):
            return first, last
    return None
