"""Tiles, bundles and checkpoints: paths, growth, another implementation's log read by our code."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import transaction

from mingbai.ledger import actions, merkle, note, order, queries, tiles

SHARED = Path(os.environ.get("MINGBAI_SHARED_DATA", Path(__file__).parents[4].parent / "shared" / "data"))
SAMPLE = SHARED / "tlog_sample"
SAMPLE_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def test_paths_are_those_of_the_specification() -> None:
    assert tiles.number(1234067) == "x001/x234/067"
    assert tiles.tile_path(0, 5) == "tile/0/005"
    assert tiles.tile_path(3, 1000, 7) == "tile/3/x001/000.p/7"
    assert tiles.bundle_path(999, 255) == "tile/entries/999.p/255"
    with pytest.raises(ValueError, match="1 to 256"):
        tiles.tile_path(0, 0, 0)
    assert tiles.expected(70_000) == [
        *(tiles.bundle_path(n) for n in range(273)),
        tiles.bundle_path(273, 112),
        *(tiles.tile_path(0, n) for n in range(273)),
        tiles.tile_path(0, 273, 112),
        tiles.tile_path(1, 0),
        tiles.tile_path(1, 1, 17),
        tiles.tile_path(2, 0, 1),
    ]


@pytest.mark.parametrize("steps", [[1] * 5, [255, 1, 1], [256, 256], [300, 300, 1], [65_536, 1], [65_535, 2, 700]])
def test_a_log_grown_in_steps_is_that_grown_at_once(steps: list[int]) -> None:
    entries = [b"%d" % n for n in range(sum(steps))]
    files: dict[str, bytes] = {}
    edge, at = tiles.EDGE_OF_NOTHING, 0
    for step in steps:
        edge, new = tiles.grow(tiles.edge(edge.size, files.__getitem__), entries[at : at + step])
        at += step
        files |= new
        assert edge.sound()
        assert edge.root == merkle.fold([merkle.leaf_hash(entry) for entry in entries[:at]])
        assert set(tiles.expected(at)) <= set(files)
    assert {path: files[path] for path in tiles.expected(at)} == tiles.grow(tiles.EDGE_OF_NOTHING, entries)[1]
    node = tiles.nodes(at, files.__getitem__)
    for index in {0, at // 2, at - 1}:
        proof = merkle.inclusion(index, at, node)
        merkle.verify_inclusion(merkle.leaf_hash(entries[index]), index, at, proof, edge.root)
    assert [e for n in range(-(-at // 256)) for e in _bundle(files, at, n)] == entries


def _bundle(files: dict[str, bytes], size: int, n: int) -> list[bytes]:
    return tiles.unpack(files[tiles.bundle_path(n, tiles.count(size, 0, n))])


def test_files_that_end_too_early_are_refused() -> None:
    with pytest.raises(ValueError, match="ends within entry 1"):
        tiles.unpack(tiles.pack([b"one", b"two"])[:-1])
    with pytest.raises(ValueError, match="31 bytes"):
        tiles.split(b"x" * 31)


def sample(path: str) -> bytes:
    return (SAMPLE / path).read_bytes()


def test_another_implementations_log_is_verified_by_our_code() -> None:
    if not SAMPLE.exists():
        pytest.skip(f"{SAMPLE} is not here: the log that transparency-dev/tessera wrote")
    verifier = note.Verifier(SAMPLE_KEY)
    signed = [note.open_checkpoint(sample(f"checkpoint.{n}").decode(), verifier) for n in range(16)]
    assert [c.size for c in signed] == list(range(16))
    assert note.open_checkpoint(sample("checkpoint").decode(), verifier) == signed[15]
    for new in signed[1:]:
        edge = tiles.edge(new.size, sample)
        assert edge.sound()
        assert edge.root == new.root
        node = tiles.nodes(new.size, sample)
        for index, entry in enumerate(tiles.unpack(sample(tiles.bundle_path(0, new.size)))):
            proof = merkle.inclusion(index, new.size, node)
            merkle.verify_inclusion(merkle.leaf_hash(entry), index, new.size, proof, new.root)
        for old in signed[: new.size]:
            proof = merkle.consistency(old.size, new.size, node)
            merkle.verify_consistency(old.size, new.size, proof, old.root, new.root)


def test_a_name_that_no_key_may_have_is_refused() -> None:
    for name in ("", "a b", "log+v1"):
        with pytest.raises(note.NoteError):
            note.Signer(name, bytes(32))
    signer = note.Signer("example.org/log/v1", bytes(32))
    assert note.Verifier(signer.vkey()).id == signer.id


def a_log(*steps: int) -> None:
    for step in steps:
        with transaction.atomic():
            for n in range(step):
                actions.append("test.said", {"n": n})
        order.integrate()


@pytest.mark.django_db
def test_the_integrator_signs_nothing_on_top_of_damage() -> None:
    a_log(300)
    for path in ("checkpoint", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"):
        whole = order.read(path)
        for broken in (whole[:40] + bytes([whole[40] ^ 1]) + whole[41:] if len(whole) > 40 else b"", whole[:-1]):
            (order.folder() / path).write_bytes(broken)
            with transaction.atomic():
                actions.append("test.said", {})
            with pytest.raises(order.Problem, match="fsck"):
                order.integrate()
        (order.folder() / path).write_bytes(whole)
    assert queries.size() == 300
    assert order.integrate() == 8


@pytest.mark.django_db
def test_a_database_older_than_what_was_published_is_not_signed_on() -> None:
    a_log(3)
    point = transaction.savepoint()
    a_log(2)
    transaction.savepoint_rollback(point)
    with transaction.atomic():
        actions.append("test.said", {"another": "history"})
    with pytest.raises(order.Problem, match="has 5 entries"):
        order.integrate()
