"""入网限制: by what holders are known again, who is kept out, and SIM orders held back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mingbai.admission.models.applications import Application
from mingbai.admission.rules import words

_VERDICTS = [(one.value, one.value) for one in words.Verdict]


class Trait(models.Model):
    """A keyed hash of what an organisation gave: licence, legal person, contact, address or bank account."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    trait = models.CharField(max_length=12, choices=[(one.value, one.value) for one in words.Trait])
    hashed = models.BinaryField(max_length=32)
    since = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["organisation", "trait", "hashed"], name="trait_once"),)
        indexes = (models.Index(fields=["trait", "hashed"], name="trait_found"),)


class EntryLimit(models.Model):
    """A holder that is kept from coming back: why, since when, until when."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=300)
    case = models.BigIntegerField(null=True)  # of the room cases, which is above this one
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (models.Index(fields=["organisation"], condition=Q(lifted_at__isnull=True), name="limit_in_force"),)


class Likeness(models.Model):
    """An applicant that looks like a holder that was kept out: score, reasons, and what people decided."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="likenesses")
    other = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    traits = models.JSONField()  # which agree, strongest first
    why_out = models.CharField(max_length=12)  # limit, shut
    found_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=_VERDICTS, default=words.Verdict.OPEN.value)
    first_by = models.BigIntegerField(null=True)
    first_why = models.CharField(max_length=300, blank=True)
    second_by = models.BigIntegerField(null=True)
    second_why = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["application", "other"], name="likeness_once"),
            models.CheckConstraint(
                condition=~Q(state="let_through")
                | Q(first_by__isnull=False, second_by__isnull=False) & ~Q(first_by=models.F("second_by")),
                name="likeness_let_through_by_two",
            ),
        )
        indexes = (
            models.Index(fields=["found_at"], condition=Q(state__in=["open", "first_yes"]), name="likeness_open"),
        )


class ListedPlace(models.Model):
    """A delivery address to which no cards go unseen: its keyed hash and why it is listed."""

    hashed = models.BinaryField(max_length=32)
    ground = models.CharField(max_length=300)
    account = models.BigIntegerField()
    listed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["hashed"], condition=Q(removed_at__isnull=True), name="place_listed_once"),
        )


class SimOrder(models.Model):
    """An order of SIM cards on line: where it goes and to whom, as keyed hashes; passed, or held with its reasons."""

    operator = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField(max_length=64)
    address = models.BinaryField(max_length=32)
    recipient = models.BinaryField(max_length=32)
    contact = models.BinaryField(max_length=32)
    cards = models.PositiveIntegerField()
    reasons = models.JSONField(default=list)  # words of rules.sims.Reason, with counts
    state = models.CharField(max_length=12, choices=_VERDICTS, default=words.Verdict.OPEN.value)
    at = models.DateTimeField()
    first_by = models.BigIntegerField(null=True)
    first_why = models.CharField(max_length=300, blank=True)
    second_by = models.BigIntegerField(null=True)
    second_why = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["operator", "reference"], name="sim_order_once"),
            models.CheckConstraint(
                condition=~Q(state="let_through")
                | Q(reasons=[])
                | Q(first_by__isnull=False, second_by__isnull=False) & ~Q(first_by=models.F("second_by")),
                name="sim_order_let_through_by_two",
            ),
        )
        indexes = (
            models.Index(fields=["address", "at"], name="sim_order_to_place"),
            models.Index(fields=["recipient", "at"], name="sim_order_to_person"),
            models.Index(fields=["contact", "at"], name="sim_order_to_contact"),
            models.Index(fields=["at"], condition=Q(state__in=["open", "first_yes"]), name="sim_order_held"),
        )
