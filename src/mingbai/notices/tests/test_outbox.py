"""The outbox as links use it: claimed once, marked once, whatever comes twice or too late."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections

from mingbai.kernel import clock, msisdn
from mingbai.notices import actions, outbox, queries, rules
from mingbai.notices.delivery.acks import Ack
from mingbai.notices.delivery.smpp.receipts import Receipt
from mingbai.notices.models import Outgoing, Part
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
NUMBER = msisdn.require("13812345678")


@pytest.fixture
def one(db: None) -> int:
    return people.ensure_subscriber(NUMBER)


def claim(link: str = "main", *, first: bool = True) -> list[int]:
    return [job.outgoing for job in outbox.claim(link, first=first, owner="us", limit=100)]


def state(message: int) -> str:
    view = queries.outgoing(message)
    assert view is not None
    return view.state


def test_claimed_by_one_link_at_a_time(one: int) -> None:
    with clock.at(clock.now()) as advance:
        message = actions.send(subscriber=one, template="t", text="您好")
        assert claim("backup", first=False) == []
        (job,) = outbox.claim("main", first=True, owner="us", limit=10)
        assert job == (message, "8613812345678", "您好", frozenset())
        assert claim() == []
        advance(outbox.CLAIM_SECONDS + 1)
        assert claim() == [message]


def test_what_a_dead_worker_held_is_taken_back_by_its_own_house_alone(one: int) -> None:
    message = actions.send(subscriber=one, template="t", text="x")
    assert claim() == [message]
    assert outbox.release_of("others") == 0
    assert claim() == []
    assert outbox.release_of("us") == 1
    assert claim() == [message]


def test_an_acknowledgement_comes_once_however_often(one: int) -> None:
    message = actions.send(subscriber=one, template="t", text="x")
    claim()
    for _ in range(2):
        outbox.acknowledge("main", [Ack(message, 1, 1, 0, "a")], clock.now())
    assert state(message) == "sent"
    assert Part.objects.count() == 1
    assert outbox.receipts("main", [Receipt("a", "DELIVRD 000", True)], clock.now()) == set()
    outbox.acknowledge("main", [Ack(message, 1, 1, 0, "a")], clock.now())
    assert state(message) == "delivered"


def test_of_several_parts_every_one_must_arrive(one: int) -> None:
    message = actions.send(subscriber=one, template="t", text="x")
    claim()
    outbox.acknowledge("main", [Ack(message, 1, 2, 0, "a")], clock.now())
    assert state(message) == "waiting"
    outbox.acknowledge("main", [Ack(message, 2, 2, 0, "b")], clock.now())
    assert state(message) == "sent"
    outbox.receipts("main", [Receipt("b", "DELIVRD", True)], clock.now())
    assert state(message) == "sent"
    outbox.receipts("main", [Receipt("a", "DELIVRD", True)], clock.now())
    assert state(message) == "delivered"


def test_one_part_that_is_lost_loses_the_message(one: int) -> None:
    message = actions.send(subscriber=one, template="t", text="x")
    claim()
    outbox.acknowledge("main", [Ack(message, 1, 2, 0, "a"), Ack(message, 2, 2, 0, "b")], clock.now())
    outbox.receipts("main", [Receipt("a", "UNDELIV 001", False), Receipt("b", "DELIVRD", True)], clock.now())
    assert state(message) == "undelivered"


def test_after_a_failure_only_the_missing_parts_are_handed_out(one: int) -> None:
    with clock.at(clock.now()) as advance:
        message = actions.send(subscriber=one, template="t", text="x")
        claim()
        outbox.acknowledge("main", [Ack(message, 2, 3, 0, "b")], clock.now())
        outbox.release([message], tried=True)
        assert claim() == []
        advance(rules.wait_s(1) + 1)
        (job,) = outbox.claim("main", first=True, owner="us", limit=10)
        assert job.sent == {2}


def test_given_up_after_the_last_try(one: int) -> None:
    with clock.at(clock.now()) as advance:
        message = actions.send(subscriber=one, template="t", text="x")
        for _ in range(rules.TRIES_AT_MOST):
            assert claim() == [message]
            outbox.release([message], tried=True)
            advance(rules.wait_s(rules.TRIES_AT_MOST))
        assert state(message) == "failed"


def test_what_was_not_tried_costs_no_try(one: int) -> None:
    message = actions.send(subscriber=one, template="t", text="x")
    for _ in range(20):
        assert claim() == [message]
        outbox.release([message], tried=False)
    assert Outgoing.objects.get(id=message).tries == 0


def test_receipts_that_nobody_knows_decide_nothing(one: int) -> None:
    message = actions.send(subscriber=one, template="t", text="x")
    claim()
    outbox.acknowledge("main", [Ack(message, 1, 1, 0, "a")], clock.now())
    strange = [Receipt("z", "DELIVRD", True), Receipt("a", "ACCEPTD", None)]
    assert outbox.receipts("main", strange, clock.now()) == {"z"}
    assert outbox.receipts("other", [Receipt("a", "DELIVRD", True)], clock.now()) == {"a"}
    assert state(message) == "sent"


def test_an_id_that_a_centre_uses_again_means_the_latest(one: int) -> None:
    first, second = (actions.send(subscriber=one, template="t", text=t) for t in "xy")
    claim()
    for message in (first, second):
        outbox.acknowledge("main", [Ack(message, 1, 1, 0, "a")], clock.now())
    outbox.receipts("main", [Receipt("a", "DELIVRD", True)], clock.now())
    assert (state(first), state(second)) == ("sent", "delivered")


def test_what_was_for_the_former_user_fails_and_is_not_handed_out(one: int) -> None:
    message = actions.send(subscriber=one, template="t", text="x")
    people.recycle(NUMBER)
    assert claim() == []
    assert state(message) == "failed"


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_gets_each() -> None:
    one = people.ensure_subscriber(NUMBER)
    made = {actions.send(subscriber=one, template="t", text=str(n)) for n in range(60)}
    got: list[int] = []

    def work() -> None:
        try:
            while found := [job.outgoing for job in outbox.claim("main", first=True, owner="us", limit=7)]:
                got.extend(found)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got += claim()
    assert sorted(got) == sorted(made)


def test_messages_that_can_wait_leave_by_day(one: int) -> None:
    night = clock.now().replace(hour=15, minute=0) + timedelta(days=1)  # 23:00 in Shanghai
    values = {"month": "11月", "amount": "59元", "where": "登录“我的”页面"}
    with clock.at(night) as advance:
        message = actions.tell("bill", subscriber=one, values=values)
        assert claim() == []
        advance(9 * 3600 - 60)
        assert claim() == []
        advance(61)
        assert claim() == [message]


def test_an_alert_does_not_wait_for_the_morning(one: int) -> None:
    with clock.at(clock.now().replace(hour=15, minute=0)):
        values = {"what": "5G畅享", "used": "流量已用80%", "beyond": "每GB 5元"}
        message = actions.tell("use", subscriber=one, values=values)
        assert claim() == [message]
