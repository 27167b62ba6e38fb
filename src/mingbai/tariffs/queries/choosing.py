"""Which plan is cheapest for a use, and which plans nobody needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mingbai.tariffs import content as contents
from mingbai.tariffs import rules
from mingbai.tariffs.content import Content, Kind
from mingbai.tariffs.models import Body, Version
from mingbai.tariffs.queries.listing import around
from mingbai.tariffs.queries.plans import today

_AT_ONCE = 100


class Choice(NamedTuple):
    """A plan and what the use costs under it."""

    plan: int
    content: Content
    cost: rules.Cost


class Standing(NamedTuple):
    """A package among the others: fen a month, MB; `better` the plan that makes it needless, or None."""

    plan: int
    name: str
    code: str
    month_fen: int
    data_mb: int
    voice_min: int
    better: int | None


def cheapest(use: rules.Use, *, region: str = "", audience: str = "public", limit: int = 5) -> list[Choice]:
    """The packages on sale today that cost least for the use, open to everyone or to `audience`.

    Packages are read by their monthly price upwards; as nothing costs less than that, reading ends once the rest
    cannot be cheaper.
    """
    found: list[Choice] = []
    for plan, month, content in _packages(region, audience):
        if len(found) == limit and month >= found[-1].cost.total:
            break
        # What a trial costs is not what a month costs.
        cost = rules.cost(content, use) if content.trial is None else None
        if cost is not None:
            found = sorted([*found, Choice(plan, content, cost)], key=lambda one: (one.cost.total, one.plan))[:limit]
    return found


def _packages(region: str, audience: str) -> Iterator[tuple[int, int, Content]]:
    day = today()
    rows = Version.objects.filter(
        state="published", kind=Kind.PACKAGE, month_fen__isnull=False, on_date__lte=day, off_date__gte=day,
        audience__in={"public", audience},
    )  # fmt: skip
    if region:
        rows = rows.filter(tags__sort="r", tags__value__in=around(region)).distinct()
    keys = list(rows.order_by("month_fen", "id").values_list("id", "plan_id", "month_fen"))
    for first in range(0, len(keys), _AT_ONCE):
        part = keys[first : first + _AT_ONCE]
        texts = dict(Body.objects.filter(version_id__in=[key for key, _, _ in part]).values_list("version_id", "text"))
        for key, plan, month in part:
            assert month is not None
            yield plan, month, contents.parse(texts[key])


def needless(operator: int) -> list[Standing]:
    """Every package of the operator on sale that can be compared, and which other makes it needless."""
    day = today()
    rows = Version.objects.filter(
        state="published", kind=Kind.PACKAGE, month_fen__isnull=False, plan__operator_id=operator, on_date__lte=day,
        off_date__gte=day,
    ).select_related("body", "plan")  # fmt: skip
    offers, kept = [], []
    for row in rows.iterator(chunk_size=500):
        one = rules.offer(row.plan_id, contents.parse(row.body.text))
        if one is not None:
            offers.append(one)
            kept.append(row)
    better = rules.needless(offers)
    return [
        Standing(row.plan_id, row.name, row.plan.code, row.month_fen or 0, row.data_mb or 0, row.voice_min or 0,
                 better.get(row.plan_id))
        for row in kept
    ]  # fmt: skip
