"""What this is, what a number is, what a receipt proves: for anyone, without log-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.kernel import clock, profile
from mingbai.kernel.msisdn import Msisdn, require
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Use
from mingbai.ledger import queries as ledger
from mingbai.ledger.verify import Refused, verify_receipt
from mingbai.numbers import queries as numbers
from mingbai.numbers.queries import Shown
from mingbai.web import limits, problems
from mingbai.web.labels import registered_name
from mingbai.web.public import printing, wording

RECEIPT_LIMIT = 256 * 1024  # bytes; a receipt has some 3 KiB


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "web/public/home.html")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark for a year; anything else follows the system again."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = redirect(target)
    if (chosen := request.POST.get("theme", "")) in ("light", "dark"):
        response.set_cookie("theme", chosen, max_age=365 * 86400, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@dataclass(frozen=True)
class Found:
    """What anyone may know of a number. `firm` is None for people's numbers, always; `carriers` whose lines it has.

    `label`: what is said of it; `name`: what its registration has shown with its calls.
    """

    number: Msisdn
    kind: str
    firm: Any | None
    label: Shown | None
    name: str
    carriers: tuple[str, ...]


@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest) -> HttpResponse:
    """Look a number up. By POST: numbers do not stand in addresses, histories and access logs."""
    if request.method != "POST":
        return render(request, "web/public/number.html")
    typed = request.POST.get("number", "")[:40]
    try:
        limits.spend(f"lookup:{limits.origin(request)}", lookups_per_hour())
        found = look_up(require(typed))
    except Problem as problem:
        context = {"typed": typed, "problem": problems.told(problem)}
        return render(request, "web/public/number.html", context, status=problem.status)
    return render(request, "web/public/number.html", {"typed": typed, "found": found})


def lookups_per_hour() -> int:
    """From one place: the look-up answers people, and is no list."""
    return profile.load(settings.HOME).labels.lookups_per_hour


def look_up(asked: Msisdn) -> Found:
    view = numbers.holder_of(asked)
    personal = view is not None and view.use == Use.PERSONAL
    firm = None if personal else view
    name = registered_name(firm)
    then = numbers.standing_at(asked, clock.now()) if name else None
    carriers = tuple(dict.fromkeys(trunk.carrier_name for trunk in then.trunks)) if then else ()
    return Found(asked, asked.kind.name, firm, numbers.label_for(asked), name, carriers)


@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """Check a receipt, or lay it out for paper. The page checks in the browser; without JavaScript it is done here."""
    own = ledger.vkey()
    context: dict[str, Any] = {"own_vkey": own, "vkey": own, "words": wording.receipt_words()}
    if request.method != "POST":
        return render(request, "web/public/receipt.html", context)
    context["vkey"] = request.POST.get("vkey", "").strip()[:400] or own
    try:
        context["text"] = _receipt_text(request)
        if "print" in request.POST:
            return printing.page(request, context["text"], context["vkey"])
        context |= wording.told(verify_receipt(context["text"], context["vkey"]))
    except Problem as problem:
        context["refused"] = " ".join(filter(None, (problems.told(problem)["what"], problems.told(problem)["mend"])))
    except Refused as refused:
        context["refused"] = refused.zh if (get_language() or "").startswith("zh") else refused.en
    return render(request, "web/public/receipt.html", context, status=422 if "refused" in context else 200)


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """What the evidence log is, how large, and how anybody checks it without us."""
    checkpoint = ledger.public_file("checkpoint")
    context = {"size": ledger.size(), "vkey": ledger.vkey(), "checkpoint": checkpoint.decode() if checkpoint else ""}
    return render(request, "web/public/log.html", context)


def _receipt_text(request: HttpRequest) -> str:
    upload = request.FILES.get("file")
    if upload is None:
        text = request.POST.get("text", "")
        if not text.strip():
            raise Problem("web.file_missing", _("No file came with the form."), where=_("receipt"))
        return text.replace("\r\n", "\n")
    if upload.size is None or upload.size > RECEIPT_LIMIT:
        raise Problem("web.file_too_large", where=_("receipt"), status=413)
    raw: bytes = upload.read()
    return raw.decode("utf-8", "replace")
