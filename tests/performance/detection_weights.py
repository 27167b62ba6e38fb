"""The weights of detection's score, calibrated on made towns: prints them as they stand in the profile.

    python -m tests.performance.detection_weights [--towns 12] [--people 60000] [--ridge 0.001] [--keep FOLDER]

Towns of `mingbai.town.records` with many callers of every style; in all but the first few each style's habits, and the
town's, are moved at random, so that no weight hangs on one generator's constants. Logistic regression with weights that
are never negative, a ridge and a cap on each (plain NumPy, accelerated projected gradient); every town weighs as much.
Some of the towns are kept apart, and tell what the weights are worth. Seeds 1 to 60 belong to calibration.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tests.performance.judged import Judged, beside, figures, judge_town, told
from tests.performance.towns import first_town

from mingbai.detection.rules.measures import Counts, parts
from mingbai.detection.rules.terms import evidence
from mingbai.kernel import profile
from mingbai.kernel.profile import Detection
from mingbai.kernel.profile.detecting import TERMS
from mingbai.town.records import Knobs, generate, special, styles
from mingbai.town.records.style import Style

Floats = NDArray[np.float64]
POINTS = 10 / np.log(10)
CAP, CAP_REGISTERED = 8.0, 25.0
AGAINST_ALONE = {"sought", "registered"}
FOR_ALONE = {"refused", "hopped", "spoofed", "bombing", "young", "rate"}
_ORDINARY_DENSITY = 3  # special callers are this many times as dense here as in the plain town
_POSITIVE = ("holder", "age_days", "rate", "hours", "pool", "refusers", "patience", "talk", "message")
_SHARES = ("busy", "night", "loyal", "refused", "stale", "inbound", "redial", "short", "returned")
_DAYS = (7, 7, 7, 3, 14, 7, 1, 5, 10, 7, 4, 2)


class Weights(NamedTuple):
    """Points for each doubling, by term, for and against, and the prior in points."""

    forward: Floats
    against: Floats
    prior: float


class Rows(NamedTuple):
    """Evidence of callers: one row a term, one column a caller."""

    values: Floats
    nuisance: Floats
    weight: Floats


def moved(style: Style, rng: np.random.Generator) -> Style:
    """The style with every habit's range moved as a whole: by a factor, or in the logit."""
    changes: dict[str, Any] = {}
    for name in _POSITIVE:
        low, high = getattr(style, name)
        if high > 0:
            factor, least = float(np.exp(rng.normal(0, 0.25))), 1.0 if name == "holder" else 0.0
            changes[name] = (max(low * factor, least), max(high * factor, least * 1.01))
    for name in _SHARES:
        low, high = getattr(style, name)
        if high > 0:
            by = rng.normal(0, 0.45)
            changes[name] = (_shifted(low, by), _shifted(high, by))
    for name in ("answer", "begins"):
        low, high = getattr(style, name)
        by = float(rng.normal(0, 0.3))
        changes[name] = (low + by, high + by)
    changes["refusal"] = style.refusal * float(np.exp(rng.normal(0, 0.4)))
    changes["per_million"] = max(1, int(style.per_million * np.exp(rng.normal(0, 0.4))))
    if style.registered > 0:
        changes["registered"] = _shifted(min(max(style.registered, 0.02), 0.98), rng.normal(0, 0.7))
    return dataclasses.replace(style, **changes)


def _shifted(share: float, by: float) -> float:
    share = min(max(share, 1e-4), 1 - 1e-4)
    return float(1 / (1 + np.exp(-(np.log(share / (1 - share)) + by))))


@contextmanager
def other_habits(rng: np.random.Generator) -> Iterator[dict[str, float]]:
    """While open, every style is a moved one; gives knobs moved likewise."""
    kept = styles.ALL, special.STYLES
    styles.ALL = tuple(moved(style, rng) for style in kept[0])
    special.STYLES = tuple(moved(style, rng) for style in kept[1])
    factors = {"returned": 0.3, "refusing": 0.5, "stale": 0.4, "volume": 0.25}
    knobs = {name: float(np.exp(rng.normal(0, spread))) for name, spread in factors.items()}
    knobs["activity"] = 2.3 * float(np.exp(rng.normal(0, 0.35)))
    knobs["answer"] = float(rng.normal(0, 0.35))
    knobs["registered"] = float(min(1.0, rng.uniform(0.2, 1.2)))
    try:
        yield knobs
    finally:
        styles.ALL, special.STYLES = kept


def town(folder: Path, place: int, people: int, settings: Detection) -> tuple[Judged, dict[int, bool]]:
    """The town at a place of the list: the first two plain, all others moved."""
    seed, days = place + 1, _DAYS[place % len(_DAYS)]
    plain: dict[str, Any] = {"people": people, "days": days, "seed": seed, "density": float(_ORDINARY_DENSITY)}
    out = folder / f"town-{seed}"
    if not (out / "town.json").exists():
        if place < 2:
            generate(out, Knobs(**plain))
        else:
            with other_habits(np.random.default_rng([seed, 99])) as knobs:
                generate(out, Knobs(**plain, **knobs))
    material = first_town(out)
    return judge_town(material, settings, memory_gb=3), dict(material.hopping)


def rows_of(judged: Judged, settings: Detection) -> Rows:
    """Every caller with what speaks for and against it; ordinary people weigh as in a town of plain density."""
    counts = Counts(judged.features["number"])
    at, truth = beside(judged)
    at, nuisance, ordinary = at[at >= 0], truth.nuisance[at >= 0].astype(np.float64), truth.style[at >= 0] == "ordinary"
    values = evidence(counts, parts(counts), settings)[:, at]
    weight = np.where(ordinary, float(_ORDINARY_DENSITY), 1.0)
    return Rows(values, nuisance, weight / max(nuisance.sum(), 1.0))


def fit(rows: Sequence[Rows], ridge: float, rounds: int = 3000) -> Weights:
    """Logistic regression over all towns, each of the same weight."""
    values = np.concatenate([one.values for one in rows], axis=1).T
    right = np.concatenate([one.nuisance for one in rows])
    weight = np.concatenate([one.weight for one in rows])
    halves = np.concatenate([np.maximum(values, 0), np.minimum(values, 0)], axis=1)
    scale = np.sqrt((weight[:, None] * halves**2).sum(0) / weight.sum()) + 1e-6
    caps = _caps() / POINTS * scale
    found = _descended(np.c_[halves / scale, np.ones(len(right))], right, weight / weight.sum(), caps, ridge, rounds)
    points = found[:-1] / scale * POINTS
    return Weights(points[: len(TERMS)], points[len(TERMS) :], float(found[-1] * POINTS))


def _caps() -> Floats:
    """What a weight may be at most, in points for each doubling; 0 for a side that a term does not have."""
    forward = [0.0 if name in AGAINST_ALONE else CAP for name in TERMS]
    against = [0.0 if name in FOR_ALONE else CAP_REGISTERED if name == "registered" else CAP for name in TERMS]
    return np.array([*forward, *against])


def _descended(rows: Floats, right: Floats, weight: Floats, caps: Floats, ridge: float, rounds: int) -> Floats:
    """The minimum, by accelerated projected gradient with restarts (O'Donoghue and Candès 2015)."""
    columns = rows.shape[1]
    direction = np.ones(columns)
    for _ in range(30):
        direction = rows.T @ (weight * (rows @ direction))
        length = float(np.linalg.norm(direction))
        direction /= length
    steep = 0.25 * length + ridge
    penalty = np.r_[np.full(columns - 1, ridge), 0.0]
    best = ahead = np.zeros(columns)
    pace = 1.0
    for _ in range(rounds):
        slope = rows.T @ (weight * (1 / (1 + np.exp(-(rows @ ahead))) - right)) + penalty * ahead
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
    prior = max(0, round(-weights.prior))
    return dataclasses.replace(settings, weights_for=forward, weights_against=against, prior_points=prior)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.performance.detection_weights", description=__doc__)
    parser.add_argument("--towns", type=int, default=12)
    parser.add_argument("--people", type=int, default=60_000)
    parser.add_argument("--ridge", type=float, default=0.001)
    parser.add_argument("--keep", type=Path, help="a folder for the towns; those that are there are not made again")
    asked = parser.parse_args(arguments)
    settings = profile.parse(profile.packaged("cn-2018-whitelist"), "cn").detection
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        kept: list[tuple[Judged, dict[int, bool]]] = []
        for place in range(asked.towns):
            kept.append(town(folder, place, asked.people, settings))
            print(f"town {place + 1} of {asked.towns}", file=sys.stderr, flush=True)
        learned = [rows_of(judged, settings) for place, (judged, _) in enumerate(kept) if place % 4 != 3]
        found = with_weights(settings, fit(learned, asked.ridge))
        for place, (_, hopping) in enumerate(kept):
            if place % 4 == 3:
                again = judge_town(first_town(folder / f"town-{place + 1}"), found, memory_gb=3)
                print(f"town {place + 1}, kept apart:", told(figures(again, hopping)), sep="\n")
    print(f"prior_points = {found.prior_points}")
    for name, table in (("weights_for", found.weights_for), ("weights_against", found.weights_against)):
        print(f"{name} = {{ " + ", ".join(f"{term} = {points:g}" for term, points in table.items()) + " }")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
