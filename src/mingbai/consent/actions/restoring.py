"""A batch that was suspended for want of a proof counts again: the proof was shown, and two people looked."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from mingbai.consent import events
from mingbai.consent.models import Batch, ProofRequest
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger


def restore_batch(*, batch: int, account: int, reason: str) -> bool:
    """A member of staff wants a suspended batch restored; whether it is: the first asks, another one restores.

    `account`: who says so. One update makes every consent of the batch count again that still stands. Raises Problem
    without a reason, when the batch is not suspended, while a proof is owed for one of its rows, or when the second
    look is the first one's.
    """
    why = reason.strip()[:200]
    if not why:
        raise Problem("consent.no_reason", "a reason is needed to restore a list", where="reason", mend="say why")
    with transaction.atomic():
        row = Batch.objects.select_for_update().filter(id=batch).first()
        if row is None:
            raise Problem("consent.unknown_batch", "no such list", where="batch", status=404)
        if row.state != Batch.State.SUSPENDED:
            raise Problem("consent.not_suspended", "the list is not suspended", where="batch", status=409)
        owed = ProofRequest.objects.filter(consent__batch=row, state=ProofRequest.State.FAILED)
        if owed.filter(consent__subscriber__restricted_at=None).exists():
            raise Problem(
                "consent.proof_owed",
                "a proof that was asked for was never shown",
                where="batch",
                mend="the firm shows the filed files first",
                status=409,
            )
        if row.restore_by is None:
            Batch.objects.filter(id=batch).update(restore_by=account, restore_reason=why)
            _record(events.BATCH_RESTORE_ASKED, row, account, why, ref="")
            return False
        if row.restore_by == account:
            raise Problem("consent.second_look", "somebody else has to look too", where="account", status=409)
        Batch.objects.filter(id=batch).update(state=Batch.State.VALID, restore_by=None, restore_reason="")
        _record(events.BATCH_RESTORED, row, account, why, ref=f"batch:{batch}")
    return True


def _record(kind: str, row: Batch, account: int, reason: str, *, ref: str) -> None:
    content: dict[str, Any] = {
        "batch": row.id,
        "principal": row.principal_id,
        "account": account,
        "reason": reason,
    }
    ledger.append(kind, content, subject=f"organisation:{row.principal_id}", ref=ref)
