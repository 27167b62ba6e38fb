"""Each kind of order and each refusal; what the database itself does not take."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import msgspec
import pytest
from django.db import DatabaseError, connection, transaction

from mingbai.channels import actions as channels
from mingbai.channels import rules as selling
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.notices import queries as messages
from mingbai.orders import actions, queries
from mingbai.orders.actions import fulfilling
from mingbai.orders.systems import Answer, Task
from mingbai.orders.tests.conftest import Market
from mingbai.people import actions as people
from mingbai.tariffs import actions as tariffs
from mingbai.tariffs.content import Audience, Channel, Price, PriceKind, Trial, Unit

pytestmark = pytest.mark.django_db
WRONG = {
    "channel": ({"channel": "door"}, "not sold this way"),
    "region": ({"region": "广州"}, "not hold in this region"),
    "kind": ({"kind": "trial"}, "offered as a trial"),
    "gift": ({"kind": "gift"}, "costs nothing"),
    "payee": ({"kind": "billing"}, "names who is paid"),
    "unknown": ({"kind": "present"}, "no such kind"),
    "follows": ({"kind": "renewal"}, "no such order"),
    "start": ({"start": date(2020, 1, 1)}, "begins today"),
    "plan": ({"plan": 999_999}, "not published"),
    "seller": ({"seller": 999_999}, "no such seller"),
}


def test_the_ways_of_selling_are_those_of_tariffs() -> None:
    assert set(selling.WAYS) == set(Channel)


@pytest.mark.parametrize("case", WRONG)
def test_what_may_not_be_offered_is_refused(market: Market, case: str) -> None:
    asked, why = WRONG[case]
    with pytest.raises(Problem, match=why):
        market.offer(**asked)
    assert queries.search() == []


def test_a_scope_is_not_gone_beyond(market: Market) -> None:
    with pytest.raises(Problem, match="may not sell"):
        market.offer(channel="app")
    elsewhere = market.publish(market.changed(code="26QS100003", name="青山畅聊套餐59元（全国）", regions=("全国",)))
    with pytest.raises(Problem, match="may not sell"):
        market.offer(plan=elsewhere, region="广州")
    assert market.offer(plan=elsewhere, region="河北省")


@pytest.mark.parametrize("how", ["suspend", "revoke", "organisation"])
def test_who_lost_the_right_to_sell_sells_nothing_not_even_what_was_offered(market: Market, how: str) -> None:
    order = market.offer()
    if how == "suspend":
        channels.set_state(market.seller, "suspended", reason="诱导办理")
    elif how == "revoke":
        channels.revoke(market.scope, reason="授权到期")
    else:
        people.set_organisation_state(market.agency, "suspended", "核查")
    with pytest.raises(Problem, match=r"seller|may not sell"):
        market.offer(subscriber=market.people[1])
    market.reply("Y")
    assert market.state(order) == "lapsed"
    assert "不再可售" in market.told()


def test_a_tariff_withdrawn_in_between_is_not_sold(market: Market) -> None:
    order = market.offer()
    tariffs.withdraw(market.plan, account=market.reviewer, reason="停止销售")
    market.reply("Y")
    assert market.state(order) == "lapsed"
    with pytest.raises(Problem, match="not published"):
        market.offer(subscriber=market.people[1])


def test_a_new_version_is_what_is_offered_from_then_on(market: Market) -> None:
    market.offer()
    market.publish(market.changed(leave="营业厅随时退订，当月生效"))
    later = queries.order(market.offer(subscriber=market.people[1]))
    assert later is not None
    assert later.terms.leave == "营业厅随时退订，当月生效"


def test_a_tariff_for_certain_people_needs_its_reason(market: Market) -> None:
    plan = market.publish(
        market.changed(
            code="26QS100004", name="青山学生套餐59元（河北）", audience=Audience.YOUNG, audience_text="在校学生"
        )
    )
    with pytest.raises(Problem, match="certain people"):
        market.offer(plan=plan)
    assert market.offer(plan=plan, basis="查验学生证")


def test_nobody_is_asked_without_end(market: Market) -> None:
    for _ in range(5):
        market.offer()
    with pytest.raises(Problem, match="wait for this person"):
        market.offer()


def test_the_seller_s_reference_makes_one_order(market: Market) -> None:
    first = market.offer(reference="A-1")
    assert market.offer(reference="A-1") == first
    with pytest.raises(Problem, match="another order"):
        market.offer(reference="A-1", subscriber=market.people[1])


@pytest.mark.django_db(transaction=True)
def test_the_database_takes_no_order_of_an_unpublished_version_and_changes_none(market: Market) -> None:
    order = market.offer()
    draft = market.draft(market.changed(code="26QS100005", name="青山内部套餐59元（河北）"))
    from mingbai.orders.models import Order

    row = Order.objects.get(id=order)
    for change in ({"version_id": draft}, {"tariff_sha256": "0" * 64}):
        copy = Order(**{f.attname: getattr(row, f.attname) for f in Order._meta.fields} | {"id": None} | change)
        with pytest.raises(DatabaseError, match="published"), transaction.atomic():
            copy.save()
    for column, value in (("price_fen", 1), ("shown", "x"), ("version_id", draft), ("terms", "{}")):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE orders_order SET {column} = %s WHERE id = %s", [value, order])
    for state in ("confirmed", "fulfilled", "leaving", "withdrawn"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Order.objects.filter(id=order).update(state=state)


def test_a_code_confirms_this_order_alone(market: Market) -> None:
    order = market.offer()
    actions.send_code(order, subscriber=market.person)
    text = market.told()
    shown = queries.order(order)
    assert shown is not None
    assert shown.shown in text
    code = re.findall(r"验证码 (\d{6})", text)[0]
    other = market.offer()
    with pytest.raises(Problem, match="wrong"):
        actions.confirm_by_code(other, subscriber=market.person, code=code)
    assert actions.confirm_by_code(order, subscriber=market.person, code=code) == "confirmed"
    assert actions.confirm_by_code(order, subscriber=market.person, code=code) == "already"
    told = [one.text for one in messages.messages(market.person) if one.template == "code"]
    assert all(code not in one and "59.00元/月" in one for one in told)


def test_a_code_holds_five_minutes_and_five_tries(market: Market) -> None:
    now = clock.now()
    with clock.at(now) as advance:
        order = market.offer()
        actions.send_code(order, subscriber=market.person)
        code = re.findall(r"验证码 (\d{6})", market.told())[0]
        advance(301)
        with pytest.raises(Problem, match="wrong"):
            actions.confirm_by_code(order, subscriber=market.person, code=code)
        actions.send_code(order, subscriber=market.person)
        code = re.findall(r"验证码 (\d{6})", market.told())[0]
        for _ in range(5):
            with pytest.raises(Problem, match="wrong"):
                actions.confirm_by_code(order, subscriber=market.person, code="000000" if code != "000000" else "1")
        with pytest.raises(Problem, match="wrong"):
            actions.confirm_by_code(order, subscriber=market.person, code=code)
    assert market.state(order) == "proposed"


def test_a_trial_ends_by_itself_and_what_follows_needs_its_own_yes(market: Market) -> None:
    plan = market.publish(
        market.changed(
            code="26QS100006",
            name="青山云盘试用（河北）",
            trial=Trial(30, "云盘会员", 900),
            prices=(Price(PriceKind.RECURRING, Unit.MONTH, 0, "试用期"),),
        )
    )
    now = clock.now()
    with clock.at(now) as advance:
        trial = market.offer(plan=plan, kind="trial")
        assert "不自动转为收费" in market.told()
        assert "9.00元/月" in market.told()
        market.reply("Y")
        actions.fulfil_due()
        advance(31 * 86_400)
        assert actions.end_trials() == 1
        actions.fulfil_due()
        assert market.state(trial) == "ended"
        assert "未转为收费" in market.told()
        assert actions.fulfil_due() == 0
        after = market.offer(plan=plan, kind="after_trial", follows=trial)
        found = queries.order(after)
        assert found is not None
        assert (found.price_fen, found.state) == (900, "proposed")
        market.reply("Y")
        assert market.state(after) == "confirmed"


def test_a_gift_carrier_billing_and_a_renewal_are_orders_like_any_other(market: Market) -> None:
    free = market.publish(
        market.changed(
            code="26QS100007", name="青山赠送流量包（河北）", prices=(Price(PriceKind.ONE_OFF, Unit.ONCE, 0, ""),)
        )
    )
    gift = market.offer(plan=free, kind="gift")
    billing = market.offer(subscriber=market.people[1], kind="billing", payee="星河视频（会员月费）")
    assert "星河视频" in market.told(1)
    first = market.offer(subscriber=market.people[2])
    market.reply("Y", who=2)
    actions.fulfil_due()
    dear = (msgspec.structs.replace(market.content.prices[0], fen=6900), *market.content.prices[1:])
    market.publish(market.changed(name="青山畅聊套餐69元（河北）", prices=dear))
    renewal = market.offer(subscriber=market.people[2], kind="renewal", follows=first)
    assert "59.00元/月" in market.told(2)
    assert "69.00元/月" in market.told(2)
    assert [market.state(one) for one in (gift, billing, renewal)] == ["proposed"] * 3


def test_a_renewal_of_another_operator_s_order_tells_nothing_of_it(market: Market) -> None:
    first = market.offer()
    market.reply("Y")
    actions.fulfil_due()
    other = people.create_organisation(name="远海电信", kind="operator")
    agent = channels.register(people.create_organisation(name="远海代理", kind="agent"))
    channels.grant(agent, operator=other, from_date=date(2026, 1, 1))
    market.operator = other
    theirs = market.publish(market.changed(code="26YH100001", name="远海畅聊套餐59元（河北）"))
    with pytest.raises(Problem, match="no such order"):
        market.offer(plan=theirs, seller=agent, kind="renewal", follows=first)


def test_nothing_begins_before_the_yes(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, object]] = []

    def carry(tasks: list[Task]) -> list[Answer]:
        sent.extend(task.body for task in tasks)
        return [Answer(done=True) for _ in tasks]

    carry.at_once = 10  # type: ignore[attr-defined]
    monkeypatch.setattr(fulfilling, "system", lambda: carry)
    with clock.at(datetime(2026, 12, 5, 15, 50, tzinfo=UTC)) as advance:  # 23:50 here
        market.offer()
        billing = market.offer(subscriber=market.people[1], kind="billing", payee="星河视频（会员月费）")
        later = market.offer(subscriber=market.people[2], start=date(2026, 12, 24))
        assert "2026-12-05，此后确认的自确认之日起" in market.told()
        advance(1200)
        for who in range(3):
            market.reply("Y", who=who)
        actions.fulfil_due()
    assert "2026-12-06起生效" in market.told()
    told = {body["order"]: body for body in sent}
    assert [body["start"] for body in told.values()] == ["2026-12-06", "2026-12-06", "2026-12-24"]
    assert told[billing]["payee"] == "星河视频（会员月费）"
    assert "payee" not in told[later]


def test_what_holds_from_next_month_is_shown_so(market: Market) -> None:
    content = market.changed(
        code="26QS100030", name="青山畅聊套餐59元（河北）-次月生效", services="次月一日生效，当月不收费"
    )
    plan = market.publish(content)
    with clock.at(datetime(2026, 12, 5, 4, tzinfo=UTC)):
        first, later = (market.offer(plan=plan, start=day) for day in (None, date(2027, 3, 1)))
    found = [queries.order(one) for one in (first, later)]
    assert [one.terms.start for one in found if one] == ["2027-01-01", "2027-03-01"]
    assert found[0] is not None
    assert "2027-01-01" in found[0].shown
    assert "2026-12-05" not in found[0].shown


@pytest.mark.parametrize(
    ("single", "asked", "why"),
    [
        ({"channels": (Channel.HALL,)}, {}, "sold this way"),
        ({"regions": ("唐山",)}, {}, "region"),
        ({"audience": Audience.NEW, "audience_text": "新入网用户"}, {}, "certain people"),
        ({"off_date": date(2026, 11, 30)}, {"at": datetime(2026, 12, 5, 4, tzinfo=UTC)}, "not on sale today"),
    ],
)
def test_a_bundle_is_offered_only_with_its_parts_to_the_same_person(
    market: Market, single: dict[str, object], asked: dict[str, datetime], why: str
) -> None:
    changed = market.changed(code="26QS100020", name="青山单品套餐59元（河北）", **single)
    market.publish(changed)
    bundle = market.publish(market.changed(code="26QS100021", name="青山融合套餐59元（河北）", singles=("26QS100020",)))
    with clock.at(asked.get("at", clock.now())), pytest.raises(Problem, match=why) as refused:
        market.offer(plan=bundle)
    assert refused.value.code == "orders.single_missing"
    assert not queries.history(market.person)


def test_a_bundle_shows_its_singles_and_lapses_without_them(market: Market) -> None:
    single = market.publish(market.changed(code="26QS100010", name="青山单品套餐59元（河北）"))
    bundle = market.publish(market.changed(code="26QS100011", name="青山融合套餐59元（河北）", singles=("26QS100010",)))
    found = queries.order(market.offer(plan=bundle))
    assert found is not None
    assert "可单独办理：青山单品套餐59元（河北）" in found.shown
    tariffs.withdraw(single, account=market.reviewer, reason="停止销售")
    with pytest.raises(Problem, match="by itself"):
        market.offer(plan=bundle, subscriber=market.people[1])
