"""What the gate maps stays in memory where the system lets it, and nothing breaks where it does not."""

from __future__ import annotations

import mmap
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from mingbai.gate.resident import keep, write_back

_WITHOUT_RIGHT = """
import mmap, sys
from pathlib import Path
from mingbai.gate.resident import keep
file = open(sys.argv[1], "r+b")
mapped = mmap.mmap(file.fileno(), 0)
print(keep(Path(sys.argv[1])))
"""


def _locked(path: Path) -> int:
    """kB of the mapping of `path` that are locked, from /proc/self/smaps."""
    total, inside = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split(" ", 1)[0]:
            inside = line.endswith(str(path))
        elif inside and line.startswith("Locked:"):
            total += int(line.split()[1])
    return total


def test_what_was_read_is_locked(tmp_path: Path) -> None:
    path = tmp_path / "mapped"
    path.write_bytes(bytes(64 * 4096))
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        if not keep(path):
            soft, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
            pytest.skip(f"this user may not lock memory (limit {soft})")
        assert sum(mapped[at] for at in range(0, len(mapped), 4096)) == 0
        assert _locked(path) > 0


def test_a_file_that_is_not_mapped_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere"
    path.write_bytes(b"x")
    assert not keep(path)


def test_without_the_right_the_gate_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "mapped"
    path.write_bytes(bytes(64 * 4096))
    limited = ["prlimit", "--memlock=0:0"]
    if os.geteuid() == 0:  # who may lock without a limit must lose that right too
        limited += ["setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock"]
    done = subprocess.run(
        [*limited, sys.executable, "-c", _WITHOUT_RIGHT, str(path)], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("False", "")


def test_what_cannot_be_written_back_says_so(tmp_path: Path) -> None:
    path = tmp_path / "mapped"
    path.write_bytes(bytes(4 * 4096))
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        with pytest.raises(OSError, match="Invalid argument"):
            write_back(mapped, 1, 4096)
        mapped.close()
        with pytest.raises(ValueError, match="closed"):
            write_back(mapped, 0, 4096)
