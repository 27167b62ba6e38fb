"""Subject keys: one statement an entry, never a stale key, nothing left after shredding."""

from __future__ import annotations

import subprocess
import threading

import pytest
from django.db import connection, transaction

from mingbai.kernel.problems import Problem
from mingbai.ledger import actions, canonical, events, fsck, order, queries, sealing, tables, vault


def said(subject: str, n: int = 0) -> int:
    with transaction.atomic():
        return actions.append("test.said", {"n": n}, subject=subject, ref=subject)


@pytest.mark.django_db
def test_an_entry_costs_one_statement_once_the_key_is_known() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("counted by SQLite's own trace")
    seen: list[str] = []
    said("subscriber:999")
    with transaction.atomic():
        connection.connection.set_trace_callback(seen.append)
        actions.append("test.said", {}, subject="subscriber:999")
        known = len(seen)
        actions.append("test.said", {}, subject="subscriber:998")
        new = len(seen) - known
        sealing.forget("subscriber:999")
        actions.append("test.said", {}, subject="subscriber:999")
        connection.connection.set_trace_callback(None)
    assert (known, new, len(seen) - known - new) == (1, 3, 2)


@pytest.mark.django_db
def test_what_is_committed_to_is_canonical_and_says_everything() -> None:
    entry = said("subscriber:1")
    (row,) = tables.rows(tables.ENTRY + " WHERE id = %s", entry)
    _, committed = sealing.open_entry("subscriber:1", bytes(row[7]), bytes(row[6]))
    body = {"at": row[5], "content": {"n": 0}, "kind": "test.said", "ref": "subscriber:1", "subject": "subscriber:1"}
    assert committed == canonical.dumps({**body, "v": 1})


@pytest.mark.django_db
def test_the_database_and_the_log_name_nobody_and_show_no_content() -> None:
    with transaction.atomic():
        actions.append("test.said", {"word": "看不见"}, subject="subscriber:1")
    order.integrate()
    (row,) = tables.rows("SELECT commitment, opening FROM ledger_entry")
    everything = (
        bytes(row[0]) + bytes(row[1]) + b"".join(p.read_bytes() for p in order.folder().rglob("*") if p.is_file())
    )
    assert "看不见".encode() not in everything
    assert order.read("tile/entries/000.p/1") == b"\x00\x20" + bytes(row[0])


@pytest.mark.django_db(transaction=True)
def test_shredding_elsewhere_is_seen_by_a_process_that_remembers_the_key() -> None:
    said("subscriber:1")
    stale = sealing.remembered("subscriber:1")
    assert stale

    def elsewhere() -> None:
        actions.shred("subscriber:1", reason="asked")
        connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    sealing._memory.put("subscriber:1", stale)  # as another process still has it
    with pytest.raises(Problem) as caught:
        said("subscriber:1")
    assert caught.value.code == "ledger.shredded"


@pytest.mark.django_db
def test_shredding_leaves_no_salt_no_key_and_a_log_that_verifies() -> None:
    kept, gone = said("subscriber:2", 5), said("subscriber:1", 6)
    order.integrate()
    (opening,) = tables.rows("SELECT opening, commitment FROM ledger_entry WHERE id = %s", gone)
    key = sealing.subject_key("subscriber:1")
    told: list[str] = []
    actions.register_shredder("subscriber:1", told.append)
    actions.register_shredder("organisation:", told.append)
    try:
        erasure = actions.shred("subscriber:1", reason="个保法 47")
    finally:
        del actions._shredders[-2:]
    assert told == ["subscriber:1"]
    assert tables.rows("SELECT opening FROM ledger_entry WHERE id = %s", gone) == [(b"",)]
    (row,) = tables.rows("SELECT wrapped FROM ledger_subjectkey WHERE subject = 'subscriber:1'")
    assert bytes(row[0]) == b""
    with pytest.raises(vault.SealError):  # what remains of the key opens nothing: only the bytes just destroyed did
        sealing.subject_key("subscriber:2").open(bytes(opening[0]), bytes(opening[1]))
    assert key.open(bytes(opening[0]), bytes(opening[1]))
    order.integrate()
    view, other = queries.opened(erasure), queries.opened(kept)
    assert view
    assert other
    assert view.content == {"entries": 1, "reason": "个保法 47", "subject": "subscriber:1"}
    assert "个保法 47" in events.wording("ledger.shredded", view.content, "zh-hans")
    assert other.content == {"n": 5}
    assert [entry.content for entry in queries.of_subject("subscriber:1")] == [None]
    report = fsck.run()
    assert (report.faults, report.unreadable) == ([], 1)


@pytest.mark.django_db(transaction=True)
def test_no_byte_of_a_destroyed_key_or_opening_stays_in_the_file() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL overwrites when it vacuums")
    for n in range(50):
        said(f"subscriber:{n % 3}", n)
    (key,) = tables.rows("SELECT wrapped FROM ledger_subjectkey WHERE subject = 'subscriber:1'")
    openings = tables.rows("SELECT opening FROM ledger_entry WHERE subject = 'subscriber:1'")
    secrets = [bytes(row[0]) for row in (key, *openings)]
    path = str(connection.settings_dict["NAME"])

    def stored() -> bytes:
        # By another process: closing the file in this one would give up the locks of this one's connections, and the
        # next process to close the database would take its -wal away from under them.
        return subprocess.run(["cat", path, f"{path}-wal"], capture_output=True, check=True).stdout  # coreutils

    assert all(secret in stored() for secret in secrets)
    actions.shred("subscriber:1", reason="asked")
    left = stored()
    assert len(secrets) == 18
    assert not any(secret in left for secret in secrets)


@pytest.mark.django_db
def test_the_house_itself_is_not_shredded() -> None:
    with pytest.raises(ValueError, match="house"):
        actions.shred("", reason="x")


def test_a_wrapped_key_opens_for_its_own_subject_alone() -> None:
    wrapped = vault.wrap(bytes(32), "subscriber:1", b"k" * 32)
    assert vault.unwrap(bytes(32), "subscriber:1", wrapped) == b"k" * 32
    for subject, data in (("subscriber:2", wrapped), ("subscriber:1", wrapped[:-1]), ("subscriber:1", b"")):
        with pytest.raises(vault.SealError):
            vault.unwrap(bytes(32), subject, data)


def test_memory_forgets_the_longest_unused() -> None:
    memory, keys = vault.Memory(limit=2), [vault.Key(bytes(32), b"%d" % n) for n in range(3)]
    memory.put("a", keys[0])
    memory.put("b", keys[1])
    assert memory.get("a") is keys[0]
    memory.put("c", keys[2])
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (keys[0], None, keys[2])
    memory.forget("a")
    memory.forget("never")
    assert memory.get("a") is None


def test_a_kind_that_nobody_worded_is_its_own_name() -> None:
    assert events.wording("no.such", {}, "en") == "no.such"
    assert events.wording("ledger.shredded", {}, "en") == "Openings of … destroyed: …"
