"""A verdict's record as its page and the API show it: the called number masked, always."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from mingbai.calls.queries import Attempt
from mingbai.gate.decide import Code
from mingbai.kernel.msisdn import Msisdn, of_digits
from mingbai.people import queries as people
from mingbai.web import outcomes, words
from mingbai.web.attempts import MAYBE_FORGED
from mingbai.web.redress import card


@dataclass(frozen=True)
class Record:
    """One verdict. `age_s` is how old the gate's facts were, None when it had none; `forged` says that the rule itself
    doubts that the number's holder called; names are "" where there is nobody."""

    attempt: Attempt
    caller: str
    callee: str
    holder: str
    principal: str
    decision: str
    basis: str
    standing: str
    setting: str
    age_s: float | None
    forged: bool


def record(attempt: Attempt, *, staff: bool = False) -> Record:
    """What is told of an attempt. `staff`: a calling person's number is masked too."""
    said = outcomes.outcome(attempt.code, attempt.decision)
    names = people.organisation_names({attempt.holder, attempt.principal} - {0})
    caller = of_digits(attempt.caller) if attempt.caller else None
    known = attempt.age_ms is not None and attempt.code != Code.FACTS_MISSING
    return Record(
        attempt=attempt,
        caller=_calling(caller, staff),
        callee=of_digits(attempt.callee).masked if attempt.callee else "",
        holder=names.get(attempt.holder, ""),
        principal=names.get(attempt.principal, ""),
        decision=words.DECISIONS[attempt.decision],
        basis=said.basis.source if said else "",
        standing=said.basis.standing if said else "",
        setting=said.basis.setting if said else "",
        age_s=(attempt.age_ms or 0) / 1000 if known else None,
        forged=attempt.code in MAYBE_FORGED,
    )


def address(verdict: str) -> str:
    """Where a verdict's page is, for cards and messages."""
    return _public(reverse("redress:page", args=[verdict]))


def certificate_address() -> str:
    return _public(reverse("redress:certificate"))


def sender() -> card.Sender:
    """The operator that runs this: the first that was registered."""
    operators = people.organisations("operator")
    name = operators[0].name if operators else card.host_of(settings.PUBLIC_URL)
    return card.Sender(name, settings.REDRESS_EMAIL, settings.REDRESS_TEL)


def _calling(number: Msisdn | None, staff: bool) -> str:
    if number is None:
        return _("withheld")
    return number.masked if staff else number.national


def _public(path: str) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"
