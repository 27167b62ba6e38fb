"""How well detection does on a town whose truth is known: figures, styles, the curve, what one feature can do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from tests.performance.towns import Material, Truth

from mingbai.detection.engines import opened
from mingbai.detection.features import Counting, Given, Window, columns, features
from mingbai.detection.rules import judge_all, scores_of
from mingbai.detection.rules.measures import Counts, measures, parts
from mingbai.detection.states import Kind, Verdict
from mingbai.kernel.profile import Detection

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
ZONE = "Asia/Shanghai"
_CURVE = 400


class Judged(NamedTuple):
    """Features and findings of a town; beside the rows of `number` the truth about each caller."""

    features: Mapping[str, pa.Table]
    findings: pa.Table
    truth: Truth
    score: Floats
    found: Bools


class Figures(NamedTuple):
    """What is asked for. Shares from 0 to 1; `styles`: style → (callers, of these found)."""

    callers: int
    nuisance: int
    precision: float
    recall: float
    hard: int
    hard_flagged: float
    hopping: int
    hopping_found: float
    hopping_precision: float
    feature: str
    feature_f1: float
    styles: Mapping[str, tuple[int, int]]


def judge_town(town: Material, settings: Detection, *, memory_gb: int = 5) -> Judged:
    """All features by DuckDB, all rules."""
    return judged(counted(town, settings, memory_gb=memory_gb), town.truth, settings)


def counted(town: Material, settings: Detection, *, memory_gb: int = 5) -> Mapping[str, pa.Table]:
    """All features of a town, by DuckDB."""
    window = Window.of_days(town.begin, town.days, ZONE)
    kinds = (Kind.NUMBER, Kind.HOLDER, Kind.TRUNK, Kind.CALLEE)
    with TemporaryDirectory() as spill, opened("duckdb", spill=Path(spill), memory_gb=memory_gb, threads=2) as engine:
        given = Given(
            engine.read("calls", town.files, columns.CALLS),
            engine.read("refusals", town.known.refusals, columns.REFUSED),
            engine.read("numbers", town.known.numbers, columns.NUMBERS),
            engine.read("trunks", town.known.trunks, columns.TRUNKS),
            engine.read("consents", town.known.consents, columns.CONSENTS),
        )
        tables = features(given, Counting.of(settings), window, engine.keep)
        return {kind: engine.fetch(tables[kind]) for kind in kinds}


def judged(features: Mapping[str, pa.Table], truth: Truth, settings: Detection) -> Judged:
    """What the rules make of a town's features."""
    findings = judge_all(features, settings)
    numbers = features[Kind.NUMBER]
    found = np.isin(numbers["subject"].to_numpy(), _found(findings, Kind.NUMBER))
    score = scores_of(numbers, settings).score
    return Judged(features, findings, truth, score, found)


def _found(findings: pa.Table, kind: str, rules: Iterable[str] = ()) -> NDArray[np.int64]:
    """Subjects with a finding: suspicions do not count."""
    rows = zip(*(findings[name].to_pylist() for name in ("subject", "kind", "verdict", "rule")), strict=True)
    wanted = set(rules)
    return np.array(
        [
            s
            for s, k, verdict, rule in rows
            if (k, verdict) == (kind, Verdict.FINDING) and (not wanted or rule in wanted)
        ],
        np.int64,
    )


def beside(judged: Judged) -> tuple[NDArray[np.int64], Truth]:
    """For each caller that is counted its row among the features, −1 where it has none; callers that did not call are
    left out, and everybody of whom the truth says nothing is an ordinary person."""
    numbers = judged.features[Kind.NUMBER]
    subjects, calls = numbers["subject"].to_numpy(), numbers["calls"].to_numpy()
    order = np.argsort(subjects)
    place = np.minimum(np.searchsorted(subjects[order], judged.truth.caller), len(subjects) - 1)
    row = np.where(subjects[order][place] == judged.truth.caller, order[place], -1)
    called = (row < 0) | (calls[row] > 0)
    named = Truth(*(column[called & judged.truth.counted] for column in judged.truth))
    rows = row[called & judged.truth.counted]
    left = ~np.isin(subjects, judged.truth.caller)
    many = int(left.sum())
    others = Truth(
        subjects[left], np.full(many, "ordinary"), np.zeros(many, np.bool_), np.full(many, ""), np.ones(many, np.bool_)
    )
    both = Truth(*(np.concatenate(pair) for pair in zip(named, others, strict=True)))
    return np.concatenate([rows, np.flatnonzero(left)]), both


def figures(judged: Judged, hopping: Mapping[int, bool]) -> Figures:
    """Everything that is asked for, of one town."""
    row, truth = beside(judged)
    flagged = np.where(row >= 0, judged.found[row], False)
    right = flagged & truth.nuisance
    hard = truth.sort != ""
    hops = np.array([holder for holder, hopper in hopping.items() if hopper], np.int64)
    held = _found(judged.findings, Kind.HOLDER, ("hopping", "rotation"))
    feature, f1 = best_feature(judged.features[Kind.NUMBER], row, truth.nuisance)
    styles = {
        str(style): (int((truth.style == style).sum()), int(flagged[truth.style == style].sum()))
        for style in np.unique(truth.style)
    }
    return Figures(
        callers=len(row),
        nuisance=int(truth.nuisance.sum()),
        precision=_over(right, flagged),
        recall=_over(right, truth.nuisance),
        hard=int(hard.sum()),
        hard_flagged=_over(flagged & hard, hard),
        hopping=len(hops),
        hopping_found=float(np.isin(hops, held).mean()) if len(hops) else 1.0,
        hopping_precision=float(np.isin(held, hops).mean()) if len(held) else 1.0,
        feature=feature,
        feature_f1=f1,
        styles=styles,
    )


def _over(part: Bools, whole: Bools) -> float:
    return float(part.sum() / max(1, whole.sum()))


def best_feature(numbers: pa.Table, row: NDArray[np.int64], nuisance: Bools) -> tuple[str, float]:
    """Which single feature, count or share, with the best threshold in either direction, finds most: (name, F1)."""
    counts = Counts(numbers)
    single = {name: counts[name] for name in numbers.column_names if name not in _NO_FEATURES}
    single |= measures(counts, parts(counts))
    there = row >= 0
    best = ("", 0.0)
    for name, values in single.items():
        known = np.nan_to_num(values, nan=float(np.nanmin(values)) if np.isfinite(values).any() else 0.0)
        for sign, of in (("≥", known), ("≤", -known)):
            f1 = best_f1(of[row[there]], nuisance[there], int(nuisance.sum()))
            best = max(best, (f"{name} {sign}", f1), key=lambda pair: pair[1])
    return best


_NO_FEATURES = frozenset({"subject", "tail", "holder", "principal", "trunk", "first_s", "last_s"})


def best_f1(values: Floats, right: Bools, all_right: int) -> float:
    """The best F1 that a threshold on `values` reaches."""
    precision, recall, _ = curve(values, right, all_right)
    total = precision + recall
    return float((2 * precision * recall / np.where(total > 0, total, 1)).max(initial=0.0))


def curve(values: Floats, right: Bools, all_right: int) -> tuple[Floats, Floats, Floats]:
    """(precision, recall, threshold) at each distinct value, from the highest down."""
    order = np.argsort(-values, kind="stable")
    ordered = values[order]
    last = np.append(ordered[1:] != ordered[:-1], True) if len(ordered) else np.zeros(0, np.bool_)
    hits = np.cumsum(right[order])[last]
    taken = np.arange(1, len(ordered) + 1)[last]
    return hits / np.maximum(taken, 1), hits / max(1, all_right), ordered[last]


def score_curve(judged: Judged) -> list[tuple[float, float, float]]:
    """(recall, precision, points) of the score alone, at some hundred thresholds."""
    row, truth = beside(judged)
    there = row >= 0
    precision, recall, points = curve(judged.score[row[there]], truth.nuisance[there], int(truth.nuisance.sum()))
    wanted = np.searchsorted(recall, np.linspace(0.002, recall[-1], _CURVE)).clip(0, len(recall) - 1)
    return [(float(recall[at]), float(precision[at]), float(points[at])) for at in np.unique(wanted)]


def told(figures: Figures) -> str:
    """The figures as text, style by style."""
    lines = [
        f"{figures.callers:,} callers, {figures.nuisance:,} nuisance, {figures.hard:,} hard negatives",
        f"precision {figures.precision:.4f} at recall {figures.recall:.4f}",
        f"hard negatives flagged {100 * figures.hard_flagged:.3f} %",
        f"hopping holders found {figures.hopping_found:.4f} of {figures.hopping}",
        f"holders found hopping that are {figures.hopping_precision:.4f}",
        f"best single feature {figures.feature}: F1 {figures.feature_f1:.3f}",
    ]
    lines += [
        f"  {style:24} {of:9,} found {found:7,}  {found / of:6.1%}" for style, (of, found) in figures.styles.items()
    ]
    return "\n".join(lines)


def as_json(figures: Figures) -> dict[str, Any]:
    return {name: value for name, value in figures._asdict().items() if name != "styles"}
