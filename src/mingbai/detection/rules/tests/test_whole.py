"""Records that cannot show what rules go by: nobody is found for what is not in them."""

from __future__ import annotations

import pytest

from mingbai.detection.rules import judge_all
from mingbai.detection.rules.tests.made import COLD, SETTINGS, table
from mingbai.detection.rules.whole import WHOLE, Whole

# of an outgoing line alone: many strangers, nobody is seen calling back
OUT = {"calls": 400, "recorded": 400, "callees": 390, "answered": 320, "rung": 400, "short": 20, "long": 150,
       "talk_ms": 30_000_000, "talk_s2": 4_000_000, "days": 5, "repeated": 8, "talk_2": 100, "talk_4": 220}  # fmt: skip
NOBODYS = {"caller_kind": 32, "unallocated": 400, "spoofed": 400, "unused": 400}


def told(*rows: dict[str, int]) -> set[tuple[str, str]]:
    """Kinds of subjects and verdicts, of all feature tables."""
    tables = {"number": table(*rows), "trunk": table({"calls": 4000, "spoofed": 4000}, kind="trunk")}
    judged = judge_all(tables, SETTINGS)
    pairs = zip(judged["kind"].to_pylist(), judged["verdict"].to_pylist(), strict=True)
    return {(str(kind), str(verdict)) for kind, verdict in pairs}


@pytest.mark.parametrize(
    ("rows", "both_ways", "plan"),
    [
        ([OUT | {"callers": 100}] * 60, True, True),
        ([OUT] * 60, False, True),
        ([OUT | {"callers": 100} | NOBODYS] * 60, True, False),
        # too few to tell
        ([OUT | NOBODYS] * 40, True, True),
        # many who forge numbers call real ones
        ([OUT | {"callers": 100}] * 9 + [OUT | NOBODYS | {"unused": 9}] * 60, True, True),
    ],
)
def test_what_records_can_tell(rows: list[dict[str, int]], both_ways: bool, plan: bool) -> None:
    found = Whole.of({"number": table(*rows), "trunk": table(kind="trunk")})
    assert (found.both_ways, found.plan) == (both_ways, plan)


def test_what_happens_at_times_and_here_to_nobody_is_not_told() -> None:
    rows = [OUT | {"callers": 100, "rejected": int(place == 7)} for place in range(60)]
    found = Whole.of({"number": table(*rows), "trunk": table(kind="trunk")})
    assert found.never == ("one_ring", "unused", "near")


def test_some_numbers_alone_say_nothing_about_the_whole() -> None:
    assert Whole.of({"number": table(*[OUT] * 60), "callee": table(kind="callee")}) == WHOLE


def test_nobody_is_found_for_calls_back_that_no_record_could_show() -> None:
    assert ("number", "finding") not in told(*[OUT] * 60)


def test_numbers_of_no_plan_are_not_forged() -> None:
    found = told(*[OUT | NOBODYS | {"callers": 100}] * 60)
    assert ("number", "finding") not in found
    assert ("trunk", "finding") not in found


def test_where_records_tell_it_is_evidence() -> None:
    """The same callers among people who are seen calling are found, so the tests above rest on what is unknown."""
    among = {"calls": 900, "callees": 800, "callers": 900, "returned": 700, "known": 800}
    assert ("number", "finding") in told(*[COLD] * 60, *[among] * 9)
    assert ("trunk", "finding") in told(among, among)


def test_what_was_not_measured_speaks_neither_way() -> None:
    """Talk of unknown length is neither short nor brief, so nothing says how the calls were taken."""
    unknown = dict.fromkeys(("short", "long", "talk_ms", "talk_s2", "talk_2", "talk_4", "rung"), 0)
    assert ("number", "finding") not in told(*[OUT | unknown | {"callers": 300}] * 4)
