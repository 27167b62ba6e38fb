"""What of messages is destroyed when a subscriber is erased."""

from __future__ import annotations

from mingbai.notices.models import Incoming, IncomingPart, OneTimeCode, Outgoing, Wish


def forget(subject: str) -> None:
    """Destroy the texts of an erased subscriber's messages, and their codes; called when shredded."""
    subscriber = int(subject.removeprefix("subscriber:"))
    Outgoing.objects.filter(subscriber_id=subscriber).update(text="", context="")
    Incoming.objects.filter(subscriber_id=subscriber).update(text="")
    OneTimeCode.objects.filter(subscriber_id=subscriber).delete()
    IncomingPart.objects.filter(subscriber_id=subscriber).delete()
    Wish.objects.filter(subscriber_id=subscriber).delete()
