"""The outbox and the inbox: each message leaves once, each reply acts once."""

from __future__ import annotations

import logging
import threading

import pytest
from django.db import connection, connections

from mingbai.kernel import clock, msisdn
from mingbai.notices import actions, inbox, queries, rules
from mingbai.notices.actions import delivering
from mingbai.notices.delivery import Message, console
from mingbai.people import actions as people

NUMBER = msisdn.require("13812345678")
sent: list[Message] = []


def keep(message: Message) -> None:
    """A delivery for tests."""
    sent.append(message)


def fail(message: Message) -> None:
    raise OSError("the gateway is down")


@pytest.fixture(autouse=True)
def _nothing_sent() -> None:
    sent.clear()


@pytest.fixture
def delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "delivery", lambda: keep)


@pytest.fixture
def one(db: None) -> int:
    return people.ensure_subscriber(NUMBER)


@pytest.mark.usefixtures("delivery")
def test_a_message_leaves_once_with_number_and_text(one: int) -> None:
    message = actions.send(subscriber=one, template="hello", text="您好")
    assert queries.waiting() == 1
    assert (actions.deliver_due(), actions.deliver_due()) == (1, 0)
    assert sent == [Message(message, "+8613812345678", "138****5678", "hello", "您好")]
    view = queries.outgoing(message)
    assert view is not None
    assert view.state == "sent"


@pytest.mark.usefixtures("delivery")
def test_a_message_waits_for_its_time(one: int) -> None:
    with clock.at(clock.now()) as advance:
        actions.send(subscriber=one, template="later", text="…", due_at=clock.now().replace(microsecond=0))
        later = clock.now().timestamp() + 60
        actions.send(
            subscriber=one, template="later", text="…", due_at=clock.now().fromtimestamp(later, clock.now().tzinfo)
        )
        assert actions.deliver_due() == 1
        advance(61)
        assert actions.deliver_due() == 1


def test_one_that_breaks_the_delivery_holds_up_no_other(one: int, monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[str] = []

    def breaks(message: Message) -> None:
        if message.text == "bad":
            raise ValueError("broken")
        went.append(message.text)

    monkeypatch.setattr(delivering, "delivery", lambda: breaks)
    with clock.at(clock.now()) as advance:
        bad = actions.send(subscriber=one, template="hello", text="bad")
        actions.send(subscriber=one, template="hello", text="good")
        for _ in range(rules.TRIES_AT_MOST):
            with pytest.raises(ValueError, match="broken"):
                actions.deliver_due()
            advance(30 * 2**rules.TRIES_AT_MOST)
    assert went == ["good"]
    view = queries.outgoing(bad)
    assert view is not None
    assert view.state == "failed"


def test_a_message_that_cannot_leave_is_tried_again_and_given_up_at_last(
    one: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "delivery", lambda: fail)
    with clock.at(clock.now()) as advance:
        message = actions.send(subscriber=one, template="hello", text="…")
        for _ in range(rules.TRIES_AT_MOST):
            assert actions.deliver_due() == 0
            assert actions.deliver_due() == 0  # not before its time
            advance(30 * 2**rules.TRIES_AT_MOST)
        assert actions.deliver_due() == 0
    view = queries.outgoing(message)
    assert view is not None
    assert view.state == "failed"


@pytest.mark.usefixtures("delivery")
def test_a_worker_that_died_holds_a_message_for_a_minute(one: int) -> None:
    with clock.at(clock.now()) as advance:
        actions.send(subscriber=one, template="hello", text="…")
        assert len(delivering._claim(10)) == 1  # and then the worker dies
        assert actions.deliver_due() == 0
        advance(delivering.CLAIM_SECONDS + 1)
        assert actions.deliver_due() == 1


@pytest.mark.usefixtures("delivery")
def test_what_was_for_the_former_user_is_not_sent_to_the_next(one: int) -> None:
    message = actions.send(subscriber=one, template="hello", text="…")
    people.recycle(NUMBER)
    assert actions.deliver_due() == 0
    assert sent == []
    view = queries.outgoing(message)
    assert view is not None
    assert view.state == "failed"


def test_the_console_names_neither_number_nor_text(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "mingbai.notices"):
        console.deliver(Message(7, "+8613812345678", "138****5678", "code", "验证码 123456"))
    assert "138****5678" in caplog.text
    assert "13812345678" not in caplog.text
    assert "123456" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_several_workers_send_each_message_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "delivery", lambda: keep)
    one = people.ensure_subscriber(NUMBER)
    for place in range(40):
        actions.send(subscriber=one, template="hello", text=str(place))

    def work() -> None:
        try:
            while actions.deliver_due(limit=3):
                pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while actions.deliver_due():
        pass
    assert sorted(int(message.text) for message in sent) == list(range(40)), connection.vendor


def test_receipt_and_act_are_one(one: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that breaks leaves no trace, so that the gateway's second attempt is the first."""
    calls: list[str] = []

    def breaks(reply: inbox.Reply) -> None:
        calls.append(reply.text)
        if len(calls) == 1:
            raise RuntimeError("broken")

    monkeypatch.setattr(inbox, "_handlers", {"test": (lambda text: text == "X" or None, breaks, None, None)})
    with pytest.raises(RuntimeError):
        actions.receive(subscriber=one, text="x", message_id="m-1")
    assert queries.messages(one) == []
    assert actions.receive(subscriber=one, text="x", message_id="m-1") == "test"
    assert actions.receive(subscriber=one, text="x", message_id="m-1") == "test"
    assert calls == ["X", "X"]


@pytest.mark.django_db(transaction=True)
def test_a_reply_that_comes_twice_at_once_acts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one = people.ensure_subscriber(NUMBER)
    calls: list[str] = []
    monkeypatch.setattr(
        inbox, "_handlers", {"test": (lambda text: text or None, lambda reply: calls.append(reply.text), None, None)}
    )

    def come() -> None:
        try:
            assert actions.receive(subscriber=one, text="x", message_id="m-1") == "test"
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == ["X"]


def test_the_conversation_newest_first(one: int) -> None:
    with clock.at(clock.now()) as advance:
        actions.send(subscriber=one, template="hello", text="1")
        advance(1)
        actions.receive(subscriber=one, text="what?")
    assert [(line.incoming, line.text[:5]) for line in queries.messages(one)][-1] == (False, "1")
    assert len(queries.messages(one)) == 3  # help was sent
