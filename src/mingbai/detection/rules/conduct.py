"""The rules: what is measured, against which threshold, how far it may go, what counts against it. Pure.

A rule's name is its code, for ever: findings keep it. Its thresholds are the profile's setting of that name (or of
`setting`), its words stand in `words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mingbai.detection.rules.measures import Column
from mingbai.detection.rules.sorts import Sort
from mingbai.detection.states import Kind, Verdict
from mingbai.kernel.profile import Detection


class Test(NamedTuple):
    """One comparison: a measure with a threshold; `most`: at most, else at least; `above`: more than."""

    measure: str
    threshold: str
    most: bool = False
    above: bool = False


class Rule(NamedTuple):
    """`tests` all hold. `cleared`: with one of these against it, it goes no further than suspicion."""

    code: str
    kinds: tuple[Kind, ...]
    tests: tuple[Test, ...]
    verdict: Verdict = Verdict.FINDING
    cleared: tuple[str, ...] = ()
    setting: str = ""

    @property
    def thresholds(self) -> str:
        """Name of its setting in the group `detection`."""
        return self.setting or self.code


CALLED_BACK, KNOWN, SOUGHT, CONSENTED, OWN_TRUNK = "called_back", "known_before", "sought", "consented", "own_trunk"
REGISTERED = tuple(f"registered_{sort.name.lower()}" for sort in Sort if sort is not Sort.NONE)
AGAINST = (*REGISTERED, CALLED_BACK, KNOWN, SOUGHT, CONSENTED, OWN_TRUNK)
"""What may count against a finding, by code."""
_WANTED = (CALLED_BACK, KNOWN, SOUGHT)
NOT_OF_ROTATION = (CALLED_BACK, KNOWN, SOUGHT, CONSENTED, OWN_TRUNK)
"""What keeps a number of a holder that rotates its numbers from being found with them."""
_DUTY = tuple(f"registered_{name}" for name in ("hospital", "school", "public_interest"))
_NUMBER, _FIRMS = (Kind.NUMBER,), (Kind.NUMBER, Kind.HOLDER)
_COLD = (Test("unwelcome_percent", "unwelcome_percent"), Test("returned_percent", "returned_percent", most=True),
         Test("known_percent", "known_percent", most=True), Test("spread_percent", "spread_percent"),
         Test("score", "points"))  # fmt: skip

RULES: tuple[Rule, ...] = (
    Rule("high_frequency", _NUMBER, (Test("per_hour", "per_hour", above=True),), Verdict.SUSPICION),
    Rule("mass", _NUMBER, (Test("per_day", "per_day"), Test("callees", "callees"), *_COLD), cleared=AGAINST),
    Rule("slow", _NUMBER, (Test("days", "days"), Test("callees", "callees"), *_COLD), cleared=AGAINST),
    Rule("after_refusal", _FIRMS, (Test("refusers", "people"), Test("refused_percent", "percent")), cleared=_DUTY),
    Rule("hopping", _FIRMS, (Test("hopped", "people"), Test("hopped_percent", "percent"), Test("score", "points")),
         cleared=_DUTY),
    # people who are called again are called from another of its numbers, and all else says that nobody wants it
    Rule("rotation", (Kind.HOLDER,), (Test("numbers", "numbers"), Test("shared", "people"),
         Test("shared_percent", "percent"), Test("refusing", "refusing"), Test("score", "points")),
         cleared=(*_DUTY, CONSENTED, *_WANTED)),
    # whoever is let ring once calls back: that is what it is for, and counts for nothing here
    Rule("one_ring", _NUMBER, (Test("callees", "callees"), Test("one_ring_percent", "percent"),
         Test("spread_percent", "spread_percent")), cleared=(*REGISTERED, KNOWN, SOUGHT, OWN_TRUNK)),
    Rule("bombing", _NUMBER, (Test("to_one_per_hour", "per_hour"), Test("unwelcome_percent", "unwelcome_percent"),
         Test("spread_percent", "spread_percent", most=True)),
         cleared=(CALLED_BACK, KNOWN)),
    Rule("burst_part", _NUMBER, (Test("burst", "calls"), Test("burst_percent", "percent")), cleared=AGAINST),
    # tables of what is allocated lag behind, and people abroad ring their families
    Rule("unallocated", _NUMBER, (Test("unallocated", "calls"), Test("callees", "callees"),
         Test("returned_percent", "returned_percent", most=True), Test("known_percent", "known_percent", most=True))),
    # a registered line may come over another carrier lawfully: ported, or in transit
    Rule("foreign_trunk", _NUMBER, (Test("foreign", "callees"), Test("callees", "callees"),
         Test("unwelcome_percent", "unwelcome_percent"), Test("returned_percent", "returned_percent", most=True),
         Test("known_percent", "known_percent", most=True), Test("score", "points")),
         cleared=(*REGISTERED, CONSENTED, OWN_TRUNK)),
    Rule("spoofing_trunk", (Kind.TRUNK,), (Test("spoofed", "calls"), Test("spoofed_percent", "percent"))),
    Rule("neighbour", _NUMBER, (Test("callees", "callees"), Test("near_percent", "percent"),
         Test("returned_percent", "returned_percent", most=True), Test("known_percent", "known_percent", most=True)),
         cleared=AGAINST),
    Rule("silent", _NUMBER, (Test("answered", "answered"), Test("short_percent", "percent"),
         Test("mean_s", "mean_s", most=True)), cleared=AGAINST),
    Rule("robot", _NUMBER, (Test("answered", "answered"), Test("talk_spread_percent", "spread_percent", most=True),
         Test("returned_percent", "returned_percent", most=True)), cleared=AGAINST),
    Rule("dead_numbers", _FIRMS, (Test("callees", "callees"), Test("unused_percent", "percent"),
         Test("returned_percent", "returned_percent", most=True)), cleared=AGAINST),
    Rule("fresh", _NUMBER, (Test("age_days", "days", most=True), Test("per_day", "per_day")), Verdict.SUSPICION),
    Rule("bombed", (Kind.CALLEE,), (Test("per_hour", "per_hour"), Test("callers", "callers"),
         Test("unwelcome_percent", "unwelcome_percent")), cleared=(*REGISTERED, CALLED_BACK)),
)  # fmt: skip
SCORE, PART, PART_OF_ROTATION = "score", "part_of_hopping", "part_of_rotation"
"""The codes of what the score alone finds, and of a number's part in what its holder does with its numbers."""
CODES = (*(rule.code for rule in RULES), PART, PART_OF_ROTATION, SCORE)


class Hit(NamedTuple):
    """Where a rule holds, how far each goes, and what its tests measured: (measure, values, threshold)."""

    rule: str
    rows: NDArray[np.int64]
    finding: NDArray[np.bool_]
    seen: tuple[tuple[str, Column, float], ...]


def holds(rule: Rule, measured: Mapping[str, Column], terms: Detection) -> NDArray[np.bool_]:
    """Where every test of a rule holds. What is unknown holds for nothing."""
    thresholds: Mapping[str, int] = getattr(terms, rule.thresholds)
    held = np.ones(len(measured["calls"]), np.bool_)
    for test in rule.tests:
        value, bound = measured[test.measure], float(thresholds[test.threshold])
        held &= value <= bound if test.most else value > bound if test.above else value >= bound
    return held


def hit(rule: Rule, measured: Mapping[str, Column], against: Mapping[str, NDArray[np.bool_]], terms: Detection) -> Hit:
    """The rows that a rule hits."""
    rows = np.flatnonzero(holds(rule, measured, terms))
    thresholds: Mapping[str, int] = getattr(terms, rule.thresholds)
    cleared = np.zeros(len(rows), np.bool_)
    for code in rule.cleared:
        cleared |= against[code][rows]
    finding = ~cleared & (rule.verdict is Verdict.FINDING)
    seen = tuple((test.measure, measured[test.measure][rows], float(thresholds[test.threshold])) for test in rule.tests)
    return Hit(rule.code, rows, finding, seen)


def counts_against(
    measured: Mapping[str, Column], sorts: NDArray[np.int64], terms: Detection
) -> dict[str, NDArray[np.bool_]]:
    """By code of AGAINST: where it holds."""
    found = {f"registered_{sort.name.lower()}": sorts == sort for sort in Sort if sort is not Sort.NONE}
    found[CALLED_BACK] = measured["returned_percent"] >= terms.called_back
    found[KNOWN] = measured["known_percent"] >= terms.known_before
    found[SOUGHT] = measured["sought_percent"] >= terms.sought
    found[CONSENTED] = measured["consented_percent"] >= terms.consented
    # part of its calls come from where it belongs: its user may be the victim of who shows the number elsewhere
    mixed = (measured["foreign"] > 0) & (measured["own_trunk_percent"] >= terms.own_trunk)
    found[OWN_TRUNK] = mixed
    return found
