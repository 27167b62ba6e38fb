"""`mingbai detect DAY`: nuisance callers in the call records of a day and the days before it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mingbai.cli.django import setup
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

if TYPE_CHECKING:
    from mingbai.detection.actions import Found

_SHOWN = 40  # rows on a terminal


@click.command()
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--days", type=click.IntRange(1, 92), help="How many days, DAY the last; default: the profile's.")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True)
@click.option("--master", default="", help="Spark's address, such as spark://host:7077; default: this machine.")
@click.option(
    "--memory", type=click.IntRange(1), default=6, show_default=True, help="GB that the engine may take here."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Default: detect-DAY.parquet.")
@click.option("--open", "opens", is_flag=True, help="With the numbers in the clear; the ledger keeps that.")
@click.option("--reason", default="", help="Why numbers are opened.")
def detect(
    *,
    day: datetime,
    days: int | None,
    engine: str,
    master: str,
    memory: int,
    out: Path | None,
    opens: bool,
    reason: str,
) -> None:
    """Go through call records, put what is found into the queue of findings, print it and write it as Parquet.

    Nothing else follows from a finding by itself. Numbers stay pseudonyms unless --open says otherwise, with a reason.
    """
    if opens and not reason.strip():
        raise Problem("calls.no_reason", "a number is opened for a stated reason", where="--reason", mend="say why")
    setup()
    from mingbai.detection import daily

    home, began = Home.from_environment(), clock.monotonic()
    asked = daily.detect(
        home,
        day.date(),
        days=days or 0,
        engine=engine,
        master=master,
        memory_gb=memory,
        progress=_Progress(daily.STEPS) if sys.stderr.isatty() else lambda step: None,
    )
    clear = daily.numbers(asked.found, reason) if opens else []
    path = out or Path(f"detect-{day:%Y-%m-%d}.parquet")
    daily.write(asked.found, path, clear)
    _tell(asked.found, clear)
    seconds = clock.monotonic() - began
    click.echo(
        f"{asked.calls} calls looked at in {seconds:.1f} s: {len(asked.found)} found, {asked.new} of them new → {path}"
    )


class _Progress:
    """A line that is written over: how far, and what is being computed."""

    def __init__(self, steps: int) -> None:
        self._steps, self._done = steps, 0

    def __call__(self, step: str) -> None:
        self._done += 1
        share = min(99, 100 * self._done // self._steps)
        click.echo(f"\r{share:3d} % {step:20}", err=True, nl=False)
        if step == "rules":
            click.echo("\r" + " " * 30 + "\r", err=True, nl=False)


def _tell(found: Sequence[Found], clear: Sequence[str]) -> None:
    """The findings as a table, what weighs most first."""
    lines = [("score", "verdict", "rule", "who", "calls", "people")]
    order = sorted(range(len(found)), key=lambda place: (found[place].verdict != "finding", -found[place].score))
    for place in order[:_SHOWN]:
        one = found[place]
        who = clear[place] if clear and clear[place] else _who(one)
        people = one.figures.get("callees", one.figures.get("callers", 0))
        lines.append((f"{one.score:.1f}", one.verdict, one.rule, who, str(one.calls), str(people)))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines if found else ():
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    if len(found) > _SHOWN:
        click.echo(f"… and {len(found) - _SHOWN} more")


def _who(one: Found) -> str:
    """A number by the beginning of its pseudonym, holder and trunk by their id."""
    if one.kind in ("holder", "trunk"):
        return f"{one.kind} {one.head}"
    return f"{one.kind} {one.head & 0xFFFFFFFFFFFFFFFF:016x}"
