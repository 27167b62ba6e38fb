"""What of consents is destroyed when a subscriber is erased."""

from __future__ import annotations

from mingbai.consent.models import Consent


def forget(subject: str) -> None:
    """Destroy the salts of an erased subscriber's batch rows, and what was said with them; called when shredded."""
    rows = Consent.objects.filter(subscriber_id=int(subject.removeprefix("subscriber:")))
    rows.update(salt=None, reference="")
