"""What is known of numbers is read again beside the batches, and no refusal is missed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from threading import Event
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from django.conf import settings as django

from mingbai.detection import references
from mingbai.detection.features import columns
from mingbai.detection.hourly import current
from mingbai.detection.hourly.current import Current
from mingbai.detection.references import References

QUARTER = ("2026Q4",)


def _said(*callees: int) -> pa.Table:
    rows = {"callee": callees, "party": [9] * len(callees), "caller": [0] * len(callees), "at_s": [0] * len(callees),
            "use": [-1] * len(callees)}  # fmt: skip
    return pa.table(rows, schema=columns.REFUSED)


class House:
    """What the rooms answer: all that refused, those since, and how long reading them takes."""

    def __init__(self) -> None:
        self.whole, self.later = [1], list[int]()
        self.reads, self.may_end = 0, Event()
        self.may_end.set()

    def references(self, *_: Any, **__: Any) -> References:
        self.reads += 1
        found = _said(*self.whole)
        assert self.may_end.wait(30)
        return References(
            found, columns.NUMBERS.empty_table(), columns.TRUNKS.empty_table(), columns.CONSENTS.empty_table()
        )

    def refusals(self, _home: Any, _quarters: Any, since: datetime | None = None) -> pa.Table:
        return _said(*self.later)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    made = House()
    monkeypatch.setattr(references, "references", made.references)
    monkeypatch.setattr(references, "refusals", made.refusals)
    return made


@pytest.fixture
def kept() -> Iterator[Current]:
    made = Current(django.HOME)
    yield made
    made.close()


def _refused(kept: Current, *callees: int) -> list[bool]:
    known = kept.known(QUARTER)
    return [bool(known.part(np.zeros(0, np.int64), np.array([one], np.int64)).refusals.num_rows) for one in callees]


def test_whoever_refuses_is_known_with_the_next_batch(house: House, kept: Current) -> None:
    assert _refused(kept, 1, 2) == [True, False]
    house.later = [2, 2]
    assert _refused(kept, 1, 2) == [True, True]
    assert house.reads == 1


def test_everything_is_read_again_beside_the_batches(
    house: House, kept: Current, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current, "REFRESH_S", 0.0)
    monkeypatch.setattr(current, "_SPARING", 0.0)
    assert _refused(kept, 1, 2) == [True, False]
    house.may_end.clear()
    house.whole = [3]
    assert _refused(kept, 1, 3) == [True, False], "it is being read"
    house.later = [2]
    assert _refused(kept, 1, 2, 3) == [True, True, False], "a batch waits for nothing"
    house.may_end.set()
    assert kept._reading is not None
    kept._reading.result(30)
    assert _refused(kept, 1, 2, 3) == [False, True, True], "withdrawn, said meanwhile, read"


def test_a_new_quarter_is_read_at_once(house: House, kept: Current) -> None:
    kept.known(QUARTER)
    house.whole = [5]
    assert kept.known(("2026Q4", "2027Q1")).part(np.zeros(0, np.int64), np.array([5])).refusals.num_rows
