"""举报的分诊: a report is looked up in the calls, counted or set aside with its reason; enough people open a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from mingbai.calls import queries as calls
from mingbai.cases import events, told
from mingbai.cases.actions.answers import conclude
from mingbai.cases.actions.casework.opening import open_case
from mingbai.cases.actions.reports import subject_of
from mingbai.cases.models import Case, Report, Reported
from mingbai.cases.models.reports import Stage
from mingbai.cases.queries import clocks, whose
from mingbai.cases.queries.whose import Tenure
from mingbai.cases.rules import reports as rules
from mingbai.cases.rules.casework import UNDER_WAY
from mingbai.kernel import clock
from mingbai.kernel.msisdn import Kind, Msisdn, of_digits
from mingbai.kernel.terms import LabelKind
from mingbai.ledger import actions as ledger
from mingbai.ledger.canonical import Json
from mingbai.notices.queries import profile
from mingbai.numbers import actions as said
from mingbai.numbers import queries as numbers
from mingbai.people import queries as people

AT_ONCE = 200
_DAY_US = 86_400_000_000
State = Report.State
_Item = TypeVar("_Item")
_PUBLIC = (Kind.EMERGENCY, Kind.PUBLIC_INTEREST)
_SUSPICION = {
    rules.Kind.MARKETING.value: LabelKind.SUSPECTED_MARKETING,
    rules.Kind.FRAUD.value: LabelKind.SUSPECTED_CRIMINAL,
}


class _Known(NamedTuple):
    """A report, and the numbers of both sides; `number` None when it was erased."""

    row: Report
    number: Msisdn | None
    reporter: Msisdn | None


def triage(limit: int = AT_ONCE) -> int:
    """Judge new reports, oldest first; how many. For the work loop."""
    rows = [_known(row) for row in Report.objects.filter(state=State.NEW).order_by("id")[:limit]]
    if not rows:
        return 0
    since = calls.known_since_us()
    met = _calls(rows) if since is not None else {}
    return _each(rows, lambda one: _one(one, met.get(_pair(one), calls.Between()).calls, since))


def count_stale(limit: int = AT_ONCE) -> int:
    """Count anew the numbers whose reports changed, and open a case on those that enough people reported; how many.

    For the work loop.
    """
    stale = list(Reported.objects.filter(stale=True).order_by("id").values_list("id", flat=True)[:limit])
    return _each(stale, lambda ident: _count(Reported.objects.select_for_update().get(id=ident)))


def _each(items: Sequence[_Item], act: Callable[[_Item], None]) -> int:
    """Each in a transaction of its own; how many. One that fails waits on, and the others do not wait for it; what the
    first of them raised is raised at last."""
    done, failed = 0, None
    for item in items:
        try:
            with transaction.atomic():
                act(item)
            done += 1
        except Exception as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return done


def forget_old(limit: int = AT_ONCE) -> int:
    """Have numbers counted anew whose last report has left the window; how many. For the work loop."""
    old = clock.now() - timedelta(days=profile().reports.window_days)
    ids = list(Reported.objects.filter(stale=False, people__gt=0, last_at__lt=old).values_list("id", flat=True)[:limit])
    return Reported.objects.filter(id__in=ids).update(stale=True)


def _known(row: Report) -> _Known:
    digits = people.numbers_of([key for key in (row.target_id, row.reporter_id) if key])
    number = row.digits if row.target_id is None else digits.get(row.target_id, "")
    reporter = digits.get(row.reporter_id or 0, "")
    return _Known(row, of_digits(number) if number else None, of_digits(reporter) if reporter else None)


def _pair(one: _Known) -> calls.Pair:
    return (one.number.digits if one.number else "", one.reporter.digits if one.reporter else "")


def _calls(rows: Sequence[_Known]) -> dict[calls.Pair, calls.Between]:
    """All calls between the two of each report, as far back as judging one looks."""
    terms = profile().reports
    pairs = [_pair(one) for one in rows if one.number and one.reporter]
    back = max(terms.acquaintance_days, terms.window_days) * _DAY_US
    firsts = [_us(one.row.called_at or one.row.received_at) for one in rows]
    hours = max(terms.call_hours, terms.quarrel_hours) * 3_600_000_000
    return calls.between(pairs, min(firsts) - back - hours, max(firsts) + hours)


def _one(one: _Known, met: Sequence[calls.Met], since: int | None) -> None:
    row, terms = Report.objects.select_for_update().get(id=one.row.id), profile().reports
    if row.state != State.NEW:
        return None
    if one.number is None:  # its user was erased: there is nobody to blame
        return set_aside(row, rules.Outcome.FORMER_USER)
    at = row.called_at or row.received_at
    tenure, moved = whose.at(one.number, at)
    seen = rules.Seen(
        received_us=_us(row.received_at),
        called_us=_us(row.called_at) if row.called_at else None,
        calls=met,
        known_since_us=since,
        reporter=one.reporter is not None,
        private=tenure.private and one.reporter is not None and whose.at(one.reporter, at)[0].private,
        declared_marketing=tenure.use in profile().gate.consent_required_uses,
        refused_us=whose.refused_us(row.reporter_id, one.number, tenure),
        mutual=_mutual(row),
        moved=moved,
    )
    judged = rules.judge(seen, terms, back_days=terms.window_days)
    tenure, judged = _whose_call(one.number, tenure, judged)
    if judged.at_us is not None:
        row.called_at, row.attempt = datetime.fromtimestamp(judged.at_us / 1e6, UTC), row.attempt or judged.call
    row.target_id = tenure.subscriber or row.target_id
    row.reported = _reported(row, tenure)
    if (earlier := _same(row)) is not None:
        return _join(row, earlier)
    if judged.counts:
        return stands(row, judged.reason)
    set_aside(row, rules.Outcome(judged.reason))
    if seen.mutual and judged.reason == rules.Outcome.QUARREL:
        for other in _counter_reports(row).filter(state=State.STANDING, case=None, by_hand=False):
            set_aside(other, rules.Outcome.QUARREL)
    return None


def _whose_call(number: Msisdn, tenure: Tenure, judged: rules.Judged) -> tuple[Tenure, rules.Judged]:
    """The tenure of the call that was found, and the judgement by it: who reports seldom says exactly when it rang, and
    the call may have been of somebody who had the number before."""
    if judged.at_us is None:
        return tenure, judged
    then, _moved = whose.at(number, datetime.fromtimestamp(judged.at_us / 1e6, UTC))
    if then.differs(tenure):
        return then, judged._replace(counts=False, reason=rules.Outcome.FORMER_USER)
    return (then if then.resource and not tenure.resource else tenure), judged


def _mutual(row: Report) -> bool:
    """Whether the reported person reports the reporter, of whose calls there are records: who molests somebody and
    reports them as well has none."""
    return row.target_id is not None and row.reporter_id is not None and _counter_reports(row).exists()


def _counter_reports(row: Report) -> QuerySet[Report]:
    since = row.received_at - timedelta(days=profile().reports.window_days)
    return Report.objects.filter(
        Q(state=State.STANDING, reason__in=(rules.Note.FOUND, rules.Note.AFTER_REFUSAL))
        | Q(state=State.SET_ASIDE, reason=rules.Outcome.QUARREL),
        reporter_id=row.target_id, target_id=row.reporter_id, received_at__gte=since,
    )  # fmt: skip


def _same(row: Report) -> Report | None:
    """The earlier report of the same person about the same call."""
    if row.reporter_id is None:
        return None
    wide = timedelta(minutes=profile().reports.duplicate_minutes)
    mine = Report.objects.filter(reporter_id=row.reporter_id, digits=row.digits, target_id=row.target_id, id__lt=row.id)
    mine = mine.exclude(state__in=(State.NEW, State.JOINED))
    at = row.called_at
    near = Q(called_at=None, received_at__range=(row.received_at - wide, row.received_at + wide))
    if at is not None:
        near = Q(called_at__range=(at - wide, at + wide))
    same = near | Q(attempt=row.attempt) if row.attempt else near
    return mine.filter(same).order_by("id").first()


def _reported(row: Report, tenure: Tenure) -> Reported:
    """The number in the hands of whoever had it, made when nobody reported it before."""
    key = {"digits": row.digits, "subscriber_id": row.target_id, "resource": tenure.resource}
    found = Reported.objects.filter(**key).first()
    if found is None:
        try:
            with transaction.atomic():
                return Reported.objects.create(**key, holder=tenure.holder, last_at=row.received_at)
        except IntegrityError:  # another process was first
            found = Reported.objects.get(**key)
    if found.last_at < row.received_at:
        Reported.objects.filter(id=found.id, last_at__lt=row.received_at).update(last_at=row.received_at)
    return found


def stands(row: Report, note: str, *, account: int | None = None, why: str = "") -> None:
    """The report counts: its next clock begins, and its number is counted anew. `account`, `why`: of staff."""
    now = clock.now()
    due = clocks.due(now, Stage.ANSWER)
    words = told.reason(note)
    content: dict[str, Json] = {"en": words.en, "follow": row.follow, "reason": note, "zh": words.zh}
    _append(events.COUNTS, row, content, account, why)
    row.state, row.reason, row.outcome = State.STANDING, note, ""
    row.stage, row.stage_at, row.due_at, row.provisional = Stage.ANSWER, now, due.at, due.provisional
    row.save()
    if row.reported_id is not None:
        Reported.objects.filter(id=row.reported_id).update(stale=True)


def set_aside(row: Report, outcome: rules.Outcome, *, account: int | None = None, why: str = "") -> None:
    """The report does not count, and says why; it is kept, and its reporter told."""
    words = told.reason(outcome)
    content: dict[str, Json] = {"en": words.en, "follow": row.follow, "reason": outcome, "zh": words.zh}
    row.answer_entry = _append(events.ASIDE, row, content, account, why)
    row.state, row.reason = State.SET_ASIDE, outcome
    row.save()
    if row.reported_id is not None:
        Reported.objects.filter(id=row.reported_id).update(stale=True)
    conclude(row, outcome, account=account, text=why)


def _join(row: Report, earlier: Report) -> None:
    """The second report of one call: whoever follows it sees the first."""
    _append(events.JOINED, row, {"earlier": earlier.follow, "follow": row.follow}, None, "")
    row.state, row.joined, row.stage = State.JOINED, earlier, Stage.DONE
    row.save()
    # What proves the reporter's number once proves it for the first report too.
    if row.verified and Report.objects.filter(id=earlier.id, verified=False).update(verified=True):
        Reported.objects.filter(id=earlier.reported_id or 0).update(stale=True)


def _append(kind: str, row: Report, content: dict[str, Json], account: int | None, why: str) -> int:
    if account is not None:
        content |= {"account": account, "why": why}
    return ledger.append(kind, content, subject=subject_of(row.reporter_id, row.organisation_id))


def _count(row: Reported) -> None:
    """Count a number's reports of the window; enough people open a case, and what comes later is added to it."""
    terms, now = profile().reports, clock.now()
    since = now - timedelta(days=terms.window_days)
    standing = Report.objects.filter(reported_id=row.id, state=State.STANDING)
    counted = rules.count(
        _voices(standing.filter(received_at__gte=since), now - timedelta(days=terms.failed_days)),
        linked_by=terms.linked_by,
        weights=terms.failed_weights,
    )
    Reported.objects.filter(id=row.id).update(people=counted.people, weight=counted.weight, stale=False)
    number = whose.number_of(row)
    if number is not None and number.valid:
        _suspect(row, number, standing)
    # A number that nobody was given never rings: there is nobody to hold a case against.
    if rules.enough(counted, terms.people_to_open) and number is not None and number.valid:
        case = open_case(number=number.e164, subscriber=row.subscriber_id, ground="reports")
        Reported.objects.filter(id=row.id).update(case=case)
        standing.filter(case=None).update(case=case)
    elif row.case and Case.objects.filter(id=row.case, state__in=UNDER_WAY).exists():
        standing.filter(case=None).update(case=row.case)  # the others may be answered: it takes no more people


def _suspect(row: Reported, number: Msisdn, standing: QuerySet[Report]) -> None:
    """Have it shown how many people reported the number, and what for, until somebody verified it.

    Everybody counts for a half-life of labels, then fades with them. What was reported before a label of the number
    was found wrong does not count, nor what was said of a former user.
    """
    view = numbers.holder_of(number)
    moved = view is not None and view.closed_at is None and view.id != row.resource and row.resource > 0
    if number.kind in _PUBLIC or moved or (row.subscriber_id and not people.is_current(row.subscriber_id)):
        return
    terms, cleared = profile().reports, numbers.cleared_at(number)
    believed = standing.filter(received_at__gte=cleared) if cleared else standing
    half_life = profile().labels.half_life_days
    rows = believed.filter(received_at__gt=clock.now() - timedelta(days=half_life)) if half_life else believed
    voices = _voices(rows, clock.now() - timedelta(days=terms.failed_days))
    counted = rules.count(voices, linked_by=terms.linked_by, weights=terms.failed_weights)
    kinds = rows.values_list("kind").annotate(many=Count("id")).order_by("-many", "kind").values_list("kind", flat=True)
    kind = _SUSPICION.get(kinds.first() or "", LabelKind.SUSPECTED_MALICIOUS)
    if counted.people:
        said.set_label(number=number, kind=kind, source="reports", count=counted.people)
        return
    for label in () if believed.exists() else numbers.labels_of(number):
        if label.source == "reports" and label.ended_at is None:
            said.end_label(label.id, reason="no report of it counts any more")


def _voices(rows: QuerySet[Report], failed_since: datetime) -> list[rules.Voice]:
    fields = ("reporter_id", "verified", "device", "contract", "batch", "organisation_id")
    found = list(rows.values_list(*fields))
    reporters = {row[0] for row in found if row[0]}
    counted = Report.objects.filter(
        reporter_id__in=reporters, outcome__in=rules.FAILED, answered_at__gte=failed_since
    ).values_list("reporter_id")
    failed = dict(counted.annotate(many=Count("id")).values_list("reporter_id", "many"))
    return [
        rules.Voice(
            reporter or 0, verified, bytes(device) if device else None, bytes(contract) if contract else None, batch,
            organisation or 0, failed.get(reporter, 0),
        )
        for reporter, verified, device, contract, batch, organisation in found
    ]  # fmt: skip


def _us(moment: datetime) -> int:
    return int(moment.timestamp() * 1e6)
