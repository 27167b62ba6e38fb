"""责任链: who stood behind a number and since when; one row a period, so that any past moment can be asked about."""

from __future__ import annotations

from django.db import models

from mingbai.kernel.terms import Industry, Use
from mingbai.numbers.models.resources import NumberResource


class Standing(models.Model):
    """How a number was registered from `began_at` until `ended_at` (excluded; None: it still is).

    `trunks`: ids of the lines it could come from, whose carriers are those of the chain; none means any line.
    """

    number = models.ForeignKey(NumberResource, on_delete=models.CASCADE, related_name="standings", db_index=False)
    holder = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    reseller = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", null=True)
    principal = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    use = models.CharField(max_length=16, choices=[(use.value, use.name) for use in Use])
    industry = models.CharField(max_length=24, blank=True, choices=[(i.value, i.name) for i in Industry])
    trunks = models.JSONField(default=list)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["number"], condition=models.Q(ended_at__isnull=True), name="standing_current"
            ),
        )
        indexes = (models.Index(fields=["number", "began_at"], name="standing_of_number"),)
