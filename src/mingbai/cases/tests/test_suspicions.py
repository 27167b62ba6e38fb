"""What people report is shown as a suspicion, by how many, before anybody verified it, and while it counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mingbai.cases import actions
from mingbai.cases.tests import reporting
from mingbai.cases.tests.reporting import ROGUE, World, phone, row, settle
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.numbers import actions as numbers
from mingbai.numbers import queries
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world() -> Iterator[World]:
    with reporting.world() as made:
        yield made


def shown(number: str = ROGUE) -> str:
    found = queries.label_for(parse(number))
    return found.text if found else ""


def test_three_people_are_shown_and_two_are_not(world: World) -> None:
    world.called_and_reported(1, 2)
    settle()
    assert shown() == ""
    world.called_and_reported(3, kind="fraud")
    settle()
    assert shown() == "疑似推销 3人举报"
    world.called_and_reported(4, 5, 6, kind="fraud")
    settle()
    assert shown() == "疑似诈骗 6人举报"


def test_who_reports_twice_is_one_and_what_is_set_aside_none(world: World) -> None:
    world.called_and_reported(1, 1, 2, 3)
    world.report(phone(4))  # no call of theirs is on record
    settle()
    assert shown() == "疑似推销 3人举报"
    for filed in world.made:
        if row(filed).state == "standing":
            actions.set_aside(filed.id, account=1, outcome="quarrel", reason="彼此争执")
    settle()
    assert shown() == ""


def test_what_was_reported_before_a_label_was_found_wrong_counts_no_more(world: World) -> None:
    world.called_and_reported(1, 2, 3)
    settle()
    numbers.correct_labels(parse(ROGUE), reason="冒用")
    with clock.at(clock.now() + DAY):
        world.called_and_reported(4, 5)
        settle()
        assert shown() == ""
        world.called_and_reported(6)
        settle()
        assert shown() == "疑似推销 3人举报"


def test_reports_that_left_the_window_of_cases_still_count_and_then_fade(world: World) -> None:
    with clock.at(clock.now() - 31 * DAY):
        world.called_and_reported(1, 2, 3, 4, 5, 6)
        settle()
    actions.forget_old()
    settle()
    assert shown() == "疑似推销 6人举报"
    with clock.at(clock.now() + 60 * DAY):
        numbers.label_due()
        assert shown() == "疑似推销 3人举报"


def test_the_next_user_is_not_labelled(world: World) -> None:
    rogue = "13900000009"
    world.called_and_reported(1, 2, 3, number=rogue)
    settle()
    assert shown(rogue) == "疑似推销 3人举报"
    people.recycle(parse(rogue))
    numbers.label_due()
    actions.forget_old()
    settle()
    assert shown(rogue) == ""
