"""Whether a number may be registered, and for what. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection

from mingbai.kernel.msisdn import Kind, Msisdn
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Use

WIDEST = 10_000_000  # numbers of one range: seven digits, the most that an area or a mobile segment gives one user
CALL_CENTRE = "call_centre"

_PUBLIC = frozenset({Kind.EMERGENCY, Kind.PUBLIC_INTEREST})
_SOLD_TO = frozenset({Use.MARKETING, Use.COLLECTION, Use.PERSONAL})


def check_range(first: Msisdn, last: Msisdn) -> None:
    """Raises Problem unless first to last is one run of allocated numbers of one kind."""
    for number, where in ((first, "first"), (last, "last")):
        if not number.valid:
            what = "this is not a number that the plan has allocated"
            raise Problem("numbers.unallocated", what, where=where, mend="correct the number")
    if first.kind != last.kind or len(first.digits) != len(last.digits):
        what = "first and last are numbers of different kinds"
        raise Problem("numbers.range_kinds", what, where="last", mend="register two ranges")
    if int(last.digits) < int(first.digits):
        raise Problem("numbers.range_downwards", "last comes before first", where="last", mend="exchange the two")
    if int(last.digits) - int(first.digits) >= WIDEST:
        what = f"a range holds at most {WIDEST} numbers"
        raise Problem("numbers.range_too_wide", what, where="last", mend="register several ranges")


def check_use(kind: Kind, use: Use, holder_kind: str, forbidden_for_call_centres: Collection[Kind]) -> None:
    """Raises Problem when a number of this kind may not be registered for this use by such a holder.

    `forbidden_for_call_centres`: the profile's `numbers.call_centre_forbidden_kinds`.
    """
    if use == Use.PERSONAL and kind > Kind.FIXED and kind != Kind.INTERNATIONAL:
        what = "only mobile and fixed numbers can be personal"
        raise Problem("numbers.not_personal", what, where="use", mend="declare what the number is used for")
    if kind in _PUBLIC and use in _SOLD_TO:
        what = "emergency and public-interest numbers sell nothing and belong to nobody"
        raise Problem("numbers.public", what, where="use", mend="declare service or notification")
    if holder_kind == CALL_CENTRE and use != Use.PERSONAL and kind in forbidden_for_call_centres:
        what = "a call centre may not call out from personal numbers"
        raise Problem("numbers.personal_number", what, where="number", mend="register a call-centre number instead")


class Taken:
    """Ranges that do not overlap, by their last number. Adding one tells whether it meets another."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int, int]] = []  # last, first, mark

    def add(self, first: int, last: int, mark: int) -> int | None:
        """Take first to last; the mark of a range already there that it overlaps, and then nothing is taken."""
        at = bisect_left(self._ranges, (first,))
        if at < len(self._ranges) and self._ranges[at][1] <= last:
            return self._ranges[at][2]
        insort(self._ranges, (last, first, mark))
        return None
