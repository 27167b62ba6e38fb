"""What may be done to consents, blocks and proofs: one function a verb, its ledger entry in the same transaction."""

from mingbai.consent.actions.blocks import BLOCKS_AT_MOST, block, block_for, block_value, unblock, unblock_of
from mingbai.consent.actions.erasure import forget
from mingbai.consent.actions.proofs import dispute, fail_overdue, forget_proofs, show_proof
from mingbai.consent.actions.restoring import restore_batch
from mingbai.consent.actions.said import expire_due, give, refuse, refuse_all, withdraw

__all__ = [
    "BLOCKS_AT_MOST",
    "block",
    "block_for",
    "block_value",
    "dispute",
    "expire_due",
    "fail_overdue",
    "forget",
    "forget_proofs",
    "give",
    "refuse",
    "refuse_all",
    "restore_batch",
    "show_proof",
    "unblock",
    "unblock_of",
    "withdraw",
]
