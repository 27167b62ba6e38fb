"""One plan: what the zone shows of it, what it was, what is being written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.people import queries as people
from mingbai.tariffs import content as contents
from mingbai.tariffs import diff, rules
from mingbai.tariffs.content import Content
from mingbai.tariffs.models import Answer, Body, Plan, Version

PUBLIC = ("published", "replaced", "withdrawn")
_LAST = date(9000, 1, 1)  # behind it a day has no next one in every zone


class Full(NamedTuple):
    """A version and its content. `plan` is the plan's id, under which the zone shows it; `entry` its ledger entry."""

    plan: int
    version: int
    number: int
    operator: int
    operator_name: str
    state: str
    sha256: str
    content: Content
    published_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    entry: int | None

    @property
    def on_sale(self) -> bool:
        """Published, and today lies between its dates."""
        return self.state == "published" and self.content.sold_on(today())


class Past(NamedTuple):
    """One version in a plan's history, with what changed against the one before."""

    full: Full
    changes: list[diff.Change]


class WorkView(NamedTuple):
    """A version that is being written or reviewed."""

    version: int
    plan: int
    number: int
    code: str
    name: str
    kind: str
    state: str
    editors: tuple[int, ...]
    created_at: datetime


def today() -> date:
    """The day in the house's zone: dates of tariffs are of that zone."""
    return timezone.localtime(clock.now()).date()


def content_of(version: int) -> Content:
    """The content of any version. Raises Problem for an unknown one."""
    text = Body.objects.filter(version_id=version).values_list("text", flat=True).first()
    if text is None:
        raise Problem("tariffs.unknown", "no such tariff", where="version", status=404)
    return contents.parse(text)


def findings(version: int) -> list[rules.Finding]:
    """What stands against publishing the version today."""
    return rules.check(content_of(version), today())


def answers(version: int) -> dict[str, str]:
    """What was said to the questions about a version, by key."""
    return dict(Answer.objects.filter(version_id=version).values_list("key", "text"))


def full(plan: int) -> Full | None:
    """What the zone shows of a plan now; None when it never was published."""
    row = Version.objects.filter(shown_by__id=plan).select_related("plan", "body").first() if plan < 1 << 63 else None
    return _full(row) if row else None


def fulls(plans: Iterable[int]) -> dict[int, Full]:
    """What the zone shows of several plans, by plan."""
    rows = Version.objects.filter(shown_by__id__in=list(plans)).select_related("plan", "body")
    return {row.plan_id: _full(row) for row in rows}


def version(version: int) -> Full | None:
    """Any version, for staff."""
    if version >= 1 << 63:
        return None
    row = Version.objects.filter(id=version).select_related("plan", "body").first()
    return _full(row) if row else None


def as_of(plan: int, day: date) -> Full | None:
    """What the zone showed of a plan at the end of a day; None when nothing."""
    if plan >= 1 << 63:
        return None
    day = min(day, _LAST)
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    found = Version.objects.filter(plan_id=plan, state__in=PUBLIC, published_at__lt=end).select_related("plan", "body")
    row = found.order_by("-published_at", "-number").first()
    return _full(row) if row and not (row.ended_at and row.ended_at < end) else None


def history(plan: int) -> list[Past]:
    """Every version that was ever public, the latest first."""
    rows = Version.objects.filter(plan_id=plan, state__in=PUBLIC).select_related("plan", "body").order_by("number")
    found: list[Past] = []
    for row in rows:
        one = _full(row)
        found.append(Past(one, diff.between(found[-1].full.content, one.content) if found else []))
    return found[::-1]


def find_code(operator: int, code: str) -> Version | None:
    """The latest version of a plan by its operator's code, published or in work. For this room alone."""
    rows = Version.objects.filter(plan__operator_id=operator, plan__code=code).exclude(state="discarded")
    return rows.order_by("-number").first()


def in_work(operator: int, state: str = "", limit: int = 200) -> list[WorkView]:
    """Drafts and versions in review of an operator, the oldest first."""
    rows = Version.objects.filter(plan__operator_id=operator, state__in=[state] if state else ["draft", "in_review"])
    found = rows.select_related("plan").order_by("id")[:limit]
    return [
        WorkView(r.id, r.plan_id, r.number, r.plan.code, r.name, r.kind, r.state, tuple(r.editors), r.created_at)
        for r in found
    ]


def _full(row: Version) -> Full:
    plan: Plan = row.plan
    name = people.organisation_names([plan.operator_id]).get(plan.operator_id, "")
    return Full(
        plan.id, row.id, row.number, plan.operator_id, name, row.state, row.sha256, contents.parse(row.body.text),
        row.published_at, row.ended_at, row.end_reason, row.entry,
    )  # fmt: skip
