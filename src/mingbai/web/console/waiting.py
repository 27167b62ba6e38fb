"""What waits for whoever sits at a desk of the operator: how much of each, how much of it late, where it is done."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from mingbai.admission import queries as admission
from mingbai.cases import queries as cases
from mingbai.cases.queries import reports
from mingbai.detection import queries as detection
from mingbai.detection.states import SetState
from mingbai.numbers import queries as numbers
from mingbai.tariffs import queries as tariffs
from mingbai.web.desk import Desk

_MOST = 200  # counted one by one; more than that are “200” too


class Waiting(NamedTuple):
    """One kind of work: `many` that wait, `late` of it, and the page where it is done."""

    what: str
    many: int
    late: int
    href: str


def at(desk: Desk) -> list[Waiting]:
    """What waits and this desk may see, in the order in which it presses."""
    found: list[Waiting] = []
    if desk.may("see.reports"):
        counted = reports.counts()
        found.append(Waiting(_("Reports"), counted.open, counted.overdue, reverse("console:reports")))
    if desk.may("see.findings"):
        found += _detection()
    if desk.may("see.case"):
        found += _cases()
    if desk.may("answer.appeal"):
        found.append(Waiting(_("Appeals"), cases.waiting(), 0, reverse("console:appeals")))
    if desk.may("see.labels"):
        corrections = numbers.corrections_waiting()
        found.append(Waiting(_("Labels to correct"), corrections, 0, reverse("console:labels")))
    found.append(Waiting(_("Applications to review"), len(admission.waiting(limit=_MOST)), 0,
                         reverse("console:resources")))  # fmt: skip
    if desk.may("review.tariff"):
        review = len(tariffs.in_work(desk.organisation.id, "review", _MOST))
        found.append(Waiting(_("Tariffs to review"), review, 0, reverse("console:tariffs")))
    return found


def _detection() -> list[Waiting]:
    counted = detection.counts()
    tried = sum(one.state == SetState.SHADOWED for one in detection.rule_sets())
    return [
        Waiting(_("Findings to look at"), counted["finding"], 0, f"{reverse('console:findings')}?verdict=finding"),
        Waiting(
            _("Suspicions to look at"), counted["suspicion"], 0, f"{reverse('console:findings')}?verdict=suspicion"
        ),
        Waiting(_("Rules to let go live"), tried, 0, reverse("console:rule_sets")),
    ]


def _cases() -> list[Waiting]:
    counted = cases.counts()
    return [
        Waiting(_("Cases nobody has taken up"), counted["open"], 0, f"{reverse('console:cases')}?queue=open"),
        Waiting(_("Cases being verified"), counted["verifying"], counted["late"], reverse("console:cases")),
        Waiting(_("Measures to approve"), counted["proposed"], 0, reverse("console:approvals")),
    ]
