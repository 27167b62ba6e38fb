"""Restrictions: what goes together, what several come to, how they begin, end, are lifted, and reach nobody else."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.numbers import actions, queries
from mingbai.numbers.models import Restriction
from mingbai.numbers.rules.restrictions import (
    NO_LIMITS,
    NOTHING,
    TARGETS,
    Bounds,
    Kind,
    Target,
    bounds,
    check,
    strictest,
)
from mingbai.people import actions as people

NUMBER = parse("02160876100")
LIMITS = st.tuples(*[st.integers(0, 50)] * 3)


@pytest.mark.parametrize(("target", "kind"), list(product(Target, Kind)))
def test_what_goes_together(target: Target, kind: Kind) -> None:
    limits = (0, 5, 0) if kind is Kind.LIMITED else NO_LIMITS
    if target in TARGETS[kind]:
        assert check(target, kind, limits) == (target, kind)
        with pytest.raises(Problem):
            check(target, kind, NO_LIMITS if kind is Kind.LIMITED else (0, 5, 0))
    else:
        with pytest.raises(Problem):
            check(target, kind, limits)


@given(st.lists(st.tuples(st.sampled_from(list(Kind)), LIMITS)))
def test_several_come_to_the_strictest(standing: list[tuple[Kind, tuple[int, int, int]]]) -> None:
    found = bounds(standing)
    assert found == bounds(standing[::-1])
    kinds = {kind for kind, _limits in standing}
    assert found.suspended == (Kind.SUSPENDED in kinds)
    assert found.shut == bool(kinds & {Kind.SHUT, Kind.CONTRACT_ENDED})
    for place in range(3):
        own = [limits[place] for kind, limits in standing if kind is Kind.LIMITED and limits[place]]
        assert found.limits[place] == min(own, default=0)


@given(LIMITS, LIMITS)
def test_no_limit_is_no_limit(one: tuple[int, int, int], other: tuple[int, int, int]) -> None:
    assert strictest(one, NO_LIMITS) == one
    assert strictest(one, other) == strictest(other, one)


@pytest.mark.django_db
def test_it_waits_stands_and_ends_by_itself_each_in_the_log() -> None:
    with clock.at(clock.now()) as pass_time:
        now = clock.now()
        begin, end = now + timedelta(days=1), now + timedelta(days=3)
        made = actions.restrict(target="number", kind="suspended", number=NUMBER, begin=begin, end=end, case=4)
        digits = int(NUMBER.digits)
        assert queries.bounds_of_number(digits) == NOTHING
        assert actions.restrict_due() == 0
        pass_time(86_401)
        assert actions.restrict_due() == 1
        assert queries.bounds_of_number(digits) == Bounds(suspended=True)
        assert list(queries.restricted_numbers()) == [digits]
        pass_time(2 * 86_400)
        assert actions.restrict_due() == 1
        assert queries.bounds_of_number(digits) == NOTHING
        (view,) = queries.restrictions_of_case(4)
        assert (view.id, view.state) == (made, "ended")
        assert actions.restrict_due() == 0
        assert not actions.lift(made, reason="再解除一次")


@pytest.mark.django_db
def test_an_organisation_in_one_part_and_what_it_says_in_the_log() -> None:
    firm = people.create_organisation(name="云呼呼叫中心", kind="call_centre")
    until = clock.now() + timedelta(days=9)
    made = actions.restrict(target="holder", kind="barred", organisation=firm, begin=clock.now(), end=until, case=5)
    assert [one.kind for one in queries.restrictions_of(firm)] == ["barred"]
    assert not queries.bounds_of_organisation(firm, "holder").any  # its calls go on
    assert actions.lift(made, reason="申诉成立")
    assert queries.restrictions_of(firm) == []
    assert [one.state for one in queries.restrictions_of(firm, standing=False)] == ["lifted"]
    told = [one.kind for one in ledger.of_subject(f"organisation:{firm}") if "restrict" in one.kind]
    assert told == ["numbers.restricted", "numbers.restriction_lifted"]


@pytest.mark.django_db
def test_what_cannot_be() -> None:
    now = clock.now()
    later = now + timedelta(days=1)
    for more, code in (
        ({"target": "number", "number": NUMBER, "end": now}, "numbers.restriction_ends"),
        ({"target": "number", "number": None, "end": later}, "numbers.restriction_number"),
        ({"target": "holder", "organisation": 999, "end": later}, "numbers.unknown_organisation"),
    ):
        with pytest.raises(Problem) as problem:
            actions.restrict(kind="suspended", begin=now, case=1, **more)  # type: ignore[arg-type]  # a table
        assert problem.value.code == code
    assert not Restriction.objects.exists()
    with pytest.raises(Problem):
        actions.lift(999, reason="没有这项限制")


@pytest.mark.django_db
def test_the_number_of_an_erased_person_goes_once_the_gate_has_heard() -> None:
    mine = parse("13811112222")
    people.ensure_subscriber(mine)
    with clock.at(clock.now()) as pass_time:
        until = clock.now() + timedelta(days=9)
        made = actions.restrict(target="number", kind="suspended", number=mine, begin=clock.now(), end=until, case=6)
        people.erase(mine, reason="用户申请注销")
        assert actions.restrict_due() == 1  # somebody else has the number
        assert actions.forget_numbers() == 0
        pass_time(3_601)
        assert actions.forget_numbers() == 1
        view = queries.restriction(made)
        assert view is not None
        assert view.number == 0
