"""The sealed paper beside its order: kept in the transaction that takes the yes, or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from mingbai.ledger import actions as ledger
from mingbai.orders.models import Signature
from mingbai.orders.signing.rules import Place


class Signed(NamedTuple):
    """A sealed paper with a signature, and how it was known who signed. `witness`: “account:3”, "" for nobody."""

    pdf: bytes
    place: Place
    witness: str
    present_at: datetime
    signed_at: datetime
    timestamped: bool


def keep(order: int, subscriber: int, signed: Signed) -> dict[str, Any]:
    """Keep the paper; what the ledger's entry of the yes says of it. Only inside that transaction."""
    digest = ledger.keep_document(f"subscriber:{subscriber}", signed.pdf)
    Signature.objects.create(
        order_id=order, document=digest, place=signed.place.value, witness=signed.witness, signed_at=signed.signed_at,
        timestamped=signed.timestamped,
    )  # fmt: skip
    return {
        "document_sha256": digest,
        "place": signed.place.value,
        "witness": signed.witness,
        "identity_seen": signed.place == Place.SHOP,
        "present_at": signed.present_at.isoformat(timespec="seconds"),
        "signed_at": signed.signed_at.isoformat(timespec="seconds"),
        "timestamped": signed.timestamped,
    }
