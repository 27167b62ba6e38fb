"""How an import of tariffs is done: what `jobs` calls when its turn comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import translation

from mingbai.tariffs import actions, rules
from mingbai.web import jobs
from mingbai.web.jobs import Place, Progress

KIND = "tariffs"
SHOWN = 300  # rows on the page; the report has them all


def register() -> None:
    jobs.register(KIND, imported)


def imported(place: Place, progress: Progress) -> Mapping[str, Any]:
    """Read the file and write the drafts; the answer counts rows by outcome and holds the first of each.

    Begun anew after a crash, rows that were written before it are counted as unchanged: they are what stands.
    """
    from mingbai.web import downloads  # the process that does jobs starts without pages

    asked = place.job.asked
    with translation.override(asked["language"]):
        report = actions.import_tariffs(
            place.input.read_bytes(), account=place.job.account, keep_good=asked["keep_good"],
            operator=place.job.organisation, progress=progress,
        )  # fmt: skip
        with place.report.open("w", encoding="utf-8", newline="") as file:
            file.writelines(downloads.lines(_table(report)))
        written = [one for one in report.taken if one.outcome != "unchanged"]
        return {
            "rows": report.rows,
            "rejected": len(report.rejected),
            **{name: report.count(name) for name in ("new", "changed", "unchanged")},
            "bad": [
                {"row": one.row, "column": one.column, "message": dict(one.message), "mend": dict(one.mend)}
                for one in report.rejected[:SHOWN]
            ],
            "written": [_told(one) for one in written[:SHOWN]],
        }


def _told(one: actions.Taken) -> dict[str, Any]:
    from mingbai.web.tariffs.views import changes

    return {
        "row": one.row, "code": one.code, "name": one.name, "version": one.version,
        "errors": len(rules.errors(one.findings)), "questions": len(rules.questions(one.findings)),
        "changes": [
            {"label": str(row["label"]), "before": [*map(str, row["before"])], "after": [*map(str, row["after"])]}
            for row in changes(one.changes)
        ],
    }  # fmt: skip


def _table(report: actions.Report) -> Iterator[list[str]]:
    yield ["row", "outcome", "code", "name", "errors", "questions", "column", "zh", "en", "mend_zh", "mend_en"]
    bad = [
        (one.row, "rejected", "", "", "", "", one.column, one.message["zh"], one.message["en"], one.mend["zh"],
         one.mend["en"])
        for one in report.rejected
    ]  # fmt: skip
    good = [
        (one.row, one.outcome, one.code, one.name, len(rules.errors(one.findings)), len(rules.questions(one.findings)),
         "", "", "", "", "")
        for one in report.taken
    ]  # fmt: skip
    for row in sorted([*bad, *good], key=lambda row: row[0]):
        yield [str(cell) for cell in row]
