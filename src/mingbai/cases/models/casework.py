"""案件: what was gathered, looked at, found and done about one number; every row stays."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from mingbai.cases.rules import casework as rules


def _words(of: type[StrEnum]) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in of]


def _party(name: str) -> models.CheckConstraint:
    """At most one of organisation and subscriber."""
    return models.CheckConstraint(condition=Q(organisation__isnull=True) | Q(subscriber__isnull=True), name=name)


class Case(models.Model):
    """One number in the hands of one user, and whom it called for when the case was opened.

    A person's number is `subscriber` (a number *and* its tenure), any other stands as `digits` in normal form.
    """

    digits = models.CharField(max_length=20, blank=True)
    subscriber = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, null=True, related_name="cases")
    resource = models.BigIntegerField(default=0)
    holder = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="held_cases")
    principal = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    ground = models.CharField(max_length=12, choices=_words(rules.Ground))
    opened_at = models.DateTimeField()
    opened_by = models.BigIntegerField(null=True)  # account; None: the house
    state = models.CharField(max_length=12, choices=_words(rules.State), default=rules.State.OPEN)
    verifier = models.BigIntegerField(null=True)  # account
    verified_before = models.JSONField(default=list)  # accounts that handed the verification over
    taken_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()  # by when it should be found
    provisional = models.BooleanField(default=False)  # the calendar did not know the year
    closed_at = models.DateTimeField(null=True)
    entry = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["digits"],
                condition=Q(subscriber__isnull=True, state__in=[one.value for one in rules.UNDER_WAY]),
                name="case_one_of_service",
            ),
            models.UniqueConstraint(
                fields=["subscriber"],
                condition=Q(subscriber__isnull=False, state__in=[one.value for one in rules.UNDER_WAY]),
                name="case_one_of_person",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.State.OPEN.value) | Q(verifier__isnull=False), name="case_has_verifier"
            ),
        )
        indexes = (
            models.Index(fields=["state", "due_at", "id"], name="case_queue"),
            models.Index(fields=["digits"], name="case_digits"),
        )


class Opening(models.Model):
    """On what a case stands: the first, and whatever came to it later. `reference`: a detection's or directive's id."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="openings")
    ground = models.CharField(max_length=12, choices=_words(rules.Ground))
    reference = models.BigIntegerField(default=0)
    account = models.BigIntegerField(null=True)
    at = models.DateTimeField()


class CheckDone(models.Model):
    """核实: one look at one thing; of several at the same thing the last counts."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="checks")
    kind = models.CharField(max_length=16, choices=_words(rules.Check))
    seen = models.CharField(max_length=12, choices=_words(rules.Seen))
    note = models.TextField()
    figures = models.JSONField(default=dict)  # of the call pattern, as it was looked at
    account = models.BigIntegerField()
    at = models.DateTimeField()
    entry = models.BigIntegerField()


class Sample(models.Model):
    """内容样本: a recording, kept under the home's files by its hash. Who listens says why first."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="samples")
    source = models.CharField(max_length=12, choices=_words(rules.Source))
    report = models.BigIntegerField(null=True)  # whose own recording it is
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    size = models.BigIntegerField()  # bytes
    account = models.BigIntegerField()
    at = models.DateTimeField()
    entry = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "sha256"], name="sample_once"),
            models.CheckConstraint(  # 电信条例 65: what is said on a live call is nobody's here to hear
                condition=Q(source__in=[one.value for one in rules.Source]), name="sample_of_no_live_call"
            ),
        )


class Look(models.Model):
    """Who listened to a sample, and why; on record before it was given."""

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="looks")
    account = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    entry = models.BigIntegerField()


class Question(models.Model):
    """What the holder of the number was asked, and by when it may answer."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="questions")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    subscriber = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    account = models.BigIntegerField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    answer = models.TextField(blank=True)
    answered_by = models.BigIntegerField(null=True)  # account of the firm
    answered_at = models.DateTimeField(null=True)
    entry = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case"], condition=Q(answered_at__isnull=True), name="question_open_once"),
            _party("question_one_party"),
        )


class Finding(models.Model):
    """核实结论, and its end when an appeal overturned it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=16, choices=_words(rules.Finding))
    text = models.TextField()
    account = models.BigIntegerField()
    at = models.DateTimeField()
    entry = models.BigIntegerField()
    overturned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case"], condition=Q(overturned_at__isnull=True), name="finding_stands_once"
            ),
        )


class Measure(models.Model):
    """处置措施: what was done on a finding, for how long, who decided, what it was said to hit."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="measures")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=16, choices=_words(rules.Measure))
    scope = models.CharField(max_length=12, choices=_words(rules.Scope))
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, null=True, related_name="measures"
    )
    heavy = models.BooleanField()
    stage = models.CharField(max_length=12, choices=_words(rules.Stage))
    reason = models.TextField()
    days = models.PositiveIntegerField()
    per_minute = models.PositiveIntegerField(default=0)
    per_hour = models.PositiveIntegerField(default=0)
    per_day = models.PositiveIntegerField(default=0)
    label = models.CharField(max_length=24, blank=True)  # kind of label
    label_text = models.CharField(max_length=40, blank=True)
    collateral = models.JSONField(default=dict)  # as it was shown to who decided
    proposed_by = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    begin_at = models.DateTimeField(null=True)  # wished; None: as soon as decided
    answer_by = models.DateTimeField(null=True)  # when the second person should have looked
    approved_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    begins_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # when it begins or ends by itself
    over_at = models.DateTimeField(null=True)
    over_by = models.BigIntegerField(null=True)
    over_reason = models.CharField(max_length=200, blank=True)
    restriction = models.BigIntegerField(null=True)
    effects = models.JSONField(default=dict)
    entry = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(heavy=False)
                | Q(stage__in=[rules.Stage.PROPOSED.value, rules.Stage.DECLINED.value, rules.Stage.DROPPED.value])
                | Q(approved_by__isnull=False),
                name="measure_heavy_needs_two",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")), name="measure_two_are_two"
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=[rules.Stage.WAITING.value, rules.Stage.STANDING.value])
                | Q(ends_at__isnull=False, due_at__isnull=False),
                name="measure_ends",
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="measure_due"),
            models.Index(fields=["answer_by", "id"], condition=Q(stage="proposed"), name="measure_proposed"),
        )


class HolderNotice(models.Model):
    """限制告知 (反诈法 32): what whoever is restricted is told, frozen as told. `parts`: by language, then by part."""

    measure = models.OneToOneField(Measure, on_delete=models.PROTECT, related_name="notice")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, null=True, related_name="restriction_notices"
    )
    subscriber = models.ForeignKey(
        "people.Subscriber", on_delete=models.PROTECT, null=True, related_name="restriction_notices"
    )
    parts = models.JSONField()
    evidence = models.JSONField()  # what of the case it may see: figures, no names
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    entry = models.BigIntegerField()

    class Meta:
        constraints = (_party("holder_notice_one_party"),)


class PartnerTold(models.Model):
    """A partner that had taken a label of this case, and was told that it was wrong."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="partners_told")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    entry = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "organisation"], name="partner_told_once"),)
