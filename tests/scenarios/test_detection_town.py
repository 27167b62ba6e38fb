"""A small made town goes through all features and rules: what is nuisance is found, what only looks like it is not,
and no single feature would have done it. The same at full size: tests/performance/bench_detect_town.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.performance import judged, towns

from mingbai.kernel import profile
from mingbai.town import records

SEED = 1003  # calibration uses 1 to 99


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> judged.Figures:
    folder: Path = tmp_path_factory.mktemp("town")
    records.generate(folder, records.Knobs(people=10_000, days=4, seed=SEED, density=2))
    town = towns.first_town(folder)
    settings = profile.parse(profile.packaged(profile.NAMES[0]), "packaged").detection
    return judged.figures(judged.judge_town(town, settings, memory_gb=1), town.hopping)


def test_callers_of_nuisance_are_found_and_others_are_not(figures: judged.Figures) -> None:
    assert figures.nuisance >= 50, judged.told(figures)
    assert figures.precision >= 0.95, judged.told(figures)
    assert figures.recall >= 0.8, judged.told(figures)


def test_hospitals_couriers_and_whoever_else_must_call_much_are_left_alone(figures: judged.Figures) -> None:
    assert figures.hard >= 150, judged.told(figures)
    assert figures.hard_flagged <= 0.01, judged.told(figures)


def test_holders_that_hop_over_their_numbers_are_found(figures: judged.Figures) -> None:
    assert figures.hopping, judged.told(figures)
    assert figures.hopping_found >= 0.95, judged.told(figures)


def test_no_single_feature_tells_them_apart(figures: judged.Figures) -> None:
    assert figures.feature_f1 < 0.8, judged.told(figures)
