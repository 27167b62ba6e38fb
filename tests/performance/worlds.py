"""Made towns to calibrate on: our own with its habits moved, the second, the third; features counted once and kept.

The fourth town is none of them, nor any seed from 1000 on: those measure.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tests.performance import judged
from tests.performance.towns import Material, Truth, first_town, other_town

from mingbai.kernel.profile import Detection
from mingbai.town.records import Knobs, generate, special, styles
from mingbai.town.records.style import Style

DENSITY = 3
"""Special callers of our own town are this many times as dense here as in the plain one."""
FAMILIES = ("first", "second", "third")
_MODULES = {"second": "tests.performance.othertown", "third": "tests.performance.thirdtown"}
_DAYS = {"first": (7, 7, 7, 3, 14, 7, 1, 5, 10, 7), "second": (7, 7, 3, 10), "third": (7, 7, 3, 10)}
_PLAIN = 2  # of our own towns, those whose habits are not moved
_POSITIVE = ("holder", "age_days", "rate", "hours", "pool", "refusers", "patience", "talk", "message")
_SHARES = ("busy", "night", "loyal", "refused", "stale", "inbound", "redial", "short", "returned", "agreed")
_ROOT = Path(__file__).resolve().parents[2]


class World(NamedTuple):
    """One town as rules see it, with its truth. `ordinary`: how much an ordinary person weighs."""

    family: str
    name: str
    days: int
    features: Mapping[str, pa.Table]
    truth: Truth
    hopping: Mapping[int, bool]

    @property
    def ordinary(self) -> float:
        return float(DENSITY) if self.family == "first" else 1.0


def worlds(folder: Path, many: Mapping[str, int], people: Mapping[str, int], settings: Detection) -> Iterator[World]:
    """So many towns of each family, made where they are not there yet."""
    for family in FAMILIES:
        for place in range(many[family]):
            yield _world(folder, family, place, people[family], settings)


def _world(folder: Path, family: str, place: int, people: int, settings: Detection) -> World:
    name = f"{family}-{place + 1}-{people}"
    kept = folder / name
    days = _DAYS[family][place % len(_DAYS[family])]
    if not (kept / "hopping.json").exists():
        town = _made(folder / f"{name}-town", family, place, people, days)
        _keep(kept, judged.counted(town, settings, memory_gb=3), town)
    features = {path.stem: pq.read_table(path) for path in sorted((kept / "features").glob("*.parquet"))}
    columns = np.load(kept / "truth.npz")
    truth = Truth(*(columns[field] for field in Truth._fields))
    hopping = {int(holder): bool(hops) for holder, hops in json.loads((kept / "hopping.json").read_text()).items()}
    return World(family, name, days, features, truth, hopping)


def _keep(kept: Path, features: Mapping[str, pa.Table], town: Material) -> None:
    (kept / "features").mkdir(parents=True, exist_ok=True)
    for kind, table in features.items():
        pq.write_table(table, kept / "features" / f"{kind}.parquet")
    np.savez(kept / "truth.npz", **town.truth._asdict())
    (kept / "hopping.json").write_text(json.dumps({str(holder): bool(hops) for holder, hops in town.hopping.items()}))


def _made(out: Path, family: str, place: int, people: int, days: int) -> Material:
    """The town, made where it is not there. Seeds 1 to 60 belong to calibration."""
    if family != "first":
        if not (out / "truth.csv").exists():
            asked = ("--people", people, "--days", days, "--seed", place + 1)
            command = [sys.executable, "-m", _MODULES[family], str(out), *map(str, asked)]
            subprocess.run(command, check=True, cwd=_ROOT, stdout=sys.stderr)
        return other_town(out)
    plain: dict[str, Any] = {"people": people, "days": days, "seed": place + 1, "density": float(DENSITY)}
    if not (out / "town.json").exists():
        if place < _PLAIN:
            generate(out, Knobs(**plain))
        else:
            with other_habits(np.random.default_rng([place + 1, 99])) as knobs:
                generate(out, Knobs(**plain, **knobs))
    return first_town(out)


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
