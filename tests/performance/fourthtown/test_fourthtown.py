"""The fourth town: the same for the same seed, files that an importer can read, kinds that no single feature parts."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pytest
from tests.performance.fourthtown import people, town, write
from tests.performance.fourthtown.callers import STYLES, hire
from tests.performance.fourthtown.draws import DAY

from mingbai.kernel import columns

FIRST = date(2026, 9, 8)
DAYS = 5


@pytest.fixture(scope="module")
def made() -> town.Made:
    return town.make(8000, DAYS, 3, FIRST)


@pytest.fixture(scope="module")
def out(made: town.Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fourth")
    write.write(made, folder, 3)
    return folder


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        write.write(town.make(900, 2, seed, FIRST), tmp_path / name, seed)
    assert _files(tmp_path / "one") == _files(tmp_path / "two")
    assert _files(tmp_path / "one")["calls.csv"] != _files(tmp_path / "three")["calls.csv"]


def test_every_number_written_is_one_and_has_a_truth(out: Path) -> None:
    texts = pc.ConvertOptions(column_types={"caller": pa.string(), "callee": pa.string(), "start": pa.string()})
    calls = pc.read_csv(out / "calls.csv", convert_options=texts)
    callers, callees = (columns.classify(calls[name])[0] for name in ("caller", "callee"))
    truth = pc.read_csv(out / "truth.csv", convert_options=texts)
    known = columns.classify(truth["caller"])[0]
    assert (callers > 0).all()
    assert (callees > 0).all()
    assert len(np.unique(known)) == len(known)
    assert set(callers.tolist()) == set(known.tolist())
    assert {str(text)[:2] for text in calls["caller"].to_pylist()} >= {"+8", "00", "13"}  # as switches write them
    starts = [str(start) for start in calls["start"].to_pylist()]
    assert starts == sorted(starts)
    assert starts[0].startswith("2026-09-08T00:")
    assert starts[-1] < "2026-09-13"


def test_attempts_make_sense(made: town.Made) -> None:
    calls, lines = made.calls, made.lines
    assert (calls.caller != calls.callee).all()
    assert (lines.own[calls.caller] | lines.own[calls.callee]).all()
    assert (calls.talk[~calls.answered] == 0).all()
    assert (calls.talk[calls.answered] > 0).all()
    assert (calls.cause[calls.answered] == 16).all()
    assert not calls.answered[~lines.reached[calls.callee]].any()
    assert ((calls.start >= 0) & (calls.start < DAYS * DAY)).all()


def test_a_line_for_one_call_has_one_call_at_a_time(made: town.Made) -> None:
    rows = np.flatnonzero(made.calls.caller < 8000)
    busy = made.callers.number[~made.callers.single]
    rows = rows[~np.isin(made.calls.caller[rows], busy)]
    calls = made.calls.at(rows[np.lexsort((made.calls.start[rows], made.calls.caller[rows]))])
    same = calls.caller[1:] == calls.caller[:-1]
    assert same.sum() > 10_000
    assert (calls.start[1:] >= calls.end[:-1])[same].all()


def test_few_are_a_nuisance_and_more_only_look_like_it(made: town.Made) -> None:
    callers = np.unique(made.calls.caller)
    bad, hard = made.nuisance[callers], made.hard[callers]
    assert 0.003 < bad.mean() < 0.009  # a single attack weighs in a town this small
    assert hard.sum() > 2 * bad.sum()
    assert not (bad & hard).any()
    assert {style.name for style in STYLES if style.nuisance} - {made.style[one] for one in callers} == set()


def _best_f1(value: np.ndarray, bad: np.ndarray) -> float:
    order = np.argsort(-value, kind="stable")
    found = np.cumsum(bad[order])
    last = np.append(value[order][1:] != value[order][:-1], True)
    return float((2 * found / (np.arange(1, len(bad) + 1) + bad.sum()))[last].max())


def test_no_plain_feature_parts_them(made: town.Made) -> None:
    calls, count = made.calls, len(made.lines.digits)
    pairs = np.unique(calls.caller * count + calls.callee)
    returned = np.isin(pairs, pairs % count * count + pairs // count)
    attempts = np.bincount(calls.caller, minlength=count)
    people = np.bincount(pairs // count, minlength=count)
    callers = np.flatnonzero(attempts)
    talked = calls.answered & (calls.talk > 10_000)
    features = {
        "attempts": attempts,
        "people": people,
        "people called back": np.bincount(pairs // count, returned, count) / np.maximum(people, 1),
        "answered": np.bincount(calls.caller, calls.answered, count) / np.maximum(attempts, 1),
        "talked": np.bincount(calls.caller, talked, count) / np.maximum(attempts, 1),
        "calls to it": np.bincount(calls.callee, minlength=count) / np.maximum(attempts, 1),
        "refusals of it": np.bincount(made.callers.number[made.refusals.row], minlength=count),
        "numbers not in use": np.bincount(calls.caller, calls.cause == 1, count) / np.maximum(attempts, 1),
    }
    bad = made.nuisance[callers]
    best = {name: max(_best_f1(sign * one[callers], bad) for sign in (1, -1)) for name, one in features.items()}
    assert max(best.values()) < 0.75, best
    assert max(best.values()) > 0.2, best  # nor is there nothing to see


def test_habits_are_wide_and_overlap() -> None:
    rng = np.random.default_rng(5)
    callers = hire(rng, people.populate(rng, 60_000), 60_000)[0]
    bad = callers.nuisance
    for name in ("rate", "fresh", "curt", "back", "talk", "heed"):
        low, high = np.quantile(callers.habits[name][bad], [0.1, 0.9])
        others = callers.habits[name][~bad]
        assert ((others > low) & (others < high)).mean() > 0.15, name
        assert high > 1.2 * low, name


def test_those_who_hop_call_the_refusing_from_other_numbers(made: town.Made) -> None:
    callers, refusals = made.callers, made.refusals
    row_of = dict(zip(callers.number.tolist(), range(len(callers.number)), strict=True))
    against = {(int(callers.holder[row]), callee): (int(row), at) for callee, row, at in zip(*map(
        np.ndarray.tolist, (refusals.callee, refusals.row, refusals.at)), strict=True)}  # fmt: skip
    after = {True: 0, False: 0}
    for caller, callee, start in zip(*map(np.ndarray.tolist, made.calls[:3]), strict=True):
        row = row_of.get(caller)
        refused = against.get((int(callers.holder[row]), callee)) if row is not None else None
        if row is not None and refused and start > refused[1] and row != refused[0]:
            after[STYLES[callers.style[row]].nuisance] += 1
    assert after[True] > 5 * after[False] / 2
    assert after[True] > 20


def test_what_the_operator_knows_fits_together(out: Path) -> None:
    numbers, holders = _rows(out / "numbers.csv"), _rows(out / "holders.csv")
    named = {row["holder"] for row in numbers}
    assert {row["holder"] for row in holders} == named
    assert any(row["hopping"] == "1" for row in holders)
    assert all(row["since"] < str(FIRST) for row in numbers)
    refusals, consents = _rows(out / "refusals.csv"), _rows(out / "consents.csv")
    assert {row["holder"] for row in refusals} - {""} <= named
    assert any(not row["holder"] for row in refusals)
    assert {row["party"] for row in consents} <= named
    assert all(row["given"] < str(FIRST) for row in consents)
    marketing = {row["holder"] for row in numbers if row["use"] == "marketing"}
    assert marketing & {row["party"] for row in consents}


def test_one_is_called_by_many_numbers_in_an_attack(made: town.Made) -> None:
    calls = made.calls
    attack = np.array([style == "call_bombing" for style in made.style])[calls.caller]
    victim = np.bincount(calls.callee[attack]).argmax()
    assert len(np.unique(calls.caller[attack & (calls.callee == victim)])) >= 8
