"""复核: what a periodic look finds when it holds use against declaration. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from mingbai.admission.rules.declared import Handed, Hours
from mingbai.admission.rules.words import Doubt

LEAST_CALLS = 20  # fewer say nothing of a share
QUARTERS = 96


class Declared(NamedTuple):
    """What was declared and signed."""

    use: str
    per_day: int
    hours: Hours
    trunks: Collection[int]  # none: any line
    resources: Collection[int]  # of a line: what may be sent over it; none: not looked at


class Conduct(NamedTuple):
    """How it called in the time looked at. `quarters`: calls by quarter of the local day, 96 of them."""

    calls: int
    purposes: Mapping[str, int]  # as the calls said; calls that said none are not in it
    trunks: Mapping[int, int]
    resources: Mapping[int, int]  # 0: a number that nobody registered
    quarters: Sequence[int]
    busiest: int
    busiest_day: str


class Found(NamedTuple):
    """A doubt: its kind, what it is about, and the figures."""

    kind: Doubt
    about: str
    detail: Mapping[str, Any]


def papers(handed: Collection[Handed], today: date, warn_days: int) -> list[Found]:
    """Papers that have expired, or will within the days."""
    found = []
    for one in handed:
        if one.expires_on is None:
            continue
        if one.expires_on < today:
            found.append(Found(Doubt.PAPER_EXPIRED, one.paper.value, {"on": one.expires_on.isoformat()}))
        elif one.expires_on <= today + timedelta(days=warn_days):
            found.append(Found(Doubt.PAPER_EXPIRING, one.paper.value, {"on": one.expires_on.isoformat()}))
    return found


def use(declared: Declared, conduct: Conduct, *, use_percent: int, volume_percent: int) -> list[Found]:
    """Where use differs from what was declared by more than the profile allows."""
    found: list[Found] = []
    if conduct.busiest * 100 > declared.per_day * volume_percent:
        detail = {"calls": conduct.busiest, "declared": declared.per_day, "day": conduct.busiest_day}
        found.append(Found(Doubt.VOLUME_EXCEEDED, "", detail))
    said = sum(conduct.purposes.values())
    others = {name: count for name, count in conduct.purposes.items() if name != declared.use}
    if _share(sum(others.values()), said, use_percent):
        worst = max(others, key=lambda name: (others[name], name))
        found.append(Found(Doubt.USE_DIFFERS, "", {"calls": sum(others.values()), "of": said, "most": worst}))
    outside = sum(n for at, n in enumerate(conduct.quarters) if not _within(at, declared.hours))
    if _share(outside, conduct.calls, use_percent):
        found.append(Found(Doubt.HOURS_OUTSIDE, "", {"calls": outside, "of": conduct.calls}))
    if declared.trunks:
        for trunk, count in sorted(conduct.trunks.items()):
            if trunk not in declared.trunks and trunk:
                found.append(Found(Doubt.TRUNK_FOREIGN, str(trunk), {"calls": count, "of": conduct.calls}))
    if declared.resources:
        foreign = sum(count for one, count in conduct.resources.items() if one not in declared.resources)
        if foreign:
            found.append(Found(Doubt.NUMBER_FOREIGN, "", {"calls": foreign, "of": conduct.calls}))
    return found


def _share(part: int, whole: int, percent: int) -> bool:
    return whole >= LEAST_CALLS and part * 100 > whole * percent


def _within(quarter: int, hours: Hours) -> bool:
    return hours.first <= quarter * 15 < hours.last
