"""举报凭证: what a reporter has of a call or message, encrypted under the reporter's key; who saw it, and why."""

from __future__ import annotations

from django.db import models

from mingbai.cases.rules.evidence import Kind


class Evidence(models.Model):
    """One recording, or the text of an SMS. The content lies with the ledger's documents, by its hash."""

    report = models.ForeignKey("cases.Report", on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=9, choices=[(one.value, one.value) for one in Kind])
    name = models.CharField(max_length=120, blank=True)
    media = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    entry = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["report", "sha256"], name="evidence_once"),)


class EvidenceLook(models.Model):
    """Who looked, on record before it was shown."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="looks")
    account = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    entry = models.BigIntegerField()
