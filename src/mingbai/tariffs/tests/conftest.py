"""An operator with two people, and a plan that nothing is wrong with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import msgspec
import pytest

from mingbai.people import actions as people
from mingbai.tariffs import actions
from mingbai.tariffs.content import Allowances, Audience, Channel, Content, Kind, Price, PriceKind, Unit

GOOD = Content(
    code="26QS100001",
    name="青山畅聊套餐59元（河北）",
    kind=Kind.PACKAGE,
    prices=(
        Price(PriceKind.RECURRING, Unit.MONTH, 5900, "月功能费"),
        Price(PriceKind.USAGE, Unit.MB, 29, "超出流量"),
        Price(PriceKind.USAGE, Unit.MINUTE, 15, "超出语音"),
    ),
    allowances=Allowances(voice_min=300, data_mb=40 * 1024, directed_mb=0, sms=0),
    audience=Audience.PUBLIC,
    audience_text="公众用户",
    regions=("河北",),
    channels=(Channel.HALL, Channel.APP),
    on_date=date(2026, 2, 9),
    off_date=date(2029, 12, 31),
    term="长期有效",
    term_months=0,
    in_network="无",
    leave="营业厅、手机营业厅或 10000 号随时退订，次月生效",
    penalty="无",
    beyond="超出流量 0.29 元/MB，超出语音 0.15 元/分钟",
)
Changed = Callable[..., Content]


def changed(**fields: object) -> Content:
    """GOOD with other values."""
    return msgspec.structs.replace(GOOD, **fields)


@pytest.fixture
def staff(db: None) -> SimpleNamespace:
    """An operator, a writer and a reviewer."""
    operator = people.create_organisation(name="青山通信", kind="operator", industry="telecom")
    writer = people.create_account(
        username="writer", password="spring-rain-2026", organisation=operator, role="operations"
    )
    reviewer = people.create_account(
        username="reviewer", password="spring-rain-2026", organisation=operator, role="admin"
    )
    return SimpleNamespace(operator=operator, writer=writer, reviewer=reviewer)


@pytest.fixture
def published(staff: SimpleNamespace) -> Callable[[Content], int]:
    """Writes, reviews and publishes a content; the version's id."""

    def make(content: Content) -> int:
        version = actions.draft(operator=staff.operator, content=content, account=staff.writer)
        actions.submit(version, account=staff.writer)
        actions.publish(version, account=staff.reviewer)
        return version

    return make
