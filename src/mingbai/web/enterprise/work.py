"""How the enterprise's jobs are done: what `jobs` calls when their turn comes."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from typing import Any

from mingbai.consent import queries as consents
from mingbai.consent.importing import bad_rows, import_whitelist, resume
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
    """Import a whitelist; the answer tells rows, accepted, rejected, batch, and the first bad rows."""
    asked, batch = place.job.asked, _left(place)
    if batch is None:
        batch = import_whitelist(
            place.input,
            principal=place.job.organisation,
            purpose=asked["purpose"],
            keep_good=asked["keep_good"],
            wording_sha256=bytes.fromhex(asked.get("wording_sha256", "")) or None,
            progress=lambda _phase, done, total: progress(done, total),
            file_name=place.job.file_name,
        ).batch
    found = consents.batch(batch)
    assert found is not None
    write_report(place, batch)
    return {
        "batch": batch,
        "state": found.state,
        "rows": found.rows,
        "accepted": found.accepted,
        "rejected": found.rejected,
        "bad": [
            {"row": one.row, "column": one.column, "message": dict(one.message), "mend": dict(one.mend)}
            for one in bad_rows(batch, limit=KEPT)
        ],
    }


def _left(place: Place) -> int | None:
    """The batch of this job that a dead process left, brought to its end; None when there is none."""
    resume()
    with place.input.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    for one in consents.batches(place.job.organisation):
        same = one.file_sha256 == digest and one.purpose == place.job.asked["purpose"]
        if same and one.created_at.timestamp() * 1e6 >= place.job.created_us:
            return one.id
    return None


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
