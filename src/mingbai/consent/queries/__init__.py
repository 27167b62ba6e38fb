"""What other rooms may know of consents, blocks, batches and proofs."""

from mingbai.consent.queries.facts import all_facts, facts, facts_of_batch
from mingbai.consent.queries.refusals import Refused, refused
from mingbai.consent.queries.views import (
    BatchView,
    BlockView,
    ConsentView,
    ProofRequestView,
    batch,
    batches,
    blocks,
    consent,
    holders,
    of_firm,
    of_subscriber,
    proof_requests,
    receipt,
    refused_everything,
    statistics,
    status,
    suspended_batches,
)

__all__ = [
    "BatchView",
    "BlockView",
    "ConsentView",
    "ProofRequestView",
    "Refused",
    "all_facts",
    "batch",
    "batches",
    "blocks",
    "consent",
    "facts",
    "facts_of_batch",
    "holders",
    "of_firm",
    "of_subscriber",
    "proof_requests",
    "receipt",
    "refused",
    "refused_everything",
    "statistics",
    "status",
    "suspended_batches",
]
