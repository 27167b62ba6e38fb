"""The lake's writes: a journal segment stored and anchored, small files merged, old keys destroyed; and the one way
to the number behind a pseudonym, which leaves an entry."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import transaction

from mingbai.calls import events, lake, segments
from mingbai.calls.importing import Choice as ImportChoice
from mingbai.calls.importing import Report as ImportReport
from mingbai.calls.importing import aside, import_calls
from mingbai.calls.importing import load as mapping
from mingbai.calls.importing.register import Assigned, Registered, Stood
from mingbai.calls.models import Segment
from mingbai.calls.pseudonyms import Pseudonyms, quarter_of
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.ledger import batches
from mingbai.ledger.canonical import Json

__all__ = [
    "Assigned", "ImportChoice", "ImportReport", "Registered", "Stood", "forget", "import_calls", "lake_held", "mapping",
    "merge", "open_number", "open_numbers", "store_segment",
]  # fmt: skip

_REASON = 200  # characters
_WORD = (1 << 64) - 1


def store_segment(home: Home, path: Path) -> int:
    """Put a closed journal segment into the lake and anchor it; how many of its records could not be read.

    First the lake, under names that depend on the segment alone, then one transaction with the ledger entry and the
    row that says the segment is done. Killed anywhere in between, a second call does the same again or finds it done.
    The plain file is the caller's to remove. Raises Problem when the file is no segment.
    """
    name = path.name.split(".", 1)[0]
    done = Segment.objects.filter(name=name).values_list("unreadable", flat=True).first()
    if done is not None:
        return done
    try:
        segment = segments.read(path)
    except ValueError as error:
        raise Problem("calls.no_segment", str(error), where=path.name) from None
    unreadable = int(len(segment.whole) - segment.whole.sum())
    if not len(segment.records):
        return 0
    pseudonyms = Pseudonyms(home)
    for day, rows in segments.rows_by_day(segment, profile.load(home).gate.timezone, pseudonyms).items():
        lake.write(home, day, f"{name}.parquet", rows)
    _anchor(home, segment, pseudonyms, unreadable)
    return unreadable


def _anchor(home: Home, segment: segments.Segment, pseudonyms: Pseudonyms, unreadable: int) -> None:
    whole = segment.records[segment.whole]
    times = whole["at_us"] if len(whole) else np.array([clock.now_us()])
    first, last = int(times.min()), int(times.max())
    zone = profile.load(home).gate.timezone
    quarter = quarter_of(date.fromordinal(int(lake.local_days(np.array([first]), zone)[0])))
    pseudonyms.make(quarter)
    secret = segments.secret(pseudonyms, quarter, segment.name)
    aside = home.log / "batches" / f"{segment.name}.part"
    aside.parent.mkdir(parents=True, exist_ok=True)
    tree = batches.Tree.build(aside, segments.leaves(segment, secret))
    content: dict[str, Json] = {
        "first_us": first,
        "last_us": last,
        "rows": len(segment.records),
        "segment": segment.name,
        "unreadable": unreadable,
    }
    with transaction.atomic():
        entry = ledger.append_batch(events.SEGMENT, content, tree=tree)
        Segment.objects.create(
            name=segment.name,
            entry=entry,
            rows=len(segment.records),
            unreadable=unreadable,
            quarter=quarter,
            first_us=first,
            last_us=last,
        )


def lake_held(home: Home) -> AbstractContextManager[None]:
    """While entered, nothing is added to the lake or merged there: for who copies it."""
    return lake.locked(home)


def merge(home: Home) -> int:
    """Merge the small files of the latest days; how many were merged."""
    return sum(lake.merge(home, day) for day in lake.days(home)[-3:])


def open_number(head: int, tail: int, quarter: str, reason: str, account: int | None, case: int | None = None) -> str:
    """The number behind one pseudonym of a quarter, in normal form; see `open_numbers`."""
    return open_numbers([(head, tail)], quarter, reason, account, case)[0]


def open_numbers(
    pseudonyms: Sequence[tuple[int, int]], quarter: str, reason: str, account: int | None, case: int | None = None
) -> list[str]:
    """The numbers behind pseudonyms (head, tail) of one quarter, in normal form, "" for a caller that had none.

    Whoever opens says why; the ledger keeps who (`account`, None for the house itself), why, for which case (None
    where none is open yet) and which pseudonyms, never the numbers. Nothing is handed out when that cannot be kept.
    Raises Problem without a reason, for a destroyed key, for what is no pseudonym of that quarter.
    """
    why = " ".join(reason.split())
    if not why or len(why) > _REASON:
        mend = f"say why, in at most {_REASON} characters"
        raise Problem("calls.no_reason", "a number is opened for a stated reason", where="reason", mend=mend)
    heads, tails = (np.array([pair[side] for pair in pseudonyms], np.int64) for side in (0, 1))
    try:
        numbers = Pseudonyms(settings.HOME).open(heads, tails, quarter)
    except ValueError:
        raise Problem("calls.no_pseudonym", "this is no pseudonym of that quarter", where=quarter, status=404) from None
    content: dict[str, Json] = {
        "account": account or 0,
        "case": case or 0,
        "pseudonyms": [f"{head & _WORD:016x}" for head in heads.tolist()],
        "quarter": quarter,
        "reason": why,
    }
    with transaction.atomic():
        ledger.append(events.OPENED, content, ref=f"case:{case}" if case else "")
    return [str(number or "") for number in numbers.tolist()]


def forget(home: Home) -> int:
    """Destroy the keys of quarters that ended longer ago than the profile keeps call records; how many.

    Nobody can open the numbers of such a quarter, or find a number in it, any more; its counts stay. Bad rows that an
    import put aside as they came are removed after as many days.
    """
    kept = profile.load(home).calls.retention_days
    aside.forget(home.files / "calls", (clock.now() - timedelta(days=kept)).timestamp())
    before = clock.now().date() - timedelta(days=kept)
    pseudonyms = Pseudonyms(home)
    gone = [quarter for quarter in pseudonyms.quarters() if quarter < quarter_of(before)]
    for quarter in gone:
        with transaction.atomic():
            ledger.append(events.FORGOTTEN, {"quarter": quarter, "retention_days": kept})
            pseudonyms.destroy(quarter)
    return len(gone)
