"""What somebody calls for: hours, lists, pace, patience and what the called make of it."""

from __future__ import annotations

from dataclasses import dataclass

OFFICE_HOURS = "9-12,13.5-18"


@dataclass(frozen=True)
class Trade:
    """One way of calling many people; times in seconds, rates per answered or seen call."""

    name: str
    per_100k: float
    """Operations for each hundred thousand people."""
    quota: float
    """Median calls of a seat on a working day."""
    look: str = "mobile"
    """Kind of number, or `person`: the seat is somebody's own telephone."""
    seats: tuple[int, int] = (1, 1)
    lines: tuple[int, int] = (1, 1)
    source: str = "orders"
    """orders | own | clients | bought | random | range | few | debtors | elders | parents"""
    hours: str = OFFICE_HOURS
    workday: float = 0.93
    weekend: float = 0.4
    spread: float = 0.45
    gap: float = 90.0
    gap_sigma: float = 0.9
    ring: float = 26.0
    ring_sigma: float = 0.35
    warm: float = 0.3
    """How much the called expect such a call."""
    hang: float = 0.2
    talk: float = 40.0
    talk_sigma: float = 0.8
    retry: float = 0.25
    refuse: float = 0.0
    annoy: float = 0.02
    back: float = 0.6
    pickup: float = 0.7
    back_talk: float = 35.0
    rotate: str = "seat"
    """seat | robin | daily | burn | refuser | local"""
    obeys: float = 0.97
    registered: float = 0.0
    sort: str = "none"
    use: str = "service"
    fresh: float = 0.1
    """Share of numbers that came into use in the last weeks."""
    cover: float = 0.0
    """Calls a day among the operation's own numbers, to look sociable."""
    nuisance: bool = False
    hopping: bool = False
