"""Call attempts as pages show them: who, whether it rang, why, and the receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from mingbai.calls import queries as calls
from mingbai.calls.queries import Attempt
from mingbai.gate.decide import Code
from mingbai.kernel.msisdn import of_digits
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Decision
from mingbai.people import queries as people
from mingbai.web import outcomes, words

# Rules by which whoever holds the calling number has not made the call, or may not have.
MAYBE_FORGED = frozenset({Code.CALLER_SPOOFED, Code.TRUNK_FOREIGN})


@dataclass(frozen=True)
class Shown:
    """One attempt. `at` µs since the epoch, `verdict` its id; `index` is the log's entry of its journal segment, None
    while that is being anchored; `url` leads to the receipt, `blockable` is what blocks a caller that rang, each ""
    where there is none. `principal` is the firm for which the call was, 0 for none; `label` what the phone was to
    show."""

    at: int
    verdict: str
    caller: str
    callee: str
    firm: str
    decision: str
    purpose: str
    code: int
    rule: str
    reason: Mapping[str, str]
    basis: str
    standing: str
    consent: str
    index: int | None
    url: str
    blockable: str
    principal: int
    label: str


def to_subscriber(subscriber: int, *, limit: int) -> list[Shown]:
    """Attempts on the subscriber's own number, newest first, with who called. Empty for an erased subscriber."""
    try:
        found = calls.attempts_to(subscriber, limit)
    except Problem:
        return []
    return [_shown(one, firms, own=True) for firms in [_firms(found)] for one in found]


def of_organisation(organisation: int, *, limit: int, decision: str = "") -> list[Shown]:
    """Attempts made by or for an organisation, newest first; called numbers masked; of one decision when asked."""
    found = calls.attempts_of(organisation, limit * 8 if decision else limit)
    firms = _firms(found)
    shown = [_shown(one, firms, own=False) for one in found]
    return [one for one in shown if decision in ("", one.decision)][:limit]


def receipt(subscriber: int, receipt_id: str) -> str | None:
    """The receipt of an attempt on the subscriber's number in their own tenure; None while it is not anchored.

    Raises Http404 for any other attempt.
    """
    found, view = calls.attempt(receipt_id), people.subscriber(subscriber)
    if found is None or view is None or found.callee != people.number_of(subscriber).digits:
        raise Http404
    ended = view.ended_at.timestamp() if view.ended_at else float("inf")
    if not view.began_at.timestamp() <= found.at_us / 1e6 < ended:
        raise Http404
    return calls.attempt_receipt(receipt_id)


def receipt_of_organisation(organisation: int, receipt_id: str) -> str | None:
    """The receipt of an attempt made by or for an organisation, which dialled the number that it names.

    Raises Http404 for any other attempt, also one that may have been made by others with a number of the
    organisation's: the page of redress gives that one to whoever knows the called number.
    """
    found = calls.attempt(receipt_id)
    if found is None or organisation not in (found.holder, found.principal) or found.code in MAYBE_FORGED:
        raise Http404
    return calls.attempt_receipt(receipt_id)


def _receipt_url(one: Attempt, *, own: bool) -> str:
    if one.index is None or (not own and one.code in MAYBE_FORGED):
        return ""
    return reverse("my:attempt_receipt" if own else "enterprise:attempt_receipt", args=[one.receipt_id])


def _firms(found: Iterable[Attempt]) -> dict[int, str]:
    return people.organisation_names({one.principal or one.holder for one in found} - {0})


def _shown(one: Attempt, firms: Mapping[int, str], *, own: bool) -> Shown:
    said = outcomes.outcome(one.code, one.decision)
    caller = of_digits(one.caller) if one.caller else None
    return Shown(
        at=one.at_us,
        verdict=one.receipt_id,
        caller=caller.national if caller else _("withheld"),
        callee=of_digits(one.callee).masked if one.callee else "",
        firm=firms.get(one.principal or one.holder, ""),
        decision=words.DECISIONS[one.decision],
        purpose="" if one.use == "personal" else one.purpose or one.use,
        code=one.code,
        rule=one.rule,
        reason=one.reason,
        basis=said.basis.source if said else "",
        standing=said.basis.standing if said else "",
        consent=_("no. %(id)s") % {"id": one.consent} if one.consent else "",
        index=one.index,
        url=_receipt_url(one, own=own),
        blockable=caller.e164 if own and caller and caller.valid and one.decision != Decision.REFUSE else "",
        principal=one.principal,
        label=one.label,
    )
