"""What is said of a number: set, replaced, faded, expired, dropped, corrected, and gone with the number's user."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.numbers import actions, queries
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
ROGUE, PERSON, LINE = parse("02160876100"), parse("13900000001"), parse("4008109889")
DAY = 86_400


@pytest.fixture
def advance() -> Iterator[Callable[[float], None]]:
    with clock.at(START) as forward:
        yield forward


def reported(count: int = 5, **more: Any) -> int:
    told: dict[str, Any] = {"number": ROGUE, "kind": "suspected_malicious", "source": "reports", "count": count, **more}
    return actions.set_label(**told)


def shown(number: Any = ROGUE) -> str | None:
    found = queries.label_for(number)
    return found.text if found else None


def on_the_list() -> dict[str, int]:
    return {parse(str(one.number)).national: one.votes for one in queries.listed()}


@pytest.mark.usefixtures("advance")
def test_people_are_counted_and_what_was_counted_before_is_history() -> None:
    first = reported(2)
    assert shown() is None
    assert queries.listed_number(ROGUE) is None
    second = reported(32)
    assert reported(32) == second
    assert shown() == "疑似骚扰 32人举报"
    assert [(one.id, one.ending) for one in queries.labels_of(ROGUE)] == [(second, ""), (first, "replaced")]
    assert on_the_list() == {"02160876100": 32}


def test_a_finding_goes_before_and_leaves_what_people_said_behind_it(advance: Callable[[float], None]) -> None:
    reported(32)
    actions.set_label(number=ROGUE, kind="confirmed_criminal", source="case", case=7, count=32)
    assert shown() == "诈骗电话 32人举报"
    advance(60)
    assert actions.drop_labels(case=7, reason="申诉成立", corrected=True) == 1
    assert actions.drop_labels(case=7, reason="申诉成立", corrected=True) == 0
    assert shown() == "疑似骚扰 32人举报"
    assert queries.cleared_at(ROGUE) == START + timedelta(seconds=60)
    then = queries.label_for(ROGUE, START + timedelta(seconds=30))
    assert then is not None
    assert then.text == "诈骗电话 32人举报"


def test_labels_fade_and_end_by_themselves(advance: Callable[[float], None]) -> None:
    reported(12)
    actions.set_label(number=PERSON, kind="confirmed_marketing", source="case", case=3)
    version = queries.list_version()
    seen = []
    for _ in range(6):
        advance(90 * DAY)
        while actions.label_due():
            pass
        seen.append((shown(), shown(PERSON)))
    assert seen == [
        ("疑似骚扰 6人举报", "违规营销"), ("疑似骚扰 3人举报", "违规营销"), (None, "违规营销"), (None, "违规营销"),
        (None, None), (None, None),
    ]  # fmt: skip
    assert {one.ending for one in queries.labels_of(ROGUE)} == {"faded"}
    assert {one.ending for one in queries.labels_of(PERSON)} == {"expired"}
    gone = {parse(str(one.number)).national: one.votes for one in queries.listed(version)}
    assert gone == {"02160876100": 0, "13900000001": 0}
    assert on_the_list() == {}


def test_a_new_report_counts_from_its_day(advance: Callable[[float], None]) -> None:
    reported(8)
    advance(80 * DAY)
    reported(9)
    advance(80 * DAY)
    assert actions.label_due() == 0
    assert shown() == "疑似骚扰 9人举报"
    advance(10 * DAY)
    assert actions.label_due() == 1
    assert shown() == "疑似骚扰 4人举报"


@pytest.mark.usefixtures("advance")
def test_staff_says_why_and_takes_back_why() -> None:
    by_hand = {"number": ROGUE, "kind": "service", "text": "12345 热线", "source": "hand", "account": 3}
    label = actions.set_label(**by_hand, reason="政务热线外呼号码")
    assert shown() == "12345 热线"
    assert on_the_list() == {}
    with pytest.raises(Problem, match="reason"):
        actions.end_label(label, reason=" ", account=3)
    assert actions.end_label(label, reason="号码停用", account=3)
    assert not actions.end_label(label, reason="号码停用", account=3)
    assert shown() is None
    with pytest.raises(Problem, match="no such label"):
        actions.end_label(99_999, reason="x")


@pytest.mark.usefixtures("advance")
def test_a_certified_name_and_a_nuisance_stand_beside_each_other() -> None:
    actions.set_label(number=ROGUE, kind="certified", text="松风大药房", source="hand", account=1, reason="营业执照")
    reported(500)
    assert shown() == "松风大药房"
    assert on_the_list() == {}
    actions.set_label(number=ROGUE, kind="confirmed_marketing", source="case", case=1, count=500)
    assert shown() == "违规营销 500人举报"
    actions.correct_labels(ROGUE, reason="标注有误", account=1)
    assert shown() == "松风大药房"
    assert {one.ending for one in queries.labels_of(ROGUE)} == {"", "corrected"}


def test_a_recycled_number_has_no_label(advance: Callable[[float], None]) -> None:
    reported(40, number=PERSON)
    version = queries.list_version()
    advance(60)
    people.recycle(PERSON)
    assert shown(PERSON) is None  # at once; what follows tells the gate and the partners
    assert actions.label_due() == 1
    assert actions.label_due() == 0
    (told,) = queries.listed(version)
    assert (told.number, told.votes, told.kind) == (int(PERSON.digits), 0, None)
    assert [one.ending for one in queries.labels_of(PERSON)] == ["recycled"]
    reported(4, number=PERSON)
    assert shown(PERSON) == "疑似骚扰 4人举报"


def test_an_erased_users_label_ends_though_their_key_is_gone(advance: Callable[[float], None]) -> None:
    reported(40, number=PERSON)
    advance(60)
    people.erase(PERSON, reason="用户要求")
    assert actions.label_due() == 1
    assert shown(PERSON) is None


def test_an_erased_users_number_is_forgotten_when_partners_have_long_been_told(
    advance: Callable[[float], None],
) -> None:
    reported(40, number=PERSON)
    reported(40)
    advance(60)
    people.erase(PERSON, reason="用户要求")
    actions.label_due()
    assert actions.forget_numbers_of_the_erased() == 0
    assert [one.votes for one in queries.listed(1)] == [40, 0]
    advance(63 * DAY)
    assert actions.forget_numbers_of_the_erased() == 1
    assert queries.labels_of(PERSON) == []
    assert [one.votes for one in queries.listed(1)] == [40]


def test_who_has_a_number_asks_once_and_is_answered_once(advance: Callable[[float], None]) -> None:
    reported(40, number=PERSON)
    mine, other = people.ensure_subscriber(PERSON), people.ensure_subscriber(parse("13900000002"))
    for code, told in (
        ("numbers.not_yours", {"subscriber": other}), ("numbers.not_yours", {"organisation": 1}),
        ("numbers.words", {"subscriber": mine, "text": "不"}),
    ):  # fmt: skip
        with pytest.raises(Problem) as refused:
            actions.ask_correction(number=PERSON, **{"text": "我没有打过", **told})
        assert refused.value.code == code
    asked = actions.ask_correction(number=PERSON, text="我没有打过", subscriber=mine)
    with pytest.raises(Problem, match="waits"):
        actions.ask_correction(number=PERSON, text="我没有打过", subscriber=mine)
    assert queries.corrections_waiting() == 1
    actions.answer_correction(asked, account=1, granted=False, text="多人举报属实")
    with pytest.raises(Problem, match="answered"):
        actions.answer_correction(asked, account=1, granted=True, text="多人举报属实")
    assert shown(PERSON) is not None
    again = actions.ask_correction(number=PERSON, text="请再核实", subscriber=mine)
    actions.answer_correction(again, account=1, granted=True, text="经查系冒用")
    assert shown(PERSON) is None
    advance(1)
    people.erase(PERSON, reason="用户要求")
    assert [(one.text, one.answer) for one in queries.corrections()] == [("", ""), ("", "")]


def test_a_registration_stands_before_a_suspicion_and_ends_with_its_holder(advance: Callable[[float], None]) -> None:
    reported(50, number=LINE)
    assert on_the_list() == {"4008109889": 50}
    firm = people.create_organisation(name="松风大药房", kind="enterprise")
    other = people.create_organisation(name="白鹭湾地产", kind="enterprise")
    advance(1)
    resource = actions.register_number(first=LINE, holder=firm, use="service")
    assert shown(LINE) is None
    assert on_the_list() == {}
    reported(51, number=LINE)
    actions.set_label(number=LINE, kind="confirmed_marketing", source="case", case=1)
    assert shown(LINE) == "违规营销"
    advance(1)
    actions.end(resource, how="returned", reason="不再使用", rests_until=clock.now() + timedelta(seconds=1))
    assert shown(LINE) == "违规营销"
    advance(2)
    actions.register_number(first=LINE, holder=other, use="service")
    assert shown(LINE) is None
    assert {one.ending for one in queries.labels_of(LINE)} == {"replaced", "recycled"}


@pytest.mark.usefixtures("advance")
def test_every_change_is_an_entry_that_holds_no_number() -> None:
    label = reported(40, number=PERSON)
    actions.end_label(label, reason="误报")
    entries = list(ledger.of_subject(f"subscriber:{people.ensure_subscriber(PERSON)}"))
    assert [one.kind for one in entries] == ["numbers.labelled", "numbers.label_ended"]
    assert all("13900000001" not in str(one) for one in entries)


@pytest.mark.usefixtures("advance")
def test_look_ups_by_hash_and_by_range() -> None:
    reported(5, number=parse("02160876101"))
    reported(7, number=parse("02160876109"))
    reported(11, number=parse("02160876150"))
    (one,) = queries.listed_by_prefix("4bfc")[:1] or [None]
    whole = {found.number for prefix in ("",) for found in queries.listed_by_prefix(prefix)}
    assert whole == {862160876101, 862160876109, 862160876150}
    assert one is None or one.number in whole
    found = queries.listed_by_hash("3C6E4C3A1F0B7B1D0B7A6C2A0C0D4DAA3F1F0B11")
    assert found is None
    assert queries.people_near(1, parse("02160876105")) == 12
    assert queries.people_near(2, parse("02160876199")) == 23
    ranges = {(one.prefix, one.votes, one.count) for one in queries.ranges_by_prefix(1, "")}
    assert ranges == {("+86216087610", 12, 2), ("+86216087615", 11, 1)}
