"""The queue of findings when it is long: one row a number and a campaign, found in one pass."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingbai.detection import actions, queries
from mingbai.detection.states import Found as By
from mingbai.detection.tests import found

pytestmark = pytest.mark.django_db


def test_of_a_number_or_a_campaign_the_first_stands_for_all() -> None:
    """New before decided, a finding before a suspicion, then the newest, then the highest."""
    made = [
        found.judged("13900000001", "high_frequency", verdict="suspicion", score=9.0),
        found.judged("13900000001", "mass", score=9.0),
        found.judged("13900000002", "mass", score=5.0, campaign="c"),
        found.judged("13900000003", "mass", score=6.0, campaign="c"),
        found.judged("13900000003", "score", score=6.0, campaign="c"),
    ]
    ids = [actions.record([one], by=By.DAY, rules=0).new[0] for one in made]
    assert [row.id for row in queries.findings(queries.Wanted(folded=True))] == [ids[1], ids[3]]
    assert [row.id for row in queries.findings(queries.Wanted(campaign="c", single=True))] == [ids[3], ids[2]]
    assert (queries.counts()["finding"], queries.counts()["suspicion"], queries.counts()["new"]) == (2, 0, 5)


@pytest.mark.parametrize(
    "wanted", [queries.Wanted(folded=True), queries.Wanted(single=True)], ids=["queue", "campaign"]
)
def test_nothing_is_looked_up_row_by_row(wanted: queries.Wanted) -> None:
    """With a query for each row, twenty thousand findings would take a minute to show."""
    with CaptureQueriesContext(connection) as seen:
        queries.findings(wanted)
    sql = seen.captured_queries[0]["sql"]
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql)
        plan = str(cursor.fetchall())
    assert "CORRELATED" not in plan
    assert "SubPlan" not in plan.replace("hashed SubPlan", "")
