"""What is installed without the tools of developers is enough to detect: `make demo` and `mingbai run` have no more."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distribution, packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Runs the features over made calls where nothing can be imported but what is named, by top-level module.
_ALONE = """
import sys
from importlib.abc import MetaPathFinder

class Without(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"not shipped: {name}", name=name)
        return None

hidden = set(sys.argv[1].split())
sys.meta_path.insert(0, Without())
import duckdb
import pyarrow as pa
from mingbai.detection.engines import opened
from mingbai.detection.engines.duck import statement
from mingbai.detection.engines.protocol import unbound

calls = unbound("calls", pa.schema([("caller", pa.int64())]))
counted = calls.group_by("caller").agg(calls=calls.count())
con = duckdb.connect()
con.execute("CREATE TABLE calls AS SELECT 7::BIGINT AS caller FROM range(3)")
print(con.execute(statement(counted)).fetchall())
opened("duckdb")
"""


def _shipped() -> set[str]:
    """Distributions that `mingbai` needs without extras and without groups, and what these need."""
    known: set[str] = set()
    waiting = [Requirement("mingbai")]
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if name in known and not one.extras:
            continue
        known.add(name)
        for text in distribution(name).requires or ():
            needed = Requirement(text)
            extras = one.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(needed)
    return known


def test_what_is_shipped_can_detect() -> None:
    shipped = _shipped()
    hidden = [
        top
        for top, from_ in packages_distributions().items()
        if not {canonicalize_name(one) for one in from_} & shipped
    ]
    assert "pytest" in hidden
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, " ".join(hidden)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[(7, 3)]\n"
