"""Holders by what their numbers did, and the days that were gone through."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Q

from mingbai.detection.models import DayRun, Finding, HolderDay
from mingbai.detection.queries.findings import holder_names
from mingbai.detection.queries.views import DayView, HolderSpot
from mingbai.detection.states import State


def holders_day() -> date | None:
    """The newest day that holders were counted for; None before the first."""
    newest: date | None = HolderDay.objects.aggregate(newest=Max("day"))["newest"]
    return newest


def holders(day: date, days: int, *, limit: int = 200) -> list[HolderSpot]:
    """Holders whose numbers called in the `days` that end with `day`, as that day's detection counted them, most calls
    after refusal first; their findings and cases of the same days."""
    rows = list(HolderDay.objects.filter(day=day).order_by("-after_refusal", "-calls", "holder")[:limit])
    ids = [row.holder for row in rows]
    names = holder_names(ids)
    since = day - timedelta(days=days - 1)
    counted: dict[int, Any] = {
        one["holder"]: one
        for one in Finding.objects.filter(holder__in=ids, day__range=(since, day))
        .values("holder")
        .annotate(found=Count("id"), cases=Count("case", distinct=True, filter=Q(state=State.CASED)))
    }
    return [
        HolderSpot(
            row.holder, names.get(row.holder, ""), row.numbers, row.calls, row.callees, row.after_refusal,
            row.refusers, row.hopped, counted.get(row.holder, {}).get("found", 0),
            counted.get(row.holder, {}).get("cases", 0),
        )
        for row in rows
    ]  # fmt: skip


def day_runs(limit: int = 30) -> list[DayView]:
    """Days that were gone through whole, or are waiting to be; newest first."""
    rows = DayRun.objects.order_by("-day")[:limit]
    return [DayView(row.day, row.state, row.calls, row.findings, row.took_ms, row.done_at) for row in rows]
