"""Holders by what their numbers did, and the days that were gone through."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, Sum

from mingbai.detection.models import DayRun, Finding, HolderDay
from mingbai.detection.queries.findings import holder_names
from mingbai.detection.queries.views import DayView, HolderSpot
from mingbai.detection.states import State


def holders(first: date, last: date, *, limit: int = 200) -> list[HolderSpot]:
    """Holders whose numbers called in these local days, most calls after refusal first.

    People are summed over days: somebody called on two days counts twice.
    """
    rows = list(
        HolderDay.objects.filter(day__range=(first, last))
        .values("holder")
        .annotate(
            most=Max("numbers"),
            called=Sum("calls"),
            people=Sum("callees"),
            after=Sum("after_refusal"),
            refusing=Sum("refusers"),
            hops=Sum("hopped"),
        )
        .order_by("-after", "-called", "holder")[:limit]
    )
    ids = [row["holder"] for row in rows]
    names = holder_names(ids)
    counted: dict[int, Any] = {
        one["holder"]: one
        for one in Finding.objects.filter(holder__in=ids, day__range=(first, last))
        .values("holder")
        .annotate(found=Count("id"), cases=Count("case", distinct=True, filter=Q(state=State.CASED)))
    }
    return [
        HolderSpot(
            row["holder"], names.get(row["holder"], ""), row["most"], row["called"], row["people"], row["after"],
            row["refusing"], row["hops"], counted.get(row["holder"], {}).get("found", 0),
            counted.get(row["holder"], {}).get("cases", 0),
        )
        for row in rows
    ]  # fmt: skip


def day_runs(limit: int = 30) -> list[DayView]:
    """Days that were gone through whole, or are waiting to be; newest first."""
    rows = DayRun.objects.order_by("-day")[:limit]
    return [DayView(row.day, row.state, row.calls, row.findings, row.took_ms, row.done_at) for row in rows]
