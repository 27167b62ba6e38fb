"""The operator's system over HTTP: signed, the same id each time, a no is a no, everything else is tried again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.receiver import Receiver, listening, signed

from mingbai.orders.systems import Answer, Task, system
from mingbai.orders.systems.webhook import Webhook

TASK = Task(17, "fulfil", "order-17-fulfil", {"act": "fulfil", "order": 17, "name": "青山畅聊"})


@pytest.fixture
def receiver(settings: Any) -> Iterator[type[Receiver]]:
    with listening() as made:
        settings.FULFIL_URL = f"{made.address}/orders?from=mingbai"
        yield made


def test_it_is_signed_and_the_same_id_each_time(receiver: type[Receiver], settings: Any) -> None:
    receiver.answers += [(500, b""), (204, b"")]
    assert isinstance(system(), Webhook)
    assert Webhook()([TASK]) == [Answer(done=False)]
    assert Webhook()([TASK]) == [Answer(done=True)]
    for head, body in receiver.seen:
        assert head["webhook-id"] == "order-17-fulfil"
        assert json.loads(body) == TASK.body
        assert signed(head, body, settings.HOME.key("webhook"))


@pytest.mark.parametrize("status", [409, 410, 422])
def test_a_no_is_a_no_with_its_reason(receiver: type[Receiver], status: int) -> None:
    receiver.answers += [(status, '{"reason": "号码已停机"}'.encode()), (status, b"<html>"), (status, b"[" * 60_000)]
    assert Webhook()([TASK]) == [Answer(done=False, refused="号码已停机")]
    for _ in range(2):
        assert Webhook()([TASK]) == [Answer(done=False, refused="受理系统不予办理")]


@pytest.mark.parametrize("status", [301, 400, 404, 429, 502, 503])
def test_everything_else_is_tried_again(receiver: type[Receiver], status: int) -> None:
    receiver.answers.append((status, b""))
    assert Webhook()([TASK]) == [Answer(done=False)]


def test_nobody_there_is_tried_again(settings: Any) -> None:
    settings.FULFIL_URL = "http://127.0.0.1:9/"
    assert Webhook()([TASK]) == [Answer(done=False)]


@pytest.mark.django_db
def test_without_a_system_nothing_is_said_to_be_done(settings: Any) -> None:
    from mingbai.orders import actions
    from mingbai.orders.tests.conftest import Market

    settings.FULFIL_URL = ""
    market = Market()
    order = market.offer()
    market.reply("Y")
    assert actions.fulfil_due() == 0
    assert market.state(order) == "confirmed"
    settings.FULFIL_URL = "sandbox"
    assert actions.fulfil_due() == 1
    assert market.state(order) == "fulfilled"
