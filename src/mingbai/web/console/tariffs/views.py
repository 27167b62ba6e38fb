"""资费方案 on the console: what is in work, the editor with live findings, the second person's review."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.kernel.problems import Problem
from mingbai.tariffs import actions, diff, queries, rules, wording
from mingbai.tariffs.content import Content
from mingbai.tariffs.queries import Asked, Full
from mingbai.web import problems, words
from mingbai.web.console.tariffs import form
from mingbai.web.desk import Desk, at_desk
from mingbai.web.tariffs import lines
from mingbai.web.tariffs.views import changes, shown

PAGE = 100


@require_GET
@at_desk("see.tariffs", operator=True)
def work(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits: in review first, then drafts, then what is published, searched by words."""
    own = desk.organisation.id
    text = request.GET.get("q", "").strip()[:60]
    rows, count = queries.listed(Asked(text=text, state="all", operator=own), limit=PAGE)
    context = {
        "in_review": queries.in_work(own, "in_review"),
        "drafts": queries.in_work(own, "draft"),
        "published": rows,
        "count": count,
        "q": text,
        "may_draft": desk.may("draft.tariff"),
        "publish_verb": "publish" if desk.may("review.tariff") else "",
        "submit_verb": "submit" if desk.may("draft.tariff") else "",
        "account": desk.account,
    }
    return render(request, "web/console/tariffs/work.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("draft.tariff", operator=True)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A plan that is not there yet."""
    return _editor(request, desk, None)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("draft.tariff", operator=True)
def edit(request: HttpRequest, desk: Desk, version: int) -> HttpResponse:
    """A draft."""
    full = _own(desk, version)
    if full.state != "draft":
        return redirect("console:tariff", version)
    return _editor(request, desk, full.content)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("draft.tariff", operator=True)
def edit_plan(request: HttpRequest, desk: Desk, plan: int) -> HttpResponse:
    """A new version of what is published; or its draft, when there is one."""
    full = queries.full(plan)
    if full is None or full.operator != desk.organisation.id:
        raise Http404
    latest = queries.find_code(full.operator, full.content.code)
    if latest is not None and latest.state in ("draft", "in_review"):
        return redirect("console:tariff_draft" if latest.state == "draft" else "console:tariff", latest.id)
    return _editor(request, desk, full.content)


def _editor(request: HttpRequest, desk: Desk, before: Content | None) -> HttpResponse:
    context: dict[str, Any] = {"typed": form.typed(before or form.blank()), "fixed_code": before.code if before else ""}
    status = 200
    content = before
    if request.method == "POST":
        try:
            content = form.content(_with_code(request, before), before)
            context["typed"] = form.typed(content)
            version = actions.draft(operator=desk.organisation.id, content=content, account=desk.account)
            messages.success(request, _("The draft is kept."))
            return redirect("console:tariff", version)
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    context |= {
        "lists": words.LISTS,
        "found": told(rules.check(content, queries.today())) if content else [],
        "untouched": content is None,
    }
    return render(request, "web/console/tariffs/edit.html", context, status=status)


def _with_code(request: HttpRequest, before: Content | None) -> Any:
    """What was posted; the code of a plan that is there already cannot be changed."""
    post = request.POST.copy()
    if before is not None:
        post["code"] = before.code
    return post


@require_POST
@at_desk("draft.tariff", operator=True)
def live_findings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The findings of what stands in the form just now; nothing is kept."""
    context: dict[str, Any] = {}
    try:
        context["found"] = told(rules.check(form.content(request.POST), queries.today()))
    except Problem as problem:
        context["problem"] = problems.told(problem)
    return render(request, "web/console/tariffs/findings.html", context)


@require_GET
@at_desk("see.tariffs", operator=True)
def version(request: HttpRequest, desk: Desk, version: int) -> HttpResponse:
    """One version on one page: all that a decision needs, findings first."""
    return _page(request, desk, _own(desk, version), {}, 200)


def _page(request: HttpRequest, desk: Desk, full: Full, more: dict[str, Any], status: int) -> HttpResponse:
    row = next((one for one in queries.in_work(full.operator) if one.version == full.version), None)
    public = queries.full(full.plan)
    before = public if public and public.version != full.version else None
    answered = queries.answers(full.version)
    found = rules.check(full.content, queries.today()) if row else []
    context = {
        "full": full,
        "before": before,
        "changes": changes(diff.between(before.content, full.content)) if before else [],
        "found": told(found, answered),
        "ready": not rules.errors(found) and not rules.open_questions(found, answered),
        "errors": rules.errors(found),
        "reviewer": row is not None and desk.account not in row.editors and desk.may("review.tariff"),
        "may_draft": desk.may("draft.tariff"),
        "may_review": desk.may("review.tariff"),
        **shown(full),
        **more,
    }
    return render(request, "web/console/tariffs/version.html", context, status=status)


def told(found: list[rules.Finding], answered: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Findings as the pages show them."""
    return [
        {
            "key": rules.key(one),
            "error": one.level == rules.Level.ERROR,
            "field": lines.label(one.field),
            "sentence": wording.sentence(one),
            "rule": one.rule,
            "answer": (answered or {}).get(rules.key(one), ""),
        }
        for one in found
    ]


@require_POST
@at_desk("see.tariffs", operator=True)
def act(request: HttpRequest, desk: Desk, version: int) -> HttpResponse:
    """Submit, discard, answer, send back or publish."""
    full = _own(desk, version)
    verb = request.POST.get("do", "")
    try:
        _do(request, desk, version, verb)
    except Problem as problem:
        return _page(request, desk, full, {"problem": problems.told(problem)}, problem.status)
    messages.success(request, _DONE[verb]())
    return redirect("console:tariffs" if verb == "discard" else "console:tariff", *([version] * (verb != "discard")))


_DONE = {
    "submit": lambda: _("Sent to review. Somebody else looks at it now."),
    "discard": lambda: _("The draft is given up."),
    "answer": lambda: _("The answer stands in the evidence log."),
    "send_back": lambda: _("Sent back. It is a draft again."),
    "publish": lambda: _("Published. It stands in the zone from now on."),
}


def _do(request: HttpRequest, desk: Desk, version: int, verb: str) -> None:
    text = request.POST.get("text", "")
    if verb in ("submit", "discard"):
        desk.require("draft.tariff")
        (actions.submit if verb == "submit" else actions.discard)(version, account=desk.account)
        return
    desk.require("review.tariff")
    if verb == "answer":
        actions.answer(version, key=request.POST.get("key", ""), account=desk.account, text=text)
    elif verb == "send_back":
        actions.send_back(version, account=desk.account, reason=text)
    elif verb == "publish":
        actions.publish(version, account=desk.account)
    else:
        raise Problem("web.choice", where="do")


@require_POST
@at_desk("review.tariff", operator=True)
def withdraw(request: HttpRequest, desk: Desk, plan: int) -> HttpResponse:
    """Take a published plan off sale, with a reason."""
    full = queries.full(plan)
    if full is None or full.operator != desk.organisation.id:
        raise Http404
    actions.withdraw(plan, account=desk.account, reason=request.POST.get("reason", ""))
    messages.success(request, _("Withdrawn. The zone shows it as no longer sold."))
    return redirect("console:tariff", full.version)


def _own(desk: Desk, version: int) -> Full:
    full = queries.version(version)
    if full is None or full.operator != desk.organisation.id:
        raise Http404
    return full
