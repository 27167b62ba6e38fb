"""Who asked for a verdict to be looked at, and what they were told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Appeal(models.Model):
    """申诉: one party's “I think this is wrong” about one verdict, and the answer.

    The party is an organisation (holder or principal of the call) or the subscriber of the calling number.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")

    verdict = models.CharField(max_length=44, blank=True)  # gate.journal.receipt_id; "" for a notice without a call
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, related_name="appeals")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="appeals")
    subscriber = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, null=True, related_name="appeals")
    account = models.BigIntegerField(null=True)  # who wrote it for the organisation
    text = models.TextField()
    made_at = models.DateTimeField()
    entry = models.BigIntegerField()  # in the ledger
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)  # account
    answer_entry = models.BigIntegerField(null=True)
    due_at = models.DateTimeField(null=True)  # of one about a case
    outcome = models.CharField(max_length=8, blank=True)  # of one about a case: upheld, rejected

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, subscriber__isnull=True)
                | Q(organisation__isnull=True, subscriber__isnull=False),
                name="appeal_one_party",
            ),
            models.UniqueConstraint(
                fields=["verdict", "organisation"],
                condition=Q(organisation__isnull=False) & ~Q(verdict=""),
                name="appeal_once_firm",
            ),
            models.UniqueConstraint(
                fields=["verdict", "subscriber"],
                condition=Q(subscriber__isnull=False) & ~Q(verdict=""),
                name="appeal_once_person",
            ),
            models.UniqueConstraint(
                fields=["case", "organisation"],
                condition=Q(case__isnull=False, state="open", organisation__isnull=False),
                name="appeal_open_of_firm",
            ),
            models.UniqueConstraint(
                fields=["case", "subscriber"],
                condition=Q(case__isnull=False, state="open", subscriber__isnull=False),
                name="appeal_open_of_person",
            ),
            models.CheckConstraint(condition=~Q(verdict="") | Q(case__isnull=False), name="appeal_about_something"),
        )
        indexes = (models.Index(fields=["id"], condition=Q(state="open"), name="appeal_open"),)
