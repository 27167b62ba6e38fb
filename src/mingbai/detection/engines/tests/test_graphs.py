"""Ordinary call graphs, with as little in them as data sets have: nobody is found but a seller among them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import duckdb
import ibis
import pyarrow as pa
import pytest

from mingbai.detection import rules
from mingbai.detection.engines.duck import statement
from mingbai.detection.engines.protocol import unbound
from mingbai.detection.features import INPUTS, Counting, Given, Window, features
from mingbai.detection.rules.tests.made import SETTINGS
from mingbai.detection.states import Kind
from mingbai.kernel.msisdn import Kind as Number

DAYS = 28
WINDOW = Window.of_days(date(2026, 3, 2), DAYS, "Asia/Shanghai")
SELLER = 900_000


class Call(NamedTuple):
    """`talk`: seconds, 0 not answered; `ring`: seconds."""

    s: float
    caller: int
    callee: int
    talk: float
    ring: float = 12.0


Graph = Callable[[random.Random], Iterator[Call]]


def _talk(draw: random.Random, answers: float = 0.75, median: float = 70.0) -> float:
    return draw.lognormvariate(0, 0.9) * median if draw.random() < answers else 0.0


def _moment(draw: random.Random, day: int) -> float:
    return day * 86_400.0 + draw.triangular(7, 23, 18) * 3_600


def friends(draw: random.Random, days: int = 7, people: int = 300, a_day: float = 3.0) -> Iterator[Call]:
    """People with eight friends or so; some are called far more than others, missed calls come back."""
    for one in range(people):
        circle = [(one + draw.choice((1, 2, 3, 5, 8, 50, 120)) * draw.choice((1, -1))) % people for _ in range(8)]
        for day in range(days):
            for _ in range(int(draw.expovariate(1 / a_day))):
                other = circle[int(len(circle) * draw.random() ** 2)]
                at, talk = _moment(draw, day), _talk(draw)
                yield Call(at, one, other, talk)
                if draw.random() < (0.2 if talk else 0.6):
                    yield Call(at + draw.expovariate(1 / 1800), other, one, _talk(draw, 0.9))


def heavy(draw: random.Random) -> Iterator[Call]:
    """One of them is on the telephone all day, with forty people."""
    yield from friends(draw)
    for day in range(7):
        for _ in range(120):
            at, other = _moment(draw, day), 40 + draw.randrange(40)
            turn = draw.random() < 0.4
            yield Call(at, *((other, 7) if turn else (7, other)), _talk(draw))


def hub(draw: random.Random) -> Iterator[Call]:
    """A surgery that everybody calls, and that calls back whom it missed."""
    yield from friends(draw)
    for day in range(7):
        for _ in range(90):
            at, other = _moment(draw, day), draw.randrange(300)
            yield Call(at, other, 5_000, _talk(draw, 0.6, 50))
            if draw.random() < 0.6:
                yield Call(at + draw.expovariate(1 / 2400), 5_000, other, _talk(draw, 0.7, 60))


def feast(draw: random.Random) -> Iterator[Call]:
    """One of them invites a hundred people, once each, on two days."""
    yield from friends(draw)
    for other in range(100, 200):
        at, talk = _moment(draw, 2 + other % 2), _talk(draw, 0.7, 80)
        yield Call(at, 3, other, talk)
        if draw.random() < (0.15 if talk else 0.7):
            yield Call(at + draw.expovariate(1 / 5000), other, 3, _talk(draw, 0.9))


def sparse(draw: random.Random) -> Iterator[Call]:
    """Four weeks of people who call now and then."""
    return friends(draw, days=DAYS, people=200, a_day=0.3)


def outgoing(draw: random.Random) -> Iterator[Call]:
    """The lines of an office, outgoing calls alone; they know whom they call, the records do not say so."""
    for line in range(80):
        for day in range(5):
            for _ in range(12):
                yield Call(_moment(draw, day), 6_000 + line, 20_000 + draw.randrange(20_000), _talk(draw))


def riders(draw: random.Random) -> Iterator[Call]:
    """Couriers who are nowhere registered: strangers, short talks; whoever missed one rings back."""
    yield from friends(draw)
    for rider in range(7_000, 7_010):
        for day in range(6):
            for _ in range(50):
                at, other, talk = _moment(draw, day), 10_000 + draw.randrange(5_000), _talk(draw, 0.8, 16)
                yield Call(at, rider, other, talk)
                if draw.random() < (0.06 if talk else 0.5):
                    yield Call(at + draw.expovariate(1 / 900), other, rider, _talk(draw, 0.9, 15))


GRAPHS: tuple[Graph, ...] = (friends, heavy, hub, feast, sparse, outgoing, riders)


def sells(draw: random.Random, days: int = 7) -> Iterator[Call]:
    """Strangers who do not answer or hang up, and do not call back."""
    for day in range(days):
        for _ in range(90):
            talk = _talk(draw, 0.35, 14)
            yield Call(_moment(draw, day), SELLER, draw.randrange(10**6, 10**7), talk, 20)


COLUMNS: dict[str, frozenset[str]] = {
    "everything": frozenset({"answered", "talk_ms", "ring_ms", "cause", "near"}),
    "time and length": frozenset({"answered", "talk_ms"}),
    "answered or not": frozenset({"answered"}),
    "who, whom and when": frozenset(),
}


@lru_cache(maxsize=1)
def _plan() -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Statements of the steps and of the results: compiled once for all graphs."""
    steps: list[tuple[str, str]] = []

    def keep(name: str, found: ibis.Table) -> ibis.Table:
        steps.append((name, statement(found)))
        return ibis.table(found.schema(), name=name)

    given = Given(*(unbound(name, schema) for name, schema in INPUTS.items()))
    found = features(given, Counting.of(SETTINGS), WINDOW, keep)
    return steps, {kind: statement(table) for kind, table in found.items()}


def judged(calls: list[Call], known: frozenset[str], *, ids: bool = False) -> list[dict[str, Any]]:
    """Findings over the calls, of whose columns these are known; `ids`: numbers of no plan."""
    kind = int(Number.UNALLOCATED if ids else Number.MOBILE)
    rows = [_row(WINDOW.begin_s, call, known, kind) for call in calls]
    steps, results = _plan()
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, schema in INPUTS.items():
            made = pa.Table.from_pylist(rows, schema=schema) if name == "calls" else schema.empty_table()
            connection.register(name, made)
        for name, sql in steps:
            connection.execute(f"CREATE TEMP TABLE {name} AS {sql}")
        counted = {one: connection.execute(sql).to_arrow_table() for one, sql in results.items()}
    return [one for one in rules.judge_all(counted, SETTINGS).to_pylist() if one["verdict"] == "finding"]


def _row(begin_s: int, call: Call, known: frozenset[str], kind: int) -> dict[str, Any]:
    told = {
        "answered": call.talk > 0, "talk_ms": int(call.talk * 1000), "ring_ms": int(call.ring * 1000),
        "cause": 16 if call.talk else 19, "near": 3,
    }  # fmt: skip
    return {
        "at_us": int((begin_s + call.s) * 1e6), "caller": call.caller, "caller_tail": 0, "caller_kind": kind,
        "callee": call.callee, "callee_tail": 0, "callee_kind": kind, "trunk": 1,
        **{name: value for name, value in told.items() if name in known},
    }  # fmt: skip


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.__name__)
def test_nobody_in_an_ordinary_graph_is_found(graph: Graph, columns: str) -> None:
    assert judged(list(graph(random.Random(5))), COLUMNS[columns]) == []


@pytest.mark.parametrize("graph", [friends, hub, riders], ids=lambda graph: graph.__name__)
def test_nobody_is_found_for_an_id_that_is_no_telephone_number(graph: Graph) -> None:
    assert judged(list(graph(random.Random(6))), COLUMNS["time and length"], ids=True) == []


@pytest.mark.parametrize("columns", ["everything", "time and length", "answered or not"])
def test_a_seller_among_them_is_found(columns: str) -> None:
    draw = random.Random(7)
    found = judged([*riders(draw), *sells(draw)], COLUMNS[columns])
    assert {(one["kind"], one["subject"]) for one in found} == {(Kind.NUMBER, SELLER)}
