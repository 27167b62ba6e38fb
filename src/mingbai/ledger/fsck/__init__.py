"""The whole log computed again, from the database and the files, against every checkpoint ever signed.

It reads only, and may run while the house works: what was in order when it began does not change any more.
"""

from __future__ import annotations

from mingbai.ledger.fsck.database import Checkpoints, Ledger, signed_size
from mingbai.ledger.fsck.documents import papers
from mingbai.ledger.fsck.faults import Fault as Fault
from mingbai.ledger.fsck.faults import Report as Report
from mingbai.ledger.fsck.tree import Files, batch_trees


def run() -> Report:
    """Everything that can be checked without anybody's receipt; faults are located by file or row and entry."""
    report = Report()
    report.size = signed_size()
    ledger, files, checkpoints = Ledger(report), Files(report, report.size), Checkpoints(report)
    ledger.keys()
    files.leaves(ledger.commitments(report.size), checkpoints.meet)
    ledger.rest(report.size)
    ledger.erasures()
    papers(report)
    files.upper()
    files.others()
    files.checkpoint()
    checkpoints.rest()
    batch_trees(report, ledger.batches)
    return report
