"""Who agreed to be called by whom, for what; who refused; and the proof of each."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingbai.kernel.terms import Purpose


class Batch(models.Model):
    """One whitelist import. Its consents count only while it is VALID: one update makes or unmakes them all."""

    class State(models.TextChoices):
        WRITING = "writing", _("writing")
        VALID = "valid", _("valid")
        SUSPENDED = "suspended", _("suspended")
        REJECTED = "rejected", _("rejected")

    principal = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="consent_batches")
    purpose = models.CharField(max_length=16, choices=[(p.value, p.name) for p in Purpose])
    file_name = models.CharField(max_length=120)
    file_sha256 = models.BinaryField(max_length=32)
    wording_sha256 = models.BinaryField(max_length=32, null=True)
    keep_good = models.BooleanField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.WRITING)
    rows = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    entry = models.BigIntegerField(null=True)  # the ledger entry that commits to its rows
    created_at = models.DateTimeField()
    valid_at = models.DateTimeField(null=True)
    # Who wants a suspended one restored, and why, until somebody else agrees.
    restore_by = models.BigIntegerField(null=True)
    restore_reason = models.CharField(max_length=200, blank=True)


class Consent(models.Model):
    """同意: subscriber × principal × purpose, in its present state; how it came there is in the ledger."""

    class State(models.TextChoices):
        GIVEN = "given", _("given")
        CLAIMED = "claimed", _("claimed")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    class How(models.TextChoices):
        WEB = "web", _("web page")
        SMS = "sms", _("SMS")
        SIGNATURE = "signature", _("signature")
        RECORDING = "recording", _("recording")
        IMPORTED = "imported", _("imported")
        API = "api", _("API")

    # No index of their own: a million imported rows pay for each, and the compound ones below begin with them.
    subscriber = models.ForeignKey(
        "people.Subscriber", on_delete=models.PROTECT, related_name="consents", db_index=False
    )
    principal = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="consents", db_index=False
    )
    purpose = models.CharField(max_length=16, choices=[(p.value, p.name) for p in Purpose])
    state = models.CharField(max_length=16, choices=State.choices)
    how = models.CharField(max_length=16, choices=How.choices)
    reference = models.CharField(max_length=120, blank=True)
    proof_sha256 = models.BinaryField(max_length=32, null=True)
    wording_sha256 = models.BinaryField(max_length=32, null=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="consents", db_index=False)
    row = models.PositiveIntegerField(null=True)  # its row in the batch's tree
    salt = models.BinaryField(max_length=32, null=True)  # of that row; destroyed when the subject is shredded
    given_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["subscriber", "principal", "purpose"], name="consent_once"),)
        indexes = (
            models.Index(fields=["batch", "row"], condition=models.Q(batch__isnull=False), name="consent_batch_row"),
            models.Index(fields=["principal", "state"], name="consent_principal"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False, state__in=["given", "claimed"]),
                name="consent_expiring",
            ),
            models.Index(
                fields=["changed_at"],
                condition=models.Q(state__in=["refused", "withdrawn"]),
                name="consent_refused",
            ),
        )


class Block(models.Model):
    """个人拦截: a number, a prefix, a firm or an industry that a subscriber does not want to hear from at all."""

    class Kind(models.TextChoices):
        NUMBER = "number", _("number")
        PREFIX = "prefix", _("prefix")
        FIRM = "firm", _("firm")
        CATEGORY = "category", _("category")

    subscriber = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, related_name="blocks")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    value = models.CharField(max_length=24)  # digits in normal form; organisation id; Industry
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    case = models.BigIntegerField(null=True)  # a measure on that case made it; None: the subscriber's own word

    class Meta:
        indexes = (
            models.Index(fields=["case"], condition=models.Q(case__isnull=False), name="block_of_case"),
            models.Index(fields=["created_at"], condition=models.Q(removed_at__isnull=True), name="block_standing"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["subscriber", "kind", "value"], condition=models.Q(removed_at__isnull=True), name="block_once"
            ),
        )


class ProofRequest(models.Model):
    """举证要求: a subscriber said “I never agreed”; the firm shows its proof in time, or its batch is suspended."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        SHOWN = "shown", _("shown")
        FAILED = "failed", _("failed")
        LATE = "late", _("shown late")

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="proof_requests")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["consent"], condition=models.Q(state="open"), name="proof_request_open"),
        )
        indexes = (models.Index(fields=["due_at"], condition=models.Q(state="open"), name="proof_request_due"),)
