"""Sellers: registered, authorised, suspended; their staff."""

from __future__ import annotations

from datetime import date

import pytest

from mingbai.channels import actions, queries, rules
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


@pytest.fixture
def operator(db: None) -> int:
    return people.create_organisation(name="青山通信", kind="operator")


@pytest.fixture
def agency(db: None) -> int:
    return people.create_organisation(name="诚信代理", kind="agent")


def test_a_seller_is_registered_once_and_on_record(agency: int) -> None:
    seller = actions.register(agency)
    assert actions.register(agency) == seller
    kinds = [one.kind for one in ledger.of_subject(f"organisation:{agency}")]
    assert kinds.count("channels.seller_registered") == 1
    assert queries.seller_of(agency) == (seller, agency, "诚信代理", "agent", "active")
    with pytest.raises(Problem, match="does not sell"):
        actions.register(people.create_organisation(name="管局", kind="authority"))


def test_what_is_granted_can_be_sold_until_it_is_revoked(agency: int, operator: int) -> None:
    seller = actions.register(agency)
    scope = actions.grant(seller, operator=operator, plans=[7], regions=["河北"], ways=["agent"], from_date=DAY)
    found = queries.selling(seller)
    assert found is not None
    (granted,) = found.scopes
    assert granted.covers(operator=operator, plan=7, places=("石家庄", "河北", "全国"), way="agent")
    assert not granted.covers(operator=operator, plan=8, places=("河北",), way="agent")
    assert not granted.covers(operator=operator, plan=7, places=("广东",), way="agent")
    assert not granted.covers(operator=operator, plan=7, places=("河北",), way="hall")
    assert not granted.covers(operator=0, plan=7, places=("河北",), way="agent")
    assert [granted.stands(day) for day in (date(2026, 11, 21), DAY)] == [False, True]
    actions.revoke(scope, reason="授权到期")
    actions.revoke(scope, reason="授权到期")
    again = queries.selling(seller)
    assert again is not None
    assert again.scopes == ()
    with pytest.raises(Problem, match="a reason"):
        actions.revoke(scope, reason=" ")


def test_a_suspended_seller_may_come_back_and_an_ended_one_not(agency: int, operator: int) -> None:
    seller = actions.register(agency)
    actions.set_state(seller, "suspended", reason="核查")
    assert queries.selling(seller) is None
    actions.set_state(seller, "active", reason="核查完毕")
    assert queries.selling(seller) is not None
    actions.set_state(seller, "ended", reason="解约")
    with pytest.raises(Problem, match="ended"):
        actions.set_state(seller, "active", reason="反悔")
    with pytest.raises(Problem, match="ended"):
        actions.grant(seller, operator=operator, from_date=DAY)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"operator": 0}, "no such operator"),
        ({"ways": ["magic"]}, "no way of selling"),
        ({"to_date": date(2026, 1, 1)}, "ends after it begins"),
        ({"regions": ["河" * 25]}, "characters"),
    ],
)
def test_a_scope_that_is_none(agency: int, operator: int, asked: dict[str, object], why: str) -> None:
    seller = actions.register(agency)
    with pytest.raises(Problem, match=why):
        actions.grant(seller, **({"operator": operator, "from_date": DAY} | asked))


def test_staff_is_of_the_seller_s_own_and_has_one_number(agency: int, operator: int) -> None:
    seller, other = actions.register(agency), actions.register(operator)
    account = people.create_account(username="a", password="spring-rain-2026", organisation=agency, role="operations")
    with pytest.raises(Problem, match="no such account"):
        actions.add_staff(other, account=account, number="A1")
    staff = actions.add_staff(seller, account=account, number="A1")
    with pytest.raises(Problem, match="already"):
        actions.add_staff(seller, account=account, number="A2")
    found = queries.staff_of(account)
    assert found is not None
    assert (found.seller, found.number) == (seller, "A1")
    actions.end_staff(staff)
    assert queries.staff_of(account) is None
    assert [one.until is None for one in queries.staff(seller)] == [False]


def test_states_by_table() -> None:
    assert [(a, b) for a in rules.STATES for b in rules.STATES if rules.may_become(a, b)] == [
        ("active", "suspended"), ("active", "ended"), ("suspended", "active"), ("suspended", "ended"),
    ]  # fmt: skip
