"""Files that people take away: receipts and tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from mingbai.kernel.problems import Problem

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def receipt(text: str | None, name: str) -> HttpResponse:
    """A receipt as a .tlog-proof file. Raises Problem while the log has not numbered the entry."""
    if text is None:
        raise Problem("web.receipt_waiting", status=409)
    return _file(text.encode(), f"{name}.tlog-proof", "text/plain; charset=utf-8")


def table(rows: Iterable[Sequence[str]], name: str) -> HttpResponse:
    """Rows as CSV with a byte order mark, which spreadsheets need to read Chinese; no cell begins a formula."""
    return _file("".join(lines(rows)).encode(), f"{name}.csv", "text/csv; charset=utf-8")


def stream(pieces: Iterable[str], name: str) -> StreamingHttpResponse:
    """A table of any length, which is CSV already, sent as it is read."""
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def moment(at: datetime | None) -> str:
    """A time as tables carry it: the reader's zone, to the second."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""


def lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows as CSV, a piece each behind the byte order mark; no cell begins a formula."""
    yield "\ufeff"
    for row in rows:
        out = io.StringIO()
        cells = [f"'{cell}" if cell.startswith(_FORMULA) and not _plain(cell) else cell for cell in row]
        csv.writer(out).writerow(cells)
        yield out.getvalue()


def _plain(cell: str) -> bool:
    """A signed number or a telephone number is no formula."""
    return cell[1:].replace(".", "", 1).isdecimal()


def file(content: bytes, name: str, kind: str) -> HttpResponse:
    """Bytes to be saved, never shown in the page's own origin."""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
