"""The weights of detection's score, calibrated on made towns: prints them as they stand in the profile.

    python -m tests.performance.detection_weights [--first 8] [--others 4] [--people 40000] [--ridge 0.001] [--keep DIR]

Towns of three families (`tests.performance.worlds`): our own, in all but the first two with the habits of styles and
of the town moved at random, the second and the third, written apart. Logistic regression with weights that are never
negative, a ridge and a cap on each (plain NumPy, accelerated projected gradient). Every family weighs as much, and
within it every town. What the weights are worth is told by leaving a family out: fitted on the other two, held against
its towns. Seeds 1 to 60 belong to calibration.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tests.performance.judged import Figures, beside, figures, judged
from tests.performance.worlds import FAMILIES, World, worlds

from mingbai.detection.rules.measures import Counts, parts, registered
from mingbai.detection.rules.terms import evidence, score
from mingbai.kernel import profile
from mingbai.kernel.profile import Detection
from mingbai.kernel.profile.detecting import SORTS, TERMS

Floats = NDArray[np.float64]
POINTS = 10 / np.log(10)
CAP, CAP_REGISTERED = 7.0, 25.0
REGISTERED = TERMS.index("registered")
_OF_REGISTERED = 10.0  # points for each hundred of `registered_points`: what a sort weighs stands there
AGAINST_ALONE = {"sought", "consented", "registered"}
FOR_ALONE = {"refused", "refusing", "hopped", "spoofed", "bombing", "young", "rate"}
_ORDINARY = ("ordinary", "person")
_FAR, _ONE_IN = -25.0, 16
_PRECISION = 0.975  # what each family's towns are to keep: a little more than is asked


class Weights(NamedTuple):
    """Points for each doubling, by term, for and against; points against by sort; the prior in points."""

    forward: Floats
    against: Floats
    sorts: Floats
    prior: float


class Rows(NamedTuple):
    """Evidence of a town's callers: one row a term, one column a caller. `sort`: as what it is registered, 0 for
    nothing. `weight`: how many callers each stands for."""

    family: str
    values: NDArray[np.float32]
    sort: NDArray[np.int64]
    nuisance: Floats
    weight: Floats


def rows_of(world: World, settings: Detection) -> Rows:
    """Callers with what speaks for and against them; of ordinary people far from any finding one in sixteen stands for
    all, and they weigh as in a town of plain density."""
    counts = Counts(world.features["number"])
    at, truth = beside(judged(world.features, world.truth, settings))
    there = at >= 0
    nuisance, ordinary = truth.nuisance[there].astype(np.float64), np.isin(truth.style[there], _ORDINARY)
    values = evidence(counts, parts(counts), settings)[:, at[there]]
    far = ordinary & (nuisance == 0) & (score(values, settings).score < _FAR)
    kept = ~far | (np.random.default_rng(len(far)).random(len(far)) < 1 / _ONE_IN)
    weight = np.where(ordinary, world.ordinary, 1.0) * np.where(far, _ONE_IN, 1)
    sort = registered(counts)[at[there]][kept]
    return Rows(world.family, values[:, kept].astype(np.float32), sort, nuisance[kept], weight[kept])


def fit(rows: Sequence[Rows], ridge: float, rounds: int = 2000) -> Weights:
    """Logistic regression over all towns, each family of the same weight."""
    values = np.concatenate([one.values for one in rows], axis=1).T
    sort = np.concatenate([one.sort for one in rows])
    right = np.concatenate([one.nuisance for one in rows])
    many = {family: sum(one.family == family for one in rows) for family in FAMILIES}
    weight = np.concatenate([one.weight / one.nuisance.sum() / many[one.family] for one in rows])
    by_sort = -(sort[:, None] == np.arange(len(SORTS)) + 1).astype(np.float32)
    halves = np.concatenate([np.maximum(values, 0), np.minimum(values, 0), by_sort], axis=1)
    scale = np.sqrt((weight[:, None] * halves**2).sum(0) / weight.sum()) + 1e-6
    caps = _caps() / POINTS * scale
    whole = np.c_[halves / scale, np.ones(len(right))].astype(np.float32)
    found = _descended(whole, right.astype(np.float32), (weight / weight.sum()).astype(np.float32), caps, ridge, rounds)
    points = found[:-1] / scale * POINTS
    return Weights(*np.split(points, [len(TERMS), 2 * len(TERMS)]), float(found[-1] * POINTS))


def _caps() -> Floats:
    """What a weight may be at most, in points for each doubling; 0 for a side that a term does not have."""
    forward = [0.0 if name in AGAINST_ALONE else CAP for name in TERMS]
    against = [0.0 if name in FOR_ALONE or name == "registered" else CAP for name in TERMS]
    return np.array([*forward, *against, *[CAP_REGISTERED] * len(SORTS)])


def _descended(rows: Any, right: Any, weight: Any, caps: Floats, ridge: float, rounds: int) -> Floats:
    """The minimum, by accelerated projected gradient with restarts (O'Donoghue and Candès 2015)."""
    columns = rows.shape[1]
    direction = np.ones(columns, rows.dtype)
    for _ in range(30):
        direction = rows.T @ (weight * (rows @ direction))
        length = float(np.linalg.norm(direction))
        direction /= length
    steep = 0.25 * length + ridge
    penalty = np.r_[np.full(columns - 1, ridge), 0.0]
    best = ahead = np.zeros(columns)
    pace = 1.0
    for _ in range(rounds):
        there = ahead.astype(rows.dtype)  # of one type: else every round makes a copy of all rows
        slope = rows.T @ (weight * (1 / (1 + np.exp(-(rows @ there))) - right)) + penalty * ahead
        step = ahead - slope / steep
        step[:-1] = np.clip(step[:-1], 0, caps)
        if (ahead - step) @ (step - best) > 0:
            pace, ahead = 1.0, step
        else:
            faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
            ahead, pace = step + (pace - 1) / faster * (step - best), faster
        best = step
    return best


def with_weights(settings: Detection, weights: Weights) -> Detection:
    """The settings with the weights as the profile would hold them: rounded to a tenth, the prior to a point."""
    forward = dict(zip(TERMS, np.round(weights.forward, 1).tolist(), strict=True))
    against = dict(zip(TERMS, np.round(weights.against, 1).tolist(), strict=True))
    against["registered"] = _OF_REGISTERED
    sorts = {name: round(100 * one / _OF_REGISTERED) for name, one in zip(SORTS, weights.sorts.tolist(), strict=True)}
    prior = max(0, round(-weights.prior))
    return dataclasses.replace(
        settings, weights_for=forward, weights_against=against, registered_points=sorts, prior_points=prior
    )


def scored(one: Rows, settings: Detection) -> Floats:
    """Scores of a town's callers, as these settings weigh what they are registered as."""
    values = one.values.copy()
    values[REGISTERED] = -np.array([0, *(settings.registered_points[name] for name in SORTS)])[one.sort] / 100
    return score(values.astype(np.float64), settings).score


def with_threshold(settings: Detection, rows: Iterable[Rows]) -> Detection:
    """The lowest `finding_points` at which the towns of each family keep their precision by the score alone."""
    points, kept = settings.finding_points, list(rows)
    for family in {one.family for one in kept}:
        theirs = [one for one in kept if one.family == family]
        reached = np.concatenate([scored(one, settings) for one in theirs])
        order = np.argsort(-reached)
        weight = np.concatenate([one.weight for one in theirs])[order]
        right = np.cumsum(np.concatenate([one.nuisance for one in theirs])[order] * weight)
        good = reached[order][right >= _PRECISION * np.cumsum(weight)]
        points = max(points, int(np.ceil(good.min())) if len(good) else points)
    return dataclasses.replace(settings, finding_points=points)


def calibrated(rows: Sequence[Rows], settings: Detection, ridge: float) -> Detection:
    """Weights and threshold of some towns."""
    plain = dataclasses.replace(settings, finding_points=1)
    return with_threshold(with_weights(plain, fit(rows, ridge)), rows)


def tell(title: str, worlds_: Iterable[World], settings: Detection) -> None:
    """What settings are worth on some towns: a line for each, and one for them all."""
    every: list[Figures] = []
    for world in worlds_:
        found = figures(judged(world.features, world.truth, settings), world.hopping)
        every.append(found)
        print(f"  {title} | {world.name:18} | {world.days} d | " + _line(found), flush=True)
    if every:
        mean = [float(np.mean([getattr(one, name) for one in every])) for name in _SHOWN]
        print(f"  {title} | mean | | " + " | ".join(f"{value:.4f}" for value in mean), flush=True)


_SHOWN = ("precision", "recall", "hard_flagged", "hopping_found", "hopping_precision")


def _line(found: Figures) -> str:
    return " | ".join(f"{getattr(found, name):.4f}" for name in _SHOWN) + f" | {found.nuisance} nuisance"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.performance.detection_weights", description=__doc__)
    parser.add_argument("--first", type=int, default=8, help="towns of our own")
    parser.add_argument("--others", type=int, default=4, help="of the second family, and of the third")
    parser.add_argument("--people", type=int, default=40_000, help="in each of our own; in the others half more")
    parser.add_argument("--ridge", type=float, default=0.001)
    parser.add_argument("--keep", type=Path, help="a folder for the towns; those that are there are not made again")
    asked = parser.parse_args(arguments)
    settings = profile.parse(profile.packaged("cn-2018-whitelist"), "cn").detection
    many = {"first": asked.first, "second": asked.others, "third": asked.others}
    people = {"first": asked.people, "second": asked.people * 3 // 2, "third": asked.people * 3 // 2}
    with tempfile.TemporaryDirectory() as temporary:
        made = list(worlds(asked.keep or Path(temporary), many, people, settings))
        rows = [rows_of(one, settings) for one in made]
        print("town | days | " + " | ".join(_SHOWN))
        tell("as it stands", made, settings)
        for family in FAMILIES:
            without = calibrated([one for one in rows if one.family != family], settings, asked.ridge)
            tell(f"without {family}", (one for one in made if one.family == family), without)
        found = calibrated(rows, settings, asked.ridge)
        tell("with all", made, found)
    print(f"prior_points = {found.prior_points}\nfinding_points = {found.finding_points}")
    for name in ("registered_points", "weights_for", "weights_against"):
        table = getattr(found, name)
        print(f"{name} = {{ " + ", ".join(f"{term} = {points:g}" for term, points in table.items()) + " }")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
