"""Periodic looks at what was allocated, and what they found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mingbai.admission.models.applications import Application
from mingbai.admission.rules import words


class Recheck(models.Model):
    """复核: one application that was allocated, and when it is looked at next."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="recheck")
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    looks = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["due_at"], name="recheck_due"),)


class Doubt(models.Model):
    """疑点: what a look found. Open until a person decided; the same is not found twice while it is open."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="doubts")
    kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in words.Doubt])
    about = models.CharField(max_length=64, blank=True)  # which paper, trunk or number
    detail = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    account = models.BigIntegerField(null=True)
    decision = models.CharField(max_length=12, blank=True)  # settled, warned
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application", "kind", "about"], condition=Q(decided_at__isnull=True), name="doubt_once"
            ),
        )
        indexes = (models.Index(fields=["found_at"], condition=Q(decided_at__isnull=True), name="doubt_open"),)
