"""The score: weighed evidence, term by term, in points; ten points are a factor of ten in the odds. Pure.

Each term's value is in doublings above (+) or below (−) the point where it says nothing, bounded both ways, so that no
single feature decides alone; points = doublings × weight, another weight for each side, never negative: more of what
speaks for it never lowers a score. Shares are shrunk towards their centre as if `shrink` observations had been seen
there before (a beta prior), so that few calls say little. After I. J. Good, Probability and the Weighing of Evidence
(1950).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mingbai.detection.rules.measures import Column, Counts, Part, registered, uniformity
from mingbai.detection.rules.sorts import Sort
from mingbai.kernel.profile import Detection
from mingbai.kernel.profile.detecting import SHARES, TERMS

BOUND = 4.0  # doublings
_NOTHING = 1e-9  # what rounding leaves where nothing is known
_UNLIKE = ("sought", "consented")  # shares that speak against alone: more is less
_OF_SORT = {sort: sort.name.lower() for sort in Sort if sort is not Sort.NONE}


class Scores(NamedTuple):
    """`values` in doublings, one row a term of TERMS; `weights` in points for each doubling, as applied; `prior` in
    points; `score` their sum."""

    values: NDArray[np.float64]
    weights: NDArray[np.float64]
    prior: float
    score: Column


def evidence(counts: Counts, found: Mapping[str, Part], terms: Detection) -> NDArray[np.float64]:
    """One row a term of TERMS, one column a subject, in doublings within ±BOUND; 0 where nothing is known."""
    made: dict[str, Column] = {}
    for name in SHARES:
        if name == "uniform":
            made[name] = _uniform(counts, terms)
            continue
        value = _share(found[name], terms.centres[name] / 100.0, terms.shrink)
        made[name] = np.minimum(-value, 0.0) if name in _UNLIKE else value
    days = np.maximum(counts["days"], 1.0)
    made["reach"] = _size(counts["callees"], terms.scales["reach"])
    made["pace"] = _size(counts["callees"] / days, terms.scales["pace"])
    # counted from some calls an hour on alone, so few are not told from none
    made["rate"] = np.maximum(_size(counts["most_60min"], terms.scales["rate"]), 0.0)
    made["refused"] = _people(counts["refusers_called"], counts["callees"])
    made["refusing"] = _people(counts["refusing"], counts["callees"])
    made["hopped"] = _people(counts["hopped"], counts["callees"])
    made["spoofed"] = _count(counts["spoofed"])
    made["bombing"] = _bombing(counts, found, terms)
    young = counts["age_days"]
    made["young"] = np.where((young >= 0) & (young <= terms.fresh["days"]), 1.0, 0.0)
    made["registered"] = -_registered(counts, terms)
    stacked = np.stack([np.nan_to_num(made[name], nan=0.0) for name in TERMS])
    stacked[np.abs(stacked) < _NOTHING] = 0.0
    return np.clip(stacked, -BOUND, BOUND)


def score(values: NDArray[np.float64], terms: Detection) -> Scores:
    """The sum of values × weights and the prior, which lies below even odds."""
    forward = np.array([terms.weights_for[name] for name in TERMS])[:, None]
    against = np.array([terms.weights_against[name] for name in TERMS])[:, None]
    weights = np.where(values >= 0, forward, against)
    prior = -float(terms.prior_points)
    return Scores(values, weights, prior, prior + (values * weights).sum(axis=0))


UNWELCOME = (
    "unanswered", "short", "brief", "uniform", "rejected", "unused", "one_ring", "night", "near", "refused", "refusing",
    "hopped", "spoofed", "bombing",
)  # fmt: skip
"""Terms that say how a call was taken or what it was; the others say how many were called and who knows whom, which is
as true of a courier."""
_UNWELCOME = np.array([name in UNWELCOME for name in TERMS])


def unwelcome(scores: Scores) -> Column:
    """The points that a score owes to UNWELCOME."""
    return np.asarray((scores.values * scores.weights)[_UNWELCOME].sum(axis=0))


def _share(part: Part, centre: float, shrink: int) -> Column:
    """Doublings of the odds of a share over those of its centre, shrunk towards it."""
    centre = min(max(centre, 0.005), 0.995)
    hits = np.clip(part.hits, 0.0, part.of)  # columns of two sources may disagree
    shrunk = (hits + shrink * centre) / (part.of + shrink)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log2(shrunk / (1.0 - shrunk)) - np.log2(centre / (1.0 - centre)))


def _size(counted: Column, at: int) -> Column:
    return np.asarray(np.log2((counted + 1.0) / (at + 1.0)))


def _count(counted: Column) -> Column:
    return np.asarray(np.log2(1.0 + np.maximum(counted, 0.0)))


def _people(counted: Column, callees: Column) -> Column:
    """So many people, or so large a part of those called, whichever says less: who calls very many errs at times."""
    percent = 100.0 * counted / np.where(callees > 0, callees, np.nan)
    return np.minimum(_count(counted), _count(percent))


def _uniform(counts: Counts, terms: Detection) -> Column:
    spread, answered = uniformity(counts)
    centre = float(terms.centres["uniform"])
    shrunk = (answered * spread**2 + terms.shrink * centre**2) / (answered + terms.shrink)
    return np.asarray(0.5 * np.log2(centre**2 / shrunk))


def _bombing(counts: Counts, found: Mapping[str, Part], terms: Detection) -> Column:
    """By one: calls to one person in an hour. By many: the number's calls to people who were being bombed."""
    alone = np.maximum(np.log2((counts["most_to_one"] + 1.0) / (terms.bombing["per_hour"] / 2 + 1.0)), 0.0)
    among = np.where(found["burst"].percent >= terms.burst_part["percent"], _count(counts["burst"]), 0.0)
    more: Column = np.maximum(np.nan_to_num(alone, nan=0.0), np.nan_to_num(among, nan=0.0))
    return more


def _registered(counts: Counts, terms: Detection) -> Column:
    """Doublings against, by what the number is registered as."""
    table = np.zeros(max(Sort) + 1)
    for sort, name in _OF_SORT.items():
        table[sort] = terms.registered_points[name] / 100.0
    return np.asarray(table[registered(counts)])
