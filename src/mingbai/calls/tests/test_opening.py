"""A pseudonym is opened for a stated reason, and the ledger keeps that it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings

from mingbai.calls import actions
from mingbai.calls.pseudonyms import Pseudonyms
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger

pytestmark = pytest.mark.django_db
QUARTER, NUMBER = "2026Q4", "8613812345678"


@pytest.fixture
def pseudonyms() -> Iterator[Pseudonyms]:
    made = Pseudonyms(settings.HOME)
    made.make(QUARTER)
    yield made
    made.destroy(QUARTER)


def test_it_opens_and_leaves_an_entry_without_the_number(pseudonyms: Pseudonyms) -> None:
    head, tail = pseudonyms.of(NUMBER, QUARTER)
    assert actions.open_number(head, tail, QUARTER, "  核实投诉\n12 ", 7, 12) == NUMBER
    (opened,) = [one for one in ledger.of_subject("") if one.kind == "calls.opened"]
    content = opened.content
    assert content == {
        "account": 7, "case": 12, "pseudonyms": [f"{head % 2**64:016x}"], "quarter": QUARTER, "reason": "核实投诉 12",
    }  # fmt: skip
    assert NUMBER not in str(content)


def test_many_leave_one_entry(pseudonyms: Pseudonyms) -> None:
    pairs = [pseudonyms.of(NUMBER, QUARTER), pseudonyms.of("", QUARTER)]
    assert actions.open_numbers(pairs, QUARTER, "日检", None) == [NUMBER, ""]


@pytest.mark.parametrize("reason", ["", "  \n ", "长" * 201])
def test_not_without_a_reason(pseudonyms: Pseudonyms, reason: str) -> None:
    with pytest.raises(Problem, match="stated reason"):
        actions.open_number(*pseudonyms.of(NUMBER, QUARTER), QUARTER, reason, 7)


def test_not_what_is_no_pseudonym_or_past_its_time(pseudonyms: Pseudonyms) -> None:
    head, tail = pseudonyms.of(NUMBER, QUARTER)
    with pytest.raises(Problem, match="no pseudonym"):
        actions.open_number(head + 1, tail, QUARTER, "核实", 7)
    with pytest.raises(Problem, match="key of 2026Q3 is gone"):
        actions.open_number(head, tail, "2026Q3", "核实", 7)
