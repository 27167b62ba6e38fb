"""资费方案: plans, their versions, what was answered about them, and what they are found by."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class Plan(models.Model):
    """A plan under the code (方案编号) that its operator gave it. `shown`: what the disclosure zone shows of it now."""

    operator = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="plans")
    code = models.CharField(max_length=40)
    shown = models.ForeignKey("Version", on_delete=models.PROTECT, null=True, related_name="shown_by")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["operator", "code"], name="plan_code_once"),)


class Version(models.Model):
    """One version. Once published nothing of it changes but its state and `ended_at`.

    The columns behind `sha256` repeat the content for lists; the content itself stands in `Body`. Money in fen, data in
    MB; `data_mb` counts general data alone, -1 is unlimited.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("tariff", "draft")
        IN_REVIEW = "in_review", pgettext_lazy("tariff", "in review")
        PUBLISHED = "published", pgettext_lazy("tariff", "published")
        REPLACED = "replaced", pgettext_lazy("tariff", "replaced")
        WITHDRAWN = "withdrawn", pgettext_lazy("tariff", "withdrawn")
        DISCARDED = "discarded", pgettext_lazy("tariff", "discarded")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    audience = models.CharField(max_length=16)
    price_fen = models.BigIntegerField(null=True)
    month_fen = models.BigIntegerField(null=True)
    data_mb = models.BigIntegerField(null=True)
    voice_min = models.BigIntegerField(null=True)
    on_date = models.DateField(null=True)
    off_date = models.DateField(null=True)
    editors = models.JSONField(default=list)  # accounts that wrote it: none of them reviews it
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    entry = models.BigIntegerField(null=True)  # the ledger entry of its publication

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(state__in=["draft", "in_review"]), name="version_one_in_work"
            ),
            models.UniqueConstraint(fields=["plan"], condition=models.Q(state="published"), name="version_one_shown"),
        )
        # Dates stand behind the keys, so that counting what is on sale reads no row. Kind comes first in the last one,
        # else SQLite without statistics takes it for whatever names a state.
        indexes = (
            models.Index(fields=["state", "price_fen", "id", "on_date", "off_date"], name="version_by_price"),
            models.Index(fields=["state", "published_at", "id", "on_date", "off_date"], name="version_by_time"),
            models.Index(fields=["kind", "state", "month_fen"], name="version_by_month"),
        )


class Body(models.Model):
    """The content of a version as canonical JSON; apart from the columns, so that lists need not read it."""

    version = models.OneToOneField(Version, on_delete=models.CASCADE, primary_key=True, related_name="body")
    text = models.TextField()


class Tag(models.Model):
    """A region or channel of a version, for filters."""

    class Sort(models.TextChoices):
        REGION = "r", "region"
        CHANNEL = "c", "channel"

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="tags")
    sort = models.CharField(max_length=1, choices=Sort.choices)
    value = models.CharField(max_length=24)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["sort", "value", "version"], name="tag_once"),)


class Answer(models.Model):
    """What a reviewer said to a question (`key`: rules.key of the finding)."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=16)
    rule = models.CharField(max_length=32)
    account = models.BigIntegerField()
    text = models.CharField(max_length=300)
    at = models.DateTimeField()
    entry = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["version", "key"], name="answer_once"),)


class Imported(models.Model):
    """What the last import said of a plan, so that the same file again changes nothing, whoever wrote since."""

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, primary_key=True, related_name="imported")
    text = models.TextField()
