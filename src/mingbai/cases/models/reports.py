"""举报: what somebody said about a call, the number that it is about, and what an authority directed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Reported(models.Model):
    """被举报号码: a number in the hands of one user, so that the next is not blamed for the former.

    A person's number is a subscriber (which is a number *and* its tenure), any other stands as digits in normal form;
    `resource` is the number resource that it belonged to when it called, 0 for none. `people` and `weight` are what
    the reports of the window came to when they were last counted; `weight` in hundredths of a person.
    """

    digits = models.CharField(max_length=20, blank=True)
    subscriber = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, null=True, related_name="reported")
    resource = models.BigIntegerField(default=0)
    holder = models.BigIntegerField(default=0)  # organisation, 0 for none
    people = models.PositiveIntegerField(default=0)
    weight = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()  # of the latest report about it
    case = models.BigIntegerField(null=True)  # the one last opened on it
    stale = models.BooleanField(default=True)  # its reports changed since they were counted

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["digits", "resource"], condition=Q(subscriber__isnull=True), name="reported_service"
            ),
            models.UniqueConstraint(
                fields=["subscriber", "resource"], condition=Q(subscriber__isnull=False), name="reported_person"
            ),
        )
        indexes = (
            models.Index(fields=["weight", "id"], name="reported_weight"),
            models.Index(fields=["id"], condition=Q(stale=True), name="reported_stale"),
        )


class Stage(models.TextChoices):
    """Whose turn it is: 3 → 15 → 3 working days."""

    FORWARD = "forward", _("to be passed on")
    ANSWER = "answer", _("to be answered")
    TELL = "tell", _("to be told")
    DONE = "done", _("done")


LATE = {Stage.FORWARD: 1, Stage.ANSWER: 2, Stage.TELL: 4}
"""What stands in `Report.late` for a stage whose clock was missed."""


class Report(models.Model):
    """举报: one person's word about one call. Nothing of it is ever deleted; what does not count is set aside."""

    class Source(models.TextChoices):
        WEB = "web", _("web page")
        MY = "my", _("own page")
        SMS = "sms", _("SMS")
        HANDSET = "handset", _("phone's call list")
        HOTLINE = "hotline", _("hotline")
        PARTNER = "partner", _("partner")

    class State(models.TextChoices):
        NEW = "new", _("received")
        STANDING = "standing", _("counts")
        JOINED = "joined", _("joined to an earlier one")
        SET_ASIDE = "set_aside", _("set aside")
        ANSWERED = "answered", _("answered")

    follow = models.CharField(max_length=16, unique=True)  # the number to follow it by; not guessable
    source = models.CharField(max_length=8, choices=Source.choices)
    reporter = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, null=True, related_name="reports")
    verified = models.BooleanField(default=False)  # the reporter's number was proved to be theirs
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # hotline or partner that handed it in
    digits = models.CharField(max_length=20, blank=True)  # the number reported, when it is no person's
    target = models.ForeignKey(
        "people.Subscriber", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # whose it was when it called, when it is a person's
    kind = models.CharField(max_length=12)  # cases.rules.Kind
    called_at = models.DateTimeField(null=True)
    duration_s = models.PositiveIntegerField(null=True)
    attempt = models.CharField(max_length=44, blank=True)  # gate.journal.receipt_id, when the call was named
    text = models.TextField(blank=True)
    received_at = models.DateTimeField()  # by whoever took it first: us, or the hotline
    made_at = models.DateTimeField()
    feed = models.CharField(max_length=40, blank=True)
    feed_id = models.CharField(max_length=64, blank=True)
    batch = models.CharField(max_length=40, blank=True)
    device = models.BinaryField(max_length=16, null=True)  # keyed hash
    contract = models.BinaryField(max_length=16, null=True)  # keyed hash

    state = models.CharField(max_length=9, choices=State.choices, default=State.NEW)
    reason = models.CharField(max_length=24, blank=True)  # why it was set aside, or what the calls showed
    by_hand = models.BooleanField(default=False)  # staff decided whether it counts; triage does not again
    joined = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="joiners")
    reported = models.ForeignKey(Reported, on_delete=models.PROTECT, null=True, related_name="reports", db_index=False)
    case = models.BigIntegerField(null=True)

    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.FORWARD)
    stage_at = models.DateTimeField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)  # the calendar did not know the year
    late = models.PositiveSmallIntegerField(default=0)  # stages that were missed, see LATE

    outcome = models.CharField(max_length=16, blank=True)  # cases.rules.Outcome
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)  # account; None: triage
    told_at = models.DateTimeField(null=True)
    contest = models.TextField(blank=True)  # why the reporter wants a person to look at the answer
    contested_at = models.DateTimeField(null=True)
    entry = models.BigIntegerField()
    answer_entry = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["feed", "feed_id"], condition=~Q(feed=""), name="report_once_of_feed"),
            models.CheckConstraint(
                condition=~Q(state="set_aside") | ~Q(reason=""), name="report_set_aside_with_reason"
            ),
        )
        indexes = (
            models.Index(fields=["id"], condition=Q(state="new"), name="report_new"),
            models.Index(fields=["due_at", "id"], condition=~Q(stage="done"), name="report_open"),
            models.Index(fields=["stage", "due_at", "id"], condition=~Q(stage="done"), name="report_open_stage"),
            models.Index(fields=["reported", "state", "received_at"], name="report_about"),
            models.Index(fields=["case"], condition=Q(case__isnull=False), name="report_case"),
        )


class Directive(models.Model):
    """督办: an authority wants a number looked into, by a day, and must be answered."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")

    follow = models.CharField(max_length=16, unique=True)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="directives")
    account = models.BigIntegerField()
    reference = models.CharField(max_length=40)  # the authority's own 文号
    digits = models.CharField(max_length=20, blank=True)
    target = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    case = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    entry = models.BigIntegerField()
    answer_entry = models.BigIntegerField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["organisation", "reference"], name="directive_once"),)
        indexes = (models.Index(fields=["due_at", "id"], condition=Q(state="open"), name="directive_open"),)
