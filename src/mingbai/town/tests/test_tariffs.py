"""The town's tariffs: the good ones stand in the zone, the faulty ones do not."""

from __future__ import annotations

import pytest

from mingbai.people import actions as people
from mingbai.tariffs import queries
from mingbai.tariffs.queries import Asked
from mingbai.town import tariffs


@pytest.mark.django_db
def test_the_faulty_ones_stay_drafts() -> None:
    operator = people.create_organisation(name="青山通信", kind="operator")
    writer, reviewer = (
        people.create_account(username=name, password="qingshan-demo", organisation=operator, role="admin")
        for name in ("operations", "admin")
    )
    tariffs.publish(operator, writer, reviewer)
    rows, count = queries.listed(Asked(), limit=100)
    assert {row.code for row in rows} == {row[0] for row in tariffs.GOOD}
    assert count == len(tariffs.GOOD)
    assert {one.code for one in queries.in_work(operator)} == {row[0] for row in tariffs.FAULTY}
    (renewed,) = [row for row in rows if row.code == "26QT000002"]
    assert [past.full.number for past in queries.history(renewed.plan)] == [2, 1]
    assert [one.code for one in queries.needless(operator) if one.better] == ["26QT000005"]
