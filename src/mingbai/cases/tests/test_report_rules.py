"""Whether a report counts, for how many people reports speak, words of SMS, working days: by table and by property."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.cases.rules import reports as rules
from mingbai.cases.rules.reports import Count, Judged, Kind, Note, Outcome, Seen, Voice
from mingbai.kernel import profile
from mingbai.kernel.problems import Problem
from mingbai.kernel.workdays import Calendar

TERMS = profile.parse(profile.packaged("cn-2018-whitelist"), "cn").reports
HOUR, DAY = 3_600_000_000, 86_400_000_000
NOW = 1_800_000_000_000_000
WORDS = TERMS.sms_words
ZONE = ZoneInfo("Asia/Shanghai")


class Call(NamedTuple):
    at_us: int
    out: bool = True
    id: str = "x"


def judged(*calls: Call, **more: Any) -> tuple[bool, str]:
    seen = Seen(received_us=NOW, calls=calls, known_since_us=NOW - 400 * DAY, **more)
    found = rules.judge(seen, TERMS, back_days=TERMS.window_days)
    return found.counts, found.reason


RANG = Call(NOW - HOUR)
FRIENDS = tuple(Call(NOW - days * DAY - n * HOUR, bool(n)) for days in (3, 5) for n in (0, 1))
ROW = tuple(Call(NOW - n * HOUR, bool(n % 2)) for n in range(1, 8))


@pytest.mark.parametrize(
    ("calls", "more", "wanted"),
    [
        ((RANG,), {}, (True, Note.FOUND)),
        ((), {}, (False, Outcome.NO_CALL)),
        ((Call(NOW - HOUR, False),), {}, (False, Outcome.NO_CALL)),  # the reporter called, not the other
        ((), {"reporter": False}, (True, Note.NO_REPORTER)),
        ((), {"known_since_us": None}, (True, Note.NO_RECORDS)),
        ((), {"called_us": NOW - 300 * DAY, "known_since_us": NOW - 300 * DAY}, (True, Note.NO_RECORDS)),
        ((RANG,), {"called_us": NOW - 30 * HOUR}, (False, Outcome.NO_CALL)),  # 29 hours off
        ((RANG,), {"called_us": NOW - 24 * HOUR}, (True, Note.FOUND)),
        ((Call(NOW - 31 * DAY),), {}, (False, Outcome.NO_CALL)),
        ((RANG, *FRIENDS), {}, (False, Outcome.ACQUAINTANCE)),
        ((RANG, *FRIENDS), {"declared_marketing": True}, (True, Note.FOUND)),
        ((RANG, *FRIENDS[:3]), {}, (True, Note.FOUND)),  # one of them on one day alone
        ((RANG, *FRIENDS), {"refused_us": NOW - DAY}, (True, Note.AFTER_REFUSAL)),
        ((RANG, *FRIENDS), {"refused_us": NOW}, (False, Outcome.ACQUAINTANCE)),  # refused after the call
        (ROW, {"private": True}, (False, Outcome.QUARREL)),
        (ROW, {"private": True, "refused_us": NOW - 99 * DAY}, (True, Note.AFTER_REFUSAL)),
        (ROW, {}, (True, Note.FOUND)),  # a firm does not quarrel
        (tuple(Call(NOW - n * HOUR) for n in range(1, 20)), {"private": True}, (True, Note.FOUND)),
        ((RANG,), {"private": True, "mutual": True}, (False, Outcome.QUARREL)),
        ((RANG,), {"mutual": True}, (True, Note.FOUND)),
        ((RANG,), {"moved": True}, (False, Outcome.FORMER_USER)),
    ],
)
def test_what_counts(calls: tuple[Call, ...], more: dict[str, Any], wanted: tuple[bool, str]) -> None:
    known = {"known_since_us": NOW - 400 * DAY, **more}
    found = rules.judge(Seen(received_us=NOW, calls=calls, **known), TERMS, back_days=TERMS.window_days)
    assert (found.counts, found.reason) == wanted


def test_the_call_nearest_to_the_time_said_is_meant() -> None:
    calls = (Call(NOW - 9 * HOUR, id="a"), Call(NOW - 5 * HOUR, id="b"), Call(NOW - HOUR, id="c"))
    seen = Seen(received_us=NOW, calls=calls, called_us=NOW - 6 * HOUR, known_since_us=0)
    assert rules.judge(seen, TERMS, back_days=30) == Judged(True, Note.FOUND, "b", NOW - 5 * HOUR)
    assert rules.judge(seen._replace(called_us=None), TERMS, back_days=30).call == "c"


WHOLE = (100, 50, 25, 10)


@pytest.mark.parametrize(
    ("voices", "wanted"),
    [
        ([], Count(0, 0)),
        ([Voice(1), Voice(1), Voice(2)], Count(2, 200)),
        ([Voice(1, device=b"d"), Voice(2, device=b"d")], Count(1, 100)),
        ([Voice(1, contract=b"c"), Voice(2, contract=b"c"), Voice(3)], Count(2, 200)),
        ([Voice(1, device=b"d"), Voice(2, device=b"d", contract=b"c"), Voice(3, contract=b"c")], Count(1, 100)),
        ([Voice(1, device=b"d"), Voice(1, contract=b"c"), Voice(2, contract=b"c")], Count(1, 100)),
        ([Voice(1, False, batch="b"), Voice(2, False, batch="b")], Count(1, 100)),
        ([Voice(1, True, batch="b"), Voice(2, True, batch="b")], Count(2, 200)),
        ([Voice(0), Voice(0), Voice(0)], Count(1, 100)),
        ([Voice(0, organisation=1), Voice(0, organisation=2)], Count(2, 200)),
        ([Voice(0, device=b"d"), Voice(0, device=b"e")], Count(2, 200)),
        ([Voice(1, failed=1), Voice(2, failed=2), Voice(3, failed=3), Voice(4, failed=99)], Count(4, 95)),
        ([Voice(1, device=b"d", failed=9), Voice(2, device=b"d")], Count(1, 100)),
    ],
)
def test_people_are_counted(voices: list[Voice], wanted: Count) -> None:
    linked = ("contract", "device", "batch")
    assert rules.count(voices, linked_by=linked, weights=WHOLE) == wanted
    assert rules.count(voices[::-1], linked_by=linked, weights=WHOLE) == wanted


VOICES = st.lists(
    st.builds(
        Voice, st.integers(0, 4), st.booleans(), st.sampled_from([None, b"d", b"e"]), st.sampled_from([None, b"c"]),
        st.sampled_from(["", "b"]), st.just(0), st.integers(0, 4),
    ),
    max_size=12,
)  # fmt: skip


@given(VOICES, VOICES, st.sets(st.sampled_from(["contract", "device", "batch"])))
def test_more_links_never_make_more_people_and_doubling_changes_nothing(
    voices: list[Voice], more: list[Voice], linked: set[str]
) -> None:
    found = rules.count(voices, linked_by=linked, weights=WHOLE)
    assert found == rules.count([*voices, *voices], linked_by=linked, weights=WHOLE)
    assert found.weight <= 100 * found.people <= 100 * len(voices)
    everything = rules.count(voices, linked_by=("contract", "device", "batch"), weights=WHOLE)
    assert everything.people <= found.people or not all(voice.reporter for voice in voices)
    assert rules.count([*voices, *more], linked_by=linked, weights=WHOLE).people <= (
        found.people + rules.count(more, linked_by=linked, weights=WHOLE).people
    )


@pytest.mark.parametrize(
    ("text", "number", "kind"),
    [
        ("JB 02160876100 推销房产", "02160876100", Kind.MARKETING),
        ("举报13812345678诈骗", "13812345678", Kind.FRAUD),
        ("举报电话:(021)60876100 骚扰", "(021)60876100", Kind.MALICIOUS),
        ("JB:+1 202 555 0123 SCAM", "+1 202 555 0123", Kind.FRAUD),
        ("JB 今天3点 13800001111推销", "13800001111", Kind.MARKETING),
        ("JB 13800001111 13800002222", "13800001111", Kind.OTHER),
        ("02160876100*推销房产", "02160876100", Kind.MARKETING),
        ("JB", "", Kind.OTHER),
        ("举报 天天打我电话", "", Kind.OTHER),
        ("JB 12", "12", Kind.OTHER),
    ],
)
def test_sms_that_are_reports(text: str, number: str, kind: Kind) -> None:
    found = rules.read_sms(text, WORDS)
    assert found is not None
    assert (found.number, found.kind) == (number, kind)


@pytest.mark.parametrize("text", ["举报人您好", "JBL", "TSA", "T", "123456", "Y 123", "", "12345*", "99999*推销"])
def test_sms_that_are_none(text: str) -> None:
    assert rules.read_sms(text, WORDS) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    rules.read_sms(text, WORDS)
    rules.read_sms(f"JB{text}", WORDS)
    assert rules.read_follow(text) == "" or len(rules.read_follow(text)) == 16


def test_a_number_to_follow_is_read_as_people_type_it() -> None:
    made = {rules.new_follow() for _ in range(200)}
    assert len(made) == 200
    for follow in made:
        shown = rules.shown_follow(follow)
        assert rules.read_follow(f" {shown.lower()} ") == follow
        assert rules.read_follow(shown.replace("-", "－").replace("0", "O").replace("1", "l")) == follow
    assert rules.read_follow("0000-0000-0000-000U") == ""


def begun(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "days", "last", "provisional"),
    [
        ("2026-11-20 10:00", 3, "2026-11-25", False),  # a Friday: the day itself does not count
        ("2026-11-21 10:00", 3, "2026-11-25", False),
        ("2026-09-24 10:00", 3, "2026-09-30", False),  # Mid-Autumn, then the week
        ("2026-09-30 23:59", 3, "2026-10-10", False),  # over the national holiday to the make-up Saturday
        ("2026-10-08 10:00", 3, "2026-10-12", False),  # Saturday the 10th is worked
        ("2026-02-13 10:00", 15, "2026-03-12", False),  # Spring Festival, with both make-up Saturdays
        ("2026-04-30 10:00", 3, "2026-05-08", False),
        ("2026-12-30 10:00", 3, "2027-01-04", True),  # weekdays, in a year that nobody knows
    ],
)
def test_working_days(start: str, days: int, last: str, provisional: bool) -> None:
    due = Calendar().due(begun(start), days)
    assert due.at == begun(last) + timedelta(days=1)
    assert due.provisional is provisional


def test_the_profile_goes_before_the_calendar() -> None:
    known = Calendar(
        extra_workdays=frozenset({date(2027, 1, 2)}), extra_holidays=frozenset({date(2027, 1, 1), date(2026, 12, 31)}),
        years=frozenset({2027}),
    )  # fmt: skip
    due = known.due(begun("2026-12-30 10:00"), 3)
    assert (due.at, due.provisional) == (begun("2027-01-06"), False)  # Saturday the 2nd, Monday, Tuesday


@given(st.dates(date(2024, 1, 1), date(2028, 12, 1)), st.integers(1, 40), st.integers(0, 20))
def test_clocks_end_on_working_days_and_never_run_backwards(start: date, days: int, later: int) -> None:
    days_of, at = Calendar(), datetime(start.year, start.month, start.day, 9, tzinfo=ZONE)
    due = days_of.due(at, days)
    last = days_of.day_of(due.at - timedelta(seconds=1))
    assert days_of.works(last)
    assert days_of.left(at, due.at) == days
    assert days_of.left(due.at + timedelta(hours=1), due.at) <= 0
    assert days_of.due(at + timedelta(hours=later), days).at >= due.at
    assert due.provisional is (last.year > 2026)


def test_what_is_no_kind_no_text_and_no_percent_is_refused() -> None:
    with pytest.raises(Problem):
        rules.check_kind("rude")
    with pytest.raises(Problem):
        rules.description("x" * 1001)
    for bad in ("[50, 100]", "[]", "[101]"):
        text = profile.packaged("cn-2018-whitelist").replace("[100, 50, 25, 10]", bad)
        with pytest.raises(Problem, match="failed_weights"):
            profile.parse(text, "cn")
