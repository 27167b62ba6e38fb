"""Lists that a firm sends: the whitelist to import, a campaign list to clean. Each becomes a job."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mingbai.consent import queries as consents
from mingbai.kernel.problems import Problem
from mingbai.numbers import queries as numbers
from mingbai.web import jobpages, jobs
from mingbai.web.desk import Desk, at_desk

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
    return render(request, "web/enterprise/job.html", _about(desk, ident))


@require_GET
@at_desk("see.consents")
def job_state(request: HttpRequest, desk: Desk, ident: str) -> HttpResponse:
    """The part of the page that htmx asks for again while the job runs."""
    return render(request, "web/enterprise/job_state.html", _about(desk, ident))


@require_GET
@at_desk("scrub.list")
def job_output(request: HttpRequest, desk: Desk, ident: str) -> FileResponse:
    return jobpages.output(jobpages.own(desk, ident))


@require_GET
@at_desk("see.consents")
def job_report(request: HttpRequest, desk: Desk, ident: str) -> FileResponse:
    return jobpages.report(jobpages.own(desk, ident))


def _about(desk: Desk, ident: str) -> dict[str, Any]:
    shown = jobpages.about(jobpages.own(desk, ident), reverse("enterprise:job_state", args=[ident]))
    return {**shown, "bad": shown["state"].result.get("bad", [])[:REPORT_ROWS]}


def _submitted(request: HttpRequest, desk: Desk, kind: str, asked: dict[str, Any]) -> HttpResponse:
    return redirect("enterprise:job", jobpages.submit(request, desk, kind, asked).id)


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
