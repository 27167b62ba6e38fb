"""An operator with published tariffs, an honest agent, a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest

from mingbai.channels import actions as channels
from mingbai.kernel import msisdn
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.orders import actions, queries
from mingbai.people import actions as people
from mingbai.tariffs import actions as tariffs
from mingbai.tariffs import queries as zone
from mingbai.tariffs.content import Channel, Content
from mingbai.tariffs.rules import Level, key
from mingbai.tariffs.tests.conftest import GOOD

Offer = Callable[..., int]
# A drawing as a page sends it: strokes of [x, y, ms].
NAME = [
    [[100 + 6 * i, 60 + (i % 5) * 20, 12 * i] for i in range(60)],
    [[600, 40 + 8 * i, 900 + 10 * i] for i in range(20)],
]


class Market:
    """An operator, its agent with one scope (河北; by agent and shop), people, and what may be done there."""

    def __init__(self) -> None:
        self.operator = people.create_organisation(name="青山通信", kind="operator", industry="telecom")
        self.agency = people.create_organisation(name="实诚代理", kind="agent")
        self.writer, self.reviewer = (
            people.create_account(username=name, password="spring-rain-2026", organisation=self.operator, role="admin")
            for name in ("writer", "reviewer")
        )
        self.seller = channels.register(self.agency)
        self.own = channels.register(self.operator)
        self.scope = channels.grant(
            self.seller, operator=self.operator, regions=["河北"], ways=["agent", "hall"], from_date=date(2026, 1, 1)
        )
        self.own_scope = channels.grant(self.own, operator=self.operator, from_date=date(2026, 1, 1))
        self.people = [people.ensure_subscriber(msisdn.require(f"1380000000{n}")) for n in range(4)]
        self.person = self.people[0]
        self.content: Content = msgspec.structs.replace(
            GOOD, channels=(Channel.HALL, Channel.APP, Channel.WEB, Channel.AGENT)
        )
        self.plan = self.publish(self.content)

    def draft(self, content: Content) -> int:
        return tariffs.draft(operator=self.operator, content=content, account=self.writer)

    def publish(self, content: Content) -> int:
        """The plan's id."""
        version = self.draft(content)
        tariffs.submit(version, account=self.writer)
        for asked in zone.findings(version):
            if asked.level == Level.QUESTION:
                tariffs.answer(version, key=key(asked), account=self.reviewer, text="已核对，名称与内容一致")
        tariffs.publish(version, account=self.reviewer)
        found = zone.version(version)
        assert found is not None
        return found.plan

    def changed(self, **fields: object) -> Content:
        return msgspec.structs.replace(self.content, **fields)

    def offer(self, **other: Any) -> int:
        asked: dict[str, Any] = {
            "plan": self.plan, "subscriber": self.person, "seller": self.seller, "channel": "agent",
            "region": "石家庄", "by": "key:1",
        }  # fmt: skip
        return actions.propose(**(asked | other))

    def reply(self, text: str, *, who: int = 0, message_id: str = "") -> str:
        return notices.receive(subscriber=self.people[who], text=text, message_id=message_id)

    def state(self, order: int) -> str:
        found = queries.order(order)
        assert found is not None
        return found.state

    def word(self, order: int) -> str:
        found = queries.order(order)
        assert found is not None
        return found.word

    def told(self, who: int = 0) -> str:
        """The last message to somebody."""
        return next(one.text for one in messages.messages(self.people[who]) if not one.incoming)

    def steps(self, order: int) -> list[str]:
        return [one.what for one in queries.events_of(order)]


@pytest.fixture
def market(db: None) -> Market:
    return Market()
