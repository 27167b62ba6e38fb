"""The evidence holds when the house is killed, when another's program reads it, and before an answer is given."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from mingbai.ledger import actions, merkle, note, order, queries, tiles

ROOT = Path(__file__).parents[2]
WRITERS = Path(__file__).with_name("evidence_writers.py")
ROUNDS = 24


class House:
    """A house of its own on SQLite, in a folder; its writers are other processes."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "MINGBAI_HOME")}
        self.environment |= {"MINGBAI_TEST_HOME": str(home)}
        home.mkdir()
        self.run("prepare")

    def integrate(self) -> None:
        self.run("rounds", 0, 0)

    def run(self, *arguments: object, before: tuple[str, ...] = ()) -> str:
        command = [*before, sys.executable, str(WRITERS), *map(str, arguments)]
        ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def mingbai(self, *arguments: str, status: int = 0) -> str:
        """What a command says."""
        command = [sys.executable, "-c", "from mingbai.cli import main; main()", *arguments]
        ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == status, ran.stdout + ran.stderr
        return (ran.stdout + ran.stderr if status else ran.stdout).strip()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.home / "mingbai.sqlite3") as database:
            return database.execute(statement).fetchall()

    def read(self, path: str) -> bytes:
        return (self.home / "log" / path).read_bytes()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "house")


def test_killed_at_any_moment_no_answered_entry_is_lost_or_doubled_and_the_tree_is_one(house: House) -> None:
    seed = random.randrange(2**32)
    told = json.loads(house.run("rounds", ROUNDS, seed))
    acknowledged = {marker: entry for entry, marker in told["acknowledged"]}
    assert len(acknowledged) == len(told["acknowledged"]) > ROUNDS, f"seed {seed}"

    entries = house.rows('SELECT id, "index" FROM ledger_entry ORDER BY "index"')
    assert [index for _, index in entries] == list(range(len(entries)))
    assert set(acknowledged.values()) <= {entry for entry, _ in entries}
    assert len(set(acknowledged.values())) == len(acknowledged)
    markers = [json.loads(line)["marker"] for line in opened(house)]
    assert len(set(markers)) == len(markers) == len(entries)
    assert set(acknowledged) <= set(markers)

    signed = [text for (text,) in house.rows("SELECT note FROM ledger_checkpoint ORDER BY size")]
    assert set(told["checkpoints"]) <= set(signed)
    every_checkpoint_is_of_this_tree(house, signed)
    assert "as it was signed" in house.mingbai("ledger", "fsck")


def opened(house: House) -> list[str]:
    """What every entry says, opened by the house."""
    program = (
        "import django; django.setup()\n"
        "import json; from mingbai.ledger import queries, tables\n"
        "for (entry,) in tables.rows('SELECT id FROM ledger_entry'): print(json.dumps(queries.opened(entry).content))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], env=house.environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def every_checkpoint_is_of_this_tree(house: House, signed: list[str]) -> None:
    verifier = note.Verifier(house.mingbai("ledger", "vkey"))
    checkpoints = [note.open_checkpoint(text, verifier) for text in signed]
    last = note.open_checkpoint(house.read("checkpoint").decode(), verifier)
    assert last == checkpoints[-1]
    node = tiles.nodes(last.size, house.read)
    for old in checkpoints:
        proof = merkle.consistency(old.size, last.size, node)
        merkle.verify_consistency(old.size, last.size, proof, old.root, last.root)


def test_fsck_tells_an_operator_where_the_changed_byte_is(house: House) -> None:
    house.run("acknowledge", 4)
    house.integrate()
    assert "5 entries in order" in house.mingbai("ledger", "fsck")
    tile = house.home / "log/tile/entries/000.p/5"
    data = tile.read_bytes()
    tile.write_bytes(data[:75] + bytes([data[75] ^ 4]) + data[76:])
    assert "tile/entries/000.p/5, entry 2: not what the log was signed with" in house.mingbai(
        "ledger", "fsck", status=1
    )


def test_an_entry_is_on_the_disk_before_it_is_answered_for(house: House, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if not strace:
        pytest.skip("strace is not here: apt-get install strace")
    if subprocess.run([strace, "-o", "/dev/null", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let one process trace another")
    trace = tmp_path / "trace"
    calls = "trace=fsync,fdatasync,write,pwrite64"
    house.run("acknowledge", 5, before=(strace, "-f", "-y", "-e", calls, "-o", str(trace)))
    after_start = trace.read_text("utf-8").partition('"START\\n"')[2]
    *answers, _ = after_start.split('"ACK\\n"')
    assert len(answers) == 5
    for calls in answers:
        kinds = re.findall(r"\b(pwrite64|fsync|fdatasync)\(\d+<[^>]*sqlite3(?:-wal)?>", calls)
        assert "pwrite64" in kinds
        assert kinds[-1] in ("fsync", "fdatasync"), calls


def go() -> str:
    """Go with the module golang.org/x/mod of Debian; without it the test cannot be made."""
    found = shutil.which("go")
    if not found or not Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog").exists():
        pytest.skip("Go's sumdb is not here: apt-get install golang-go golang-golang-x-mod-dev")
    return found


@pytest.mark.django_db
def test_gos_checksum_database_reads_our_log(tmp_path: Path) -> None:
    files, entries = [], []
    for n, step in enumerate((1, 2, 250, 3, 44, 300)):
        with transaction.atomic():
            entries += [actions.append("test.said", {"n": i}, subject=f"subscriber:{i}") for i in range(step)]
        order.integrate()
        (tmp_path / f"checkpoint.{n}").write_bytes(order.read("checkpoint"))
        (tmp_path / f"{n}.tlog-proof").write_text(queries.receipt(entries[-1]) or "")
        files += [str(tmp_path / f"checkpoint.{n}"), str(tmp_path / f"{n}.tlog-proof")]
    audit = tmp_path / "audit"
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode"}
    source = Path(__file__).with_name("audit") / "main.go"
    subprocess.run([go(), "build", "-o", str(audit), str(source)], env=environment, check=True, timeout=300)

    def audited(*more: str) -> subprocess.CompletedProcess[str]:
        command = [str(audit), queries.vkey(), str(order.folder()), *more]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    ran = audited(*files)
    assert (ran.returncode, ran.stdout) == (0, "600 entries, 12 files\n"), ran.stderr
    forged = tmp_path / "forged.tlog-proof"
    forged.write_text((tmp_path / "0.tlog-proof").read_text().replace("index 0", "index 1"))
    assert audited(str(forged)).returncode == 1
    tile = order.folder() / "tile/entries/000"
    tile.write_bytes(tile.read_bytes()[:-1] + b"?")
    assert audited().returncode == 1
