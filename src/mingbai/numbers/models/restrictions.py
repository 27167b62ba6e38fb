"""限制: what stands against a number, registered or not, or against an organisation in one of its two parts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mingbai.numbers.rules.restrictions import Kind, State, Target


class Restriction(models.Model):
    """One restriction, from the decision on. `begins_at` and `ends_at` bound it; lifted, it has ended before its time.

    `number` in normal form, for target NUMBER; `tenant` the subscriber who has it, where that is known: another user of
    the number is not restricted. `case` is the id of the case that it stands on, in a room above.
    """

    target = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Target])
    number = models.BigIntegerField(null=True)
    tenant = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, null=True, related_name="restrictions")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, null=True, related_name="restrictions"
    )
    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Kind])
    per_minute = models.PositiveIntegerField(default=0)  # calls, of kind LIMITED; 0 = none
    per_hour = models.PositiveIntegerField(default=0)
    per_day = models.PositiveIntegerField(default=0)
    case = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=[(one.value, one.value) for one in State])
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # when it begins or ends by itself
    made_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)  # ended or lifted

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(target=Target.NUMBER.value, number__isnull=False, organisation__isnull=True)
                | ~Q(target=Target.NUMBER.value) & Q(number__isnull=True, organisation__isnull=False),
                name="restriction_has_its_target",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("begins_at")), name="restriction_ends"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[State.ENDED.value, State.LIFTED.value], over_at__isnull=False, due_at__isnull=True
                )
                | Q(state__in=[State.WAITING.value, State.STANDING.value], over_at__isnull=True, due_at__isnull=False),
                name="restriction_is_over_or_due",
            ),
        )
        indexes = (
            models.Index(fields=["number"], condition=Q(state="standing"), name="restriction_of_number"),
            models.Index(fields=["organisation"], condition=Q(state="standing"), name="restriction_of_firm"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="restriction_due"),
            models.Index(fields=["case"], name="restriction_of_case"),
        )
