"""代理商 on the console: who sells, what each may sell, their people and keys, and what was refused of them."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingbai.channels import actions, queries
from mingbai.channels.queries import SellerView
from mingbai.channels.rules import SELLING_KINDS, Granted
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Scope
from mingbai.ledger import queries as ledger
from mingbai.orders import queries as orders
from mingbai.orders.queries import Wanted
from mingbai.people import actions as accounts
from mingbai.people import queries as people
from mingbai.tariffs import queries as tariffs
from mingbai.web import entries, problems, words
from mingbai.web.desk import Desk, at_desk

PAGE = 100
STATES = ("active", "suspended", "ended")
KEY_SCOPES = (Scope.ORDERS_READ.value, Scope.ORDERS_WRITE.value)


class Row(NamedTuple):
    """A seller in the list."""

    seller: SellerView
    scopes: int
    staff: int


class Shown(NamedTuple):
    """A scope with the names of its tariffs."""

    scope: Granted
    plans: list[str]
    operator: str


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.organisation", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Sellers by name and state, and what was refused of any of them; POST makes an organisation a seller."""
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        desk.require("set.seller")
        try:
            made = actions.register(_number(request.POST.get("organisation", "")), desk=desk.account)
            messages.success(request, _("Registered. Say now what it may sell."))
            return redirect("console:seller", made)
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    text, state = request.GET.get("q", "").strip()[:60], request.GET.get("state", "")
    state, after = state if state in STATES else "", _number(request.GET.get("after", ""))
    everybody = queries.sellers()
    found = [
        one for one in everybody
        if one.id > after and text.casefold() in one.name.casefold() and state in ("", one.state)
    ]  # fmt: skip
    known = {one.organisation for one in everybody}
    context |= {
        "rows": [Row(one, len(queries.scopes(one.id)), _standing(one.id)) for one in found[:PAGE]],
        "more": found[PAGE - 1].id if len(found) > PAGE else None,
        "q": text, "state": state, "states": words.SELLER_STATES, "count": len(everybody),
        "others": [
            one for kind in SELLING_KINDS for one in people.organisations(kind) if one.id not in known
            and one.state == "active"
        ],
        "refused": orders.refused(limit=20),
        "may": desk.may("set.seller"),
    }  # fmt: skip
    return render(request, "web/console/sellers/list.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.organisation", operator=True)
def one(request: HttpRequest, desk: Desk, seller: int) -> HttpResponse:
    """One seller on one page; POST does one thing to it, named by `do`."""
    found = queries.seller(seller)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _page(request, desk, found, {})
    desk.require("set.seller")
    try:
        said = _do(request.POST, desk, found)
    except Problem as problem:
        more = {"problem": problems.told(problem), "failed": request.POST.get("do", ""), "typed": request.POST}
        return _page(request, desk, found, more, problem.status)
    if said.startswith("mb_"):
        return _page(request, desk, found, {"made": said})
    messages.success(request, said)
    return redirect("console:seller", seller)


def _do(post: QueryDict, desk: Desk, found: SellerView) -> str:
    """What was asked for: the sentence to tell, or a new key. Raises Problem."""
    do, target = post.get("do", ""), _number(post.get("id", ""))
    if do == "state":
        actions.set_state(found.id, post.get("state", ""), reason=post.get("reason", ""), desk=desk.account)
        return _("Done. Open offers of a seller that may not sell any more lapse when somebody answers.")
    if do == "grant":
        _grant(post, desk, found)
        return _("Granted. It holds from its first day on.")
    if do == "revoke" and any(one.id == target for one in queries.scopes(found.id)):
        actions.revoke(target, reason=post.get("reason", ""), desk=desk.account)
        return _("Revoked. What was offered under it and not yet answered lapses.")
    if do == "staff":
        account = _number(post.get("account", ""))
        actions.add_staff(found.id, account=account, number=post.get("number", ""), desk=desk.account)
        return _("Named. They may offer from now on.")
    if do == "leave" and any(one.id == target for one in queries.staff(found.id)):
        actions.end_staff(target, desk=desk.account)
        return _("Ended. They offer nothing any more.")
    if do == "key":
        desk.require("make.api_key")
        return _key(post, found)
    if do == "end_key" and any(one.id == target for one in people.api_keys(found.organisation)):
        desk.require("revoke.api_key")
        accounts.revoke_api_key(target)
        return _("The key has ended. Whoever uses it is turned away.")
    raise Problem("web.choice", where="do")


def _key(post: QueryDict, found: SellerView) -> str:
    name = post.get("name", "").strip()[:80]
    if not name:
        raise Problem("web.name_missing", where=_("Name"))
    scopes = [one for one in post.getlist("scopes") if one in KEY_SCOPES]
    return accounts.create_api_key(organisation=found.organisation, name=name, scopes=scopes)[1]


def _grant(post: QueryDict, desk: Desk, found: SellerView) -> None:
    """Grant a scope as typed: codes and regions divided by spaces, commas or lines; nothing is everything."""
    codes = _words(post.get("codes", ""))
    published = tariffs.published(desk.organisation.id, codes)
    if missing := [code for code in codes if code not in published]:
        raise Problem("orders.not_published", f"{missing[0]} is not published", where=missing[0], status=409)
    actions.grant(
        found.id, operator=desk.organisation.id, plans=[published[code].plan for code in codes],
        regions=_words(post.get("regions", "")), ways=post.getlist("ways"),
        from_date=_day(post.get("from_date", "")) or tariffs.today(), to_date=_day(post.get("to_date", "")),
        desk=desk.account,
    )  # fmt: skip


def _page(request: HttpRequest, desk: Desk, found: SellerView, more: dict[str, Any], status: int = 200) -> HttpResponse:
    people_of = people.accounts(found.organisation)
    staff = queries.staff(found.id)
    busy = {one.account for one in staff if one.until is None}
    context = {
        "one": found,
        "scopes": _scopes(queries.scopes(found.id)),
        "staff": staff,
        "usernames": {one.id: one.username for one in people_of},
        "free": [one for one in people_of if one.is_active and one.id not in busy],
        "keys": people.api_keys(found.organisation),
        "key_scopes": KEY_SCOPES,
        "ways": words.SALES_CHANNELS,
        "states": words.SELLER_STATES,
        "today": tariffs.today(),
        "refused": orders.refused(seller=found.id, limit=20),
        "offers": orders.search(Wanted(seller=found.id), limit=10),
        "entries": entries.told(reversed(ledger.of_subject(f"organisation:{found.organisation}")[-20:])),
        "may": desk.may("set.seller") and found.state != "ended",
        "may_keys": desk.may("make.api_key"),
        "closed": _closed(found),
        **more,
    }
    return render(request, "web/console/sellers/one.html", context, status=status)


def _closed(found: SellerView) -> bool:
    """Whether the organisation itself is suspended: then the seller's own state changes nothing."""
    firm = people.organisation(found.organisation)
    return firm is None or firm.state != "active"


def _scopes(found: list[Granted]) -> list[Shown]:
    names = tariffs.fulls({plan for one in found for plan in one.plans})
    operators = people.organisation_names({one.operator for one in found})
    return [
        Shown(
            one,
            [f"{names[plan].content.code} {names[plan].content.name}" for plan in sorted(one.plans) if plan in names],
            operators.get(one.operator, ""),
        )
        for one in found
    ]


def _standing(seller: int) -> int:
    return sum(one.until is None for one in queries.staff(seller))


def _words(text: str) -> list[str]:
    for divider in "，、；,;\n\r\t":
        text = text.replace(divider, " ")
    return list(dict.fromkeys(text.split()))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem("channels.dates", "no such day", where="date", mend="2026-01-31") from None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
