"""Each rule by table: where it hits, where it just does not, what counts against it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from mingbai.detection.rules import AGAINST, CODES, RULES, Sort, judge, judge_all
from mingbai.detection.rules.tests.made import COLD, ORDINARY, SETTINGS, found, table
from mingbai.kernel.profile.detecting import RULES as CASES
from mingbai.kernel.terms import USES, Use

S = SETTINGS
# code, kind of subject, the row that is just hit, what of it makes it just missed
EDGES: tuple[tuple[str, str, dict[str, int], dict[str, int]], ...] = (
    (
        "high_frequency",
        "number",
        {"calls": 61, "most_60min": S.high_frequency["per_hour"] + 1},
        {"most_60min": S.high_frequency["per_hour"]},
    ),
    (
        "mass",
        "number",
        COLD | {"callees": 690, "days": 690 // S.mass["per_day"]},
        {"days": 690 // S.mass["per_day"] + 1},
    ),
    ("mass", "number", COLD, {"returned": 690 * (S.mass["returned_percent"] + 1) // 100}),
    ("mass", "number", COLD, {"known": 700 * (S.mass["known_percent"] + 1) // 100}),
    ("slow", "number", COLD | {"days": S.slow["days"]}, {"days": S.slow["days"] - 1}),
    ("slow", "number", COLD, {"answered": 690, "short": 100}),
    (
        "after_refusal",
        "number",
        ORDINARY | {"refusers_called": S.after_refusal["people"]},
        {"refusers_called": S.after_refusal["people"] - 1},
    ),
    (
        "after_refusal",
        "holder",
        {"callees": 100, "refusers_called": S.after_refusal["percent"] + 1},
        {"refusers_called": S.after_refusal["percent"] - 1},
    ),
    (
        "hopping",
        "holder",
        COLD | {"hopped": S.hopping["people"], "refusers_called": 9},
        {"hopped": S.hopping["people"] - 1},
    ),
    (
        "hopping",
        "number",
        COLD | {"hopped": S.hopping["people"], "refusers_called": 9},
        {"hopped": S.hopping["people"], "callees": 900, "returned": 800, "refusers_called": 9, "answered": 690},
    ),
    (
        "one_ring",
        "number",
        {"calls": 200, "callees": 180, "rung": 100, "one_ring": S.one_ring["percent"]},
        {"one_ring": S.one_ring["percent"] - 1},
    ),
    (
        "one_ring",
        "number",
        {"calls": 30, "callees": S.one_ring["callees"], "rung": 10, "one_ring": 10},
        {"callees": S.one_ring["callees"] - 1},
    ),
    # the same people again and again: a driver at the door
    ("one_ring", "number", {"calls": 200, "callees": 180, "rung": 100, "one_ring": 90}, {"callees": 90}),
    (
        "rotation",
        "holder",
        COLD | {"numbers": S.rotation["numbers"], "again": 10, "shared": 6, "refusing": 9},
        {"shared": S.rotation["people"] - 1},
    ),
    ("rotation", "holder", COLD | {"numbers": 5, "again": 20, "shared": 19, "refusing": 1}, {"refusing": 0}),
    (
        "bombing",
        "number",
        {"calls": 60, "recorded": 60, "callees": 1, "most_to_one": S.bombing["per_hour"]},
        {"most_to_one": S.bombing["per_hour"] - 1},
    ),
    (
        "burst_part",
        "number",
        {"calls": 10, "callees": 3, "burst": S.burst_part["calls"]},
        {"burst": S.burst_part["calls"] - 1},
    ),
    (
        "unallocated",
        "number",
        {"calls": 9, "callees": 9, "unallocated": S.unallocated["calls"]},
        {"unallocated": S.unallocated["calls"] - 1},
    ),
    (
        "foreign_trunk",
        "number",
        COLD | {"callees": S.foreign_trunk["callees"], "foreign": 700, "returned": 0},
        {"callees": S.foreign_trunk["callees"] - 1},
    ),
    ("foreign_trunk", "number", COLD | {"foreign": 700}, {"known": 350}),
    ("spoofing_trunk", "trunk", {"calls": 400, "spoofed": 400 * S.spoofing_trunk["percent"] // 100}, {"calls": 4000}),
    (
        "neighbour",
        "number",
        {"calls": 100, "callees": 90, "near": S.neighbour["percent"]},
        {"near": S.neighbour["percent"] - 1},
    ),
    (
        "silent",
        "number",
        {"calls": 60, "callees": 60, "answered": 100, "short": S.silent["percent"], "talk_ms": 300_000},
        {"short": S.silent["percent"] - 1},
    ),
    (
        "robot",
        "number",
        {"calls": 60, "callees": 60, "answered": 40, "talk_ms": 40 * 20_500, "talk_s2": 40 * 401},
        {"talk_s2": 40 * 600},
    ),
    (
        "dead_numbers",
        "number",
        {"calls": 100, "callees": 100, "unused": S.dead_numbers["percent"]},
        {"unused": S.dead_numbers["percent"] - 1},
    ),
    (
        "fresh",
        "number",
        {"calls": 300, "callees": S.fresh["per_day"], "days": 1, "age_days": S.fresh["days"]},
        {"age_days": S.fresh["days"] + 1},
    ),
    (
        "bombed",
        "callee",
        {
            "calls": 99,
            "recorded": 99,
            "callers": 9,
            "most_60min": S.bombed["per_hour"],
            "most_callers_60min": S.bombed["callers"],
        },
        {"most_60min": S.bombed["per_hour"] - 1},
    ),
)


@pytest.mark.parametrize(("code", "kind", "row", "less"), EDGES)
def test_a_rule_hits_from_its_threshold_on_and_not_before(
    code: str, kind: str, row: dict[str, int], less: dict[str, int]
) -> None:
    wanted = {"high_frequency": "suspicion", "fresh": "suspicion"}.get(code, "finding")
    assert found(row, kind).get(code) == wanted
    assert code not in found(row | less, kind)


def test_each_rule_has_its_edge() -> None:
    assert {code for code, *_ in EDGES} == {rule.code for rule in RULES}


AGAINST_ROWS: Mapping[str, dict[str, int]] = {
    "registered_hospital": {"sort": Sort.HOSPITAL},
    "registered_courier": {"sort": Sort.COURIER},
    "registered_taxi": {"sort": Sort.TAXI},
    "registered_school": {"sort": Sort.SCHOOL},
    "registered_service_line": {"sort": Sort.SERVICE_LINE},
    "registered_public_interest": {"sort": Sort.PUBLIC_INTEREST},
    "registered_notification": {"use": USES.index(Use.NOTIFICATION)},
    "registered_declared": {"use": USES.index(Use.SURVEY)},
    "called_back": {"returned": 690 * S.called_back // 100},
    "known_before": {"known": 700 * S.known_before // 100},
    "sought": {"first_in": 690},
    "consented": {"consented": 690 * S.consented // 100},
    "own_trunk": {"foreign": 300},
}


@pytest.mark.parametrize("code", AGAINST)
def test_what_counts_against_is_told_and_keeps_a_finding_a_suspicion(code: str) -> None:
    row = COLD | {"burst": 600} | AGAINST_ROWS[code]
    if code == "own_trunk":
        row |= {"one_ring": 690}
    judged = judge(table(row), S).to_pylist()
    told = {one["rule"]: (one["verdict"], one["against"]) for one in judged}
    rule = "one_ring" if code == "own_trunk" else "burst_part"
    assert told[rule] == ("suspicion", [code])


def test_marketing_is_no_registration_that_counts_against() -> None:
    row = COLD | {"use": USES.index(Use.MARKETING)}
    assert judge(table(row), S)["against"].to_pylist() == [[]] * len(found(row))


def test_whoever_is_rung_once_calls_back_and_that_excuses_nobody() -> None:
    assert found({"calls": 200, "callees": 150, "rung": 200, "one_ring": 190, "returned": 60})["one_ring"] == "finding"


def test_no_use_excuses_calls_after_a_refusal_but_a_duty() -> None:
    refused = ORDINARY | {"refusers_called": 5}
    assert found(refused | {"sort": Sort.SERVICE_LINE})["after_refusal"] == "finding"
    assert found(refused | {"sort": Sort.HOSPITAL})["after_refusal"] == "suspicion"


@pytest.mark.parametrize("per_hour", [61, 500, 100_000])
def test_high_frequency_alone_is_never_more_than_a_suspicion(per_hour: int) -> None:
    wanted = ORDINARY | {"calls": per_hour, "recorded": per_hour, "answered": per_hour, "most_60min": per_hour}
    assert set(found(wanted | {"known": per_hour}).values()) == {"suspicion"}


def test_an_ordinary_number_is_not_even_suspected() -> None:
    assert found(ORDINARY) == {}


def test_a_hopping_holder_s_numbers_are_found_that_had_a_part_in_it() -> None:
    numbers = table(
        {"calls": 30, "callees": 30, "holder": 7, "hopped": 1, "refusers_called": 1},
        {"calls": 30, "callees": 30, "holder": 7},
        {"calls": 30, "callees": 30, "holder": 8, "hopped": 1, "refusers_called": 1},
    )
    holders = table(
        COLD | {"subject": 7, "hopped": 4, "refusers_called": 6},
        {"subject": 8, "callees": 900, "hopped": 1, "refusers_called": 90},
        kind="holder",
    )
    judged = judge_all({"number": numbers, "holder": holders}, S).to_pylist()
    assert [(one["kind"], one["subject"]) for one in judged if one["rule"] == "hopping"] == [("holder", 7)]
    assert [one["subject"] for one in judged if one["rule"] == "part_of_hopping"] == [1]


def test_suspected_numbers_of_a_holder_that_rotates_are_found() -> None:
    numbers = table(COLD | {"holder": 7}, ORDINARY | {"holder": 7}, COLD | {"holder": 8})
    cold = COLD | {"numbers": 5, "again": 20, "shared": 19, "refusing": 9}
    holders = table(cold | {"subject": 7}, cold | {"subject": 8, "consented": 500}, kind="holder")
    judged = judge_all({"number": numbers, "holder": holders}, S).to_pylist()
    told = {(one["kind"], one["subject"], one["verdict"]) for one in judged if one["rule"] == "rotation"}
    assert ("holder", 7, "finding") in told
    assert ("holder", 8, "finding") not in told  # most of them had agreed
    parts = {one["subject"]: one["verdict"] for one in judged if one["rule"] == "part_of_rotation"}
    assert parts == {1: "finding", 2: "suspicion"}  # whom people call back has no part in it


def test_what_is_not_known_is_evidence_for_nothing() -> None:
    bare = table(COLD).select(["subject", "tail", "calls", "callees", "days"])
    assert judge(bare, S).num_rows == 0
    nothing_recorded = {"calls": 700, "callees": 690, "days": 6, "recorded": 0}
    assert "mass" not in found(nothing_recorded)


def test_an_empty_table_finds_nobody() -> None:
    assert judge(table(), S).num_rows == 0
    assert judge_all({}, S).num_rows == 0


def test_cases_are_opened_by_rules_that_there_are_and_by_none_that_only_suspects() -> None:
    suspects = {"high_frequency", "fresh"}
    assert set(CASES) == set(CODES) - suspects
    assert set(S.case_rules) <= set(CASES)
