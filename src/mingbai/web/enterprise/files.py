"""Lists that a firm sends: the whitelist to import, a campaign list to clean. Each becomes a job."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mingbai.consent import queries as consents
from mingbai.kernel.problems import Problem
from mingbai.numbers import queries as numbers
from mingbai.web import jobs, problems
from mingbai.web.desk import Desk, at_desk
from mingbai.web.jobs import Place

PURPOSES = ("marketing", "service", "notification", "survey", "collection")
REPORT_ROWS = 200  # shown on the page; the file has them all


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.consents")
def whitelist(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Our whitelist: what is in force, and the form that imports more."""
    if request.method == "POST":
        desk.require("import.whitelist")
        keep_good, wording = request.POST.get("keep_good") == "yes", _wording(request.POST.get("wording", ""))
        asked = {"purpose": _purpose(request), "keep_good": keep_good, "wording_sha256": wording}
        return _submitted(request, desk, "whitelist", asked)
    own = desk.organisation.id
    context = {
        "batches": consents.batches(own)[:50],
        "consents": consents.statistics(own),
        "jobs": jobs.of_organisation(settings.HOME, own, "whitelist", 5),
        "purposes": PURPOSES,
    }
    return render(request, "web/enterprise/whitelist.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("scrub.list")
def scrub_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """名单清洗: which of these people may be called, and why the others may not."""
    if request.method == "POST":
        asked = {"purpose": _purpose(request), "caller": request.POST.get("caller", "")[:40], "language": _language()}
        return _submitted(request, desk, "scrub", asked)
    own = desk.organisation.id
    context = {
        "jobs": jobs.of_organisation(settings.HOME, own, "scrub", 10),
        "purposes": PURPOSES,
        "callers": [one for one in numbers.for_organisation(own) if one.first == one.last and one.state == "active"],
    }
    return render(request, "web/enterprise/scrub.html", context)


@require_GET
@at_desk("see.consents")
def job(request: HttpRequest, desk: Desk, ident: str) -> HttpResponse:
    """One job: how far it is, what came out, each bad row."""
    return render(request, "web/enterprise/job.html", _about(_own(desk, ident)))


@require_GET
@at_desk("see.consents")
def job_state(request: HttpRequest, desk: Desk, ident: str) -> HttpResponse:
    """The part of the page that htmx asks for again while the job runs."""
    return render(request, "web/enterprise/job_state.html", _about(_own(desk, ident)))


@require_GET
@at_desk("scrub.list")
def job_output(request: HttpRequest, desk: Desk, ident: str) -> FileResponse:
    return _download(_own(desk, ident), "output")


@require_GET
@at_desk("see.consents")
def job_report(request: HttpRequest, desk: Desk, ident: str) -> FileResponse:
    return _download(_own(desk, ident), "report")


def _about(place: Place) -> dict[str, Any]:
    state = place.state()
    problem = None
    if state.problem:
        where = state.problem.get("where", "").replace(place.input.name, place.job.file_name)
        told = Problem(state.problem["code"], state.problem.get("what", ""), where=where)
        told.mend = state.problem.get("mend", "")
        problem = problems.told(told)
    bad = state.result.get("bad", [])
    return {"place": place, "job": place.job, "state": state, "problem": problem, "bad": bad[:REPORT_ROWS]}


def _own(desk: Desk, ident: str) -> Place:
    place = jobs.find(settings.HOME, desk.organisation.id, ident)
    if place is None:
        raise Http404
    return place


def _download(place: Place, which: str) -> FileResponse:
    path = place.output if which == "output" else place.report
    if not place.state().ended or not path.exists():
        raise Http404
    stem = place.job.file_name.rpartition(".")[0] or place.job.file_name
    name = f"{stem}-{'mingbai' if which == 'output' else 'report'}{path.suffix}"
    # Closed by the response when it was sent.
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _submitted(request: HttpRequest, desk: Desk, kind: str, asked: dict[str, Any]) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        raise Problem("web.file_missing", where=_("list"))
    made = jobs.submit(
        settings.HOME,
        kind=kind,
        organisation=desk.organisation.id,
        account=desk.account,
        file_name=file.name or "list.csv",
        pieces=file.chunks(),
        asked=asked,
    )
    return redirect("enterprise:job", made.id)


def _purpose(request: HttpRequest) -> str:
    purpose = request.POST.get("purpose", "")
    if purpose not in PURPOSES:
        raise Problem("web.choice", where=_("purpose"))
    return purpose


def _wording(text: str) -> str:
    """What is filed of the text that people were shown: its SHA-256 in hexadecimal, "" for none. Line ends, which
    browsers send in their own way, count as LF, and blanks around the text as nothing."""
    plain = text.replace("\r\n", "\n").strip()
    return sha256(plain.encode()).hexdigest() if plain else ""


def _language() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"
