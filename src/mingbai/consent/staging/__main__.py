"""The staging process: reads `job.json` in its folder, tells what it does on standard output, a JSON object a line.

`{"read": rows}` while reading; `{"checked": {rows, good, bad}}` when every row has been checked and `bad.arrow` stands;
`{"part": file, "rows": n}` for each part; `{"done": {…}}` when the tree stands too; `{"problem": {…}}` instead of any.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mingbai.consent.staging import faults, parts
from mingbai.consent.staging.checks import Rows, check
from mingbai.consent.staging.reading import REWRITTEN, Source, ahead
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup, Sealer
from mingbai.kernel.problems import Problem
from mingbai.ledger.batches import Tree


def main(folder: Path) -> None:
    """Stage the job in `folder`."""
    job = json.loads((folder / "job.json").read_text("utf-8"))
    try:
        stage(folder, job)
    except Problem as problem:
        told = {"code": problem.code, "what": problem.what, "where": problem.where, "mend": problem.mend}
        tell(problem=told)


def stage(folder: Path, job: dict[str, Any]) -> None:
    """Check, then write parts and tree. Raises Problem when the file as a whole cannot be taken."""
    home = Home(Path(job["home"]))
    source = Source(Path(job["source"]), folder)
    rows, lines = read(source, zone=job["zone"], now=job["now"], days=job["days"])
    (folder / REWRITTEN).unlink(missing_ok=True)  # it holds numbers in the clear
    sheet, repeated = parts.ordered(rows, lines, Lookup(home.key("lookup")))
    spoiled = np.array(source.spoiled, dtype=np.int64)
    bad = write_bad(folder, rows, lines, repeated, spoiled)
    tell(checked={"rows": len(lines) + len(spoiled), "good": len(sheet), "bad": bad})
    leaves: list[bytes] = []
    names: list[str] = []
    sealer = Sealer(home.key("number"))
    for path, count, hashes in parts.write(sheet, folder, sealer, principal=job["principal"], purpose=job["purpose"]):
        names.append(path.name)
        tell(part=path.name, rows=count)  # the writer begins while the evidence is made
        leaves.append(hashes())
    root = Tree.build(folder / "tree", b"".join(leaves)).root.hex() if leaves else ""
    done = {"root": root, "parts": names, "rows": len(lines) + len(spoiled), "good": len(sheet), "bad": bad}
    beside = folder / "staged.new"
    beside.write_text(json.dumps(done), "utf-8")
    beside.replace(folder / "staged.json")
    tell(done=done)


def read(source: Source, *, zone: str, now: int, days: int) -> tuple[Rows, npt.NDArray[np.int64]]:
    """Every row that is not blank, checked, and the line where it stands."""
    found: list[Rows] = []
    count = 0
    for block in ahead(source):
        if block.num_rows:
            found.append(check(block, zone=zone, now=now, days=days))
            count += block.num_rows
            tell(read=count)
    if not found and source.spoiled:
        where = f"line {source.spoiled[0]}"
        raise Problem(
            "import.cells", "no row has as many cells as the header", where=where, mend="check commas and quotes"
        )
    if not found:
        raise Problem("import.empty", "the file has no rows", mend="put a row below the header for each consent")
    rows = Rows(
        np.concatenate([part.number for part in found]),
        np.concatenate([part.given for part in found]),
        np.concatenate([part.expires for part in found]),
        np.concatenate([part.proof for part in found]),
        pa.concat_arrays([part.reference for part in found]),
        np.concatenate([part.fault for part in found]),
        np.concatenate([part.blank for part in found]),
    )
    lines = _lines(count, source)
    if rows.blank.any():
        rows, lines = _without(rows, rows.blank), lines[~rows.blank]
    return rows, lines


def _lines(count: int, source: Source) -> npt.NDArray[np.int64]:
    """The line of each parsed row, given the lines that were skipped among them."""
    places = np.arange(count, dtype=np.int64) + source.first
    if source.skipped:
        skipped = np.sort(np.array(source.skipped, dtype=np.int64))
        places += np.searchsorted(skipped - np.arange(len(skipped)), places, side="right")
    return places


def _without(rows: Rows, dropped: npt.NDArray[np.bool_]) -> Rows:
    kept = ~dropped
    return Rows(
        rows.number[kept],
        rows.given[kept],
        rows.expires[kept],
        rows.proof[kept],
        rows.reference.filter(pa.array(kept)),
        rows.fault[kept],
        rows.blank[kept],
    )


def write_bad(
    folder: Path,
    rows: Rows,
    lines: npt.NDArray[np.int64],
    repeated: npt.NDArray[np.int64],
    spoiled: npt.NDArray[np.int64],
) -> int:
    """Put the faulty rows down by line: `bad.arrow` (line, fault). How many."""
    wrong = np.flatnonzero(rows.fault)
    where = np.concatenate([lines[wrong], repeated, spoiled])
    what = np.concatenate(
        [
            rows.fault[wrong],
            np.full(len(repeated), faults.number("duplicate"), dtype=np.uint8),
            np.full(len(spoiled), faults.number("cells"), dtype=np.uint8),
        ]
    )
    order = np.argsort(where, kind="stable")
    table = pa.table({"line": pa.array(where[order]), "fault": pa.array(what[order])})
    with pa.OSFile(str(folder / "bad.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return len(where)


def tell(**what: Any) -> None:
    """One line for the process that waits."""
    sys.stdout.write(json.dumps(what, ensure_ascii=True) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
