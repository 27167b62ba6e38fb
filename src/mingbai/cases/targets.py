"""Whose calls a case is about, who answers for them, and who had a part in it."""

from __future__ import annotations

from mingbai.cases.models import Case, Measure
from mingbai.cases.rules import casework as rules
from mingbai.cases.rules.appeals import Party
from mingbai.kernel.problems import Problem
from mingbai.people import queries as people


def number_of(row: Case) -> str:
    """The number in normal form, for the house's own work; "" when its user was erased, or somebody else has it."""
    if not row.subscriber_id:
        return row.digits
    try:
        return people.number_of(row.subscriber_id).digits if people.is_current(row.subscriber_id) else ""
    except Problem:
        return ""


def party_of(row: Case) -> Party:
    """Who answers for the number: its holder, else the person who has it, else nobody that we know."""
    if row.holder_id:
        return Party(organisation=row.holder_id)
    return Party(subscriber=row.subscriber_id or 0)


def party_of_measure(row: Measure) -> Party:
    """Who is restricted by it: the organisation that it names, else who answers for the number."""
    return Party(organisation=row.organisation_id) if row.organisation_id else party_of(row.case)


def people_of(row: Case) -> rules.People:
    """The accounts that had a part in a case."""
    others: set[int | None] = set(row.checks.values_list("account", flat=True))
    others |= set(row.samples.values_list("account", flat=True))
    others |= set(row.questions.values_list("account", flat=True))
    others |= set(row.findings.values_list("account", flat=True))
    others |= set(row.measures.values_list("proposed_by", flat=True))
    others |= {row.opened_by, *row.verified_before}
    seconds: set[int | None] = set(row.measures.values_list("approved_by", flat=True))
    seconds |= set(row.appeals.values_list("answered_by", flat=True))
    if row.state != rules.State.OVERTURNED:  # else whoever decided the appeal lifted everything
        seconds |= set(row.measures.values_list("over_by", flat=True))
    return rules.People(
        row.verifier or 0, frozenset(one for one in others if one), frozenset(one for one in seconds if one)
    )
