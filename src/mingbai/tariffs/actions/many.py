"""Many versions at once: each is looked at, and moved, by itself; what stands against one holds up no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from mingbai.kernel.problems import Problem
from mingbai.tariffs import queries, rules
from mingbai.tariffs.actions import drafting, publishing

AT_MOST = 500


class Moved(NamedTuple):
    """What became of one version. `problem` says why it stays; `open`: the findings that stand in its way."""

    version: int
    code: str
    name: str
    problem: Problem | None
    open: tuple[rules.Finding, ...]


def publish_many(versions: Sequence[int], *, account: int, operator: int) -> list[Moved]:
    """Publish each version, as `publish` does it, in a transaction of its own; what became of each, in order.

    Versions of other operators are answered like unknown ones. Raises Problem for none, and for more than AT_MOST.
    """
    return _each(versions, operator, lambda version: publishing.publish(version, account=account))


def submit_many(versions: Sequence[int], *, account: int, operator: int) -> list[Moved]:
    """Send each draft to review, as `submit` does it; what became of each, in order. Raises as `publish_many`."""
    return _each(versions, operator, lambda version: drafting.submit(version, account=account))


def _each(versions: Sequence[int], operator: int, move: Callable[[int], object]) -> list[Moved]:
    chosen = list(dict.fromkeys(versions))
    if not 0 < len(chosen) <= AT_MOST:
        raise Problem("tariffs.choose", f"1 to {AT_MOST} tariffs are chosen", where="versions")
    return [_one(version, operator, move) for version in chosen]


def _one(version: int, operator: int, move: Callable[[int], object]) -> Moved:
    full = queries.version(version)
    if full is None or full.operator != operator:
        unknown = Problem("tariffs.unknown", "no such tariff", where="version", status=404)
        return Moved(version, "", "", unknown, ())
    try:
        move(version)
    except Problem as problem:
        found, answered = queries.findings(version), queries.answers(version)
        against = (*rules.errors(found), *rules.open_questions(rules.questions(found), answered))
        return Moved(version, full.content.code, full.content.name, problem, against)
    return Moved(version, full.content.code, full.content.name, None, ())
