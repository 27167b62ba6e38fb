"""`python -m mingbai.town.records OUT [--people N] [--days N] [--seed N]`: a town's call records, with the truth."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from datetime import date
from pathlib import Path

from mingbai.town.records.knobs import Knobs
from mingbai.town.records.writing import generate


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Make a town as asked for. Each knob is an option."""
    parser = argparse.ArgumentParser(prog="python -m mingbai.town.records", description=Knobs.__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--csv", action="store_true", help="CSV instead of Parquet")
    for field in fields(Knobs):
        kind = date.fromisoformat if field.name == "begin" else type(field.default)
        parser.add_argument("--" + field.name.replace("_", "-"), type=kind, default=field.default)
    asked = vars(parser.parse_args(arguments))
    out, form = asked.pop("out"), "csv" if asked.pop("csv") else "parquet"
    try:
        knobs = Knobs(**asked)
    except ValueError as fault:
        parser.error(str(fault))
    notes = generate(out, knobs, form=form, say=_say)
    sys.stdout.write(f"{notes['calls']:,} calls in {out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
