"""What processes that died left on disk goes; what a living one uses stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from mingbai.kernel.scratch import Scratch

_DIES = """
import os, signal, sys
from pathlib import Path
from mingbai.kernel.scratch import Scratch
made = Scratch(Path(sys.argv[1]))
(made.path / "part").write_text("calls")
print(made.path, flush=True)
sys.stdin.readline()
"""


def test_a_folder_is_gone_when_it_is_closed(tmp_path: Path) -> None:
    with Scratch(tmp_path / "spill") as made:
        (made.path / "part").write_text("calls")
        assert made.path.stat().st_mode & 0o077 == 0, "others see nothing of it"
    assert not made.path.exists()


def test_a_living_process_keeps_its_own_and_a_killed_one_leaves_nothing_for_long(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _DIES, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        theirs = Path(other.stdout.readline().strip())
        Scratch(tmp_path).close()
        assert (theirs / "part").exists(), "it lives"
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    Scratch(tmp_path).close()
    assert not theirs.exists()


def test_what_lay_there_before_goes(tmp_path: Path) -> None:
    (tmp_path / "duckdb-0a1b").mkdir()
    (tmp_path / "duckdb-0a1b" / "duckdb_temp_storage-0.tmp").write_bytes(b"calls")
    (tmp_path / "duckdb_temp_storage-1.tmp").write_bytes(b"calls")
    with Scratch(tmp_path) as made:
        assert [one.name for one in tmp_path.iterdir() if one.is_dir()] == [made.path.name]
        assert not list(tmp_path.glob("*.tmp"))
