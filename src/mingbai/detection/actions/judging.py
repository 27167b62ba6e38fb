"""What becomes of a finding: a case, by a person or by a rule that the profile lets; or nothing, with a reason.

Detection disposes of nothing itself: a case is where a person verifies, and only there measures follow.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings as django
from django.db import transaction
from django.db.models import QuerySet

from mingbai.calls import actions as calls
from mingbai.cases import actions as cases
from mingbai.cases import queries as case_queries
from mingbai.detection import events
from mingbai.detection import settings as rule_settings
from mingbai.detection.models import Cased, Finding
from mingbai.detection.states import Kind, State, Verdict
from mingbai.kernel import clock, msisdn, profile
from mingbai.kernel.msisdn import Kind as Sort
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger

MOST_NUMBERS = 20
"""Of a finding about a holder, a trunk or a person bombed: on how many of its cited callers cases are opened."""
_LONGEST = 400
_AT_ONCE = 50
QUIET, NO_NUMBER, NO_KEY = "quiet", "no_number", "no_key"
"""Why no rule opened a case on a finding; a person still may."""
_NEVER_BY_RULE = frozenset({Sort.EMERGENCY, Sort.PUBLIC_INTEREST})


def to_case(finding: int, *, account: int, reason: str) -> list[int]:
    """A person makes a finding a case: of a number one, of anything else one for each calling number that it cites, at
    most MOST_NUMBERS. The ids of the cases.

    The number's pseudonym is opened, which `reason` explains in the log. Raises Problem for an unknown finding, one
    that was decided, a reason that says nothing, and when the key of its quarter is gone.
    """
    why = _said(reason)
    with transaction.atomic():
        row = _held(finding)
        return _cased(row, account, why)


def dismiss(finding: int, *, account: int, reason: str) -> None:
    """A person says that nothing comes of a finding, nor of what other rules found in the same calls.

    Raises Problem as `to_case`.
    """
    why = _said(reason)
    with transaction.atomic():
        row = _held(finding)
        _decided(row, State.DISMISSED, account, why)
        also = _others(row).update(
            state=State.DISMISSED, decided_by=account, decided_at=clock.now(), why=why, updated_at=clock.now()
        )
        content = {"account": account, "also": also, "finding": row.id}
        ledger.append(events.DISMISSED, content, ref=f"detection:{row.id}")


def to_cases_by_rule(limit: int = _AT_ONCE) -> int:
    """Open cases on findings whose rule the profile lets open some; how many were looked at.

    Never on a suspicion, nor on more than the profile's `cases_per_day`, nor on a number that a person cleared within
    `quiet_days`. Each in its own transaction: killed anywhere, the rest is done next time.
    """
    rules = rule_settings.of_profile()
    wanted = Finding.objects.filter(
        state=State.NEW, verdict=Verdict.FINDING, kind=Kind.NUMBER, rule__in=rules.case_rules, why=""
    ).order_by("id")  # fmt: skip
    first = list(wanted.values_list("id", flat=True)[:limit])
    room = rules.cases_per_day - _opened_today() if first else 0
    done = 0
    for finding in first[: max(0, room)]:
        with transaction.atomic():
            done += _by_rule(finding, rules.quiet_days)
    return done


def _by_rule(finding: int, quiet_days: int) -> bool:
    row = Finding.objects.select_for_update().filter(id=finding, state=State.NEW, why="").first()
    if row is None:
        return False
    try:
        number = _opened(row.head, row.tail, row.quarter, f"detection:{row.id} {row.rule}", None)
    except Problem as problem:
        return _left(row, NO_KEY if problem.code == "calls.key_destroyed" else NO_NUMBER)
    if not number.valid or number.kind in _NEVER_BY_RULE:
        return _left(row, NO_NUMBER)
    since = clock.now() - timedelta(days=quiet_days)
    if quiet_days and (_dismissed_since(row, since) or case_queries.cleared_since(number, since)):
        return _left(row, QUIET)
    _into_case(row, row.head, row.tail, number, None)
    return True


def _dismissed_since(row: Finding, since: datetime) -> bool:
    same = Finding.objects.filter(kind=row.kind, head=row.head, tail=row.tail, state=State.DISMISSED)
    return same.filter(decided_at__gte=since).exists()


def _left(row: Finding, why: str) -> bool:
    """To people: no rule looks at it again unless it is found anew."""
    Finding.objects.filter(id=row.id, state=State.NEW).update(why=why)
    return True


def _cased(row: Finding, account: int, why: str) -> list[int]:
    found = []
    for head, tail in _callers(row):
        number = _opened(head, tail, row.quarter, why, account)
        if number.valid:
            found.append(_into_case(row, head, tail, number, account, why))
    if not found:
        what = "this finding cites no calling number that a case could be about"
        raise Problem("detection.no_caller", what, where="finding", status=409)
    return sorted(set(found))


def _callers(row: Finding) -> list[tuple[int, int]]:
    """Whose numbers a case would be about, who called most before."""
    if row.kind == Kind.NUMBER:
        return [(row.head, row.tail)]
    counted = Counter((one["caller"], one["caller_tail"]) for one in row.cited)
    return [caller for caller, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))][:MOST_NUMBERS]


def _opened(head: int, tail: int, quarter: str, reason: str, account: int | None) -> Msisdn:
    """The number behind a pseudonym; why it was opened stands in the log."""
    return msisdn.of_digits(calls.open_number(head, tail, quarter, reason, account))


def _into_case(row: Finding, head: int, tail: int, number: Msisdn, account: int | None, why: str = "") -> int:
    case = cases.open_case(number=number.e164, ground="detection", detection=row.id, account=account)
    made = {"head": head, "tail": tail, "account": account, "at": clock.now()}
    Cased.objects.get_or_create(finding=row, case=case, defaults=made)
    if row.state == State.NEW:
        _decided(row, State.CASED, account, why, case)
        if row.kind == Kind.NUMBER:
            _follow(row, case, made, account)
    content = {"account": account or 0, "case": case, "finding": row.id}
    ledger.append(events.CASED, content, ref=f"case:{case}")
    return case


def _follow(row: Finding, case: int, made: dict[str, Any], account: int | None) -> None:
    """What other rules found about the number, and nobody decided, goes to the same case."""
    also = list(_others(row).values_list("id", flat=True))
    Cased.objects.bulk_create([Cased(finding_id=one, case=case, **made) for one in also], ignore_conflicts=True)
    now = clock.now()
    _others(row).filter(id__in=also).update(
        state=State.CASED, case=case, decided_by=account, decided_at=now, updated_at=now, why=""
    )


def _others(row: Finding) -> QuerySet[Finding]:
    """Other undecided findings about the same subject, by whatever rule, of that day and before."""
    same = Finding.objects.filter(kind=row.kind, head=row.head, tail=row.tail, state=State.NEW, day__lte=row.day)
    return same.exclude(id=row.id)


def _held(finding: int) -> Finding:
    row = Finding.objects.select_for_update().filter(id=finding).first()
    if row is None:
        raise Problem("detection.no_finding", "there is no such finding", where="finding", status=404)
    if row.state != State.NEW:
        raise Problem("detection.decided", f"the finding is {row.state}", where="finding", status=409)
    return row


def _decided(row: Finding, state: State, account: int | None, why: str, case: int | None = None) -> None:
    rows = Finding.objects.filter(id=row.id, state=State.NEW)
    if not rows.update(state=state, case=case, decided_by=account, decided_at=clock.now(), why=why):
        raise Problem("detection.decided", "somebody decided this in the meantime", where="finding", status=409)
    row.state = state


def _opened_today() -> int:
    zone = ZoneInfo(profile.load(django.HOME).gate.timezone)
    midnight = datetime.combine(clock.now().astimezone(zone).date(), time(), zone)
    return Cased.objects.filter(account=None, at__gte=midnight).count()


def _said(text: str) -> str:
    kept = text.replace("\r\n", "\n").strip()
    if not 4 <= len(kept) <= _LONGEST:
        what = f"between 4 and {_LONGEST} characters are needed"
        raise Problem("detection.words", what, where="reason", mend="say it in a few words")
    return kept
