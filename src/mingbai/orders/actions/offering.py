"""不予受理: an offer that the house refuses leaves a trace by seller and tariff, so that who tries to cheat is seen."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from django.db import transaction
from django.db.models import F

from mingbai.channels import queries as channels
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.orders import events
from mingbai.orders.actions import proposing
from mingbai.orders.models import Refused
from mingbai.orders.rules import TELLING
from mingbai.tariffs import queries as tariffs

P = ParamSpec("P")


def _noted(offer: Callable[P, int]) -> Callable[P, int]:
    """`offer`, after whose Problem it is noted which seller tried to sell what. The Problem is raised on.

    Call it outside any transaction that may be rolled back: else the note goes with it.
    """

    @wraps(offer)
    def noted(*args: P.args, **asked: P.kwargs) -> int:
        try:
            return offer(*args, **asked)
        except Problem as problem:
            if problem.code in TELLING and asked["by"] != proposing.SELF:
                _note(problem.code, asked)
            raise

    return noted


propose = _noted(proposing.propose)


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
