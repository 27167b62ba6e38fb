"""What we told whom, by which parts it arrived, what they answered, what they wish, and one-time codes."""

from __future__ import annotations

from django.db import models

from mingbai.notices.kinds import Kind


class Outgoing(models.Model):
    """发件: one message to one subscriber; a worker delivers it and holds it while `claimed_until` runs.

    `parts` is how many short messages it took, 0 where the channel tells nothing back; `failure` a code, no prose.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"  # the centre has it
        DELIVERED = "delivered"  # the phone has it, as the centre says
        UNDELIVERED = "undelivered"  # the centre gave up
        FAILED = "failed"  # it never left, or no centre would take it

    subscriber = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, related_name="outgoing")
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in Kind], default=Kind.ANSWER)
    template = models.CharField(max_length=48)
    context = models.CharField(max_length=48, blank=True)  # what a bare reply refers to, such as “principal:7”
    text = models.TextField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=16, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    link = models.CharField(max_length=24, blank=True)  # the link that has to carry it, or did; empty: the first
    parts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=40, blank=True)
    done_at = models.DateTimeField(null=True)
    instead_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="repeats")
    dealt_at = models.DateTimeField(null=True)  # staff sent it again, or saw to it otherwise

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="outgoing_due"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=("failed", "undelivered"), dealt_at=None),
                name="outgoing_missed",
            ),
            models.Index(
                fields=["sent_at"],
                condition=models.Q(state="sent", parts__gt=0, dealt_at=None),
                name="outgoing_unheard",
            ),
        )


class Part(models.Model):
    """One short message of a longer text, as the centre took it; its receipt names `centre_id`."""

    class State(models.TextChoices):
        SENT = "sent"
        DELIVERED = "delivered"
        UNDELIVERED = "undelivered"

    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveSmallIntegerField()
    link = models.CharField(max_length=24)
    centre_id = models.CharField(max_length=65)
    state = models.CharField(max_length=12, choices=State.choices, default=State.SENT)
    status = models.CharField(max_length=24, blank=True)  # the centre's own word, such as “DELIVRD 000”
    sent_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["outgoing", "number"], name="part_once"),)
        indexes = (models.Index(fields=["centre_id", "link"], name="part_receipt"),)


class Incoming(models.Model):
    """收件: one message from a subscriber, and which handler took it (empty: none did). It waits without `done_at`."""

    subscriber = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, related_name="incoming")
    text = models.TextField()
    message_id = models.CharField(max_length=64, blank=True)
    handler = models.CharField(max_length=48, blank=True)
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["message_id"], condition=~models.Q(message_id=""), name="incoming_once"),
        )
        indexes = (models.Index(fields=["id"], condition=models.Q(done_at=None), name="incoming_waiting"),)


class IncomingPart(models.Model):
    """A piece of a longer reply that waits for the others."""

    subscriber = models.ForeignKey("people.Subscriber", on_delete=models.CASCADE, related_name="incoming_parts")
    reference = models.PositiveIntegerField()
    total = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subscriber", "reference", "total", "number"], name="incoming_part_once"),
        )


class Wish(models.Model):
    """How a subscriber wants to be told: the language, and whether a second way is tried when the first fails."""

    subscriber = models.OneToOneField("people.Subscriber", on_delete=models.CASCADE, related_name="wish")
    lang = models.CharField(max_length=2, default="zh")
    second_way = models.BooleanField(default=False)


class Asked(models.Model):
    """A firm's one request to be allowed to send advertising by SMS: answered or not, it is never made again."""

    subscriber = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, related_name="asked")
    principal = models.PositiveBigIntegerField()
    outgoing = models.ForeignKey(Outgoing, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    place = models.PositiveSmallIntegerField()  # of the subscriber's requests; the answer names it
    days = models.PositiveSmallIntegerField()
    answer = models.CharField(max_length=8, blank=True)  # “yes”; anything else, silence too, is no
    until = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["subscriber", "principal"], name="asked_once"),)


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
