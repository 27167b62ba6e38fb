"""Files that are evidence: sealed under their subject's key, found when changed, gone with the subject."""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.db import connection, transaction

from mingbai.kernel.problems import Problem
from mingbai.ledger import actions, fsck, order, queries, vault

pytestmark = pytest.mark.django_db
FILE = "本人同意".encode() * 500


def kept(subject: str = "subscriber:1", data: bytes = FILE) -> str:
    with transaction.atomic():
        digest = actions.keep_document(subject, data)
        actions.append("test.said", {"document_sha256": digest}, subject=subject, ref=subject)
    return digest


def test_a_file_is_kept_by_its_hash_and_nobody_reads_it_in_the_database() -> None:
    digest = kept()
    assert digest == sha256(FILE).hexdigest()
    assert queries.document(digest) == FILE
    assert kept() == digest
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM ledger_document")
        ((sealed,),) = cursor.fetchall()
    assert "本人".encode() not in bytes(sealed)
    order.integrate()
    report = fsck.run()
    assert report.sound
    assert report.documents == 1


def test_a_changed_file_is_found_by_who_reads_it_and_by_fsck() -> None:
    digest = kept()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM ledger_document")
        ((sealed,),) = cursor.fetchall()
        broken = bytearray(bytes(sealed))
        broken[40] ^= 1
        cursor.execute("UPDATE ledger_document SET sealed = %s", [bytes(broken)])
    with pytest.raises(vault.SealError):
        queries.document(digest)
    assert [fault.where for fault in fsck.run().faults] == [f"database, ledger_document {digest}"]


def test_who_is_shredded_takes_their_files_along_and_nobody_elses() -> None:
    mine, other = kept(), kept("subscriber:2", b"%PDF other")
    actions.shred("subscriber:1", reason="asked")
    assert queries.document(mine) is None
    assert queries.document(other) == b"%PDF other"
    with pytest.raises(Problem, match="destroyed"):
        kept()


def test_a_file_and_its_entry_come_to_be_together() -> None:
    with pytest.raises(ValueError, match="at most"), transaction.atomic():
        actions.keep_document("subscriber:1", b"")
    with transaction.atomic():
        digest = actions.keep_document("subscriber:1", FILE)
        transaction.set_rollback(True)
    assert queries.document(digest) is None
    kept()
    assert actions.drop_document(digest)
    assert not actions.drop_document(digest)
