"""The settings of detection: what is counted in calls, rules with their thresholds, the weights of the score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mingbai.kernel.profile.readers import figures, integer, names, setting, span, weights

TERMS = (
    "reach", "pace", "rate", "spread", "once", "strangers", "unreturned", "unanswered", "short", "brief", "uniform",
    "rejected", "unused", "one_ring", "night", "near", "sought", "consented", "refused", "refusing", "hopped",
    "spoofed", "bombing", "young", "registered",
)  # fmt: skip
"""The terms of the score; `detection.rules.terms` makes them."""
SIZES = ("reach", "pace", "rate")
"""Terms that are sizes: each has a figure at which it says nothing."""
SHARES = (
    "spread", "once", "strangers", "unreturned", "unanswered", "short", "brief", "uniform", "rejected", "unused",
    "one_ring", "night", "near", "sought", "consented",
)  # fmt: skip
"""Terms that are shares: each has a centre, where it says nothing."""
SORTS = ("hospital", "courier", "taxi", "school", "service_line", "public_interest", "notification", "declared")
"""As what a number may be registered that counts against a finding."""
RULES = (
    "mass", "slow", "after_refusal", "hopping", "rotation", "one_ring", "bombing", "bombed", "burst_part",
    "unallocated", "foreign_trunk", "spoofing_trunk", "neighbour", "silent", "robot", "dead_numbers",
    "part_of_hopping", "part_of_rotation", "score",
)  # fmt: skip
"""Rules whose findings may open a case by themselves, where the profile says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What detection in the call records goes by. A rule is one setting: its thresholds by name."""

    # what features count
    short_s: int = setting(integer(1, 120), "seconds of talk")
    long_s: int = setting(integer(1, 3_600), "seconds of talk")
    one_ring_ms: int = setting(integer(500, 30_000), "milliseconds of ringing")
    near_digits: int = setting(integer(3, 10), "leading digits in common")
    burst_calls: int = setting(integer(2, 10_000), "calls to one person in 60 minutes")
    day_hours: tuple[int, int] = setting(span, "local time")
    # rules about a number
    high_frequency: Mapping[str, int] = setting(figures("per_hour"), "calls in any 60 minutes")
    mass: Mapping[str, int] = setting(
        figures(
            "per_day", "callees", "unwelcome_percent", "returned_percent", "known_percent", "spread_percent", "points"
        ),
        "people called a day, people called in all, per cent at least, per cent at most, per cent at most, per cent,"
        " points",
    )
    slow: Mapping[str, int] = setting(
        figures(
            "days", "callees", "unwelcome_percent", "returned_percent", "known_percent", "spread_percent", "points"
        ),
        "days, people called in all, per cent at least, per cent at most, per cent at most, per cent, points",
    )
    after_refusal: Mapping[str, int] = setting(figures("people", "percent"), "people, per cent of those called")
    hopping: Mapping[str, int] = setting(
        figures("people", "percent", "points"), "people, per cent of those called after a refusal, points of the score"
    )
    rotation: Mapping[str, int] = setting(
        figures("numbers", "people", "percent", "refusing", "points"),
        "numbers, people called from several, per cent of those called again, people who refused, points of the score",
    )
    one_ring: Mapping[str, int] = setting(
        figures("callees", "percent", "spread_percent"),
        "people called, per cent of calls that rang once, people for 100 calls at least",
    )
    bombing: Mapping[str, int] = setting(
        figures("per_hour", "unwelcome_percent", "spread_percent"),
        "calls to one person in any 60 minutes, per cent unanswered or short, people for 100 calls at most",
    )
    bombed: Mapping[str, int] = setting(
        figures("per_hour", "callers", "unwelcome_percent"),
        "calls in any 60 minutes, callers in any 60 minutes, per cent unanswered or short",
    )
    burst_part: Mapping[str, int] = setting(figures("calls", "percent"), "calls, per cent of the number's calls")
    unallocated: Mapping[str, int] = setting(
        figures("calls", "callees", "returned_percent", "known_percent"),
        "calls, people called, per cent at most, per cent at most",
    )
    foreign_trunk: Mapping[str, int] = setting(
        figures("callees", "unwelcome_percent", "returned_percent", "known_percent", "points"),
        "calls and people called, per cent unanswered or short, per cent at most, per cent at most, points",
    )
    spoofing_trunk: Mapping[str, int] = setting(figures("calls", "percent"), "calls, per cent of the trunk's calls")
    neighbour: Mapping[str, int] = setting(
        figures("callees", "percent", "returned_percent", "known_percent"),
        "people called, per cent of calls, per cent at most, per cent at most",
    )
    silent: Mapping[str, int] = setting(
        figures("answered", "percent", "mean_s"), "answered calls, per cent of them short, seconds of talk on average"
    )
    robot: Mapping[str, int] = setting(
        figures("answered", "spread_percent", "returned_percent"),
        "answered calls, spread of talk in per cent of its mean at most, per cent at most",
    )
    dead_numbers: Mapping[str, int] = setting(
        figures("callees", "percent", "returned_percent"), "people called, per cent of calls, per cent at most"
    )
    fresh: Mapping[str, int] = setting(figures("days", "per_day"), "days since the number is in use, people a day")
    # what counts against
    called_back: int = setting(integer(1, 100), "per cent of the people called")
    known_before: int = setting(integer(1, 100), "per cent of calls")
    sought: int = setting(integer(1, 100), "per cent of a number's contacts")
    consented: int = setting(integer(1, 100), "per cent of the people called")
    own_trunk: int = setting(integer(1, 100), "per cent of calls")
    registered_points: Mapping[str, int] = setting(figures(*SORTS, most=400), "hundredths, by what is registered")
    # the score
    prior_points: int = setting(integer(0, 200), "points")
    finding_points: int = setting(integer(1, 100), "points")
    suspicion_points: int = setting(integer(0, 100), "points")
    unwelcome_points: int = setting(integer(0, 100), "points")
    unheard_points: int = setting(integer(0, 100), "points")
    scales: Mapping[str, int] = setting(figures(*SIZES), "figure at which a size says nothing")
    shrink: int = setting(integer(1, 1_000), "observations")
    centres: Mapping[str, int] = setting(figures(*SHARES, most=100), "per cent at which a share says nothing")
    weights_for: Mapping[str, float] = setting(weights(*TERMS), "points for each doubling, by term")
    weights_against: Mapping[str, float] = setting(weights(*TERMS), "points for each doubling, by term")
    # campaigns
    campaign_numbers: int = setting(integer(2, 1_000), "numbers")
    campaign_likeness: int = setting(integer(1, 100), "per cent")
    campaign_shared: int = setting(integer(1, 100), "per cent of the people whom the smaller one called")
    # when it runs, and what becomes of a finding; no rule set changes these
    window_hours: int = setting(integer(1, 48), "hours")
    lookback_days: int = setting(integer(1, 92), "days")
    day_hour: int = setting(integer(0, 23), "hour of the day, local time")
    cited_calls: int = setting(integer(1, 1_000), "calls")
    case_rules: tuple[str, ...] = setting(names(*RULES), "rules")
    cases_per_day: int = setting(integer(0, 100_000), "cases opened by rule a day")
    quiet_days: int = setting(integer(0, 3_650), "days")
