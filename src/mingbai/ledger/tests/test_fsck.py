"""A changed byte anywhere is found, and told where it is."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from django.db import connection, transaction

from mingbai.ledger import actions, batches, fsck, order, tables

pytestmark = pytest.mark.django_db

ENTRIES = 560  # two full tiles and a part, one hash tile above


def log_of_everything(tmp_path: Path) -> None:
    """A log with several checkpoints, subjects, a batch of more rows than a tile holds, an erasure, a waiting entry."""
    salts = [bytes([i % 256]) * 32 for i in range(700)]
    leaves = [batches.row_leaf(salt, b'{"n":%d}' % i) for i, salt in enumerate(salts)]
    for start in range(0, ENTRIES, 70):
        with transaction.atomic():
            for i in range(start, start + 70):
                subject = f"subscriber:{i % 7}" if i % 3 else ""
                actions.append("test.said", {"n": i}, subject=subject, ref=f"number:{i}")
        order.integrate(50)
        order.integrate()
    with transaction.atomic():
        actions.append_batch(
            "test.batch", {}, tree=batches.Tree.build(tmp_path / "t", leaves), subject="organisation:1"
        )
        small = batches.Tree.build(tmp_path / "s", leaves[:3])
        actions.append_batch("test.batch", {}, tree=small)
    actions.shred("subscriber:6", reason="asked")
    order.integrate()
    with transaction.atomic():
        actions.append("test.said", {"waits": True})


def faults() -> list[str]:
    return [str(fault) for fault in fsck.run().faults]


def test_a_sound_log_has_no_fault(tmp_path: Path) -> None:
    assert faults() == []
    log_of_everything(tmp_path)
    report = fsck.run()
    assert report.faults == []
    assert (report.size, report.waiting, report.batches) == (ENTRIES + 3, 1, 2)
    assert report.checkpoints == 17
    assert report.unreadable == len([i for i in range(ENTRIES) if i % 3 and i % 7 == 6])


def flipped(data: bytes, rng: random.Random) -> tuple[bytes, int]:
    """`data` with one bit changed, and the byte's place."""
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :], at


def test_a_changed_byte_in_any_file_is_found_and_located(tmp_path: Path) -> None:
    log_of_everything(tmp_path)
    rng = random.Random(20261121)
    folder = order.folder()
    paths = [p for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.startswith(".")]
    assert len(paths) == 15
    for path in paths:
        name, before = path.relative_to(folder).as_posix(), path.read_bytes()
        for _ in range(2):
            changed, at = flipped(before, rng)
            path.write_bytes(changed)
            found = faults()
            assert any(fault.startswith(name) for fault in found), (name, at, found)
            if name.startswith("tile/0/"):
                assert any(f"entry {_first(name) + at // 32}:" in f or "from entry" in f for f in found), (at, found)
        path.write_bytes(before[:-1])
        assert any(fault.startswith(name) for fault in faults()), name
        path.write_bytes(before)
    assert faults() == []


def _first(name: str) -> int:
    return 256 * int(name.split("/")[2].split(".")[0])


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    log_of_everything(tmp_path)
    for name in ("checkpoint", "tile/0/001", "tile/entries/002.p/51", "tile/1/000.p/2"):
        path = order.folder() / name
        kept = path.read_bytes()
        path.unlink()
        assert any(fault.startswith(name) for fault in faults()), name
        path.write_bytes(kept)
    tree = next((order.folder() / "batches").glob("*/*.tree"))
    tree.unlink()
    assert any(tree.name in fault and "missing" in fault for fault in faults())


# column → rows to try; an entry's id orders it before it is placed and is no evidence
COLUMNS = {
    "ledger_entry": ("kind", "subject", "ref", "at_us", "commitment", "opening", "index"),
    "ledger_subjectkey": ("subject", "wrapped", "shredded_at"),
    "ledger_checkpoint": ("size", "root", "note"),
}
KEYS = {"ledger_entry": "id", "ledger_subjectkey": "subject", "ledger_checkpoint": "size"}


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in COLUMNS.items() for c in columns])
def test_a_changed_byte_in_any_row_is_found_and_located(table: str, column: str, tmp_path: Path) -> None:
    log_of_everything(tmp_path)
    rng = random.Random(f"{table}.{column}")
    # What a shredded entry says cannot be read any more, so its plain columns have nothing to be compared with.
    where = "subject <> 'subscriber:6'" if table == "ledger_entry" else "1 = 1"
    rows = tables.rows(f'SELECT {KEYS[table]}, "{column}" FROM {table} WHERE {where}')
    for key, value in rng.sample(rows, min(5, len(rows))):
        changed = _changed(value, rng)
        point = transaction.savepoint()
        tables.run(f'UPDATE {table} SET "{column}" = %s WHERE {KEYS[table]} = %s', changed, key)
        found = faults()
        told = f"id {key}" if table == "ledger_entry" else table
        assert any(told in fault for fault in found), (key, value, changed, found[:5])
        transaction.savepoint_rollback(point)


def _changed(value: object, rng: random.Random) -> object:
    if value is None:  # an index of an entry that waits, a shredding that never was
        return "2026-11-21 00:00:00+00" if rng.random() < 2 and not isinstance(value, int) else 1
    if isinstance(value, int):
        return value + 1_000_000
    if isinstance(value, str):
        return flipped_text(value, rng)
    if not isinstance(value, bytes | memoryview):
        return None  # a time: as if it had never been
    return flipped(bytes(value), rng)[0] if bytes(value) else b"x"


def flipped_text(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text)) if text else 0
    return text[:at] + chr(ord(text[at]) ^ 1 if text and text[at] != "\n" else 32) + text[at + 1 :]


def test_two_entries_that_changed_places_are_found(tmp_path: Path) -> None:
    log_of_everything(tmp_path)
    with connection.cursor() as cursor:
        for old, new in ((3, -1), (4, 3), (-1, 4)):
            cursor.execute('UPDATE ledger_entry SET "index" = %s WHERE "index" = %s', [new, old])
    found = faults()
    assert any("entry 3" in fault for fault in found)
    assert any("entry 4" in fault for fault in found)


def test_a_key_that_was_taken_away_without_a_word_is_found(tmp_path: Path) -> None:
    log_of_everything(tmp_path)
    tables.run(tables.SHRED_KEY, b"", "2026-11-21 00:00:00+00:00", "subscriber:5")
    tables.run(tables.SHRED_OPENINGS, b"", "subscriber:5", b"")
    assert any("subscriber:5" in fault and "no entry" in fault for fault in faults())
