"""How the enterprise's jobs are done: what `jobs` calls when their turn comes."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Any

from mingbai.consent.importing import bad_rows, import_whitelist
from mingbai.gate.scrub import scrub
from mingbai.kernel.terms import Use
from mingbai.web import jobs
from mingbai.web.jobs import Place, Progress

KEPT = 200  # bad rows kept for the page; the report has them all
_AT_ONCE = 100_000


def register() -> None:
    jobs.register("whitelist", whitelist)
    jobs.register("scrub", scrubbed)


def whitelist(place: Place, progress: Progress) -> Mapping[str, Any]:
    """Import a whitelist; the answer tells rows, accepted, rejected, batch, and the bad rows."""
    asked = place.job.asked
    report = import_whitelist(
        place.input,
        principal=place.job.organisation,
        purpose=asked["purpose"],
        keep_good=asked["keep_good"],
        progress=lambda _phase, done, total: progress(done, total),
        file_name=place.job.file_name,
    )
    write_report(place, report.batch)
    return {
        "batch": report.batch,
        "state": report.state,
        "rows": report.rows,
        "accepted": report.accepted,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
        "bad": [
            {"row": one.row, "column": one.column, "message": dict(one.message), "mend": dict(one.mend)}
            for one in report.bad[:KEPT]
        ],
    }


def scrubbed(place: Place, progress: Progress) -> Mapping[str, Any]:
    """Clean a campaign list; the answer counts rows by verdict and by rule."""
    asked = place.job.asked
    report = scrub(
        place.input,
        organisation=place.job.organisation,
        purpose=Use(asked["purpose"]),
        out=place.output,
        home=place.home,
        caller=asked.get("caller", ""),
        language=asked.get("language", "zh"),
        progress=progress,
    )
    return {"rows": report.rows, "verdicts": report.verdicts, "rules": report.rules}


def write_report(place: Place, batch: int) -> None:
    """Every bad row as a table beside the job."""
    with place.report.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "column", "code", "zh", "en", "mend_zh", "mend_en"])
        first = 0
        while rows := bad_rows(batch, first=first, limit=_AT_ONCE):
            for one in rows:
                writer.writerow(
                    [
                        one.row,
                        one.column,
                        one.code,
                        one.message["zh"],
                        one.message["en"],
                        one.mend["zh"],
                        one.mend["en"],
                    ]
                )
            first += len(rows)
