"""Every way in which every number ever stood, at once: for who reads millions of calls against it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from mingbai.numbers.models import Assignment, Standing

FOREVER_US = 1 << 62


class Span(NamedTuple):
    """Numbers first ≤ n ≤ last stood so while since ≤ t < until, µs since the epoch. `use`: a value of terms.Use."""

    first: int
    last: int
    since_us: int
    until_us: int
    resource: int
    holder: int
    principal: int
    use: str


class AssignedSpan(NamedTuple):
    """On one trunk the numbers of a resource called for another principal than it has, in a time."""

    resource: int
    trunk: int
    since_us: int
    until_us: int
    principal: int


def spans() -> Iterator[Span]:
    """By resource, oldest first."""
    rows = Standing.objects.order_by("number_id", "began_at", "id").values_list(
        "number__first", "number__last", "began_at", "ended_at", "number__closed_at", "number_id", "holder_id",
        "principal_id", "use",
    )  # fmt: skip
    for first, last, began, ended, closed, resource, holder, principal, use in rows.iterator(chunk_size=10_000):
        yield Span(first, last, _us(began), min(_us(ended), _us(closed)), resource, holder, principal, use)


def assigned_spans() -> Iterator[AssignedSpan]:
    """By resource and trunk, oldest first."""
    rows = Assignment.objects.order_by("number_id", "trunk_id", "began_at").values_list(
        "number_id", "trunk_id", "began_at", "ended_at", "principal_id"
    )
    for resource, trunk, began, ended, principal in rows.iterator(chunk_size=10_000):
        yield AssignedSpan(resource, trunk, _us(began), _us(ended), principal)


def _us(moment: datetime | None) -> int:
    return FOREVER_US if moment is None else int(moment.timestamp() * 1e6)
