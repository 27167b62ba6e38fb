"""What of consents is destroyed when a subscriber is erased."""

from __future__ import annotations

from django.db import transaction

from mingbai.consent import rules, shown
from mingbai.consent.models import Block, Consent, ProofRequest
from mingbai.kernel import clock


def forget(subject: str) -> None:
    """Destroy what an erased subscriber said: salts of batch rows, references, blocks, files; called when shredded.

    No consent of theirs counts any more, and no proof is asked for, nor owed: neither could have a ledger entry of its
    own when its time is over, or when it is shown late.
    """
    subscriber = int(subject.removeprefix("subscriber:"))
    Block.objects.filter(subscriber_id=subscriber).delete()
    rows = Consent.objects.filter(subscriber_id=subscriber)
    owed = (ProofRequest.State.OPEN, ProofRequest.State.FAILED)
    ProofRequest.objects.filter(consent__in=rows, state__in=owed).delete()
    rows.filter(state__in=rules.OPEN).update(state=Consent.State.EXPIRED, changed_at=clock.now())
    asked = ProofRequest.objects.filter(consent__in=rows).exclude(consent__proof_sha256=None)
    files = [bytes(digest) for digest in asked.values_list("consent__proof_sha256", flat=True) if digest]
    rows.update(salt=None, reference="", proof_sha256=None)
    if files:
        transaction.on_commit(lambda: shown.destroy(files))  # `forget_proofs` does it, should this process die first
