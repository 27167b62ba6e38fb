"""What a holder signed before anything was given to it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mingbai.admission.models.applications import Application


class Contract(models.Model):
    """合同: the text exactly as shown, with its safety clause; once signed, the sealed PDF of it."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="contract")
    holder = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    per_minute = models.PositiveIntegerField()
    per_hour = models.PositiveIntegerField()
    per_day = models.PositiveIntegerField()
    from_minute = models.PositiveSmallIntegerField()
    to_minute = models.PositiveSmallIntegerField()
    shown_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    signer = models.CharField(max_length=60, blank=True)  # the name they signed with
    account = models.BigIntegerField(null=True)
    file = models.CharField(max_length=32, blank=True)  # the sealed PDF under the files
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    timestamped = models.BooleanField(default=False)
    entry = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(signed_at=None, entry=None, file="") | Q(signed_at__isnull=False) & ~Q(pdf_sha256=""),
                name="contract_signed_is_sealed",
            ),
        )
