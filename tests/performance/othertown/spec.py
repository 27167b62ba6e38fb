"""What one sort of calling agent may be like: broad ranges, from which each agent draws its own habits."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.performance.othertown.draws import Span


@dataclass(frozen=True)
class Spec:
    """Ranges for one style. Spans are drawn log-uniformly where they tell volumes, evenly where they tell shares."""

    style: str
    per: float  # agents in 100,000 people
    nuisance: bool = False
    look: str = ""  # which hard negative it is
    daily: Span = (20, 80)  # calls on a working day, all lines together
    lines: Span = (1, 1)
    kinds: dict[str, float] = field(default_factory=lambda: {"fixed": 1.0})
    person: float = 0.0  # share whose number is that of someone with a life besides
    registered: float = 0.0
    sorts: tuple[str, ...] = ("none",)
    uses: tuple[str, ...] = ("service",)
    open: Span = (8.5, 10)
    close: Span = (17, 19.5)
    weekend: Span = (0.1, 0.8)
    active: Span = (0.7, 1.0)  # share of the days it works
    whom: str = "random"  # random, leaked, district, few, circle
    fresh: Span = (0.8, 1.0)  # distinct people for each call made; for few and circle: how many people
    dead: Span = (0.0, 0.01)  # share of its list nobody holds any more
    trust: Span = (0.8, 1.3)  # how much more or less than any stranger it is answered
    early: Span = (0.05, 0.25)  # share of answered calls broken off in the first seconds
    talk: Span = (30, 90)  # median seconds
    shape: Span = (0.35, 0.7)
    patience: Span = (22, 45)  # seconds it lets ring
    robot: float = 0.0  # share of agents that play a recording
    retry: Span = (0.05, 0.3)
    back: Span = (0.05, 0.2)  # chance a missed call is returned
    inbound: Span = (0.6, 0.95)  # chance a returned call is answered
    asked: Span = (0.0, 0.0)  # share of its people who had called it first
    refuse: Span = (0.0, 0.003)  # chance that someone who answered asks not to be called again
    honour: Span = (0.85, 1.0)  # chance that this is kept to
    rotate: str = ""  # "" any line, hop, moved, forged
    own: float = 0.5
    since: Span = (200, 4000)  # days the numbers have been held
