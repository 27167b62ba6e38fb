"""A hotline's file: taken as a job, told row by row; what became of its reports, to be handed back."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from mingbai.cases import actions as cases
from mingbai.cases.queries import reports
from mingbai.kernel.problems import Problem
from mingbai.web import jobpages, jobs, problems, words
from mingbai.web.desk import Desk, at_desk
from mingbai.web.jobs import Place, Progress
from mingbai.web.sentences import SENTENCES

KIND = "hotline"
KEPT = 200  # bad rows kept for the page; the report has them all
_LONGEST = 40


def register() -> None:
    jobs.register(KIND, work)


def work(place: Place, progress: Progress) -> Mapping[str, Any]:
    """Take the file. Done again after a crash it goes on: what was taken is known by the feed's own numbers."""
    asked = place.job.asked
    taken = cases.import_feed(
        place.input.read_bytes(), feed=asked["feed"], organisation=place.job.organisation,
        keep_good=asked["keep_good"], country=asked.get("country", ""), progress=progress,
    )  # fmt: skip
    with place.report.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "id", "follow", "column", "code", "zh", "en"])
        for row, ident, follow in taken.follows:
            writer.writerow([row, ident, follow, "", "", "", ""])
        for bad in taken.rejected:
            writer.writerow([bad.row, "", "", bad.column, bad.code, *_both(bad.code)])
    return {
        "rows": taken.rows, "new": taken.new, "known": taken.known, "rejected": len(taken.rejected),
        "bad": [{"row": bad.row, "column": bad.column, "code": bad.code} for bad in taken.rejected[:KEPT]],
    }  # fmt: skip


def _both(code: str) -> tuple[str, str]:
    found = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found.append(str(SENTENCES.get(code, (code, ""))[0]))
    return found[0], found[1]


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("import.reports", operator=True)
def feeds(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a file; the feeds that there are."""
    context: dict[str, Any] = {"feed": "12321", "country": ""}
    status = 200
    if request.method == "POST":
        context |= {name: request.POST.get(name, "").strip()[:_LONGEST] for name in ("feed", "country")}
        try:
            return redirect("console:feed_job", _submit(request, desk, context["feed"], context["country"]))
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    context["feeds"] = reports.feeds()
    context["jobs"] = jobs.of_organisation(settings.HOME, desk.organisation.id, KIND)
    return render(request, "web/console/reports/feeds.html", context, status=status)


def _submit(request: HttpRequest, desk: Desk, feed: str, country: str) -> str:
    if not feed:
        raise Problem("reports.feed", where="feed")
    if country and not (country.isdecimal() and len(country) <= 3):
        raise Problem("reports.country", where="country")
    asked = {"feed": feed, "country": country, "keep_good": request.POST.get("keep_good") == "yes"}
    return jobpages.submit(request, desk, KIND, asked).id


@require_safe
@at_desk("import.reports", operator=True)
def job(request: HttpRequest, desk: Desk, ident: str) -> HttpResponse:
    """How far it is, what was taken, each bad row."""
    shown = jobpages.about(jobpages.own(desk, ident, KIND), reverse("console:feed_job", args=[ident]))
    bad = [(one["row"], words.word("report_field", one["column"]), _sentence(one["code"]))
           for one in shown["state"].result.get("bad", [])]  # fmt: skip
    part = "job_state" if request.headers.get("HX-Request") else "job"
    return render(request, f"web/console/reports/{part}.html", {**shown, "bad": bad})


def _sentence(code: str) -> str:
    what, mend = SENTENCES.get(code, (code, ""))
    return f"{what} {mend}".strip()


@require_GET
@at_desk("import.reports", operator=True)
def job_report(request: HttpRequest, desk: Desk, ident: str) -> FileResponse:
    """Every row: the number to follow it by, or what is wrong with it."""
    return jobpages.report(jobpages.own(desk, ident, KIND))


@require_POST
@at_desk("answer.report", operator=True)
def answers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What became of a feed's reports, as a table for the hotline; those that it is told by this are told."""
    feed = request.POST.get("feed", "")[:_LONGEST]
    language = get_language() or "zh"
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "follow", "state", "outcome", "words", "answered_at"])
    after = 0
    while rows := reports.of_feed(feed, after):
        for one in rows:
            said = reports.outcome_words(one.outcome, language)
            answered = one.answered_at.isoformat(timespec="seconds") if one.answered_at else ""
            writer.writerow([_plain(one.feed_id), one.follow, one.state, one.outcome, said, answered])
        after = rows[-1].id
    cases.feed_told(feed, account=desk.account)
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="answers.csv"'
    return answer


def _plain(cell: str) -> str:
    """Not to be read as a formula by whoever opens the table."""
    return f"'{cell}" if cell[:1] in "=+-@\t" else cell
