"""An application as declared, its papers, and what reviewers said of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mingbai.admission.rules.words import Paper, Sort, State
from mingbai.kernel.terms import Industry, Use


class Application(models.Model):
    """申请: what a firm wants and declares. A change of what was allocated is an application that `changes` another."""

    sort = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Sort])
    applicant = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="applications")
    principal = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    reseller = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    carrier = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    changes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="changed_by")
    changed_on = models.DateField(null=True)  # since when what is refiled is so
    # The number or range wanted, in normal form as integers; of a line: none. `line`: the name of the trunk wanted.
    first = models.BigIntegerField(null=True)
    last = models.BigIntegerField(null=True)
    line = models.CharField(max_length=64, blank=True)
    line_source = models.CharField(max_length=64, blank=True)
    use = models.CharField(max_length=16, choices=[(use.value, use.name) for use in Use])
    industry = models.CharField(max_length=24, choices=[(i.value, i.name) for i in Industry])
    about = models.CharField(max_length=500)
    label = models.CharField(max_length=40, blank=True)
    per_day = models.PositiveIntegerField()  # declared calls a day at most
    per_hour = models.PositiveIntegerField()
    per_minute = models.PositiveIntegerField()
    from_minute = models.PositiveSmallIntegerField()  # of the local day, included
    to_minute = models.PositiveSmallIntegerField()  # excluded
    trunks = models.JSONField(default=list)  # ids
    sendable = models.JSONField(default=list)  # [[first, last], …] as text: what may be sent as caller
    state = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in State], default=State.DRAFT.value
    )
    editors = models.JSONField(default=list)  # accounts that entered or changed any of it: none of them reviews it
    entered_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    resource = models.ForeignKey(
        "numbers.NumberResource", on_delete=models.PROTECT, null=True, related_name="+"
    )  # what was allocated
    trunk = models.ForeignKey("numbers.Trunk", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(first=None, last=None) | Q(first__lte=models.F("last")), name="application_range_upwards"
            ),
            models.CheckConstraint(
                condition=Q(from_minute__lt=models.F("to_minute"), to_minute__lte=1440), name="application_hours"
            ),
        )
        indexes = (
            models.Index(fields=["state", "submitted_at"], name="application_queue"),
            models.Index(fields=["applicant", "id"], name="application_of"),
        )


class Document(models.Model):
    """材料: one of the five papers; its file lies encrypted in the home. One of each kind stands at a time."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="documents")
    paper = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Paper])
    file = models.CharField(max_length=32)  # its name under the files, random
    sha256 = models.CharField(max_length=64)  # of what was handed in
    file_name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()  # bytes
    expires_on = models.DateField(null=True)  # last day; None: holds without end (长期)
    account = models.BigIntegerField()
    added_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application", "paper"], condition=Q(replaced_at__isnull=True), name="document_current"
            ),
        )
        indexes = (
            models.Index(fields=["expires_on"], condition=Q(replaced_at__isnull=True), name="document_expiring"),
        )


class Review(models.Model):
    """审核: one look by a second person: the checklist as answered, and what followed."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="reviews")
    account = models.BigIntegerField()
    outcome = models.CharField(max_length=12, choices=[(one.value, one.value) for one in State])
    items = models.JSONField()  # {item: {"ok": bool, "note": str}}
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    entry = models.BigIntegerField()
