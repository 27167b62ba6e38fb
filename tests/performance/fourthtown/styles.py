"""What a style of caller is: centres of habits. Each caller draws its own values about them, widely (`HABITS`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Habit(NamedTuple):
    """`kind`: share (normal in log odds), positive (lognormal) or plain (normal); `spread` is its deviation."""

    kind: str
    spread: float


HABITS: dict[str, Habit] = {
    "rate": Habit("positive", 0.8),  # first attempts on a working day
    "days": Habit("share", 0.9),  # of the days it works on
    "weekend": Habit("share", 1.0),  # of its rate on Saturdays and Sundays
    "fresh": Habit("share", 0.8),  # of its attempts that go to people who have nothing to do with it
    "circle": Habit("positive", 0.8),  # people who have: clients, patients, parents
    "warm": Habit("share", 0.7),  # of the circle that is glad of its calls
    "grouped": Habit("share", 0.8),  # of its callees from one neighbourhood
    "again": Habit("share", 0.7),  # tries again after no answer
    "follow": Habit("share", 0.8),  # calls a callee who answered once more
    "appeal": Habit("plain", 0.4),  # added to the log odds of an answer of somebody who does not know it
    "curt": Habit("share", 0.85),  # of the answered that are over in seconds
    "talk": Habit("positive", 0.4),  # seconds, median of the others
    "tight": Habit("positive", 0.2),  # deviation of the logarithm of talk
    "patience": Habit("positive", 0.3),  # seconds it lets ring, median
    "back": Habit("share", 0.85),  # of those who missed it and call back
    "later": Habit("share", 0.8),  # of those who answered and call it afterwards
    "inbound": Habit("positive", 0.9),  # calls from its circle for each call of its own
    "picks": Habit("share", 0.7),  # answers when called
    "stale": Habit("share", 0.8),  # of the numbers on its list that are not in use
    "near": Habit("share", 0.8),  # of the numbers that it takes from about its own
    "objects": Habit("share", 0.7),  # of unconcerned people who answered and refuse formally
    "past": Habit("positive", 0.9),  # formal refusals from before these days
    "heed": Habit("share", 0.9),  # of refusals that it heeds
    "consents": Habit("share", 0.8),  # of its callees who consented to its marketing, on file
}


@dataclass(frozen=True)
class Style:
    """One style. `per`: numbers among 100,000 people; `pool`: numbers of one holder, least and most.

    `lines`: weights of kinds of `plan.LINES`; `listed`: (weight, sort, use) of registered numbers, the rest of 1 is
    unregistered; `private`: share whose number is also its owner's own; `turn`: how a holder's calls fall on its
    numbers, “own” (each its own), “thin” (any), “day” (one for half a day); `steady`: share that a machine dials;
    `brief`: share of numbers that begin or end within the days, taken into use, blocked or thrown away.
    """

    name: str
    nuisance: bool
    per: float
    lines: dict[str, float]
    hours: tuple[str, ...] = ("sales", "office")
    pool: tuple[int, int] = (1, 1)
    turn: str = "own"
    listed: tuple[tuple[float, str, str], ...] = ()
    private: float = 0.0
    steady: float = 0.0
    hopping: bool = False
    age_days: float = 500.0
    brief: float = 0.04
    rate: float = 40
    days: float = 0.9
    weekend: float = 0.4
    fresh: float = 0.5
    circle: float = 40
    warm: float = 0.9
    grouped: float = 0.02
    again: float = 0.3
    follow: float = 0.08
    appeal: float = 0.0
    curt: float = 0.2
    talk: float = 45
    tight: float = 0.9
    patience: float = 26
    back: float = 0.12
    later: float = 0.03
    inbound: float = 0.05
    picks: float = 0.6
    stale: float = 0.03
    near: float = 0.0
    objects: float = 0.003
    past: float = 0.3
    heed: float = 0.85
    consents: float = 0.0
