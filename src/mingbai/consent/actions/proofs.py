"""待证同意: “I never agreed” refuses at once; the firm shows the filed proof in time, or its batch stops counting."""

from __future__ import annotations

from datetime import timedelta
from typing import BinaryIO

from django.db import transaction

from mingbai.consent import events, rules, shown
from mingbai.consent.actions.said import record
from mingbai.consent.models import Batch, Consent, ProofRequest
from mingbai.consent.rules import Act, How, State
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Purpose
from mingbai.ledger import actions as ledger
from mingbai.notices import queries as notices


def dispute(*, consent: int, how: str) -> int:
    """The subscriber says that they never agreed: refused from now on, and the firm is asked for its proof.

    The proof request's id; asking twice answers the same one. Raises Problem when there is nothing to dispute.
    """
    way = How(how)
    with transaction.atomic():
        row = Consent.objects.select_for_update().filter(id=consent).first()
        if row is None:
            raise Problem("consent.unknown", "no such consent", where="consent", status=404)
        asked = ProofRequest.objects.filter(consent_id=consent).values_list("id", flat=True).first()
        if asked is not None:
            return asked
        # A claim that was refused before it was disputed is still a claim that somebody filed.
        if not (row.batch_id and State(row.state) in rules.CLOSED):
            rules.step(State(row.state), Act.DISPUTE)
        now = clock.now()
        Consent.objects.filter(id=consent).update(state=State.REFUSED, how=way, changed_at=now)
        due = now + timedelta(days=notices.profile().consent.proof_days)
        request = ProofRequest.objects.create(consent_id=consent, asked_at=now, due_at=due)
        more = {"request": request.id, "due_at": due.isoformat(timespec="seconds")}
        record(events.DISPUTED, row.subscriber_id, row.principal_id, Purpose(row.purpose), way, more)
    return request.id


def show_proof(request: int, file: BinaryIO) -> None:
    """The firm shows its proof: accepted when the file's SHA-256 is the one that was filed with the consent.

    The subscriber's refusal stands; the batch is out of danger. A file shown after the request failed is noted as late,
    and its batch can be restored (`restoring`). Raises Problem when the hash differs, when none was filed, or when the
    request is answered. The file is kept under the home's files, by its hash.
    """
    requests = ProofRequest.objects.select_related("consent").filter(consent__subscriber__restricted_at=None)
    asked = requests.filter(id=request).first()
    if asked is None:
        raise Problem("consent.unknown_request", "no such proof request", where="request", status=404)
    filed = asked.consent.proof_sha256
    digest = shown.keep(file, bytes(filed) if filed else None)
    with transaction.atomic():
        now, states = clock.now(), ProofRequest.State
        rows = ProofRequest.objects.filter(id=request)
        if rows.filter(state=states.OPEN, due_at__gt=now).update(state=states.SHOWN, closed_at=now):
            kind = events.PROOF_SHOWN
        elif rows.filter(state=states.FAILED).update(state=states.LATE, closed_at=now):
            kind = events.PROOF_SHOWN_LATE
        else:
            raise Problem("consent.request_closed", "the request is closed, or its time is over", status=409)
        _note(kind, asked, {"proof_sha256": digest.hex()})


def fail_overdue(limit: int = 100) -> int:
    """Close up to `limit` requests whose time is over and suspend their batches; how many. For the work loop."""
    due = ProofRequest.objects.filter(state=ProofRequest.State.OPEN, due_at__lte=clock.now())
    due = due.filter(consent__subscriber__restricted_at=None).order_by("due_at")
    closed = 0
    for request in due.select_related("consent")[:limit]:
        with transaction.atomic():
            still_open = ProofRequest.objects.filter(id=request.id, state=ProofRequest.State.OPEN)
            if not still_open.update(state=ProofRequest.State.FAILED, closed_at=clock.now()):
                continue
            _note(events.PROOF_FAILED, request, {})
            _suspend(request)
            closed += 1
    return closed


def forget_proofs() -> int:
    """Destroy proof files that no answered request is about any more; how many. For the work loop."""
    return shown.sweep()


def _suspend(request: ProofRequest) -> None:
    """One update stops every consent of the batch from counting."""
    batch = request.consent.batch_id
    if batch is None:
        return
    valid = Batch.objects.filter(id=batch, state=Batch.State.VALID)
    if valid.update(state=Batch.State.SUSPENDED, restore_by=None, restore_reason=""):
        principal = request.consent.principal_id
        ledger.append(
            events.BATCH_SUSPENDED,
            {"batch": batch, "principal": principal, "reason": "proof not shown in time", "request": request.id},
            subject=f"organisation:{principal}",
            ref=f"batch:{batch}",
        )


def _note(kind: str, request: ProofRequest, more: dict[str, str]) -> None:
    row = request.consent
    record(
        kind, row.subscriber_id, row.principal_id, Purpose(row.purpose), How(row.how), {"request": request.id, **more}
    )
