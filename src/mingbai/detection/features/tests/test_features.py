"""Features against plain Python over the same calls, whatever the calls are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from mingbai.detection.engines.duck import statement
from mingbai.detection.engines.protocol import unbound
from mingbai.detection.features import INPUTS, TABLES, Counting, Given, Window, features
from mingbai.detection.features.tests import made, oracle

LOW = Counting(burst_calls=4, busy=3, insistent=2, least=1)
WINDOW = Window.of_days(date(2026, 10, 24), made.DAYS, made.ZONE)


class Compiled:
    """The way from calls to features as DuckDB's statements, written once for all the calls of these tests."""

    def __init__(self, counting: Counting = LOW) -> None:
        self.steps: list[tuple[str, str]] = []
        tables = Given(*(unbound(name, schema) for name, schema in INPUTS.items()))
        self.results = {
            kind: statement(found) for kind, found in features(tables, counting, WINDOW, self._keep).items()
        }

    def _keep(self, name: str, found: ibis.Table) -> ibis.Table:
        self.steps.append((name, statement(found)))
        return ibis.table(found.schema(), name=name)

    def __call__(self, calls: pa.Table, known: tuple[pa.Table, ...]) -> Mapping[str, pa.Table]:
        """The four tables, rows by subject."""
        with duckdb.connect(config={"threads": 1}) as connection:
            for (name, schema), table in zip(INPUTS.items(), (calls, *known), strict=True):
                connection.register(name, table.cast(schema))
            for name, sql in self.steps:
                connection.execute(f"CREATE TEMP TABLE {name} AS {sql}")
            found = {kind: connection.execute(sql).to_arrow_table() for kind, sql in self.results.items()}
        return {kind: table.cast(TABLES[kind]).sort_by("subject") for kind, table in found.items()}


@pytest.fixture(scope="module")
def computed() -> Compiled:
    return Compiled()


def by_subject(table: pa.Table) -> dict[int, dict[str, Any]]:
    return {row["subject"]: row for row in table.to_pylist()}


def same(found: Mapping[int, dict[str, Any]], wanted: Mapping[int, dict[str, Any]]) -> None:
    assert set(found) == set(wanted)
    for subject, row in wanted.items():
        assert {name: found[subject][name] for name in row} == row, subject


NOTHING = tuple(INPUTS[name].empty_table() for name in ("refusals", "numbers", "trunks", "consents"))


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(made.rows())
def test_numbers_callees_and_trunks_are_as_counted_by_hand(computed: Compiled, calls: list[dict[str, Any]]) -> None:
    found = computed(made.calls_table(calls), NOTHING)
    inside = [call for call in calls if WINDOW.begin_s <= call["at_us"] // 1_000_000 < WINDOW.end_s]
    same(by_subject(found["number"]), oracle.by_number(inside, made.ZONE, LOW))
    same(by_subject(found["callee"]), oracle.by_callee(inside, LOW))
    same(by_subject(found["trunk"]), oracle.by_trunk(inside, LOW))


@pytest.mark.parametrize("seed", range(4))
def test_the_most_calls_over_a_trunk_are_told_to_the_second(computed: Compiled, seed: int) -> None:
    calls = [one for one in made.at_random(700, seed) if WINDOW.begin_s <= one["at_us"] // 1_000_000 < WINDOW.end_s]
    found = by_subject(computed(made.calls_table(calls), NOTHING)["trunk"])
    same(found, oracle.by_trunk(calls, LOW))
    assert max(row["most_60min"] for row in found.values()) > 20


def test_of_no_calls_there_are_no_features(computed: Compiled) -> None:
    found = computed(INPUTS["calls"].empty_table(), NOTHING)
    assert {kind: len(table) for kind, table in found.items()} == dict.fromkeys(TABLES, 0)


def call(caller: int, callee: int, at_s: int, **more: Any) -> dict[str, Any]:
    """A plain call `at_s` seconds into the window."""
    plain: dict[str, Any] = dict.fromkeys(INPUTS["calls"].names)
    return plain | {
        "at_us": (WINDOW.begin_s + at_s) * 1_000_000, "caller": caller, "caller_tail": caller, "caller_kind": 1,
        "callee": callee, "callee_tail": callee, "callee_kind": 1, **more,
    }  # fmt: skip


def refusal(callee: int, party: int, caller: int, at_s: int, use: int = -1) -> dict[str, int]:
    return {"callee": callee, "party": party, "caller": caller, "at_s": WINDOW.begin_s + at_s, "use": use}


def number(caller: int, holder: int, principal: int = 0) -> dict[str, int]:
    return {"caller": caller, "resource": caller, "holder": holder, "principal": principal, "use": 0, "sort": 0,
            "since_s": WINDOW.end_s - 10 * 86_400}  # fmt: skip


def known(
    *refusals: dict[str, int],
    numbers: tuple[dict[str, int], ...] = (),
    consents: tuple[dict[str, int | None], ...] = (),
) -> tuple[pa.Table, ...]:
    return (
        pa.Table.from_pylist(list(refusals), schema=INPUTS["refusals"]),
        pa.Table.from_pylist(list(numbers), schema=INPUTS["numbers"]),
        INPUTS["trunks"].empty_table(),
        pa.Table.from_pylist(list(consents), schema=INPUTS["consents"]),
    )


FIRM = (number(1, holder=5), number(2, holder=5), number(3, holder=6))


@pytest.mark.parametrize(
    ("refusals", "after", "hopped"),
    [
        # nobody refused
        ([], {1: 0, 2: 0, 3: 0}, 0),
        # the firm, before: every call of both its numbers, and the person was called from two
        ([refusal(100, 5, 0, 0)], {1: 2, 2: 1, 3: 0}, 1),
        # the firm, between the calls: what came before is none
        ([refusal(100, 5, 0, 15)], {1: 1, 2: 1, 3: 0}, 1),
        # in the very second of the call: not after
        ([refusal(100, 5, 0, 30)], {1: 0, 2: 0, 3: 0}, 0),
        # one number: it stands for its holder, and the call from the other number is hopping
        ([refusal(100, 0, 1, 25)], {1: 0, 2: 1, 3: 0}, 1),
        # another person
        ([refusal(101, 5, 0, 0)], {1: 0, 2: 0, 3: 0}, 0),
        # all marketing, which these numbers are registered for
        ([refusal(100, 0, 0, 25, use=0)], {1: 0, 2: 1, 3: 0}, 0),
        # of service calls alone
        ([refusal(100, 5, 0, 0, use=1)], {1: 0, 2: 0, 3: 0}, 0),
    ],
)  # fmt: skip
def test_calls_after_a_refusal(
    computed: Compiled, refusals: list[dict[str, int]], after: dict[int, int], hopped: int
) -> None:
    calls = [call(1, 100, 10), call(1, 100, 20), call(2, 100, 30), call(3, 102, 40)]
    found = computed(made.calls_table(calls), known(*refusals, numbers=FIRM))
    assert {subject: row["after_refusal"] for subject, row in by_subject(found["number"]).items()} == after
    holders = by_subject(found["holder"])
    assert (holders[5]["after_refusal"], holders[5]["hopped"]) == (after[1] + after[2], hopped)
    assert holders[6]["after_refusal"] == 0


def test_a_refusal_of_a_firm_holds_whoever_calls_for_it(computed: Compiled) -> None:
    numbers = (number(1, holder=5, principal=8), number(2, holder=6, principal=8), number(3, holder=5, principal=9))
    calls = [call(who, 100, 10 * who) for who in (1, 2, 3)]
    found = computed(made.calls_table(calls), known(refusal(100, 8, 0, 0), numbers=numbers))
    assert {subject: row["after_refusal"] for subject, row in by_subject(found["number"]).items()} == {1: 1, 2: 1, 3: 0}


def test_of_a_holder_people_are_counted_once(computed: Compiled) -> None:
    calls = [call(1, 100, 10), call(2, 100, 20), call(2, 101, 30), call(100, 2, 50), call(101, 1, 20)]
    found = by_subject(computed(made.calls_table(calls), known(numbers=FIRM))["holder"])[5]
    assert {name: found[name] for name in ("numbers", "calls", "callees", "returned", "callers", "first_in")} == {
        "numbers": 2, "calls": 3, "callees": 2, "returned": 1, "callers": 2, "first_in": 1,
    }  # fmt: skip


def test_own_numbers_on_foreign_trunks_are_spoofed(computed: Compiled) -> None:
    refusals, numbers, _, consents = known(numbers=FIRM)
    trunks = pa.Table.from_pylist([{"trunk": 1, "own": True}, {"trunk": 2, "own": False}], schema=INPUTS["trunks"])
    calls = [
        call(1, 100, 1, trunk=1), call(1, 100, 2, trunk=2), call(1, 101, 3, trunk=None), call(7, 100, 4, trunk=2),
        call(9, 100, 5, trunk=1, caller_kind=32), call(2, 102, 6, trunk=2, caller_kind=32),
    ]  # fmt: skip
    found = computed(made.calls_table(calls), (refusals, numbers, trunks, consents))
    told = ("foreign", "unallocated", "spoofed", "own_calls", "other_calls")
    assert {who: tuple(row[name] for name in told) for who, row in by_subject(found["number"]).items()} == {
        1: (1, 0, 1, 1, 1), 2: (1, 1, 1, 0, 1), 7: (0, 0, 0, 0, 1), 9: (0, 1, 1, 1, 0),
    }  # fmt: skip
    assert {who: tuple(row[name] for name in told) for who, row in by_subject(found["trunk"]).items()} == {
        1: (0, 1, 1, 2, 0), 2: (2, 1, 2, 0, 3),
    }  # fmt: skip


def test_whoever_called_little_is_looked_at_only_for_a_reason() -> None:
    calls = [call(7, 100 + one, one) for one in range(4)] + [call(1, 100, 9), call(8, 100, 9, caller_kind=32)]
    calls += [call(9, 100, 50)]
    found = Compiled(LOW._replace(least=5))(made.calls_table(calls), known(refusal(100, 0, 9, 0), numbers=FIRM))
    assert set(by_subject(found["number"])) == {1, 8, 9}


@pytest.mark.parametrize(
    ("consents", "cited", "people"),
    [
        ((), None, {1: 0, 2: 0, 3: 0}),
        ((), 77, {1: 1, 2: 0, 3: 0}),
        # to the firm that number 1 and 2 call for, given before
        (((100, 8, 0, None),), None, {1: 1, 2: 1, 3: 0}),
        # given after the one call, ended before the other
        (((100, 8, 15, 18),), None, {1: 0, 2: 0, 3: 0}),
        (((100, 8, 15, None),), None, {1: 0, 2: 1, 3: 0}),
        # to the holder, of a number that calls for another firm: to nobody else
        (((100, 5, 0, None),), None, {1: 0, 2: 0, 3: 0}),
        # cited and on file is once; of the holder too
        (((100, 8, 0, None), (101, 8, 0, None)), 77, {1: 2, 2: 1, 3: 0}),
    ],
)
def test_people_who_agreed(
    computed: Compiled,
    consents: tuple[tuple[int, int, int, int | None], ...],
    cited: int | None,
    people: dict[int, int],
) -> None:
    numbers = (number(1, holder=5, principal=8), number(2, holder=5, principal=8), number(3, holder=6))
    calls = [call(1, 100, 10, consent=cited), call(2, 100, 20), call(3, 100, 30), call(1, 101, 40)]
    given_ = tuple(
        {"callee": who, "party": firm, "since_s": WINDOW.begin_s + since,
         "until_s": None if until is None else WINDOW.begin_s + until}
        for who, firm, since, until in consents
    )  # fmt: skip
    found = computed(made.calls_table(calls), known(numbers=numbers, consents=given_))
    assert {who: row["consented"] for who, row in by_subject(found["number"]).items()} == people
    holders = by_subject(found["holder"])
    assert holders[5]["consented"] == max(people[1], people[2])
    assert {name: holders[5][name] for name in ("callees", "again", "shared")} == {
        "callees": 2, "again": 1, "shared": 1,
    }  # fmt: skip


def test_who_refused_it_is_counted_whenever_that_was(computed: Compiled) -> None:
    calls = [call(1, 100, 10), call(2, 101, 20), call(3, 100, 30)]
    found = computed(
        made.calls_table(calls),
        known(refusal(100, 5, 0, 50), refusal(101, 0, 2, 0), refusal(100, 0, 0, 0, use=0), numbers=FIRM),
    )
    told = ("refusers_called", "refusing")
    assert {who: tuple(row[name] for name in told) for who, row in by_subject(found["number"]).items()} == {
        # all marketing was refused by 100: that is said of nobody, and number 3 was called after it
        1: (1, 1), 2: (1, 1), 3: (1, 0),
    }  # fmt: skip
    assert by_subject(found["holder"])[5]["refusing"] == 2
