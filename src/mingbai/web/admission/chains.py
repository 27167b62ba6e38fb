"""“Who answers for this call?” as asked on a page: a number and a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from mingbai.admission import queries
from mingbai.kernel import clock
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.web import problems

FORM = "%Y-%m-%dT%H:%M"


def asked(sent: QueryDict, *, own: int | None = None) -> tuple[dict[str, Any], int]:
    """The answer for the page and its status. `own`: a firm that sees only chains that it is a link of."""
    number, moment = sent.get("number", "").strip()[:40], sent.get("at", "").strip()[:16]
    context: dict[str, Any] = {"typed": number, "moment": moment, "asked": True}
    try:
        wanted, at = require(number), _moment(moment)
        found = queries.chain(wanted, at)
        if found is not None and own is not None and not found.of(own):
            found = None
        context |= {"chain": found, "at": at, "number": wanted}
        if own is None:
            context["history"] = queries.chain_history(wanted)
    except Problem as problem:
        return context | {"problem": problems.told(problem)}, problem.status
    return context, 200


def _moment(text: str) -> datetime:
    """The moment that was asked about, in the reader's zone; now when none was. Raises Problem for what is none."""
    if not text:
        return clock.now()
    try:
        return timezone.make_aware(datetime.strptime(text, FORM))  # noqa: DTZ007  # made aware at once
    except ValueError:
        raise Problem("admission.day", "this is no moment", where="at") from None
