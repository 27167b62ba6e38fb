"""A whole installation while it runs: a refusal reaches the gate, a killed process loses nothing, a copy is whole."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

PERSON, OTHER = "13800000001", "13800000002"
Make = Callable[[str], Any]


def work_processes(home: Path) -> list[int]:
    """Those that do the waiting work of a home, by id."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                words = (place / "cmdline").read_bytes().split(b"\0")
                mine = f"MINGBAI_HOME={home}".encode() in (place / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if mine and b"mingbai.gate.feed.work" in words:
                found.append(int(place.name))
    return sorted(found)


def test_a_refusal_told_over_the_api_reaches_the_gate(installation: Make) -> None:
    house = installation("house").make()
    with house.running():
        assert house.call(PERSON)["rule"] == "labelled"
        house.refuse(PERSON)
        house.wait(lambda: house.call(PERSON)["rule"] == "callee.refused", "the refusal to hold")
        assert house.call(OTHER)["rule"] == "labelled"


def test_killed_at_work_it_goes_on_and_nothing_is_lost_or_doubled(installation: Make) -> None:
    house = installation("house").make()
    made = []
    with house.running():
        for number in (PERSON, OTHER):
            made += [house.call(OTHER)["receipt_id"] for _ in range(20)]
            before = work_processes(house.home)
            assert before
            house.refuse(number)
            for process in before:  # it may have ended by itself since: its child goes with it
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            house.wait(lambda: bool(set(work_processes(house.home)) - set(before)), "the work to go on")  # noqa: B023
            house.wait(lambda: house.call(number)["rule"] == "callee.refused", "the refusal to hold")  # noqa: B023
    seen = house.attempts()
    assert len(seen) == len(set(seen))
    assert set(made) <= set(seen)
    with house.running():
        house.wait(lambda: not list((house.home / "journal").glob("*.closed")), "the journal to be in the lake")
    assert set(made) <= set(house.attempts())
    assert "as it was signed" in house.mingbai("ledger", "fsck")


def test_a_copy_taken_while_it_runs_is_a_whole_installation(installation: Make, tmp_path: Path) -> None:
    house, stop, made = installation("house").make(), threading.Event(), []

    def callers() -> None:
        while not stop.is_set():
            made.append(house.call(OTHER)["receipt_id"])
            house.refuse(f"139{len(made):08d}")

    with house.running():
        thread = threading.Thread(target=callers)
        thread.start()
        try:
            house.wait(lambda: len(made) > 30, "some life")
            before = list(made)
            said = house.mingbai("backup", str(tmp_path / "copy"))
        finally:
            stop.set()
            thread.join()
        verdicts = {number: house.call(number, "ask")["rule"] for number in (PERSON, "13900000003")}
    assert "keys" in said
    assert not (tmp_path / "copy" / "keys").exists()

    # As docs/operations.md says: the copy and the keys put back, then three commands.
    shutil.copytree(house.home / "keys", tmp_path / "copy" / "keys")
    restored = installation("copy")
    restored.keys = house.keys
    restored.mingbai("init")
    restored.mingbai("gate", "rebuild")
    assert "as it was signed" in restored.mingbai("ledger", "fsck")
    with restored.running():
        assert {number: restored.call(number, "ask")["rule"] for number in verdicts} == verdicts
        restored.wait(lambda: not list((restored.home / "journal").glob("*.closed")), "the journal to be in the lake")
    seen = restored.attempts()
    assert len(seen) == len(set(seen))
    assert set(before) <= set(seen)
    assert "as it was signed" in restored.mingbai("ledger", "fsck")
    mode = subprocess.run(["find", tmp_path / "copy", "-perm", "/077", "-type", "f"], capture_output=True, check=True)
    assert b"sqlite3" not in mode.stdout
    assert b"journal" not in mode.stdout
