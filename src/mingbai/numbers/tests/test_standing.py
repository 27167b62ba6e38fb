"""Who stood behind a number when; what was given back rests, and then begins anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.numbers import actions, queries
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
NUMBER = parse("4008109889")


@pytest.fixture
def firms() -> dict[str, int]:
    made = {
        name: people.create_organisation(name=name, kind=kind)
        for name, kind in (
            ("海东移动", "operator"), ("华通转售", "agent"), ("云呼中心", "call_centre"), ("青禾保险", "enterprise"),
            ("白鹭湾地产", "enterprise"),
        )
    }  # fmt: skip
    made["trunk"] = actions.create_trunk("haidong-1", made["海东移动"])
    return made


def _registered(firms: dict[str, int], **more: Any) -> int:
    return actions.register_number(
        first=NUMBER, holder=firms["云呼中心"], principal=firms["青禾保险"], use="service",
        trunks=[firms["trunk"]], reseller=firms["华通转售"], **more,
    )  # fmt: skip


def test_every_past_moment_is_told_as_it_was(firms: dict[str, int]) -> None:
    with clock.at(START) as advance:
        assert queries.standing_at(NUMBER, clock.now()) is None
        resource = _registered(firms)
        advance(3600)
        actions.refile(
            resource, principal=firms["白鹭湾地产"], use="survey", industry="property", trunks=[], reseller=None
        )
        advance(3600)
        actions.set_principal(resource, firms["trunk"], firms["青禾保险"], "秋季回访")
        advance(3600)
        actions.end(resource, how="returned", reason="不再使用", rests_until=clock.now() + timedelta(days=90))
        advance(1)
        told = [queries.standing_at(NUMBER, START + timedelta(hours=hours)) for hours in (0, 1, 2, 3)]
    first, second, third, none = told
    assert first is not None
    assert (first.reseller, first.principal, first.use) == (firms["华通转售"], firms["青禾保险"], "service")
    assert [one.carrier for one in first.trunks] == [firms["海东移动"]]
    assert second is not None
    assert (second.reseller, second.principal, second.use, second.trunks) == (0, firms["白鹭湾地产"], "survey", ())
    assert third is not None
    assert [(one.principal, one.campaign) for one in third.assignments] == [(firms["青禾保险"], "秋季回访")]
    assert none is None
    assert queries.standing_at(NUMBER, START - timedelta(seconds=1)) is None


def test_what_was_given_back_rests_and_then_begins_a_new_tenure(firms: dict[str, int]) -> None:
    with clock.at(START) as advance:
        resource = _registered(firms)
        actions.end(resource, how="returned", reason="不再使用", rests_until=START + timedelta(days=90))
        assert [one.resource for one in queries.resting(now=clock.now())] == [resource]
        with pytest.raises(Problem, match="rests"):
            actions.register_number(
                first=parse("4008109880"), last=parse("4008109890"), holder=firms["青禾保险"], use="service"
            )
        advance(90 * 86_400 + 1)
        again = actions.register_number(first=NUMBER, holder=firms["白鹭湾地产"], use="service")
        found = queries.standing_at(NUMBER, clock.now())
    assert found is not None
    assert (found.resource, found.tenure, found.holder) == (again, 2, firms["白鹭湾地产"])
    assert queries.tenures(NUMBER) == [resource, again]
    with pytest.raises(Problem, match="closed"):
        actions.end(resource, how="shut", reason="再关", rests_until=START)


@pytest.mark.parametrize("part", ["海东移动", "华通转售", "云呼中心", "青禾保险"])
def test_what_hangs_on_each_link(firms: dict[str, int], part: str) -> None:
    resource = _registered(firms)
    other = actions.register_number(first=parse("95533"), holder=firms["白鹭湾地产"], use="service")
    assert queries.hanging_on(firms[part]) == [resource]
    assert queries.hanging_on(firms["白鹭湾地产"]) == [other]


def test_how_a_holder_was_put_out(firms: dict[str, int]) -> None:
    now = clock.now()
    resource = _registered(firms)
    assert queries.put_out(firms["云呼中心"]) == ""
    shut = actions.restrict(
        target="number", kind="shut", begin=now, end=now + timedelta(days=30), case=1, number=NUMBER
    )
    assert (queries.put_out(firms["云呼中心"]), queries.put_out(firms["青禾保险"])) == ("shut", "")
    actions.lift(shut, reason="申诉成立")
    assert queries.put_out(firms["云呼中心"]) == ""
    actions.end(resource, how="shut", reason="屡次违规", rests_until=now + timedelta(days=90))
    assert queries.put_out(firms["云呼中心"]) == "shut"
    actions.restrict(
        target="holder", kind="barred", begin=now, end=now + timedelta(days=30), case=1, organisation=firms["云呼中心"]
    )
    assert queries.put_out(firms["云呼中心"]) == "barred"
