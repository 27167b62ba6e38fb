"""限制: whom a restriction hits, what it does there, and what several of them come to. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from mingbai.kernel.problems import Problem


class Target(StrEnum):
    NUMBER = "number"  # one number, registered or not
    HOLDER = "holder"  # every number that an organisation holds, for whomever it calls
    PRINCIPAL = "principal"  # every call for an organisation, from whosever number


class Kind(StrEnum):
    LIMITED = "limited"  # 限频
    SUSPENDED = "suspended"  # 停呼: no outgoing calls
    SHUT = "shut"  # 关停
    CONTRACT_ENDED = "contract_ended"  # 解约: of a holder, none of its numbers calls
    BARRED = "barred"  # 入网限制: of an organisation, nothing new is given to it; its calls go on


class State(StrEnum):
    WAITING = "waiting"  # decided, begins later
    STANDING = "standing"
    ENDED = "ended"  # by itself
    LIFTED = "lifted"  # before its time


NEXT: dict[State, tuple[State, ...]] = {
    State.WAITING: (State.STANDING, State.LIFTED, State.ENDED),
    State.STANDING: (State.ENDED, State.LIFTED),
    State.ENDED: (),
    State.LIFTED: (),
}
TARGETS: dict[Kind, tuple[Target, ...]] = {
    Kind.LIMITED: tuple(Target),
    Kind.SUSPENDED: tuple(Target),
    Kind.SHUT: (Target.NUMBER,),
    Kind.CONTRACT_ENDED: (Target.HOLDER,),
    Kind.BARRED: (Target.HOLDER, Target.PRINCIPAL),
}
Limits = tuple[int, int, int]  # calls a minute, an hour, a day; 0 = no limit
NO_LIMITS: Limits = (0, 0, 0)


class Bounds(NamedTuple):
    """What all that stands against one number, or one organisation in one part, comes to."""

    suspended: bool = False
    shut: bool = False
    limits: Limits = NO_LIMITS

    @property
    def any(self) -> bool:
        return self.suspended or self.shut or self.limits != NO_LIMITS


NOTHING = Bounds()


def bounds(standing: Iterable[tuple[str, Limits]]) -> Bounds:
    """Of (kind, limits): the strictest of each."""
    kinds = set()
    limits = NO_LIMITS
    for kind, own in standing:
        kinds.add(kind)
        if kind == Kind.LIMITED:
            limits = strictest(limits, own)
    return Bounds(Kind.SUSPENDED in kinds, bool(kinds & {Kind.SHUT, Kind.CONTRACT_ENDED}), limits)


def strictest(one: Limits, other: Limits) -> Limits:
    """Of two limits each the smaller; 0 is none."""
    minute, hour, day = (min(a, b) if a and b else a or b for a, b in zip(one, other, strict=True))
    return minute, hour, day


def check(target: str, kind: str, limits: Limits) -> tuple[Target, Kind]:
    """Raises Problem for an unknown target or kind, two that do not go together, or a limit that limits nothing."""
    try:
        hit, sort = Target(target), Kind(kind)
    except ValueError:
        raise Problem("numbers.restriction_kind", f"no restriction “{kind}” of a {target}", where="kind") from None
    if hit not in TARGETS[sort]:
        mend = ", ".join(TARGETS[sort])
        raise Problem("numbers.restriction_target", f"“{kind}” does not hit a {target}", where="target", mend=mend)
    if (sort is Kind.LIMITED) != any(limits) or min(limits) < 0:
        raise Problem("numbers.restriction_limits", "say how many calls a minute, hour or day", where="limits")
    return hit, sort
