"""Writing to SQLite: durable, and in turn."""

from __future__ import annotations

import fcntl
import gc
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections, transaction

from mingbai.ledger import actions
from mingbai.ledger.models import SubjectKey
from mingbai.ledger.sqlite import turn as turning
from mingbai.ledger.sqlite.base import DatabaseWrapper
from mingbai.ledger.sqlite.turn import Turn, TurnTimeout

from .threads import in_threads

needs_sqlite = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="SQLite's own")


@needs_sqlite
@pytest.mark.django_db
def test_an_answered_commit_is_on_the_disk() -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
        assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


@pytest.mark.django_db(transaction=True)
def test_many_threads_write_at_once_and_nothing_is_lost() -> None:
    def write(name: str) -> None:
        for i in range(10):
            with transaction.atomic(), transaction.atomic():
                actions.append("test.said", {"n": i}, subject=name)
            SubjectKey.objects.create(subject=f"{name}/{i}", wrapped=b"x")  # a statement of its own

    assert in_threads([lambda n=n: write(f"subscriber:{n}") for n in range(8)]) == []
    assert SubjectKey.objects.count() == 8 * 11


@needs_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_single_statement_that_returns_rows_gives_its_turn_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_subjectkey (subject, wrapped) VALUES ('a', x''), ('b', x'') RETURNING subject"
        )
        assert cursor.fetchone() == ("a",)
        assert in_threads([lambda: SubjectKey.objects.create(subject="c", wrapped=b"") and None]) == []
        assert cursor.fetchmany(5) == [("b",)]
        assert cursor.fetchall() == []


@needs_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_failed_statement_and_a_rollback_give_the_turn_back() -> None:
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("INSERT INTO no_such_table VALUES (1)")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    assert in_threads([lambda: SubjectKey.objects.create(subject="c", wrapped=b"") and None]) == []


@needs_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_thread_that_ends_within_a_transaction_gives_its_turn_back() -> None:
    def leave() -> None:
        transaction.atomic().__enter__()

    thread = threading.Thread(target=leave)
    thread.start()
    thread.join()
    gc.collect()
    SubjectKey.objects.create(subject="c", wrapped=b"")


def test_turns_are_first_come_first_served(tmp_path: Path) -> None:
    turn, order, threads = Turn(tmp_path / "turn"), [], []
    turn.take(1)

    def wait(n: int) -> None:
        turn.take(30)
        order.append(n)
        turn.give()

    for n in range(12):
        threads.append(threading.Thread(target=wait, args=(n,)))
        threads[-1].start()
        while len(turn._waiting) <= n:
            pass
    turn.give()
    for thread in threads:
        thread.join()
    assert order == list(range(12))


def test_waiting_for_a_thread_of_the_same_process_ends(tmp_path: Path) -> None:
    turn = Turn(tmp_path / "turn")
    turn.take(1)
    with pytest.raises(TurnTimeout):
        turn.take(0.01)
    turn.give()
    turn.take(0.01)


@pytest.mark.django_db
def test_a_database_in_memory_needs_no_file() -> None:
    settings = {
        **connections["default"].settings_dict,
        "NAME": ":memory:",
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
    }
    memory = DatabaseWrapper(settings, alias="memory")
    with memory.cursor() as cursor:
        cursor.execute("CREATE TABLE t (n INTEGER)")
        cursor.execute("INSERT INTO t VALUES (1)")
        cursor.execute("SELECT n FROM t")
        assert cursor.fetchall() == [(1,)]
    memory._close()
    assert not Path(":memory:.turn").exists()


_STAND_IN_LINE = """
import sys
from pathlib import Path
from mingbai.ledger.sqlite import turn as turning
from mingbai.ledger.sqlite.base import DatabaseWrapper
from mingbai.ledger.sqlite.turn import Turn
turn = Turn(Path(sys.argv[1]))
print("here", flush=True)
turn.take(60)
print("turn", flush=True)
sys.stdin.readline()
turn.give()
print("gave", flush=True)
"""


def stand_in_line(path: Path) -> subprocess.Popen[str]:
    """Another process in the line; it has its ticket when the file's count has grown."""
    before = ticket(path)
    process = subprocess.Popen(
        [sys.executable, "-c", _STAND_IN_LINE, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    pause = threading.Event()
    while ticket(path) == before:
        assert process.poll() is None
        pause.wait(0.005)  # the other process needs the processor
    return process


def ticket(path: Path) -> int:
    return int.from_bytes(path.read_bytes()) if path.exists() else 0


def says(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout
    while (line := process.stdout.readline().strip()) != word:
        assert line == "here"


def finish(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        process.communicate(timeout=10)


def test_processes_wait_in_line_and_a_dead_one_lets_the_next_go(tmp_path: Path) -> None:
    path = tmp_path / "turn"
    writing, first, second, third = (stand_in_line(path) for _ in range(4))
    says(writing, "turn")
    first.send_signal(signal.SIGKILL)  # one that waits: nobody may jump ahead for that
    first.wait()
    assert not readable(second)
    writing.send_signal(signal.SIGKILL)  # the one that writes
    says(second, "turn")
    assert not readable(third)
    finish(second)
    says(third, "turn")
    finish(third, writing, first)


def readable(process: subprocess.Popen[str]) -> bool:
    """Whether it has said "turn" within a moment."""
    import select

    assert process.stdout
    while select.select([process.stdout], [], [], 0.05)[0]:
        if process.stdout.readline().strip() == "turn":
            return True
    return False


def test_an_interrupted_wait_leaves_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "turn"
    writing, interrupted, after = Turn(path), Turn(path), Turn(path)
    writing.take(1)

    lock = turning._lock

    def interrupt(handle: int, command: int, kind: int, start: int, length: int) -> None:
        if command == fcntl.F_OFD_SETLKW and start:  # waiting for those before it, its own byte locked
            raise KeyboardInterrupt
        lock(handle, command, kind, start, length)

    with monkeypatch.context() as patch:
        patch.setattr(turning, "_lock", interrupt)
        with pytest.raises(KeyboardInterrupt):
            interrupted.take(1)
    writing.give()
    thread = threading.Thread(target=after.take, args=(1,), daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


def test_a_forked_child_does_not_keep_its_parents_turn(tmp_path: Path) -> None:
    program = f"""
import os, sys
from mingbai.ledger.sqlite import turn
mine = turn.of({str(tmp_path / "db")!r}, in_memory=False)
mine.take(1)
if os.fork() == 0:
    mine.give()  # as a connection that was open at the fork does when it closes
    other = turn.of({str(tmp_path / "db")!r}, in_memory=False)
    other.take(1)
    sys.stdout.write("child\\n"); sys.stdout.flush()
    os._exit(0)
sys.stdout.write("parent\\n"); sys.stdout.flush()
mine.give()
os.wait()
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=True)
    assert ran.stdout == "parent\nchild\n"
