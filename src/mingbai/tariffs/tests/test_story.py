"""A tariff drafted, reviewed by a second person, published with its hash in the log, shown, found."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.tariffs import actions, queries
from mingbai.tariffs import content as contents
from mingbai.tariffs.queries import Asked
from mingbai.tariffs.tests.conftest import GOOD, changed


def test_from_draft_to_the_zone(staff: SimpleNamespace) -> None:
    version = actions.draft(operator=staff.operator, content=GOOD, account=staff.writer)
    assert queries.findings(version) == []
    actions.submit(version, account=staff.writer)
    with pytest.raises(Problem, match="does not review"):
        actions.publish(version, account=staff.writer)
    assert queries.listed(Asked())[1] == 0
    entry = actions.publish(version, account=staff.reviewer)
    opened = ledger.opened(entry)
    assert opened is not None
    assert opened.content is not None
    assert opened.content["sha256"] == contents.digest(contents.body(GOOD))
    (row,), count = queries.listed(Asked(text="畅聊"))
    assert (row.name, row.price_fen, count) == (GOOD.name, 5900, 1)
    shown = queries.full(row.plan)
    assert shown is not None
    assert shown.content == GOOD
    assert shown.on_sale


def test_errors_keep_it_from_review_with_the_list(staff: SimpleNamespace) -> None:
    wrong = changed(name="青山畅聊套餐69元50GB（河北）", penalty="")
    version = actions.draft(operator=staff.operator, content=wrong, account=staff.writer)
    with pytest.raises(Problem) as caught:
        actions.submit(version, account=staff.writer)
    assert {one.rule for one in caught.value.more["findings"]} == {"name_price", "name_data", "missing"}


def test_a_question_is_answered_on_record_by_the_reviewer(staff: SimpleNamespace) -> None:
    asked = changed(notes="具体以当地公告为准")
    version = actions.draft(operator=staff.operator, content=asked, account=staff.writer)
    actions.submit(version, account=staff.writer)
    with pytest.raises(Problem, match="not answered"):
        actions.publish(version, account=staff.reviewer)
    (question,) = queries.findings(version)
    from mingbai.tariffs import rules

    with pytest.raises(Problem, match="does not review"):
        actions.answer(version, key=rules.key(question), account=staff.writer, text="没有问题")
    actions.answer(version, key=rules.key(question), account=staff.reviewer, text="只关系到赠品，不影响资费")
    assert actions.publish(version, account=staff.reviewer)
