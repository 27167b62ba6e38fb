"""试邀约与不予受理: what an offer would say before it is made; and one that the house refuses leaves a trace by seller
and tariff, so that who tries to cheat is seen."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from django.db.models import F

from mingbai.channels import queries as channels
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.notices import queries as messages
from mingbai.orders import events, offers
from mingbai.orders.actions import proposing
from mingbai.orders.models import Refused
from mingbai.orders.offers import Asked
from mingbai.orders.rules import TELLING, Kind
from mingbai.tariffs import queries as tariffs

P = ParamSpec("P")
T = TypeVar("T")


def _noted(offer: Callable[P, T]) -> Callable[P, T]:
    """`offer`, after whose Problem it is noted which seller tried to sell what. The Problem is raised on.

    Call it outside any transaction that may be rolled back: else the note goes with it.
    """

    @wraps(offer)
    def noted(*args: P.args, **asked: P.kwargs) -> T:
        try:
            return offer(*args, **asked)
        except Problem as problem:
            if problem.code in TELLING and asked["by"] != proposing.SELF:
                _note(problem.code, asked)
            raise

    return noted


def _preview(
    *, plan: int, subscriber: int | None, seller: int, channel: str, region: str, by: str, kind: str, basis: str = ""
) -> str:
    """Exactly what would be shown if this were offered today; nothing is offered. Raises Problem as `propose` does for
    the tariff and the seller; what stands against the person alone is found when it is offered."""
    asked = Asked(Kind(kind), channel, region, tariffs.today(), basis.strip()[:200], "", None)
    full = offers.shown_now(plan, fresh=True)
    selling = channels.selling(seller)
    if selling is None:
        raise Problem("orders.seller_state", "the seller may not sell now", where="seller", status=403)
    place = offers.check(full, asked, asked.start)
    offers.scope_of(selling, full, place, channel, asked.start)
    lang = messages.lang_of(subscriber) if subscriber is not None else "zh"
    return offers.shown(asked.kind, offers.terms(full, asked, selling.name), lang)


propose = _noted(proposing.propose)
preview = _noted(_preview)


def _note(why: str, asked: dict[str, Any]) -> None:
    """One row a day for a seller, tariff and reason, however often it is tried; the first has an entry in the log."""
    plan, known = asked["plan"], channels.seller(asked["seller"])
    code = tariffs.plan_code(plan) if plan < 1 << 63 else None
    if known is None or code is None:
        return
    now, day, by = clock.now(), tariffs.today(), asked["by"][:24]
    with transaction.atomic():
        again = Refused.objects.filter(seller_id=known.id, plan=plan, why=why, day=day)
        if again.update(times=F("times") + 1, last_at=now, by=by):
            return
        said: dict[str, Any] = {"seller": known.id, "code": code[1], "why": why, "by": by}
        entry = ledger.append(
            events.REFUSED, said, subject=f"organisation:{known.organisation}", ref=f"seller:{known.id}"
        )
        Refused.objects.create(
            seller_id=known.id, plan=plan, code=code[1], why=why, by=by, channel=asked["channel"][:16],
            region=asked["region"][:24], day=day, first_at=now, last_at=now, entry=entry,
        )  # fmt: skip
