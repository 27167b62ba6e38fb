"""Subscribers, organisations, staff and keys."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime

import pytest
from django.db import connections

from mingbai.kernel import clock, msisdn
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger_actions
from mingbai.ledger import queries as ledger
from mingbai.people import actions, events, queries, rules
from mingbai.people.models import ApiKey, Subscriber

NUMBER = msisdn.require("13812345678")
PASSWORD = "long-and-uncommon-7"


@pytest.fixture
def operator(db: None) -> int:
    return actions.create_organisation(name="明白通信", kind="operator")


@pytest.mark.django_db
def test_a_number_has_one_present_user() -> None:
    one = actions.ensure_subscriber(NUMBER)
    assert actions.ensure_subscriber(NUMBER) == one == queries.subscriber_id(NUMBER)
    assert queries.number_of(one) == NUMBER
    assert queries.masked(one) == "138****5678"
    assert queries.subscriber_ids_by_hash([queries.lookup().of(NUMBER.digits), b"x" * 16]) == {
        queries.lookup().of(NUMBER.digits): one
    }


@pytest.mark.django_db
def test_the_number_stands_nowhere_in_the_clear() -> None:
    one = actions.ensure_subscriber(NUMBER)
    row = Subscriber.objects.get(id=one)
    plain = int(NUMBER.digits).to_bytes(8, "big")
    assert plain not in bytes(row.lookup)
    assert plain not in bytes(row.sealed or b"")


@pytest.mark.django_db
@pytest.mark.parametrize("raw", ["", "hello", "12345678901234567890"])
def test_nobody_has_no_number(raw: str) -> None:
    with pytest.raises(Problem):
        actions.ensure_subscriber(msisdn.parse(raw))
    assert queries.subscriber_id(msisdn.parse(raw)) is None


@pytest.mark.django_db
@pytest.mark.parametrize("raw", ["110", "12345", "95588", "10086", "4008109889", "1069095599", "1064812345678"])
def test_a_service_number_is_nobodys(raw: str) -> None:
    number = msisdn.require(raw)
    for act in (actions.ensure_subscriber, actions.recycle):
        with pytest.raises(Problem, match="a service's number") as raised:
            act(number)
        assert raised.value.code == "people.service_number"
    assert queries.subscriber_id(number) is None


@pytest.mark.django_db
def test_numbers_of_persons_are_mobile_fixed_or_foreign() -> None:
    assert len({actions.ensure_subscriber(msisdn.require(raw)) for raw in ("02160876100", "+12125550123")}) == 2


@pytest.mark.django_db
def test_a_recycled_number_is_a_new_subscriber() -> None:
    old = actions.ensure_subscriber(NUMBER)
    new = actions.recycle(NUMBER)
    third = actions.recycle(NUMBER)
    assert len({old, new, third}) == 3
    assert queries.subscriber_id(NUMBER) == third
    assert [(view.tenure, view.ended_at is None) for view in queries.subscribers([old, new, third])] == [
        (1, False), (2, False), (3, True),
    ]  # fmt: skip
    assert not queries.is_current(old)
    assert queries.current_keys([old]) == queries.current_keys([third]) == {third: queries.lookup().of(NUMBER.digits)}
    assert [entry.kind for entry in ledger.of_subject(f"subscriber:{old}")] == [events.RECYCLED]
    assert [entry.kind for entry in ledger.of_subject(f"subscriber:{third}")] == [events.BEGAN]


@pytest.mark.django_db
def test_a_tenure_does_not_end_before_it_began() -> None:
    actions.recycle(NUMBER, at=datetime(2026, 5, 1, tzinfo=UTC))
    with pytest.raises(Problem, match="began later"):
        actions.recycle(NUMBER, at=datetime(2026, 4, 1, tzinfo=UTC))


@pytest.mark.django_db(transaction=True)
def test_many_who_call_a_new_number_at_once_make_one_subscriber() -> None:
    found: list[int] = []

    def ensure() -> None:
        try:
            found.append(actions.ensure_subscriber(NUMBER))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ensure) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1


@pytest.mark.django_db
def test_staff_sees_a_full_number_with_a_reason_that_is_logged() -> None:
    one = actions.ensure_subscriber(NUMBER)
    for empty in ("", "  "):
        with pytest.raises(Problem, match="reason"):
            actions.look_at_subscriber(account=7, subscriber=one, reason=empty)
    assert ledger.of_subject(f"subscriber:{one}") == []
    assert actions.look_at_subscriber(account=7, subscriber=one, reason="complaint 12") == NUMBER.digits
    (entry,) = ledger.of_subject(f"subscriber:{one}")
    assert (entry.kind, entry.content) == (events.LOOKED, {"account": 7, "reason": "complaint 12"})


@pytest.mark.django_db
def test_nobody_has_an_id_that_no_database_holds() -> None:
    assert queries.subscriber(1 << 63) is None


@pytest.mark.django_db
def test_an_erased_number_is_gone() -> None:
    one = actions.ensure_subscriber(NUMBER)
    ledger_actions.shred(f"subscriber:{one}", reason="asked to be forgotten")
    assert queries.masked(one) == "***"
    assert queries.numbers_of([one]) == {}
    with pytest.raises(Problem):
        queries.number_of(one)
    with pytest.raises(Problem):
        actions.look_at_subscriber(account=7, subscriber=one, reason="why not")


@pytest.mark.django_db
def test_a_person_is_forgotten_and_the_number_begins_anew() -> None:
    with pytest.raises(Problem, match="nobody is known"):
        actions.erase(NUMBER, reason="asked to be forgotten")
    one = actions.ensure_subscriber(NUMBER)
    with pytest.raises(Problem, match="reason"):
        actions.erase(NUMBER, reason=" ")
    actions.look_at_subscriber(account=7, subscriber=one, reason="complaint 12")
    actions.erase(NUMBER, reason="asked to be forgotten")
    assert queries.masked(one) == "***"
    assert {entry.content for entry in ledger.of_subject(f"subscriber:{one}")} == {None}
    new = actions.ensure_subscriber(NUMBER)  # somebody names it again
    assert new != one
    assert actions.look_at_subscriber(account=7, subscriber=new, reason="complaint 13") == NUMBER.digits
    assert actions.recycle(NUMBER) != new


def test_organisations(operator: int) -> None:
    view = queries.organisation(operator)
    assert view is not None
    assert (view.name, view.kind, view.state) == ("明白通信", "operator", "active")
    assert queries.organisations("operator") == [view] == [queries.organisation_by_name(" 明白通信 ")]
    for wrong in (
        {"name": "明白通信", "kind": "operator"},
        {"name": "x", "kind": "club"},
        {"name": "x", "kind": "agent", "industry": "gambling"},
        {"name": " ", "kind": "agent"},
        {"name": "x", "kind": "agent", "credit_code": "123"},
    ):
        with pytest.raises(Problem):
            actions.create_organisation(**wrong)


def test_an_organisations_state(operator: int) -> None:
    actions.set_organisation_state(operator, "suspended", "unpaid")
    actions.set_organisation_state(operator, "suspended", "unpaid")
    actions.set_organisation_state(operator, "closed", "gone")
    with pytest.raises(Problem, match="stays closed"):
        actions.set_organisation_state(operator, "active", "back")
    kinds = [entry.kind for entry in ledger.of_subject(f"organisation:{operator}")]
    assert kinds == [events.ORGANISATION, events.ORGANISATION_STATE, events.ORGANISATION_STATE]


def test_accounts(operator: int) -> None:
    account = actions.create_account(username="li", password=PASSWORD, organisation=operator, role="auditor")
    (view,) = queries.accounts(operator)
    assert (view.id, view.role, view.is_active) == (account, "auditor", True)
    actions.set_account_active(account, active=False)
    actions.set_account_active(account, active=False)
    found = queries.account("li")
    assert found is not None
    assert not found.is_active
    actions.set_password(account, PASSWORD + "-8")
    for wrong in (
        {"username": "li", "password": PASSWORD, "role": "auditor"},
        {"username": "wu", "password": "short", "role": "auditor"},
        {"username": "wu", "password": PASSWORD, "role": "king"},
    ):
        with pytest.raises(Problem):
            actions.create_account(organisation=operator, **wrong)
    kinds = [entry.kind for entry in ledger.of_subject(f"organisation:{operator}")]
    assert kinds.count(events.ACCOUNT_STATE) == 2


def test_a_key_is_shown_once_and_stored_as_its_hash(operator: int) -> None:
    made, key = actions.create_api_key(organisation=operator, name="gate", scopes=["decide"])
    assert key.startswith("mb_")
    assert len(key) == 46
    view = queries.api_key(key)
    assert view is not None
    assert (view.id, view.hint, view.digest) == (made, key[-4:], hashlib.sha256(key.encode()).digest())
    row = ApiKey.objects.get(id=made)
    assert key not in str(row.__dict__)
    for entry in ledger.of_subject(f"organisation:{operator}"):
        assert key not in str(entry.content)
    actions.revoke_api_key(made)
    actions.revoke_api_key(made)
    assert queries.api_key(key) is None
    assert [entry.kind for entry in ledger.of_subject(f"organisation:{operator}")].count(events.API_KEY_REVOKED) == 1
    assert queries.api_key("mb_" + "x" * 43) is None


def test_only_an_operators_key_decides_about_every_trunk(operator: int) -> None:
    house = actions.create_organisation(name="好房", kind="enterprise")
    with pytest.raises(Problem, match="operator"):
        actions.create_api_key(organisation=house, name="x", scopes=["decide"])
    with pytest.raises(Problem, match="not scopes"):
        actions.create_api_key(organisation=house, name="x", scopes=["everything"])
    actions.create_api_key(organisation=house, name="x", scopes=["decide"], trunks=["t1"])
    actions.create_api_key(organisation=house, name="y", scopes=["consent:write"])
    assert len(queries.api_keys(house)) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_an_organisation_that_is_not_active_gets_no_new_way_in(operator: int, state: str) -> None:
    actions.set_organisation_state(operator, state, "unpaid")
    with pytest.raises(Problem, match=f"the organisation is {state}"):
        actions.create_api_key(organisation=operator, name="exchange", scopes=["decide"])
    with pytest.raises(Problem, match=f"the organisation is {state}"):
        actions.create_account(username="li", password=PASSWORD, organisation=operator, role="admin")
    assert queries.api_keys(operator) == []
    assert queries.accounts(operator) == []
    with pytest.raises(Problem, match="no such organisation"):
        actions.create_account(username="li", password=PASSWORD, organisation=operator + 1, role="admin")


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("admin", rules.VERBS, set()),
        (
            "compliance",
            {"look.subscriber", "import.whitelist", "answer.appeal", "see.ledger"},
            {"make.account", "register.number"},
        ),
        ("operations", {"register.number", "scrub.list"}, {"look.subscriber", "import.whitelist", "make.api_key"}),
        (
            "auditor",
            {"see.ledger", "see.consents"},
            {"look.subscriber", "export.whitelist", "make.appeal", "answer.appeal"},
        ),
        ("nobody", set(), rules.VERBS),
    ],
)
def test_roles(role: str, may: set[str], may_not: set[str]) -> None:
    assert all(rules.may(role, verb) for verb in may)
    assert not any(rules.may(role, verb) for verb in may_not | {"fly"})


@pytest.mark.django_db
def test_a_tenure_known_from_elsewhere() -> None:
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    with clock.at(datetime(2026, 6, 1, tzinfo=UTC)):
        one = actions.recycle(NUMBER, at=moment)
    view = queries.subscriber(one)
    assert view is not None
    assert (view.tenure, view.began_at) == (1, moment)
