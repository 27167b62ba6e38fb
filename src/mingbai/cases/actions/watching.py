"""时限: nothing runs out in silence. A stage that was not done in its time is put on record, and stays on the page."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from mingbai.cases import events
from mingbai.cases.models import Directive, Report
from mingbai.cases.models.reports import LATE, Stage
from mingbai.cases.queries import clocks
from mingbai.cases.queries.whose import iso
from mingbai.kernel import clock
from mingbai.ledger import actions as ledger

AT_ONCE = 500
_log = logging.getLogger(__name__)


def watch_clocks(limit: int = AT_ONCE) -> int:
    """Note every clock that ran out since the last look, reports' and directives'; how many. For the work loop."""
    now, done = clock.now(), 0
    for stage, bit in LATE.items():
        overdue = Report.objects.filter(stage=stage, due_at__lte=now).exclude(_missed(bit))
        for ident in list(overdue.order_by("due_at", "id").values_list("id", flat=True)[:limit]):
            done += _miss(ident, stage, bit, now)
    for row in Directive.objects.filter(state=Directive.State.OPEN, late=False, due_at__lte=now)[:limit]:
        with transaction.atomic():
            if Directive.objects.filter(id=row.id, late=False).update(late=True):
                content = {"directive": row.follow, "due": iso(row.due_at), "stage": Stage.ANSWER}
                ledger.append(events.CLOCK_MISSED, content, subject=f"organisation:{row.organisation_id}")
                done += 1
    return done


def _missed(bit: int) -> Q:
    """Reports whose clock of that stage is noted as missed."""
    return Q(late__in=[mask for mask in range(1 << len(LATE)) if mask & bit])


def _miss(ident: int, stage: Stage, bit: int, now: datetime) -> int:
    with transaction.atomic():
        mine = Report.objects.filter(id=ident, stage=stage, due_at__lte=now).exclude(_missed(bit))
        if not mine.update(late=F("late") + bit):
            return 0
        row = Report.objects.get(id=ident)
        # The house's own failure: it is the house's entry, and stays when the reporter is forgotten.
        ledger.append(events.CLOCK_MISSED, {"due": iso(row.due_at), "report": row.follow, "stage": stage})
    return 1


def watch_calendar(limit: int = AT_ONCE) -> int:
    """Count provisional deadlines anew once their years are known; how many. Tell the service's log of years that are
    not. For the work loop; pages of the console show the same alarm."""
    for year in clocks.unknown_years():
        _log.warning("the calendar does not know the days off of %d: deadlines in it are provisional", year)
    done = 0
    waiting = Report.objects.filter(provisional=True).exclude(stage=Stage.DONE).order_by("id")
    for row in waiting[:limit]:
        due = clocks.due(row.stage_at, row.stage)
        if not due.provisional:
            mine = Report.objects.filter(id=row.id, stage=row.stage, provisional=True)
            done += mine.update(due_at=due.at, provisional=False)
    return done
