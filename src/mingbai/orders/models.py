"""办理: what was offered, what was answered, what was done, and each step's entry in the ledger."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mingbai.orders import rules


class Order(models.Model):
    """One offer of one published tariff version to one subscriber, and what became of it.

    Columns from `subscriber` to `proposed_at` are frozen when it is made; the database refuses to change them, and to
    insert an order of a version that is not published (migration 0002).
    """

    subscriber = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, related_name="orders", db_index=False)
    version = models.ForeignKey("tariffs.Version", on_delete=models.PROTECT, related_name="orders")
    plan = models.ForeignKey("tariffs.Plan", on_delete=models.PROTECT, related_name="+", db_index=False)
    seller = models.ForeignKey("channels.Seller", on_delete=models.PROTECT, related_name="orders")
    scope = models.ForeignKey("channels.Scope", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in rules.Kind])
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by", db_index=False)
    channel = models.CharField(max_length=16)
    region = models.CharField(max_length=24)
    by = models.CharField(max_length=24)  # “key:7”, “account:3”, “self”
    reference = models.CharField(max_length=64)  # the seller's own; "" none
    tariff_sha256 = models.CharField(max_length=64)
    price_fen = models.BigIntegerField(null=True)  # what lists sort by; every price stands in `shown`
    terms = models.JSONField()  # rules.Terms: name, code, price, term, penalty, leave, start, singles …
    shown = models.TextField()  # exactly what the subscriber was shown
    shown_sha256 = models.CharField(max_length=64)
    word = models.CharField(max_length=4)  # the number that a reply names the offer by
    proposed_at = models.DateTimeField()

    state = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in rules.State], default=rules.State.PROPOSED
    )
    basis = models.CharField(max_length=200, blank=True)  # what the seller saw that lets this person have the tariff
    expires_at = models.DateTimeField()
    confirmed_how = models.CharField(max_length=12, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)  # fulfilled
    ended_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)  # a trial's end
    reason = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField(null=True)  # when the operator's system is called (again)
    claimed_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in rules.WITHOUT_YES]) | ~Q(confirmed_how=""),
                name="order_done_only_with_a_yes",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_how="", confirmed_at=None) | ~Q(confirmed_how="") & Q(confirmed_at__isnull=False),
                name="order_yes_has_its_time",
            ),
            models.UniqueConstraint(
                fields=["seller", "reference"], condition=~Q(reference=""), name="order_reference_once"
            ),
        )
        indexes = (
            models.Index(fields=["subscriber", "proposed_at"], name="order_of_subscriber"),
            models.Index(fields=["seller", "id"], name="order_of_seller"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="order_due"),
            models.Index(fields=["expires_at"], condition=Q(state="proposed"), name="order_expiring"),
            models.Index(fields=["ends_at"], condition=Q(ends_at__isnull=False), name="order_trial_ending"),
        )


class Event(models.Model):
    """One step of an order and its entry in the ledger. `detail`: what was answered, what the system said."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=24)
    by = models.CharField(max_length=24)
    detail = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    entry = models.BigIntegerField()


class Refused(models.Model):
    """What a seller tried to offer and the house refused: a row for seller, tariff, reason and day, and how often.

    Whom it was offered to is not kept. `why`: one of rules.TELLING; `by`, `channel`, `region`: of the last attempt.
    """

    seller = models.ForeignKey("channels.Seller", on_delete=models.PROTECT, related_name="+", db_index=False)
    plan = models.BigIntegerField()
    code = models.CharField(max_length=64)
    why = models.CharField(max_length=32)
    by = models.CharField(max_length=24)
    channel = models.CharField(max_length=16)
    region = models.CharField(max_length=24)
    day = models.DateField()
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    entry = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["seller", "day", "plan", "why"], name="refused_once_a_day"),)


class Kept(models.Model):
    """For how many months orders are kept and shown: the largest that a profile ever said here."""

    months = models.PositiveIntegerField()
    since = models.DateTimeField()


class Sandboxed(models.Model):
    """What the built-in sandbox did in the place of an operator's system; the same key does nothing again."""

    key = models.CharField(max_length=64, unique=True)
    act = models.CharField(max_length=12)
    order = models.BigIntegerField()
    at = models.DateTimeField()


class Signature(models.Model):
    """A yes that was signed: which sealed document says so, and how it was known who signed."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="signature")
    document = models.CharField(max_length=64)  # SHA-256 of the sealed PDF, hex; the file is the ledger's
    place = models.CharField(max_length=8)  # signing.rules.Place
    witness = models.CharField(max_length=24, blank=True)  # “account:3”: the staff that was there
    signed_at = models.DateTimeField()  # as the seal says
    timestamped = models.BooleanField()  # by a time authority
