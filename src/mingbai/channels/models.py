"""渠道、代理商: who sells, what they may sell, and their people."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class Seller(models.Model):
    """An organisation that sells: an agent, or an operator itself."""

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("seller", "active")
        SUSPENDED = "suspended", pgettext_lazy("seller", "suspended")
        ENDED = "ended", pgettext_lazy("seller", "ended")

    organisation = models.OneToOneField("people.Organisation", on_delete=models.PROTECT, related_name="seller")
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField()


class Scope(models.Model):
    """授权: what a seller may sell for an operator. Never changed, only revoked; a wider one is another row.

    `plans`: ids of tariffs.Plan; `regions`: names of places; `ways`: rules.WAYS. An empty list is all of them.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="scopes")
    operator = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    plans = models.JSONField(default=list)
    regions = models.JSONField(default=list)
    ways = models.JSONField(default=list)
    from_date = models.DateField()
    to_date = models.DateField(null=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    entry = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["seller"], condition=models.Q(revoked_at=None), name="scope_standing"),)


class Staff(models.Model):
    """工号: an account that sells for a seller, under its staff number."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="staff")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=24)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["seller", "number"], condition=models.Q(until=None), name="staff_number_once"
            ),
            models.UniqueConstraint(fields=["account"], condition=models.Q(until=None), name="staff_account_once"),
        )
