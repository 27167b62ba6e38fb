"""Each state by each verb, one action a verb, once; what was published stays as it was."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.db import connection

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import events as wordings
from mingbai.people import actions as people
from mingbai.tariffs import actions, events, queries, rules
from mingbai.tariffs import content as contents
from mingbai.tariffs.content import Content
from mingbai.tariffs.queries import Asked
from mingbai.tariffs.tests.conftest import GOOD, changed


def drafted(staff: SimpleNamespace, content: Content = GOOD) -> int:
    return actions.draft(operator=staff.operator, content=content, account=staff.writer)


def test_a_version_s_verbs_fit_its_state(staff: SimpleNamespace) -> None:
    version = drafted(staff)
    for early in (
        lambda: actions.publish(version, account=staff.reviewer),
        lambda: actions.send_back(version, account=staff.reviewer, reason="名称不清"),
    ):
        with pytest.raises(Problem) as caught:
            early()
        assert caught.value.code == "tariffs.state"
    actions.submit(version, account=staff.writer)
    for late in (
        lambda: actions.submit(version, account=staff.writer),
        lambda: actions.discard(version, account=staff.writer),
    ):
        with pytest.raises(Problem) as caught:
            late()
        assert caught.value.code == "tariffs.state"
    with pytest.raises(Problem) as caught:
        drafted(staff, changed(notes="另一处改动"))
    assert caught.value.code == "tariffs.in_review"
    actions.send_back(version, account=staff.reviewer, reason="名称不清")
    actions.discard(version, account=staff.writer)
    assert queries.in_work(staff.operator) == []
    assert drafted(staff) != version


def test_whoever_wrote_any_of_it_does_not_review(staff: SimpleNamespace) -> None:
    version = drafted(staff)
    other = changed(notes="补充说明")
    assert actions.draft(operator=staff.operator, content=other, account=staff.reviewer) == version
    actions.submit(version, account=staff.writer)
    with pytest.raises(Problem, match="does not review"):
        actions.publish(version, account=staff.reviewer)


def test_what_was_published_stays_readable_by_day(staff: SimpleNamespace) -> None:
    with clock.at(datetime(2026, 3, 1, 4, tzinfo=UTC)) as advance:
        first = drafted(staff)
        actions.submit(first, account=staff.writer)
        actions.publish(first, account=staff.reviewer)
        plan = queries.listed(Asked())[0][0].plan
        advance(10 * 86400)
        second = drafted(staff, changed(leave="营业厅随时退订"))
        actions.submit(second, account=staff.writer)
        actions.publish(second, account=staff.reviewer)
        advance(10 * 86400)
        actions.withdraw(plan, account=staff.reviewer, reason="清理资费")
    stood = {day: queries.as_of(plan, date(2026, 3, day)) for day in (1, 10, 11, 20, 21)}
    assert [one.number if one else None for one in stood.values()] == [1, 1, 2, 2, None]
    assert queries.as_of(plan, date(2026, 2, 28)) is None
    latest, earliest = queries.history(plan)
    assert [change.field for change in latest.changes] == ["leave"]
    assert earliest.full.content == GOOD
    for past in (latest, earliest):
        assert contents.digest(contents.body(past.full.content)) == past.full.sha256
    assert latest.full.end_reason == "清理资费"
    with pytest.raises(Problem, match="not published"):
        actions.withdraw(plan, account=staff.reviewer, reason="清理资费")


def test_what_went_off_sale_meanwhile_is_not_published(staff: SimpleNamespace) -> None:
    with clock.at(datetime(2026, 3, 1, tzinfo=UTC)) as advance:
        version = drafted(staff, changed(off_date=date(2026, 3, 2)))
        actions.submit(version, account=staff.writer)
        advance(5 * 86400)
        with pytest.raises(Problem) as caught:
            actions.publish(version, account=staff.reviewer)
    assert [one.rule for one in caught.value.more["findings"]] == ["off_sale"]


def test_the_same_content_is_no_new_version(published: Callable[[Content], int], staff: SimpleNamespace) -> None:
    published(GOOD)
    with pytest.raises(Problem, match="already"):
        drafted(staff)


def test_a_question_is_answered_once(staff: SimpleNamespace) -> None:
    version = drafted(staff, changed(notes="赠品以实物为准"))
    actions.submit(version, account=staff.writer)
    (asked,) = queries.findings(version)
    actions.answer(version, key=rules.key(asked), account=staff.reviewer, text="只关系到赠品")
    with pytest.raises(Problem) as caught:
        actions.answer(version, key=rules.key(asked), account=staff.reviewer, text="改口")
    assert caught.value.code == "tariffs.answered"
    with pytest.raises(Problem, match="no such question"):
        actions.answer(version, key="0" * 16, account=staff.reviewer, text="没有这一条")


def test_only_operators_have_plans(staff: SimpleNamespace) -> None:
    firm = people.create_organisation(name="青禾保险", kind="enterprise")
    with pytest.raises(Problem, match="no such operator"):
        actions.draft(operator=firm, content=GOOD, account=staff.writer)


def test_every_kind_of_entry_is_worded() -> None:
    kinds = [value for name, value in vars(events).items() if name.isupper()]
    assert set(kinds) <= set(wordings.kinds())


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_does(staff: SimpleNamespace) -> None:
    version = drafted(staff)
    actions.submit(version, account=staff.writer)
    outcomes: list[str] = []

    def publish() -> None:
        try:
            actions.publish(version, account=staff.reviewer)
            outcomes.append("published")
        except Problem as problem:
            outcomes.append(problem.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["published", *["tariffs.state"] * 3]
