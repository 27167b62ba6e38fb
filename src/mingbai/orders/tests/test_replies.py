"""Which replies are a yes: the listed words alone, meant for one offer, in time, once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mingbai.kernel import clock, msisdn
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile import packaged, parse
from mingbai.notices import actions as notices
from mingbai.notices import inbox
from mingbai.orders import actions, queries
from mingbai.orders.actions import fulfilling
from mingbai.orders.replies import standing
from mingbai.orders.rules import answer, may_leave
from mingbai.orders.systems import Answer, Task
from mingbai.orders.tests.conftest import Market
from mingbai.people import actions as people

PROFILE = parse(packaged("cn-2018-whitelist"), "test")
YES, NO = PROFILE.orders.yes_words, PROFILE.orders.no_words
NARROW = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WIDE = {chr(ord(c) + 0xFEE0): c for c in NARROW + NARROW.lower() + "0123456789"}


def listed(text: str) -> bool:
    """The yes forms, said again from the document: a word, or a word and three digits with a space at most."""
    bare = "".join(WIDE.get(c, c) for c in text.replace("\u3000", " ")).strip()
    plain = "".join(c.upper() if "a" <= c <= "z" else c for c in bare)
    for word in ("Y", "YES", "是", "确认", "确认办理", "同意办理"):
        rest = plain.removeprefix(word)
        if plain.startswith(word) and (rest == "" or (len(rest.lstrip(" ")) == 3 and len(rest) <= 4)):
            digits = rest.lstrip(" ")
            if rest == "" or (digits.isascii() and digits.isdecimal()):
                return True
    return False


PIECES = st.sampled_from(
    "Y y Ｙ YES yes 是 确认 确认办理 同意办理 同意 不 别 吗 ? ？ ! 。 👍 ✅ 🆗 好 行 可以 OK 1 123 １２３".split()  # noqa: SIM905
    + "٣٤٥ 12 1234 N T ſ 办 要 不要 退订 Ye 确 认 0 - 不确认 我不同意办理 是的 不是".split()  # noqa: SIM905
    + [" ", "\u3000", "\u200b", "\n", "\t"]
)


@settings(max_examples=10_000)
@given(st.one_of(st.lists(PIECES, min_size=1, max_size=5).map("".join), st.text(min_size=1, max_size=12)))
@example("?")
@example("Y吗")
@example("不要Y")
@example("YEſ")
@example("👍")
@example("Y Y")
@example("Y\n")
def test_ten_thousand_texts_and_none_but_the_listed_is_a_yes(text: str) -> None:
    found = answer(inbox.rules.folded(text), YES, NO)
    assert (found is not None and found.yes) == listed(text), text


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["?", "Y吗", "不要Y", "👍", "Y👍", "YY", "好的", "1", "是的", "确认吗", "Y1234"])
def test_what_is_no_yes_is_told_how_to_say_it(market: Market, text: str) -> None:
    order = market.offer()
    market.reply(text)
    assert market.state(order) == "proposed"
    assert "只回复“Y”" in market.told() or "请回复其中一项" in market.told()


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["Y", "y", " y ", "Ｙ", "是", "确认", "YES", "同意办理"])
def test_each_listed_form_is_a_yes(market: Market, text: str) -> None:
    order = market.offer()
    market.reply(text)
    assert market.state(order) == "confirmed"


@pytest.mark.django_db
def test_a_no_ends_it_and_the_seller_does_not_ask_again(market: Market) -> None:
    order = market.offer()
    market.reply("不办")
    assert market.state(order) == "declined"
    with pytest.raises(Exception, match="turned this offer down"):
        market.offer()
    market.reply("Y")
    assert market.state(order) == "declined"


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["N", "ｎ", "n 371"])
def test_n_behind_an_offer_is_a_no_to_it_and_refuses_no_firm(market: Market, text: str) -> None:
    bank = people.create_organisation(name="青山银行", kind="enterprise")
    notices.send(subscriber=market.person, template="call", text="…", context=f"principal:{bank}")
    order = market.offer()
    assert market.reply(text.replace("371", market.word(order))) == "orders.no"
    assert market.state(order) == "declined"
    assert not inbox.refused(market.person, bank)


@pytest.mark.django_db
def test_n_behind_a_message_about_a_firm_is_about_the_firm(market: Market) -> None:
    order = market.offer()
    bank = people.create_organisation(name="青山银行", kind="enterprise")
    notices.send(subscriber=market.person, template="call", text="…", context=f"principal:{bank}")
    assert market.reply("N") == "consent.never"
    assert market.state(order) == "proposed"
    assert inbox.refused(market.person, bank)


@pytest.mark.parametrize(
    ("leave", "may"),
    [
        ("营业厅随时退订", True), ("如不退订则次月续订；营业厅可退订", True), ("不支持线上退订，营业厅退订", True),
        ("无", False), ("不允许提前退订", False), ("合约期内不可以取消", False), ("不接受退订", False),
        ("一经办理概不退订", False), ("禁止中途解约", False), ("不予办理退订", False),
    ],
)  # fmt: skip
def test_whether_a_tariff_lets_one_leave(leave: str, may: bool) -> None:
    assert may_leave(leave) is may


@pytest.mark.django_db
def test_two_open_offers_need_their_number(market: Market) -> None:
    other = market.publish(market.changed(code="26QS100009", name="青山加油包10元（河北）", prices=_ten(market)))
    first, second = market.offer(), market.offer(plan=other)
    word = market.word(second)
    assert f"回复“Y{word}”" in market.told()
    market.reply("Y")
    assert (market.state(first), market.state(second)) == ("proposed", "proposed")
    assert f"Y{market.word(first)}" in market.told()
    assert f"Y{word}" in market.told()
    market.reply(f"y {word}")
    assert (market.state(first), market.state(second)) == ("proposed", "confirmed")
    # The message of the first said “Y”, but a bare Y could as well be a doubled answer to the second.
    market.reply("Y")
    assert market.state(first) == "proposed"
    market.reply(f"Y{market.word(first)}")
    assert market.state(first) == "confirmed"


def _ten(market: Market) -> tuple[object, ...]:
    import msgspec

    return (msgspec.structs.replace(market.content.prices[0], fen=1000), *market.content.prices[1:])


@pytest.mark.django_db
def test_a_late_answer_is_no_yes(market: Market) -> None:
    now = clock.now()
    with clock.at(now):
        order = market.offer()
    with clock.at(now + timedelta(hours=24, seconds=1)):
        market.reply("Y")
        assert market.state(order) == "proposed"
        assert "已过期" in market.told()
        assert actions.expire_due() == 1
        market.reply("Y")
        assert market.state(order) == "expired"


@pytest.mark.django_db
def test_a_doubled_answer_does_nothing_twice(market: Market) -> None:
    order = market.offer()
    for message in ("m1", "m1", "m2"):
        market.reply("Y", message_id=message)
    assert market.steps(order) == ["proposed", "confirmed"]
    assert "此前已确认" in market.told()


@pytest.mark.django_db
def test_another_s_number_and_a_later_tenure_confirm_nothing(market: Market) -> None:
    order = market.offer()
    market.reply("Y", who=1)
    assert market.state(order) == "proposed"
    market.people[0] = people.recycle(msisdn.require("13800000000"))
    market.reply("Y")
    assert market.state(order) == "proposed"
    found = queries.order(order)
    assert found is not None
    assert actions.confirm(order, subscriber=found.subscriber, how="sms") == "late"


@pytest.mark.django_db
def test_a_code_of_the_former_user_confirms_nothing_for_the_next(market: Market) -> None:
    order, former = market.offer(), market.person
    actions.send_code(order, subscriber=former)
    code = re.findall(r"验证码 (\d{6})", market.told())[0]
    people.recycle(msisdn.require("13800000000"))
    assert actions.confirm_by_code(order, subscriber=former, code=code) == "late"
    with pytest.raises(Problem, match="not open"):
        actions.send_code(order, subscriber=former)
    assert market.steps(order) == ["proposed"]


@pytest.mark.django_db
def test_a_former_user_s_yes_is_not_carried_out_for_the_next(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def carry(tasks: list[Task]) -> list[Answer]:
        asked.extend(task.key for task in tasks)
        return [Answer(done=True) for _ in tasks]

    carry.at_once = 10  # type: ignore[attr-defined]
    monkeypatch.setattr(fulfilling, "system", lambda: carry)
    orders = [market.offer(subscriber=who) for who in market.people[:2]]
    for n in range(2):
        market.reply("Y", who=n)
    people.recycle(msisdn.require("13800000000"))
    assert actions.fulfil_due() == 2
    assert [market.state(one) for one in orders] == ["failed", "fulfilled"]
    assert asked == [f"order-{orders[1]}-fulfil"]
    assert "新用户" in market.told()


@pytest.mark.django_db
def test_an_order_that_cannot_be_settled_holds_up_no_other(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [market.offer(subscriber=who) for who in market.people[:3]]
    for n in range(3):
        market.reply("Y", who=n)
    settle = fulfilling._settle

    def breaks(one: fulfilling.Held, *rest: object) -> bool:
        if one.id == orders[1]:
            raise RuntimeError("broken")
        return settle(one, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(fulfilling, "_settle", breaks)
    with pytest.raises(RuntimeError):
        actions.fulfil_due()
    assert [market.state(one) for one in orders] == ["fulfilled", "confirmed", "fulfilled"]
    monkeypatch.undo()
    with clock.at(clock.now() + timedelta(seconds=fulfilling.CLAIM_SECONDS + 1)):
        assert actions.fulfil_due() == 1
    assert [market.steps(one)[-1] for one in orders] == ["fulfilled"] * 3


@pytest.mark.django_db
def test_who_was_asked_nothing_gets_the_help(market: Market) -> None:
    assert market.reply("Y") == ""


@pytest.mark.django_db
def test_an_offer_that_is_over_is_not_asked_about_again(market: Market) -> None:
    with clock.at(clock.now()) as advance:
        order = market.offer()
        assert standing(f"order:{order}")
        advance(25 * 3600)
        assert not standing(f"order:{order}")
    other = market.offer(subscriber=market.people[1])
    market.reply("不办", who=1)
    assert not standing(f"order:{other}")
