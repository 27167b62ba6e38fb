"""What is agreed is done: the operator's system says yes, no or nothing; what ends, is left, and is removed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mingbai.kernel import clock, msisdn
from mingbai.kernel.problems import Problem
from mingbai.orders import actions, queries, rules
from mingbai.orders.actions import fulfilling
from mingbai.orders.systems import Answer
from mingbai.orders.tests.conftest import Market
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db


class Scripted:
    """A system that answers as it is told."""

    at_once = 100

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.keys = list(answers), []

    def __call__(self, tasks: Any) -> list[Answer]:
        self.keys += [task.key for task in tasks]
        return [self.answers.pop(0) for _ in tasks]


def _system(monkeypatch: pytest.MonkeyPatch, *answers: Answer) -> Scripted:

    made = Scripted(*answers)
    monkeypatch.setattr(fulfilling, "system", lambda: made)
    return made


def test_leaving_where_the_tariff_lets_it(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    order = market.offer()
    market.reply("Y")
    actions.fulfil_due()
    assert actions.withdraw(order, subscriber=market.person) == "leaving"
    system = _system(monkeypatch, Answer(False, "合约未到期"), Answer(True))
    assert actions.fulfil_due() == 1
    assert market.state(order) == "fulfilled"
    assert "合约未到期" in market.told()
    assert actions.withdraw(order, subscriber=market.person) == "leaving"
    assert actions.fulfil_due() == 1
    assert market.state(order) == "withdrawn"
    assert len(set(system.keys)) == 2
    fixed = market.publish(market.changed(code="26QS100012", name="青山合约59元（河北）", leave="合约期内不可提前退订"))
    bound = market.offer(plan=fixed, subscriber=market.people[1])
    market.reply("Y", who=1)
    monkeypatch.undo()
    actions.fulfil_due()
    with pytest.raises(Problem, match="does not let you leave"):
        actions.withdraw(bound, subscriber=market.people[1])
    early = market.offer(subscriber=market.people[2])
    market.reply("Y", who=2)
    assert actions.withdraw(early, subscriber=market.people[2]) == "withdrawn"


def test_a_system_that_does_not_answer_is_asked_again_under_one_key(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = market.offer()
    market.reply("Y")
    system = _system(monkeypatch, *[Answer(False)] * 12)
    now = clock.now()
    with clock.at(now) as advance:
        for _ in range(12):
            actions.fulfil_due()
            assert actions.fulfil_due() == 0
            advance(3601)
    assert market.state(order) == "failed"
    assert len(system.keys) == 12
    assert len(set(system.keys)) == 1
    assert "未能办理" in market.told()


def test_a_no_of_the_system_fails_at_once(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    order = market.offer()
    market.reply("Y")
    _system(monkeypatch, Answer(False, "号码已停机"))
    actions.fulfil_due()
    assert market.state(order) == "failed"
    assert "号码已停机" in market.told()


def test_a_cancelled_offer_takes_no_yes_and_a_confirmed_one_no_cancel(market: Market) -> None:
    first, second = market.offer(), market.offer(subscriber=market.people[1])
    assert actions.cancel(first, seller=market.seller, by="key:1", reason="填错")
    market.reply("Y")
    assert market.state(first) == "cancelled"
    market.reply("Y", who=1)
    assert not actions.cancel(second, seller=market.seller, by="key:1", reason="填错")
    assert market.state(second) == "confirmed"
    with pytest.raises(Problem, match="no such order"):
        actions.cancel(second, seller=market.own, by="key:1", reason="别人的")


def test_what_is_younger_than_promised_is_never_removed(market: Market, settings: Any) -> None:
    now = clock.now()
    with clock.at(now) as advance:
        order = market.offer()
        market.reply("不办")
        advance(86_400 * 31 * 30)
        with pytest.raises(Problem, match="kept for 24"):
            actions.remove_old(older_than_months=23)
        assert actions.remove_old(older_than_months=36) == 0
        text = settings.HOME.profile.read_text("utf-8")
        head, _, rest = text.partition('[settings."orders.history_months"]\nvalue = 24\n')
        try:
            settings.HOME.profile.write_text(f'{head}[settings."orders.history_months"]\nvalue = 36\n{rest}', "utf-8")
            assert actions.keep() == 36
        finally:
            settings.HOME.profile.write_text(text, "utf-8")
        assert queries.months_shown() == 36
        with pytest.raises(Problem, match="kept for 36"):
            actions.remove_old(older_than_months=24)
        advance(86_400 * 31 * 12)
        assert actions.remove_old(older_than_months=36) == 1
    assert queries.order(order) is None


def test_of_an_erased_person_nothing_is_done_any_more(market: Market) -> None:
    open_one = market.offer()
    due = market.offer(subscriber=market.people[1])
    market.reply("Y", who=1)
    for number in ("13800000000", "13800000001"):
        people.erase(msisdn.require(number), reason="本人要求")
    assert (market.state(open_one), market.state(due)) == ("expired", "failed")
    assert actions.fulfil_due() == 0
    with clock.at(clock.now() + timedelta(days=3)):
        assert actions.expire_due() == 0


def test_every_state_is_reached_by_the_table() -> None:
    reached = {rules.State.PROPOSED}
    for _ in rules.State:
        reached |= {after for state in reached for after in rules.NEXT[state]}
    assert reached == set(rules.State)
