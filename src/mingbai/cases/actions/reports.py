"""举报: take one, whoever hands it in; each has its entry in the log and a number to follow it by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from mingbai.calls import queries as calls
from mingbai.cases import events
from mingbai.cases.models import Report
from mingbai.cases.queries import clocks
from mingbai.cases.rules import reports as rules
from mingbai.kernel import clock
from mingbai.kernel.msisdn import Msisdn, of_digits
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.notices.queries import profile
from mingbai.people import actions as people

Source = Report.Source
OWN = (Source.WEB, Source.MY, Source.SMS, Source.HANDSET)
"""Where a person reports for themselves."""
_DAY = timedelta(days=1)


class Filed(NamedTuple):
    """A report that was taken. `new` is False when it had been taken before."""

    id: int
    follow: str
    new: bool


@dataclass(frozen=True, kw_only=True)
class Said:
    """A report as it comes in.

    `reporter`: a subscriber; `verified`: their number was proved to be theirs. `number`: who called, `attempt` the call
    itself, by its receipt id, if it is known. `received_at`: by whoever took it first, now when left out. `device` and
    `contract`: keyed hashes; `batch`: what came together. `feed` and `feed_id`: under which a second one is the same.
    """

    source: str
    number: Msisdn
    kind: str
    reporter: int | None = None
    verified: bool = False
    organisation: int | None = None
    called_at: datetime | None = None
    duration_s: int | None = None
    attempt: str = ""
    text: str = ""
    received_at: datetime | None = None
    device: bytes | None = None
    contract: bytes | None = None
    batch: str = ""
    feed: str = ""
    feed_id: str = ""


def report(said: Said) -> Filed:
    """Take one report. The same call of the same reporter, or the same row of a feed, is one report.

    Raises Problem for a caller without a number, for somebody's own number, for a call that is still to come, and when
    a person reports more in a day than the profile lets one.
    """
    checked = _checked(said)
    with transaction.atomic():
        return known(checked) or file(checked)


def report_call(*, reporter: int, attempt: str, source: str, kind: str = rules.Kind.OTHER, text: str = "") -> Filed:
    """Take one tap in a list of calls as a report. Raises Problem when the call is not one to this subscriber."""
    found = calls.attempt(attempt)
    if found is None or not _to(reporter, found):
        raise Problem("reports.no_call", "there is no such call to you", where="call", status=404)
    called_at = datetime.fromtimestamp(found.at_us / 1e6, UTC)
    number = of_digits(found.caller)
    return report(
        Said(
            source=source,
            number=number,
            kind=kind,
            reporter=reporter,
            verified=True,
            called_at=called_at,
            attempt=attempt,
            text=text,
        )
    )


def _to(reporter: int, found: calls.Attempt) -> bool:
    return any(one.receipt_id == found.receipt_id for one in calls.attempts_to(
        reporter, 50, found.at_us + 1, since_us=found.at_us))  # fmt: skip


def known(said: Said) -> Filed | None:
    """The report that this one is again; None for a new one."""
    if said.feed:
        rows = Report.objects.filter(feed=said.feed, feed_id=said.feed_id)
    elif said.attempt and said.reporter is not None:
        rows = Report.objects.filter(reporter_id=said.reporter, attempt=said.attempt)
    else:
        return None
    row = rows.order_by("id").values_list("id", "follow").first()
    return Filed(row[0], row[1], False) if row else None


def file(said: Said) -> Filed:
    """Write a new report and its entry, inside the caller's transaction."""
    target = people.ensure_subscriber(said.number) if said.number.may_subscribe else None
    if target is not None and target == said.reporter:
        raise Problem("reports.own", "nobody reports their own number", where="number")
    if said.source in OWN:
        _not_too_many(said.reporter, clock.now())
    made = entered(said, target)
    made.save(force_insert=True)
    return Filed(made.id, made.follow, True)


def entered(said: Said, target: int | None) -> Report:
    """A new report whose entry is in the log, to be saved in the same transaction. `target`: whose number it is about,
    when it is a person's."""
    now = clock.now()
    received = said.received_at or now
    due, follow = clocks.due(received, "forward"), rules.new_follow()
    entry = ledger.append(events.REPORTED, _content(said, follow), subject=subject_of(said.reporter, said.organisation))
    return Report(
        follow=follow, source=said.source, reporter_id=said.reporter, verified=said.verified,
        organisation_id=said.organisation, digits="" if target else said.number.digits, target_id=target,
        kind=said.kind, called_at=said.called_at, duration_s=said.duration_s, attempt=said.attempt, text=said.text,
        received_at=received, made_at=now, feed=said.feed, feed_id=said.feed_id, batch=said.batch, device=said.device,
        contract=said.contract, stage_at=received, due_at=due.at, provisional=due.provisional,
        late=int(due.at <= now), entry=entry,
    )  # fmt: skip


def subject_of(reporter: int | None, organisation: int | None) -> str:
    """Under whose key the ledger seals a report."""
    if reporter is not None:
        return f"subscriber:{reporter}"
    return f"organisation:{organisation}" if organisation is not None else ""


def _content(said: Said, follow: str) -> dict[str, Any]:
    content: dict[str, Any] = {
        "follow": follow, "kind": said.kind, "number": said.number.masked, "source": said.source, "text": said.text,
    }  # fmt: skip
    if said.called_at is not None:
        content["called_at"] = said.called_at.isoformat(timespec="seconds")
    if said.attempt:
        content["attempt"] = said.attempt
    if said.feed:
        content |= {"feed": said.feed, "feed_id": said.feed_id}
    return content


def _checked(said: Said) -> Said:
    rules.check_kind(said.kind)
    if not said.number.digits:
        raise Problem("reports.no_number", "the call showed no number", where="number", mend="report it by its number")
    if said.called_at is not None and said.called_at > clock.now() + timedelta(minutes=10):
        raise Problem("reports.future", "this time is still to come", where="called_at")
    return replace(said, text=rules.description(said.text))


def _not_too_many(reporter: int | None, now: datetime) -> None:
    most = profile().reports.per_person_day
    lately = Report.objects.filter(reporter_id=reporter, made_at__gt=now - _DAY, source__in=OWN)
    if lately.count() >= most:
        raise Problem(
            "reports.too_many", f"{most} reports a day are taken of one person", mend="go on tomorrow", status=429
        )


def forget(subject: str) -> None:
    """What an erased reporter wrote goes, and what links them to others; that somebody reported stays."""
    mine = Report.objects.filter(reporter_id=int(subject.removeprefix("subscriber:")))
    mine.update(text="", contest="", answer="", device=None, contract=None)
