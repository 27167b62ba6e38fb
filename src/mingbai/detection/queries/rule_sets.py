"""Rule sets, what each changes, and what its shadow runs showed."""

from __future__ import annotations

from typing import Any, NamedTuple

from mingbai.detection import settings as rule_settings
from mingbai.detection.models import RuleSet, ShadowHit, ShadowRun
from mingbai.detection.queries.findings import holder_names, mark_of, reason_of, terms_of
from mingbai.detection.queries.views import Changed, Hit, Quality, RuleSetView, ShadowView
from mingbai.detection.states import Kind, SetState
from mingbai.kernel.profile import Detection
from mingbai.ledger import queries as ledger


class InForce(NamedTuple):
    """The rules that judge now. `rules` 0: the profile's own."""

    rules: int
    settings: Detection


def in_force() -> InForce:
    """The rule set that is live, over the profile's own settings."""
    row = RuleSet.objects.filter(state=SetState.LIVE).first()
    return InForce(row.id if row else 0, rule_settings.over(row.settings if row else {}))


def settable() -> list[str]:
    """Names of the settings that a rule set may change, in the profile's order."""
    return rule_settings.names()


def rule_sets(*, after: int = 0, limit: int = 50) -> list[RuleSetView]:
    """Rule sets, newest first."""
    return [_view(row) for row in RuleSet.objects.order_by("-id")[after : after + limit]]


def rule_set(rules: int) -> RuleSetView | None:
    row = RuleSet.objects.filter(id=rules).first()
    return _view(row) if row else None


def shadow_run(run: int) -> ShadowView | None:
    row = ShadowRun.objects.filter(id=run).first()
    return _run(row) if row else None


def hits(run: int, *, change: str = "", decided: bool = False, after: int = 0, limit: int = 100) -> list[Hit]:
    """Whom a shadow run hits otherwise, the highest score first; only those whose case was decided, if asked."""
    rows = ShadowHit.objects.filter(run=run)
    if change:
        rows = rows.filter(change=change)
    if decided:
        rows = rows.exclude(decided="")
    found = list(rows.order_by("-score", "id")[after : after + limit])
    names = holder_names(row.holder for row in found)
    return [
        Hit(
            row.id, row.change, row.kind, mark_of(row.kind, row.head), row.holder, names.get(row.holder, ""), row.day,
            row.rule, row.verdict, row.score, terms_of(row.terms), reason_of(row.reason), row.calls, row.decided,
            row.head if row.kind == Kind.TRUNK else 0,
        )
        for row in found
    ]  # fmt: skip


def _view(row: RuleSet) -> RuleSetView:
    return RuleSetView(
        id=row.id, note=row.note, changes=_changes(row.settings), state=row.state, proposed_by=row.proposed_by,
        proposed_at=row.proposed_at, shadowed_at=row.shadowed_at, live_by=row.live_by or 0, live_at=row.live_at,
        over_at=row.over_at, runs=[_run(one) for one in row.runs.order_by("-id")], index=ledger.status(row.entry),
    )  # fmt: skip


def _changes(wished: dict[str, Any]) -> list[Changed]:
    """Each setting beside what the profile says; a set's change is told against the profile, which does not move."""
    return [Changed(name, rule_settings.value(name), wished[name], rule_settings.unit(name)) for name in sorted(wished)]


def _run(row: ShadowRun) -> ShadowView:
    figures = row.figures
    counted = figures.get("changes", {})
    return ShadowView(
        id=row.id, rules=row.rules_id, against=row.against, first_day=row.first_day, last_day=row.last_day,
        days=(row.last_day - row.first_day).days + 1, done_days=row.done_days, state=row.state, asked_by=row.asked_by,
        asked_at=row.asked_at, done_at=row.done_at, calls=row.calls, new=counted.get("new", 0),
        gone=counted.get("gone", 0), same=counted.get("same", 0), before=Quality(**figures.get("before", {})),
        after=Quality(**figures.get("after", {})), problem=row.problem,
    )  # fmt: skip
