"""Findings put down: each once, however often and by however many runs it is found."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from mingbai.detection import events
from mingbai.detection.models import Finding, Position
from mingbai.detection.states import Found as By
from mingbai.detection.states import State, Verdict
from mingbai.kernel import clock
from mingbai.ledger import actions as ledger
from mingbai.ledger import canonical
from mingbai.ledger.canonical import Json

_AT_ONCE = 500
_POSITIONS = timedelta(days=4)  # the longest window is two days
_FIGURES = (
    "quarter", "verdict", "rules", "score", "figures", "terms", "reason", "against", "cited", "campaign", "calls",
    "first_us", "last_us", "holder", "principal", "trunk",
)  # fmt: skip


class Found(NamedTuple):
    """A judgement as it is to be put down; fields as those of models.Finding."""

    kind: str
    head: int
    tail: int
    quarter: str
    day: date
    rule: str
    verdict: str
    score: float
    figures: dict[str, int]
    terms: list[tuple[str, float, float, float]]
    reason: tuple[str, dict[str, list[float]]]
    against: list[str]
    cited: list[dict[str, Any]]
    calls: int
    first_us: int
    last_us: int
    holder: int = 0
    principal: int = 0
    trunk: int = 0
    campaign: str = ""

    @property
    def key(self) -> tuple[str, int, int, date, str]:
        """One finding of each."""
        return self.kind, self.head, self.tail, self.day, self.rule


class Recorded(NamedTuple):
    """Ids of findings that are new, and of those whose verdict or figures were put right."""

    new: list[int]
    changed: list[int]


def record(found: Collection[Found], *, by: By, rules: int, positions: Mapping[str, int] | None = None) -> Recorded:
    """Put findings down, with how far the journal was judged when they were made, in one transaction.

    The same again changes nothing. A suspicion becomes a finding when it is found as one; what a whole day says
    replaces what its hours said, as long as nobody has decided. `positions`: rows judged by journal segment.
    """
    with transaction.atomic():
        known = dict(_known(found))
        fresh = [one for one in found if one.key not in known]
        better = [(known[one.key], one) for one in found if one.key in known and _is_news(known[one.key], one, by)]
        new: list[int] = []
        if fresh or better:
            entry = _entered([*fresh, *(one for _, one in better)], rules, len(fresh))
            new = _inserted(fresh, by, rules, entry)
        changed = [row.id for row, one in better if _put_right(row, one, rules)]
        if positions:
            _keep(positions)
        return Recorded(new, changed)


def kept() -> dict[str, int]:
    """How many rows of each journal segment were judged."""
    return dict(Position.objects.values_list("segment", "rows"))


def forget_positions() -> int:
    """Positions of segments that no window reaches any more; how many."""
    gone, _ = Position.objects.filter(at__lt=clock.now() - _POSITIONS).delete()
    return gone


def _keep(positions: Mapping[str, int]) -> None:
    now = clock.now()
    rows = [Position(segment=segment, rows=rows, at=now) for segment, rows in sorted(positions.items())]
    Position.objects.bulk_create(
        rows, update_conflicts=True, update_fields=["rows", "at"], unique_fields=["segment"], batch_size=_AT_ONCE
    )


def _known(found: Iterable[Found]) -> Iterator[tuple[tuple[str, int, int, date, str], Finding]]:
    """Findings that stand already, by key."""
    by_day: dict[date, set[int]] = {}
    for one in found:
        by_day.setdefault(one.day, set()).add(one.head)
    for day, heads in by_day.items():
        wanted = sorted(heads)
        for start in range(0, len(wanted), _AT_ONCE):
            for row in Finding.objects.filter(day=day, head__in=wanted[start : start + _AT_ONCE]):
                yield (row.kind, row.head, row.tail, row.day, row.rule), row


def _is_news(row: Finding, one: Found, by: By) -> bool:
    if row.state != State.NEW:
        return False
    if row.verdict == Verdict.SUSPICION and one.verdict == Verdict.FINDING:
        return True
    return by is By.DAY and _stored(row) != _fields(one)


def _stored(row: Finding) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FIGURES if name != "rules"}


def _fields(one: Found) -> dict[str, Any]:
    """As the table has them: tuples are lists there."""
    found = {name: getattr(one, name) for name in _FIGURES if name != "rules"}
    return {**found, "terms": [list(term) for term in one.terms], "reason": list(one.reason)}


def _inserted(fresh: Sequence[Found], by: By, rules: int, entry: int) -> list[int]:
    now = clock.now()
    rows = [
        Finding(
            kind=one.kind, head=one.head, tail=one.tail, day=one.day, rule=one.rule, rules=rules, found=by,
            found_at=now, updated_at=now, entry=entry, **_fields(one),
        )
        for one in fresh
    ]  # fmt: skip
    # another run may put the same down in this moment: it is one finding, whoever was first
    Finding.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_AT_ONCE)
    return list(Finding.objects.filter(entry=entry).order_by("id").values_list("id", flat=True))


def _put_right(row: Finding, one: Found, rules: int) -> bool:
    rows = Finding.objects.filter(id=row.id, state=State.NEW)
    return bool(rows.update(**_fields(one), rules=rules, updated_at=clock.now(), why=""))


def _entered(found: Sequence[Found], rules: int, fresh: int) -> int:
    """One entry for all of a run: how many there are, and a hash over them that nobody can tell a number from."""
    lines = sorted(canonical.dumps(_said(one)) for one in found)
    content: dict[str, Json] = {
        "changed": len(found) - fresh,
        "findings": fresh,
        "rules": rules,
        "sha256": hashlib.sha256(b"\n".join(lines)).hexdigest(),
    }
    return ledger.append(events.RECORDED, content)


def _said(one: Found) -> dict[str, Any]:
    return {
        "calls": one.calls,
        "day": one.day.isoformat(),
        "head": str(one.head),
        "kind": one.kind,
        "quarter": one.quarter,
        "rule": one.rule,
        "score_milli": round(one.score * 1000),
        "tail": str(one.tail),
        "verdict": one.verdict,
    }
