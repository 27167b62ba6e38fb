"""What may be turned when a town's records are made. The same knobs give the same town, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Knobs:
    """`people` counts inhabitants, `days` local days from `begin` on. The rest makes other towns, to see what lasts.

    `density`: callers of every style for each inhabitant, against the plain town. `activity`: calls that an inhabitant
    begins a day. `answer`: added to everybody's willingness to answer (logit). `returned`: factor on calling back.
    `registered`: factor on the share of useful callers that are registered as what they are. `volume`: factor on how
    much nuisance callers call. `refusing`: factor on how many say no. `stale`: factor on numbers that are not in use.
    `lost_rings`: share of records whose ring time the switch did not keep.
    """

    people: int = 1_000_000
    days: int = 7
    seed: int = 7
    begin: date = date(2026, 11, 2)
    density: float = 1.0
    activity: float = 2.3
    answer: float = 0.0
    returned: float = 1.0
    registered: float = 1.0
    volume: float = 1.0
    refusing: float = 1.0
    stale: float = 1.0
    lost_rings: float = 0.02

    def __post_init__(self) -> None:
        if not 500 <= self.people <= 20_000_000:
            raise ValueError("a town has 500 to 20,000,000 people")
        if not 1 <= self.days <= 90:
            raise ValueError("a town is watched for 1 to 90 days")
