"""码号资源: numbers and ranges as they stand, and trunks."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingbai.kernel.terms import Industry, Use


class Trunk(models.Model):
    """中继: a line that calls arrive on. `name` is what the gate's callers send as `trunk`."""

    name = models.CharField(max_length=64, unique=True)
    carrier = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="trunks")
    source = models.CharField(max_length=64, blank=True)  # address[:port] that the SIP proxy sees
    international = models.BooleanField(default=False)
    special = models.BooleanField(default=False)  # registered to send emergency and short numbers as caller
    created_at = models.DateTimeField()


class NumberResource(models.Model):
    """A number (`first` = `last`) or a range, in normal form as integers."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")
        CLOSED = "closed", _("closed")

    first = models.BigIntegerField()
    last = models.BigIntegerField()
    holder = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="held_numbers")
    principal = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="principal_numbers")
    use = models.CharField(max_length=16, choices=[(use.value, use.name) for use in Use])
    industry = models.CharField(max_length=24, blank=True, choices=[(i.value, i.name) for i in Industry])
    label = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.ACTIVE)
    outbound_committed = models.BooleanField(default=False)  # written commitment, call-centre notice of 2020-06
    per_minute = models.PositiveIntegerField(null=True)
    per_hour = models.PositiveIntegerField(null=True)
    per_day = models.PositiveIntegerField(null=True)
    trunks = models.ManyToManyField(Trunk, related_name="numbers")
    # 转售: who resold it to the holder, when somebody did
    reseller = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="resold")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # How it ended (numbers.rules.Ending) and until when its numbers rest before anybody may have them again.
    ended_how = models.CharField(max_length=12, blank=True)
    rests_until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(first__lte=models.F("last")), name="number_range_upwards"),
            models.UniqueConstraint(
                fields=["first", "last"], condition=models.Q(closed_at__isnull=True), name="number_once"
            ),
        )
        indexes = (
            models.Index(fields=["last", "first"], name="number_by_last"),
            models.Index(fields=["last"], condition=models.Q(closed_at__isnull=True), name="number_open_by_last"),
            models.Index(fields=["last"], condition=models.Q(closed_at__isnull=False), name="number_closed_by_last"),
            models.Index(fields=["last"], condition=models.Q(rests_until__isnull=False), name="number_resting_by_last"),
        )


class FormerLabel(models.Model):
    """A label that a number had: what was shown with a call can be told after it was changed."""

    number = models.ForeignKey(NumberResource, on_delete=models.CASCADE, related_name="former_labels")
    label = models.CharField(max_length=40, blank=True)
    entry = models.BigIntegerField(unique=True)  # the ledger entry of the change that ended it


class Assignment(models.Model):
    """For whom a number calls on a trunk: overrides the number's own principal there (by campaign or trunk)."""

    number = models.ForeignKey(NumberResource, on_delete=models.CASCADE, related_name="assignments")
    trunk = models.ForeignKey(Trunk, on_delete=models.PROTECT, related_name="assignments")
    principal = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="assignments")
    campaign = models.CharField(max_length=80, blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["number", "trunk"], condition=models.Q(ended_at__isnull=True), name="assignment_current"
            ),
        )


class Contract(models.Model):
    """What a holder agreed to: how often all its numbers together may call."""

    holder = models.OneToOneField("people.Organisation", on_delete=models.PROTECT, related_name="contract")
    per_minute = models.PositiveIntegerField(null=True)
    per_hour = models.PositiveIntegerField(null=True)
    per_day = models.PositiveIntegerField(null=True)
    signed_at = models.DateTimeField()
