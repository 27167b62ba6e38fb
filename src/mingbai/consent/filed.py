"""What a firm files about one imported consent, as its batch commits to it. No Django: the staging process uses it too.

The canonical JSON (RFC 8785) of a row has these members, in this order:
`expires_at`, `given_at` (UTC, “2026-01-02T03:04:05Z”, "" for none), `number` (normal form), `principal`,
`proof_sha256` (hexadecimal), `purpose`, `reference`, `v` (1).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

VERSION = 1


def content(
    *,
    number: str,
    principal: int,
    purpose: str,
    reference: str,
    proof_sha256: bytes | None,
    given_at: datetime | None,
    expires_at: datetime | None,
) -> dict[str, Any]:
    """One row's content. Times are cut to seconds."""
    return {
        "expires_at": moment(expires_at),
        "given_at": moment(given_at),
        "number": number,
        "principal": principal,
        "proof_sha256": proof_sha256.hex() if proof_sha256 else "",
        "purpose": purpose,
        "reference": reference,
        "v": VERSION,
    }


def moment(at: datetime | None) -> str:
    """As a row writes a time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
