"""Whitelist import: a file of consents that a firm claims, staged beside the database, written in bits.

    report = import_whitelist(path, principal=7, purpose="marketing", keep_good=True, progress=show)

A second process checks, seals and hashes by column (`consent.staging`); this one writes parts of at most 10,000 rows
under a batch in state WRITING, so that a refusal never waits longer than one of them takes; one update makes the batch
VALID, in the transaction of the ledger entry that commits to its rows. See docs/consent.md for the file's columns.
"""

from mingbai.consent.importing.running import Report, bad_rows, import_whitelist, resume
from mingbai.consent.staging.faults import BadRow

__all__ = ["BadRow", "Report", "bad_rows", "import_whitelist", "resume"]
