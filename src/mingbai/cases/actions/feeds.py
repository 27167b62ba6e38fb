"""举报数据的接收: a hotline's file is taken in parts; taken again, from anywhere on, it gives the same reports."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from mingbai.cases import events, sheet
from mingbai.cases.actions.reports import Said, Source, entered
from mingbai.cases.models import Report
from mingbai.cases.sheet import Bad, Good
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.ledger.canonical import Json
from mingbai.notices.queries import profile
from mingbai.people import actions as make

AT_ONCE = 500
LONGEST_FEED = 40
Progress = Callable[[int, int], None]


class Taken(NamedTuple):
    """What became of a file: `new` reports, `known` ones that had been taken before, and rows that could not be.

    With a bad row and nothing to be kept then, both counts are 0. `follows`: by row, the report's number to follow.
    """

    rows: int
    new: int
    known: int
    rejected: list[Bad]
    follows: list[tuple[int, str, str]]


def link(kind: str, text: str) -> bytes | None:
    """A keyed hash of what links reporters, such as a device's number, however it is written; None for nothing."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    if not plain:
        return None
    return hmac.digest(settings.HOME.key("lookup"), f"reports.{kind}\0{plain}".encode(), hashlib.sha256)[:16]


def import_feed(
    data: bytes,
    *,
    feed: str,
    organisation: int,
    keep_good: bool,
    country: str = "",
    source: str = Source.HOTLINE,
    progress: Progress = lambda done, total: None,
) -> Taken:
    """Take a hotline's file. `feed` names the stream of reports in which their own numbers are unique.

    Rows are committed a few hundred at a time: what was cut off is taken again and goes on where it stopped. With a bad
    row nothing is taken unless `keep_good`. Raises Problem for a file that cannot be taken as a whole.
    """
    name = " ".join(feed.split())
    if not 1 <= len(name) <= LONGEST_FEED:
        raise Problem("reports.feed", f"a feed's name has 1 to {LONGEST_FEED} characters", where="feed")
    if country and not (country.isdecimal() and len(country) <= 3):
        raise Problem("reports.country", "a country code is up to three digits", where="country")
    rows = sheet.read(data)
    good, bad = sheet.judge(rows, now=clock.now(), zone=profile().gate.timezone, country=country)
    if bad and not keep_good:
        return Taken(len(rows), 0, 0, bad, [])
    batch = hashlib.sha256(data).hexdigest()[:40]
    taken = Taken(len(rows), 0, 0, bad, [])
    for start in range(0, len(good), AT_ONCE):
        part = good[start : start + AT_ONCE]
        with transaction.atomic():
            taken = _take(taken, part, Said(
                source=source, number=part[0].number, kind=part[0].kind, organisation=organisation, batch=batch,
                feed=name,
            ))  # fmt: skip
        progress(min(start + AT_ONCE, len(good)), len(good))
    if taken.new:
        with transaction.atomic():
            content: dict[str, Json] = {
                "feed": name,
                "new": taken.new,
                "rejected": len(bad),
                "rows": len(rows),
                "sha256": batch,
            }
            ledger.append(events.FEED, content, subject=f"organisation:{organisation}")
    return taken


def _take(taken: Taken, rows: list[Good], frame: Said) -> Taken:
    """Take a part. `frame`: what all of its reports have in common."""
    mine = Report.objects.filter(feed=frame.feed, feed_id__in=[one.id for one in rows])
    known = dict(mine.values_list("feed_id", "follow"))
    fresh = {row.id: row for row in rows if row.id not in known}.values()
    who = make.ensure_subscribers(one for row in fresh for one in (row.number, row.reporter) if one is not None)
    made = [entered(_said(row, frame, who), who.get(row.number.digits)) for row in fresh]
    Report.objects.bulk_create(made)
    known |= {one.feed_id: one.follow for one in made}
    follows = [(row.row, row.id, known[row.id]) for row in rows]
    return taken._replace(
        new=taken.new + len(made), known=taken.known + len(rows) - len(made), follows=[*taken.follows, *follows]
    )


def _said(one: Good, frame: Said, who: Mapping[str, int]) -> Said:
    """A row as a report. The file itself is the batch of rows that name none."""
    return replace(
        frame, number=one.number, kind=one.kind, reporter=who[one.reporter.digits] if one.reporter else None,
        verified=one.verified, called_at=one.called_at, duration_s=one.duration_s, text=one.text,
        received_at=one.received_at, device=link("device", one.device), contract=link("contract", one.contract),
        batch=one.batch or frame.batch, feed_id=one.id,
    )  # fmt: skip
