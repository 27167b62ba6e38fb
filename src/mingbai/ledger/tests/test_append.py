"""Entries stand and fall with the transaction that makes them true."""

from __future__ import annotations

import pytest
from django.db import transaction

from mingbai.kernel.problems import Problem
from mingbai.ledger import actions, order, queries

pytestmark = pytest.mark.django_db


def test_an_entry_gets_its_place_and_opens_again() -> None:
    with transaction.atomic():
        first = actions.append("test.said", {"word": "好"}, subject="subscriber:1", ref="subscriber:1")
        second = actions.append("test.said", {"word": "b"})
    assert queries.status(first) is None
    assert queries.receipt(first) is None
    assert order.integrate() == 2
    assert order.integrate() == 0
    assert [queries.status(first), queries.status(second), queries.size()] == [0, 1, 2]
    assert [(c.index, c.ref) for c in queries.changes(-1, 10)] == [(0, "subscriber:1"), (1, "")]
    view = queries.opened(first)
    assert view
    assert view.content == {"word": "好"}
    assert queries.receipt(first)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_appended() -> None:
    with pytest.raises(RuntimeError):
        actions.append("test.said", {})
    with transaction.atomic(), pytest.raises(RuntimeError):
        order.integrate()


def test_a_key_made_in_a_transaction_that_was_rolled_back_seals_nothing_later() -> None:
    with transaction.atomic():
        actions.append("test.said", {}, subject="subscriber:2")
        transaction.set_rollback(True)
    with transaction.atomic():
        entry = actions.append("test.said", {"n": 1}, subject="subscriber:2")
    view = queries.opened(entry)
    assert view
    assert view.content == {"n": 1}


def test_a_shredded_subject_takes_no_more_entries() -> None:
    with transaction.atomic():
        entry = actions.append("test.said", {}, subject="subscriber:3")
    actions.shred("subscriber:3", reason="asked")
    view = queries.opened(entry)
    assert view
    assert view.content is None
    with pytest.raises(Problem, match="destroyed"), transaction.atomic():
        actions.append("test.said", {}, subject="subscriber:3")
