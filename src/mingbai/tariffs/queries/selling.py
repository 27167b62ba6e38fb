"""What may be sold: for whoever makes an order of it."""

from __future__ import annotations

from collections.abc import Iterable

from mingbai.tariffs.models import Version
from mingbai.tariffs.queries.plans import Full, _full

# For joins in another room's statement: versions that are published and on sale; the day is its parameter, twice.
ON_SALE_SQL = """(SELECT id, plan_id, sha256 FROM tariffs_version
WHERE state = 'published' AND (on_date IS NULL OR on_date <= %s) AND (off_date IS NULL OR off_date >= %s))"""


def published(operator: int, codes: Iterable[str]) -> dict[str, Full]:
    """What the zone shows as published of an operator's plans, by their codes."""
    rows = Version.objects.filter(plan__operator_id=operator, plan__code__in=list(codes), state="published")
    return {row.plan.code: _full(row) for row in rows.select_related("plan", "body")}


def plan_of(operator: int, code: str) -> int | None:
    """The plan of an operator's code, published or not."""
    return Version.objects.filter(plan__operator_id=operator, plan__code=code).values_list("plan_id", flat=True).first()


def plan_code(plan: int) -> tuple[int, str] | None:
    """Operator and code (方案编号) of a plan."""
    return Version.objects.filter(plan_id=plan).values_list("plan__operator_id", "plan__code").first()
