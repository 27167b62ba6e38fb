"""Pseudonyms of numbers in the lake."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from mingbai.calls.pseudonyms import Pseudonyms, quarter_of
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

NUMBERS = np.array([8613812345678, 862160876100, 0, 8613812345678], np.int64)


@pytest.fixture
def pseudonyms(tmp_path: Path) -> Pseudonyms:
    made = Pseudonyms(Home(tmp_path))
    made.make("2026Q3")
    made.make("2026Q4")
    return made


def test_the_same_number_has_the_same_pseudonym_within_a_quarter_and_another_in_the_next(
    pseudonyms: Pseudonyms,
) -> None:
    heads, tails = pseudonyms.column(NUMBERS, "2026Q4")
    assert heads[0] == heads[3]
    assert tails[0] == tails[3]
    assert len(set(heads.tolist())) == 3
    assert not set(heads.tolist()) & set(pseudonyms.column(NUMBERS, "2026Q3")[0].tolist())


def test_one_number_is_found_as_in_a_column_and_opens_again(pseudonyms: Pseudonyms) -> None:
    heads, tails = pseudonyms.column(NUMBERS, "2026Q4")
    assert pseudonyms.of("8613812345678", "2026Q4") == (heads[0], tails[0])
    assert pseudonyms.open(heads, tails, "2026Q4").tolist() == NUMBERS.tolist()
    with pytest.raises(ValueError, match="does not open"):
        pseudonyms.open(heads, tails, "2026Q3")


def test_a_key_is_its_owners_alone_and_a_second_making_keeps_it(pseudonyms: Pseudonyms, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "calls-2026Q4.key"
    before = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    Pseudonyms(Home(tmp_path)).make("2026Q4")
    assert path.read_text() == before
    assert sorted(p.name for p in path.parent.iterdir()) == ["calls-2026Q3.key", "calls-2026Q4.key"]


def test_after_destruction_nothing_of_the_quarter_opens(pseudonyms: Pseudonyms) -> None:
    heads, tails = pseudonyms.column(NUMBERS, "2026Q3")
    pseudonyms.destroy("2026Q3")
    assert not pseudonyms.exists("2026Q3")
    with pytest.raises(Problem, match="key of 2026Q3 is gone"):
        pseudonyms.open(heads, tails, "2026Q3")


@pytest.mark.parametrize(
    ("day", "quarter"), [((2026, 1, 1), "2026Q1"), ((2026, 9, 30), "2026Q3"), ((2026, 10, 1), "2026Q4")]
)
def test_quarters(day: tuple[int, int, int], quarter: str) -> None:
    assert quarter_of(date(*day)) == quarter


def test_threads_that_make_a_key_at_once_have_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [Pseudonyms(Home(tmp_path)) for _ in range(64)]
        list(pool.map(lambda one: one.make("2026Q4"), made))
    assert len({one.of("8613812345678", "2026Q4") for one in made}) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["calls-2026Q4.key"]
