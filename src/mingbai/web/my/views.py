"""What a subscriber sees and may do. Everything is one tap; what it does is said in one sentence afterwards."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.consent import actions as consent
from mingbai.consent import exporting
from mingbai.consent import queries as consents
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Purpose
from mingbai.ledger import queries as ledger
from mingbai.people import queries as people
from mingbai.people.queries import OrganisationView
from mingbai.web import attempts, downloads, entries, words
from mingbai.web.my import standing
from mingbai.web.my.access import own
from mingbai.web.public import printing

HOW = "web"
GIVEABLE = tuple(purpose.value for purpose in Purpose if purpose is not Purpose.ANY)


@require_GET
@own
def home(request: HttpRequest, subscriber: int) -> HttpResponse:
    """Who may call me, for what, and how I stop it."""
    may, may_not = standing.firms(subscriber)
    context = {
        "masked": people.masked(subscriber),
        "may": may,
        "may_not": may_not,
        "stopped": [one for one in attempts.to_subscriber(subscriber, limit=50) if one.decision == "refuse"][:3],
    }
    return render(request, "web/my/home.html", context)


@require_POST
@own
def stop(request: HttpRequest, subscriber: int) -> HttpResponse:
    """One tap: no more calls from a firm, whatever number calls for it; or for one purpose alone."""
    firm = _firm(request.POST.get("firm", ""))
    purpose = request.POST.get("purpose", Purpose.ANY.value)
    if purpose == Purpose.ANY:
        consent.refuse(subscriber=subscriber, principal=firm.id, how=HOW)
        messages.success(
            request, _("%(firm)s is stopped. No number that calls for it rings any more.") % {"firm": firm.name}
        )
    else:
        consent.withdraw(subscriber=subscriber, principal=firm.id, purpose=_purpose(purpose), how=HOW)
        said = {"firm": firm.name, "purpose": words.word("purpose", purpose)}
        messages.success(request, _("%(firm)s may no longer call you for this: %(purpose)s.") % said)
    return redirect("my:calls" if request.POST.get("from") == "calls" else "my:home")


@require_POST
@own
def stop_all(request: HttpRequest, subscriber: int) -> HttpResponse:
    many = consent.refuse_all(subscriber, HOW)
    said = ngettext("%(n)d firm is stopped.", "%(n)d firms are stopped.", many) % {"n": many}
    messages.success(request, said if many else _("No firm held a consent of yours. Nothing had to be stopped."))
    return redirect("my:home")


@require_POST
@own
def dispute(request: HttpRequest, subscriber: int) -> HttpResponse:
    """“I never agreed”: refused at once, and the firm has to show its proof."""
    number = request.POST.get("consent", "")
    said = consents.consent(int(number)) if number.isdecimal() and len(number) < 19 else None
    if said is None or said.subscriber != subscriber:
        raise Http404
    consent.dispute(consent=said.id, how=HOW)
    firm = _firm(str(said.principal))
    messages.success(
        request,
        _("%(firm)s is stopped and has to show its proof. If it cannot in time, its whole list is suspended.")
        % {"firm": firm.name},
    )
    return redirect("my:home")


@require_http_methods(["GET", "HEAD", "POST"])
@own
def give(request: HttpRequest, subscriber: int, firm: int) -> HttpResponse:
    """Agree (again): the wording is shown, and its hash stands in the log beside the consent."""
    asked = _firm(str(firm))
    if request.method != "POST":
        chosen = request.GET.get("purpose", "")
        context = {"firm": asked, "wording": _wording(asked), "purposes": GIVEABLE, "chosen": chosen}
        return render(request, "web/my/give.html", context)
    purpose = _purpose(request.POST.get("purpose", ""))
    digest = sha256(_wording(asked).encode()).digest()
    consent.give(subscriber=subscriber, principal=asked.id, purpose=purpose, how=HOW, wording_sha256=digest)
    said = {"firm": asked.name, "purpose": words.word("purpose", purpose)}
    messages.success(request, _("%(firm)s may call you for this: %(purpose)s. You can stop it any time.") % said)
    return redirect("my:home")


@require_GET
@own
def calls(request: HttpRequest, subscriber: int) -> HttpResponse:
    """Every attempt on my number, rung or not, and why."""
    found = attempts.to_subscriber(subscriber, limit=200)
    only = request.GET.get("only", "")
    shown = [one for one in found if one.decision == only] if only in words.DECISIONS else found
    said = consents.of_subscriber(subscriber)
    stopped = {one.principal for one in said if one.purpose == Purpose.ANY and one.state in standing.CLOSED}
    context = {
        "attempts": shown,
        "only": only,
        "decisions": words.DECISIONS,
        "any": bool(found),
        "stopped": stopped | {0},
    }
    return render(request, "web/my/calls.html", context)


@require_GET
@own
def record(request: HttpRequest, subscriber: int) -> HttpResponse:
    """Everything that the evidence log holds about me, each with its receipt."""
    found = entries.told(reversed(ledger.of_subject(f"subscriber:{subscriber}")))
    return render(request, "web/my/record.html", {"entries": found})


@require_GET
@own
def receipt(request: HttpRequest, subscriber: int, entry: int) -> HttpResponse:
    """The receipt of an entry about me, as a file."""
    return downloads.receipt(_own_receipt(subscriber, entry), f"mingbai-{entry}")


@require_GET
@own
def printed(request: HttpRequest, subscriber: int, entry: int) -> HttpResponse:
    """The same receipt laid out for paper, with QR codes."""
    text = _own_receipt(subscriber, entry)
    if text is None:
        raise Problem("web.receipt_waiting", status=409)
    return printing.page(request, text, ledger.vkey())


def _own_receipt(subscriber: int, entry: int) -> str | None:
    """None while the entry is not numbered. Raises Http404 for an entry about somebody else."""
    if all(one.id != entry for one in ledger.of_subject(f"subscriber:{subscriber}")):
        raise Http404
    return ledger.receipt(entry)


@require_GET
@own
def consent_receipt(request: HttpRequest, subscriber: int, consent: int) -> HttpResponse:
    """The receipt of a consent that a firm filed in a batch: its row."""
    said = consents.consent(consent)
    if said is None or said.subscriber != subscriber:
        raise Http404
    return downloads.receipt(consents.receipt(consent), f"mingbai-consent-{consent}")


@require_GET
@own
def attempt_receipt(request: HttpRequest, subscriber: int, receipt_id: str) -> HttpResponse:
    """The receipt of one attempt on my number: its row in the gate's journal."""
    return downloads.receipt(attempts.receipt(subscriber, receipt_id), f"mingbai-call-{receipt_id[-12:]}")


@require_GET
@own
def export(request: HttpRequest, subscriber: int) -> HttpResponse:
    """What I agreed to and refused, as a table for any spreadsheet."""
    heads = [
        _("Firm"),
        _("Purpose"),
        _("State"),
        _("How"),
        _("Reference of the proof"),
        _("Said on"),
        _("Until"),
        _("Changed"),
    ]
    rows = [
        [
            one["firm"],
            str(words.word("purpose", one["purpose"])),
            str(words.word("consent_state", one["state"])),
            str(words.word("how", one["how"])),
            one["reference"],
            *(_moment(one[name]) for name in ("given_at", "expires_at", "changed_at")),
        ]
        for one in exporting.of_subscriber(subscriber)
    ]
    return downloads.table([heads, *rows], "mingbai-consents")


def _moment(text: str) -> str:
    return downloads.moment(datetime.fromisoformat(text)) if text else ""


def _firm(text: str) -> OrganisationView:
    firm = people.organisation(int(text)) if text.isdecimal() and len(text) < 19 else None
    if firm is None:
        raise Http404
    return firm


def _purpose(text: str) -> str:
    if text not in GIVEABLE:
        raise Problem("web.choice", where=_("purpose"))
    return text


def _wording(firm: OrganisationView) -> str:
    """What the subscriber agrees to, in the language of the page."""
    return _(
        "I agree that %(firm)s, and whoever calls for it, may call me for the purpose that I chose, "
        "until I take this back. I can take it back any time, by one tap here or by SMS."
    ) % {"firm": firm.name}
