"""What reporters added: that it is there, of which form, and who looked. The content is `actions.open_evidence`'s."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from mingbai.cases.models import Evidence


class EvidenceView(NamedTuple):
    """One recording or SMS. `looks`: account, when, why, oldest first. `size` in bytes."""

    id: int
    report: int
    kind: str
    name: str
    media: str
    size: int
    at: datetime
    looks: list[tuple[int, datetime, str]]


def evidence_of_report(report: int) -> list[EvidenceView]:
    return _views(Evidence.objects.filter(report_id=report))


def evidence_of_case(case: int) -> list[EvidenceView]:
    """Of every report in a case, and of those that were joined to one of them."""
    return _views(in_case(case))


def in_case(case: int) -> QuerySet[Evidence]:
    return Evidence.objects.filter(Q(report__case=case) | Q(report__joined__case=case))


def _views(rows: QuerySet[Evidence]) -> list[EvidenceView]:
    return [
        EvidenceView(
            row.id, row.report_id, row.kind, row.name, row.media, row.size, row.at,
            [(look.account, look.at, look.reason) for look in row.looks.order_by("id")],
        )
        for row in rows.order_by("id").prefetch_related("looks")
    ]  # fmt: skip
