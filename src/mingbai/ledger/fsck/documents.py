"""The files that are evidence: each opens, and is the one that it is named after."""

from __future__ import annotations

from mingbai.kernel.problems import Problem
from mingbai.ledger import documents, tables, vault
from mingbai.ledger.fsck.faults import Report

_EACH = "SELECT digest, subject, sealed FROM ledger_document WHERE digest > %s ORDER BY digest LIMIT 50"


def papers(report: Report) -> None:
    """Open every document."""
    last = ""
    while found := tables.rows(_EACH, last):
        for digest, subject, sealed in found:
            report.documents += 1
            try:
                documents.opened(digest, subject, bytes(sealed))
            except vault.SealError:
                report.fault(f"database, ledger_document {digest}", "it was changed, or is not the file of this name")
            except Problem as problem:
                report.fault(f"database, ledger_document {digest}", problem.what)
        last = found[-1][0]
