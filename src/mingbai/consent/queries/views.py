"""Consents, batches, blocks and proof requests as pages and the API read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q

from mingbai.consent import filed, rules
from mingbai.consent.models import Batch, Block, Consent, ProofRequest
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Purpose
from mingbai.ledger import queries as ledger
from mingbai.ledger import statements
from mingbai.people import queries as people

_REFUSED = (
    "SELECT 1 FROM consent_consent WHERE subscriber_id = %s AND principal_id = %s AND purpose = 'any'"
    " AND state IN ('refused', 'withdrawn')"  # rules.CLOSED
)


class ConsentView(NamedTuple):
    """One consent. `counts`: whether a call may rest on it now. `batch_state` is "" outside a batch."""

    id: int
    subscriber: int
    principal: int
    purpose: str
    state: str
    how: str
    reference: str
    proof_sha256: bytes | None
    wording_sha256: bytes | None
    batch: int | None
    batch_state: str
    row: int | None
    given_at: datetime | None
    expires_at: datetime | None
    changed_at: datetime
    counts: bool

    @property
    def filed(self) -> bool:
        """Whether the firm told us of it and so has the number; of all others it gets to see a masked one."""
        return self.batch is not None or self.how in rules.FIRM_ACTS


class BatchView(NamedTuple):
    """One whitelist import. `done` of `rows` are written; `entry` is the ledger entry that commits to its rows.

    `restore_by`: the account that wants it restored, for `restore_reason`, while a second look is due. `owed`: proofs
    that were asked for in time and never shown; None where that was not counted.
    """

    id: int
    principal: int
    purpose: str
    file_name: str
    file_sha256: bytes
    keep_good: bool
    state: str
    rows: int
    accepted: int
    rejected: int
    done: int
    entry: int | None
    created_at: datetime
    valid_at: datetime | None
    restore_by: int | None
    restore_reason: str
    owed: int | None = None


class BlockView(NamedTuple):
    id: int
    kind: str
    value: str
    created_at: datetime


class ProofRequestView(NamedTuple):
    """`reference` and `proof_sha256` are what the firm filed and has to show."""

    id: int
    consent: int
    subscriber: int
    principal: int
    purpose: str
    state: str
    reference: str
    proof_sha256: bytes | None
    batch: int | None
    asked_at: datetime
    due_at: datetime
    closed_at: datetime | None


# Whose records are only stored (people.actions.restrict) is shown to nobody but staff, by `of_subscriber`.
_SHOWN = Q(subscriber__restricted_at__isnull=True)


def consent(consent: int) -> ConsentView | None:
    """One consent by its id."""
    row = Consent.objects.select_related("batch").filter(_SHOWN, id=consent).first()
    return _consent(row) if row else None


def of_subscriber(subscriber: int) -> list[ConsentView]:
    """Everything that one subscriber said or that was claimed of them, newest change first."""
    rows = Consent.objects.select_related("batch").filter(subscriber_id=subscriber)
    return [_consent(row) for row in rows.order_by("-changed_at", "-id")]


def of_firm(principal: int, *, states: Iterable[str] = (), after: int = 0, limit: int = 100) -> list[ConsentView]:
    """A firm's consents and refusals by id, from above `after`, at most `limit`; only of `states` when given."""
    rows = Consent.objects.select_related("batch").filter(_SHOWN, principal_id=principal, id__gt=after)
    wanted = list(states)
    if wanted:
        rows = rows.filter(state__in=wanted)
    return [_consent(row) for row in rows.order_by("id")[:limit]]


def status(*, subscriber: int, principal: int, purpose: str) -> str:
    """What holds now for calls of `purpose` from `principal`: a state's word, or "" where nothing was ever said.

    A refusal of everything covers every purpose; a claim of a batch that does not stand counts as nothing said.
    """
    rows = Consent.objects.select_related("batch").filter(subscriber_id=subscriber, principal_id=principal)
    states = {Purpose(row.purpose): rules.State(row.state) for row in rows if _stands(row)}
    return rules.effective(states, Purpose(purpose)) or ""


def refused_everything(subscriber: int, principal: int) -> bool:
    """Whether a subscriber wants to hear nothing from a firm; asked before every offer and advertisement."""
    return bool(statements.rows(_REFUSED, [subscriber, principal]))


def holders(subscriber: int) -> list[int]:
    """The firms that hold a consent of this subscriber, by id."""
    rows = Consent.objects.filter(subscriber_id=subscriber, state__in=rules.OPEN)
    return sorted(set(rows.values_list("principal_id", flat=True)))


def blocks(subscriber: int) -> list[BlockView]:
    """The personal blocks that stand, newest first."""
    rows = Block.objects.filter(subscriber_id=subscriber, removed_at=None).order_by("-created_at", "-id")
    return [BlockView(row.id, row.kind, row.value, row.created_at) for row in rows]


def batch(batch: int) -> BatchView | None:
    """One whitelist import."""
    row = Batch.objects.filter(id=batch).first()
    return _batch(row) if row else None


def batches(principal: int | None = None) -> list[BatchView]:
    """Every whitelist import, or a firm's, newest first."""
    rows = Batch.objects.order_by("-id")
    return [_batch(row) for row in (rows.filter(principal_id=principal) if principal else rows)]


def suspended_batches(principal: int) -> list[BatchView]:
    """A firm's suspended imports, newest first, each with how many proofs it still owes."""
    found = [_batch(row) for row in Batch.objects.filter(principal_id=principal, state=Batch.State.SUSPENDED)]
    failed = ProofRequest.objects.filter(consent__batch__in=[one.id for one in found], state=ProofRequest.State.FAILED)
    failed = failed.filter(consent__subscriber__restricted_at=None)
    owed = dict(failed.values_list("consent__batch").annotate(Count("id")))
    return [one._replace(owed=owed.get(one.id, 0)) for one in sorted(found, reverse=True)]


def proof_requests(
    *, principal: int | None = None, subscriber: int | None = None, open_only: bool = False
) -> list[ProofRequestView]:
    """Requests for proof to a firm or about a subscriber, the most urgent first."""
    rows = ProofRequest.objects.select_related("consent").order_by("due_at", "id")
    if principal is not None:
        rows = rows.filter(consent__principal_id=principal, consent__subscriber__restricted_at=None)
    if subscriber is not None:
        rows = rows.filter(consent__subscriber_id=subscriber)
    if open_only:
        rows = rows.filter(state=ProofRequest.State.OPEN)
    return [_request(row) for row in rows]


def statistics(principal: int) -> dict[str, int]:
    """How many of a firm's consents are in each state."""
    rows = Consent.objects.filter(principal_id=principal)
    counts = dict.fromkeys((state.value for state in rules.State), 0)
    counts.update(rows.values_list("state").annotate(Count("id")))
    # Taken off, not left out of the count: that is made from an index alone, a million rows or not.
    hidden = people.restricted()
    for start in range(0, len(hidden), 500):
        for state in rows.filter(subscriber_id__in=hidden[start : start + 500]).values_list("state", flat=True):
            counts[state] -= 1
    return counts


def receipt(consent: int) -> str | None:
    """The receipt of an imported consent: its row in its batch. None while the log has not put the batch in order.

    Raises Problem for a consent that was not imported, or whose subscriber was erased.
    """
    row = Consent.objects.select_related("batch").filter(id=consent).first()
    if row is None or row.batch is None or row.row is None:
        raise Problem("consent.not_imported", "this consent stands in no batch", where="consent", status=404)
    if row.salt is None:
        raise Problem("consent.erased", "what opens this receipt was destroyed", where="consent", status=410)
    if row.batch.entry is None:
        return None
    content = filed.content(
        number=people.number_of(row.subscriber_id).digits,
        principal=row.principal_id,
        purpose=row.purpose,
        reference=row.reference,
        proof_sha256=bytes(row.proof_sha256) if row.proof_sha256 else None,
        given_at=row.given_at,
        expires_at=row.expires_at,
    )
    return ledger.row_receipt(row.batch.entry, row.row, salt=bytes(row.salt), content=content)


def _stands(row: Consent) -> bool:
    """Whether the row says anything now: claims only while their batch is valid, consents only while they last."""
    if row.state in rules.CLOSED:
        return True
    if row.state not in rules.OPEN or (row.expires_at is not None and row.expires_at <= clock.now()):
        return False
    return row.state == rules.State.GIVEN or row.batch is None or row.batch.state == Batch.State.VALID


def _consent(row: Consent) -> ConsentView:
    return ConsentView(
        row.id,
        row.subscriber_id,
        row.principal_id,
        row.purpose,
        row.state,
        row.how,
        row.reference,
        bytes(row.proof_sha256) if row.proof_sha256 else None,
        _wording(row),
        row.batch_id,
        row.batch.state if row.batch else "",
        row.row,
        row.given_at,
        row.expires_at,
        row.changed_at,
        row.state in rules.OPEN and _stands(row),
    )


def _wording(row: Consent) -> bytes | None:
    """The wording that the subscriber was shown; a batch has one for all its rows."""
    found = row.wording_sha256 or (row.batch.wording_sha256 if row.batch else None)
    return bytes(found) if found else None


def _batch(row: Batch) -> BatchView:
    return BatchView(
        row.id,
        row.principal_id,
        row.purpose,
        row.file_name,
        bytes(row.file_sha256),
        row.keep_good,
        row.state,
        row.rows,
        row.accepted,
        row.rejected,
        row.done,
        row.entry,
        row.created_at,
        row.valid_at,
        row.restore_by,
        row.restore_reason,
    )


def _request(row: ProofRequest) -> ProofRequestView:
    said = row.consent
    return ProofRequestView(
        row.id,
        said.id,
        said.subscriber_id,
        said.principal_id,
        said.purpose,
        row.state,
        said.reference,
        bytes(said.proof_sha256) if said.proof_sha256 else None,
        said.batch_id,
        row.asked_at,
        row.due_at,
        row.closed_at,
    )
