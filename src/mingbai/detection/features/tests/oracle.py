"""The features by number and by callee once more, in plain Python over lists: slow, and nothing like the real way."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mingbai.detection.features import Counting
from mingbai.detection.features.columns import TALK_FROM_S

Row = dict[str, Any]


def _local(s: int, zone: str) -> datetime:
    return datetime.fromtimestamp(s, ZoneInfo(zone))


def sliding(times: list[int]) -> int:
    """The most of `times` (s) in 60 minutes that end with one of them."""
    return max((sum(end - 3_600 < at <= end for at in times) for end in times), default=0)


def by_number(calls: list[Row], zone: str, counting: Counting) -> dict[int, Row]:
    """What the calls alone tell of each caller. `calls` as columns.CALLS, all of one window."""
    found = {}
    for caller in {call["caller"] for call in calls if call["caller_kind"] not in (30, 31)}:
        mine = [call for call in calls if call["caller"] == caller and call["caller_kind"] not in (30, 31)]
        found[caller] = _number(caller, mine, calls, zone, counting)
    return found


def _s(call: Row) -> int:
    return int(call["at_us"] // 1_000_000)


def _number(caller: int, mine: list[Row], calls: list[Row], zone: str, counting: Counting) -> Row:
    to = defaultdict(list)
    for call in mine:
        to[call["callee"]].append(_s(call))
    back = defaultdict(list)
    for call in calls:
        if call["callee"] == caller and call["caller"] != caller and call["caller_kind"] not in (30, 31):
            back[call["caller"]].append(_s(call))
    talks = [call["talk_ms"] for call in mine if call["answered"] and (call["talk_ms"] or -1) >= 0]
    talks += [0 for call in mine if call["answered"] and call["talk_ms"] == 0]
    rings = [call["ring_ms"] for call in mine if call["ring_ms"] is not None and call["ring_ms"] >= 0]
    times = [_s(call) for call in mine]
    hours = [_local(s, zone) for s in times]
    pace, insist = sliding(times), max(sliding(one) for one in to.values())
    row = {
        "calls": len(mine),
        "recorded": sum(call["answered"] is not None for call in mine),
        "answered": sum(call["answered"] is True for call in mine),
        "rung": len(rings),
        "ring_ms": sum(rings),
        "short": sum(talk < counting.short_s * 1_000 for talk in talks),
        "long": sum(talk >= counting.long_s * 1_000 for talk in talks),
        "talk_ms": sum(talks),
        "talk_s2": sum((talk // 1_000) ** 2 for talk in talks),
        "night": sum(not counting.day[0] <= at.hour * 60 + at.minute < counting.day[1] for at in hours),
        "one_ring": sum(
            call["answered"] is False and call["ring_ms"] is not None and 0 <= call["ring_ms"] <= counting.one_ring_ms
            for call in mine
        ),
        "rejected": sum(call["cause"] == 21 for call in mine),
        "unused": sum(call["cause"] == 1 or call["callee_kind"] in (31, 32) for call in mine),
        "near": sum((call["near"] or 0) >= counting.near_digits for call in mine),
        "unallocated": sum(call["caller_kind"] == 32 for call in mine),
        "refused_by_gate": sum(call["decision"] == 2 for call in mine),
        "callees": len(to),
        "returned": sum(any(at >= min(made) for at in back[one]) for one, made in to.items()),
        "repeated": sum(len({_local(at, zone).date() for at in made}) > 1 for made in to.values()),
        "again": sum(len(made) > 1 for made in to.values()),
        "consented": len({call["callee"] for call in mine if (call["consent"] or 0) > 0}),
        "callers": sum(bool(one) for one in list(back.values())),
        "first_in": sum(bool(one) and (who not in to or min(one) < min(to[who])) for who, one in back.items()),
        "known": sum(bool(back[one]) and at > min(back[one]) for one, made in to.items() for at in made),
        "most_60min": pace if pace >= counting.busy else 0,
        "most_to_one": insist if insist >= counting.insistent else 0,
        "days": len({at.date() for at in hours}),
        "first_s": min(times),
        "last_s": max(times),
    }
    row |= {f"h{hour}": sum(at.hour == hour for at in hours) for hour in range(24)}
    ends = [*TALK_FROM_S[1:], 10**9]
    row |= {
        f"talk_{part}": sum(begin * 1_000 <= talk < end * 1_000 for talk in talks)
        for part, (begin, end) in enumerate(zip(TALK_FROM_S, ends, strict=True))
    }
    return row


def by_callee(calls: list[Row], counting: Counting) -> dict[int, Row]:
    """Whoever was called `burst_calls` times or more in some 60 minutes."""
    found = {}
    for callee in {call["callee"] for call in calls}:
        theirs = [call for call in calls if call["callee"] == callee]
        times = [_s(call) for call in theirs]
        if sliding(times) < counting.burst_calls:
            continue
        found[callee] = {
            "calls": len(theirs),
            "callers": len({call["caller"] for call in theirs}),
            "most_60min": sliding(times),
            "most_callers_60min": max(
                len({call["caller"] for call in theirs if end - 3_600 < _s(call) <= end}) for end in times
            ),
        }
    return found


def by_trunk(calls: list[Row], counting: Counting) -> dict[int, Row]:
    """What all calls over a trunk tell of it."""
    found = {}
    for trunk in {call["trunk"] for call in calls if call["trunk"]}:
        theirs = [call for call in calls if call["trunk"] == trunk]
        times = [_s(call) for call in theirs]
        pace = sliding(times)
        found[trunk] = {
            "calls": len(theirs),
            "answered": sum(call["answered"] is True for call in theirs),
            "numbers": len({call["caller"] for call in theirs if call["caller_kind"] not in (30, 31)}),
            "most_60min": pace if pace >= counting.busy else 0,
            "first_s": min(times),
            "last_s": max(times),
        }
    return found
