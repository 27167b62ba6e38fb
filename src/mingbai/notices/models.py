"""What we told whom, what they answered, and one-time codes."""

from __future__ import annotations

from django.db import models


class Outgoing(models.Model):
    """发件: one message to one subscriber; the work loop delivers it and holds it while `claimed_until` runs."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    subscriber = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, related_name="outgoing")
    template = models.CharField(max_length=48)
    context = models.CharField(max_length=48, blank=True)  # what a bare reply refers to, such as “principal:7”
    text = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="outgoing_due"),)


class Incoming(models.Model):
    """收件: one message from a subscriber, and which handler took it (empty: none did)."""

    subscriber = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, related_name="incoming")
    text = models.TextField()
    message_id = models.CharField(max_length=64, blank=True)
    handler = models.CharField(max_length=48, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["message_id"], condition=~models.Q(message_id=""), name="incoming_once"),
        )


class OneTimeCode(models.Model):
    """验证码: stored as a keyed hash, bound to purpose and subject; 5 minutes, 5 tries."""

    subscriber = models.ForeignKey("people.Subscriber", on_delete=models.CASCADE, related_name="codes")
    purpose = models.CharField(max_length=48)
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["subscriber", "purpose", "created_at"], name="code_latest"),)
