"""Advertising: only after a yes, one question in a lifetime, a way out in each."""

from __future__ import annotations

import pytest

from mingbai.kernel import clock, msisdn
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.notices import actions, inbox, queries
from mingbai.notices.models import Outgoing
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
ASK = {"matter": "车险", "frequency": "每月至多2条", "days": 180}


@pytest.fixture
def one(db: None) -> int:
    return people.ensure_subscriber(msisdn.require("13812345678"))


@pytest.fixture
def firm(db: None) -> int:
    return people.create_organisation(name="松风保险", kind="enterprise", industry="insurance")


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> set[tuple[int, int]]:
    """Who refused whom."""
    said: set[tuple[int, int]] = set()
    monkeypatch.setattr(inbox, "_judges", [lambda subscriber, principal: (subscriber, principal) in said])
    return said


def last(one: int) -> str:
    return Outgoing.objects.filter(subscriber_id=one).order_by("-id")[0].text


@pytest.mark.usefixtures("refused")
def test_the_question_says_kind_frequency_and_term_and_the_yes_opens_the_way(one: int, firm: int) -> None:
    with pytest.raises(Problem) as raised:
        actions.advertise(subscriber=one, principal=firm, body="车险到期前30天可续保。")
    assert raised.value.status == 403
    actions.ask(subscriber=one, principal=firm, **ASK)
    assert all(part in last(one) for part in ("松风保险", "车险", "每月至多2条", "180天", "同意1"))
    assert actions.receive(subscriber=one, text="同意1") == "notices.agree"
    actions.advertise(subscriber=one, principal=firm, body="车险到期前30天可续保。")
    assert "退订" in last(one)
    kinds = [entry.kind for entry in ledger.of_subject(f"subscriber:{one}")]
    assert kinds[-2:] == ["notices.consent_asked", "notices.consent_given"]


@pytest.mark.parametrize(
    "answer", [None, "同意", "同意2", "不同意1", "Y", "同意1吗", "可以", "不要同意1", "👍", "同意１！"]
)
@pytest.mark.usefixtures("refused")
def test_anything_else_is_a_no_and_is_never_asked_again(one: int, firm: int, answer: str | None) -> None:
    with clock.at(clock.now()) as advance:
        actions.ask(subscriber=one, principal=firm, **ASK)
        if answer:
            actions.receive(subscriber=one, text=answer)
        advance(365 * 86_400)
        with pytest.raises(Problem, match="did not agree"):
            actions.advertise(subscriber=one, principal=firm, body="x")
        with pytest.raises(Problem, match="asked before"):
            actions.ask(subscriber=one, principal=firm, **ASK)


@pytest.mark.usefixtures("refused")
def test_a_late_yes_is_none_and_is_told_so(one: int, firm: int) -> None:
    with clock.at(clock.now()) as advance:
        actions.ask(subscriber=one, principal=firm, **ASK)
        advance(queries.profile().notices.request_days * 86_400 + 1)
        actions.receive(subscriber=one, text="AGREE 1")
        assert "没有等待您答复" in last(one)
        with pytest.raises(Problem):
            actions.advertise(subscriber=one, principal=firm, body="x")


@pytest.mark.usefixtures("refused")
def test_two_questions_are_not_confused(one: int, firm: int) -> None:
    other = people.create_organisation(name="好房", kind="enterprise", industry="property")
    for principal in (firm, other):
        actions.ask(subscriber=one, principal=principal, **ASK)
    actions.receive(subscriber=one, text="同意 2")
    actions.advertise(subscriber=one, principal=other, body="x")
    with pytest.raises(Problem):
        actions.advertise(subscriber=one, principal=firm, body="x")


def test_a_yes_ends_with_its_term_and_with_a_refusal(one: int, firm: int, refused: set[tuple[int, int]]) -> None:
    with clock.at(clock.now()) as advance:
        actions.ask(subscriber=one, principal=firm, **ASK)
        actions.receive(subscriber=one, text="同意1")
        refused.add((one, firm))
        with pytest.raises(Problem):
            actions.advertise(subscriber=one, principal=firm, body="x")
        refused.clear()
        actions.advertise(subscriber=one, principal=firm, body="x")
        advance(180 * 86_400 + 1)
        with pytest.raises(Problem):
            actions.advertise(subscriber=one, principal=firm, body="x")


def test_whoever_refused_is_not_asked(one: int, firm: int, refused: set[tuple[int, int]]) -> None:
    refused.add((one, firm))
    with pytest.raises(Problem, match="refused"):
        actions.ask(subscriber=one, principal=firm, **ASK)


def test_where_nobody_can_tell_who_refused_nothing_is_sent(
    one: int, firm: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_judges", [])
    with pytest.raises(Problem, match="refused"):
        actions.ask(subscriber=one, principal=firm, **ASK)


@pytest.mark.usefixtures("refused")
def test_the_next_user_of_the_number_said_nothing(one: int, firm: int) -> None:
    actions.ask(subscriber=one, principal=firm, **ASK)
    actions.receive(subscriber=one, text="同意1")
    people.recycle(msisdn.require("13812345678"))
    for who in (one, people.ensure_subscriber(msisdn.require("13812345678"))):
        with pytest.raises(Problem):
            actions.advertise(subscriber=who, principal=firm, body="x")
