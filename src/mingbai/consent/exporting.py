"""Taking one's own along: what a firm holds, and what a subscriber has agreed to."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from mingbai.consent import events, queries
from mingbai.consent.queries import ConsentView
from mingbai.kernel import clock, msisdn
from mingbai.ledger import actions as ledger
from mingbai.people import queries as people

FIRM_COLUMNS = (
    "msisdn", "purpose", "state", "counts", "how", "reference", "proof_sha256", "given_at", "expires_at", "changed_at",
)  # fmt: skip
OWN_COLUMNS = ("firm", "purpose", "state", "counts", "how", "reference", "given_at", "expires_at", "changed_at")
_AT_ONCE = 5000


def of_firm(principal: int, path: Path, *, account: int | None = None) -> int:
    """Write all that a firm holds to a CSV, as `pieces_of_firm` tells it; how many rows.

    The file is readable by its owner alone.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    rows = 0
    _note(principal, account)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        for piece, many in _pieces(principal):
            file.write(piece)
            rows += many
    return rows


def pieces_of_firm(principal: int, *, account: int | None = None) -> Iterator[str]:
    """All that a firm holds as CSV, piece by piece, with the mark that spreadsheets need.

    A number stands in full where the firm itself filed the consent; of everybody else it is masked. The export is an
    entry in the log before the first piece is handed out; its count of rows is that of this moment.
    """
    _note(principal, account)
    return (piece for piece, _ in _pieces(principal))


def of_subscriber(subscriber: int) -> list[dict[str, Any]]:
    """Everything a subscriber said or was claimed to have said, as rows with OWN_COLUMNS."""
    views = queries.of_subscriber(subscriber)
    names = people.organisation_names({view.principal for view in views})
    return [
        {
            "firm": names[view.principal],
            "purpose": view.purpose,
            "state": view.state,
            "counts": view.counts,
            "how": view.how,
            "reference": view.reference,
            "given_at": _moment(view.given_at),
            "expires_at": _moment(view.expires_at),
            "changed_at": _moment(view.changed_at),
        }
        for view in views
    ]


def of_subscriber_json(subscriber: int) -> str:
    """The same as JSON, with the masked number and the time."""
    told = {"number": people.masked(subscriber), "at": _moment(clock.now()), "consents": of_subscriber(subscriber)}
    return json.dumps(told, ensure_ascii=False, indent=1)


def of_subscriber_csv(subscriber: int) -> str:
    """The same as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, OWN_COLUMNS)
    writer.writeheader()
    for row in of_subscriber(subscriber):
        writer.writerow({**row, "firm": _safe(row["firm"]), "reference": _safe(row["reference"])})
    return text.getvalue()


def _note(principal: int, account: int | None) -> None:
    rows = sum(queries.statistics(principal).values())
    with transaction.atomic():
        content: dict[str, Any] = {"account": account, "principal": principal, "rows": rows}
        ledger.append(events.EXPORTED, content, subject=f"organisation:{principal}")


def _pieces(principal: int) -> Iterator[tuple[str, int]]:
    """Text, and how many rows stand in it."""
    yield "\ufeff" + _lines([FIRM_COLUMNS]), 0
    for part in _pages(principal):
        numbers = people.numbers_of(view.subscriber for view in part)
        yield _lines(_firm_row(view, numbers.get(view.subscriber, "")) for view in part), len(part)


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _pages(principal: int) -> Iterator[list[ConsentView]]:
    after = 0
    while part := queries.of_firm(principal, after=after, limit=_AT_ONCE):
        yield part
        after = part[-1].id


def _firm_row(view: ConsentView, digits: str) -> list[Any]:
    number = msisdn.of_digits(digits) if digits else msisdn.MALFORMED
    return [
        number.national if view.filed else number.masked,
        view.purpose,
        view.state,
        int(view.counts),
        view.how,
        _safe(view.reference),
        view.proof_sha256.hex() if view.proof_sha256 else "",
        _moment(view.given_at),
        _moment(view.expires_at),
        _moment(view.changed_at),
    ]


def _safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
