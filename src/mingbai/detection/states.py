"""Words of detection's tables: what a finding is about, where it is, where a rule set and a run are. Pure."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a finding is about."""

    NUMBER = "number"
    HOLDER = "holder"
    TRUNK = "trunk"
    CALLEE = "callee"  # somebody whom many call at once


UNSCORED = (Kind.TRUNK, Kind.CALLEE)
"""Kinds that have no score: its terms are about somebody who calls."""


class Verdict(StrEnum):
    SUSPICION = "suspicion"  # worth a look: never becomes a case by rule
    FINDING = "finding"


class State(StrEnum):
    """Where a finding is."""

    NEW = "new"
    CASED = "cased"
    DISMISSED = "dismissed"


class Found(StrEnum):
    """By which run a finding was made first."""

    HOUR = "hour"  # over the running window, while calls happen
    DAY = "day"  # over a whole day of the lake


class SetState(StrEnum):
    """Where a rule set is. `profile` is none of them: before the first goes live, the profile's own rules hold."""

    DRAFT = "draft"
    SHADOWED = "shadowed"  # has run over past days
    LIVE = "live"
    RETIRED = "retired"  # another one went live
    DROPPED = "dropped"


class RunState(StrEnum):
    """Where a shadow run or the detection of a day is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Change(StrEnum):
    """What a shadow run would change for somebody."""

    NEW = "new"  # not hit now
    GONE = "gone"  # hit now, no more
    SAME = "same"


SET_NEXT: dict[SetState, tuple[SetState, ...]] = {
    SetState.DRAFT: (SetState.SHADOWED, SetState.DROPPED),
    SetState.SHADOWED: (SetState.LIVE, SetState.DROPPED),
    SetState.LIVE: (SetState.RETIRED,),
    SetState.RETIRED: (),
    SetState.DROPPED: (),
}
