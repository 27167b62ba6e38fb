"""A town is drawn from its seed alone, and its numbers have real shapes."""

from __future__ import annotations

import pytest

from mingbai.kernel.msisdn import Kind, parse
from mingbai.town import firms, plan


def test_the_same_seed_gives_the_same_town() -> None:
    assert plan.make(7, 400) == plan.make(7, 400)
    assert plan.make(7, 400) != plan.make(8, 400)


def test_every_number_has_a_real_shape_and_belongs_to_one() -> None:
    town = plan.make(1)
    mobiles = [person.number for person in town.people]
    assert len(set(mobiles)) == len(mobiles) == 3000
    assert {parse(number).kind for number in mobiles} == {Kind.MOBILE}
    assert all("0000" in number for number in mobiles)
    lines = [line.number for line in town.lines]
    assert len(set(lines)) == len(lines)
    assert {parse(number).kind for number in lines} == {Kind.FIXED, Kind.FIRM_95, Kind.CALL_CENTRE_95}


def test_people_know_others_and_live_with_them() -> None:
    town = plan.make(1, 500)
    assert all(person.knows and person.id not in person.knows for person in town.people)
    assert any(town.people[other].household == person.household for person in town.people for other in person.knows)


def test_wishes_cover_every_way_of_saying_yes_and_no() -> None:
    wishes = plan.make(1, 500).wishes
    assert {(wish.said, wish.how) for wish in wishes} >= {
        *(("given", how) for how in ("web", "sms", "signature", "recording")),
        *(("refused", how) for how in ("web", "sms", "api")),
        ("imported", "imported"),
        ("withdrawn", "web"),
    }
    assert len({(wish.person, wish.principal) for wish in wishes}) == len(wishes)


def test_one_firm_calls_through_two_call_centres() -> None:
    holders = {line.holder for line in firms.LINES if line.principal == "insurance"}
    assert holders == {firms.CAREFUL, firms.CARELESS}


@pytest.mark.parametrize("people", [0, 199, 90_001])
def test_a_town_too_small_or_too_large_is_refused(people: int) -> None:
    with pytest.raises(ValueError, match="200 to 90,000"):
        plan.make(1, people)
