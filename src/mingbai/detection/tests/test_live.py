"""Detection by the hour: what is written is judged once, whatever happens in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django

from mingbai.calls import actions as calls
from mingbai.detection import actions, queries
from mingbai.detection.hourly import live as hourly
from mingbai.detection.hourly import pause_s
from mingbai.detection.hourly.window import Running
from mingbai.detection.models import Finding, Position
from mingbai.detection.queries import Wanted
from mingbai.detection.tests.live_world import SELLER, Street, following, phone, street
from mingbai.gate import journal
from mingbai.kernel import clock
from mingbai.kernel.msisdn import Kind

pytestmark = pytest.mark.django_db
EVERY = Wanted(states=())


def _of_seller() -> list[tuple[str, str]]:
    """Rules and verdicts that stand about the one who called most."""
    most = max((row.calls for row in queries.findings(EVERY)), default=0)
    return sorted((row.rule, row.verdict) for row in queries.findings(EVERY) if row.calls == most)


def test_a_seller_is_found_while_its_segment_is_being_written_and_nobody_else() -> None:
    with street() as told, following() as live:
        told.sells(range(150))
        for n in range(200, 230):  # people who call one another
            told.call(phone(n), phone(n + 1))
            told.call(phone(n + 1), phone(n), ago_s=30)
        batch = live.step()
    assert len(batch.findings) == len(queries.findings(EVERY)) > 0
    assert {row.mark for row in queries.findings(EVERY)} == {queries.mark(_head(SELLER))}
    found = queries.finding(batch.findings[0])
    assert found is not None
    assert found.cited, "a finding cites calls"
    assert all(one.receipt for one in found.cited), "and those are the gate's own records"
    assert abs(sum(term.contribution for term in found.terms) - found.row.score) < 1e-3, "its terms make its score"


def test_what_was_judged_is_not_judged_again_and_what_came_later_is() -> None:
    with street() as told, following() as live:
        told.sells(range(30))
        first = live.step()
        again = live.step()
        told.sells(range(30, 180), begin_s=6_000.0)
        later = live.step()
    assert again == (0, 0, [])
    assert later.calls == 150
    assert not set(first.findings) & set(later.findings)
    assert later.findings


def test_a_batch_with_nothing_new_costs_next_to_nothing(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def computes(*_: Any, **__: Any) -> None:
        raise AssertionError("there is nothing to compute")

    with street() as told, following() as live:
        told.sells(range(30))
        live.step()
        for name in ("choose", "carry_out"):
            monkeypatch.setattr(Running, name, computes)
        with django_assert_num_queries(3):
            assert live.step() == (0, 0, [])
        told.call(phone(1), phone(2), caller_kind=int(Kind.WITHHELD))
        monkeypatch.undo()
        monkeypatch.setattr(Running, "carry_out", computes)
        assert live.step() == (1, 0, []), "somebody with one call is nobody to compute over"


def test_two_batches_and_the_pause_between_them_stay_within_some_seconds() -> None:
    assert pause_s(0.001) == 1.0
    for took in (0.1, 0.5, 1.0, 2.0, 3.0):
        assert 1.0 <= pause_s(took) <= 3.0
        assert 2 * took + pause_s(took) <= 7.0
        assert pause_s(took, behind=True) == 1.0


def test_a_restart_goes_on_where_the_last_one_put_something_down() -> None:
    with street() as told:
        told.sells(range(100))
        with following() as live:
            live.step()
        stood = list(Finding.objects.order_by("id").values())
        told.sells(range(100, 110), begin_s=3_000.0)
        with following() as live:
            assert live.step().numbers == 1
        assert {row["id"] for row in stood} <= set(Finding.objects.values_list("id", flat=True))
        keys = Finding.objects.values_list("kind", "head", "day", "rule")
        assert len(keys) == len(set(keys)), "nothing stands twice"
    assert Position.objects.get().rows == 110


def test_killed_before_it_was_put_down_all_of_it_is_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with street() as told:
        told.sells(range(150))
        monkeypatch.setattr(hourly, "record", dies)
        with following() as live, pytest.raises(KeyboardInterrupt):
            live.step()
        assert not Position.objects.exists()
        assert not Finding.objects.exists()
        monkeypatch.undo()
        with following() as live:
            assert live.step().findings


def test_a_failed_batch_is_done_again_and_no_call_counts_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise OSError("disk")

    with street() as told, following() as live:
        told.sells(range(150))
        monkeypatch.setattr(hourly, "record", fails)
        with pytest.raises(OSError, match="disk"):
            live.step()
        monkeypatch.undo()
        assert live.step().findings
    assert max(row.calls for row in queries.findings(EVERY)) == 150


def test_a_segment_that_went_to_the_lake_unread_is_read_there() -> None:
    writer = journal.Writer(django.HOME.journal)
    with street() as told, following() as live:
        live.step()
        Street(writer).sells(range(150))
        for path in writer.close():
            calls.store_segment(django.HOME, path)
            path.unlink()
        told.call(phone(1), phone(2))
        assert live.step().calls == 151
        assert live.step() == (0, 0, [])
    assert _of_seller()


def test_after_a_day_down_only_what_came_since_is_judged_over_the_whole_window() -> None:
    with street() as told:
        told.sells(range(100))
        with following() as live:
            live.step()
        for path in told.writer.tick() or []:
            calls.store_segment(django.HOME, path)
        told.sells(range(100, 103), begin_s=60.0)
        with following() as live:
            assert live.step().numbers == 1
    assert max(row.calls for row in queries.findings(EVERY)) == 100 or _of_seller()


def test_calls_older_than_the_window_count_no_more() -> None:
    with street() as told, following() as live:
        told.sells(range(150), begin_s=timedelta(hours=30).total_seconds())
        told.call(SELLER, phone(1))
        live.step()
    assert not [row for row in queries.findings(EVERY) if row.rule != "score"]


def test_positions_are_kept_for_as_long_as_a_window_may_need_them() -> None:
    Position.objects.create(segment="0" * 32, rows=1, at=clock.now() - timedelta(days=5))
    Position.objects.create(segment="1" * 32, rows=1, at=clock.now())
    assert actions.forget_positions() == 1
    assert actions.kept() == {"1" * 32: 1}


def _head(number: str) -> int:
    from mingbai.calls import queries as lake
    from mingbai.kernel.msisdn import parse

    row = Finding.objects.first()
    assert row is not None
    return int(lake.heads(django.HOME, [int(parse(number).digits)], row.quarter)[0])
