"""`mingbai detect DAY`: nuisance callers in the call records of a day and the days before it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from mingbai.cli.django import setup
from mingbai.kernel import clock, profile
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
@click.option(
    "--open", "opens", is_flag=True, help="Numbers in the clear of whom became a case; the ledger keeps that."
)
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

    Nothing else follows from a finding by itself. Numbers stay pseudonyms; --open, with a reason, opens those about
    which there is a case.
    """
    path = out or Path(f"detect-{day:%Y-%m-%d}.parquet")
    _ready(path, opens=opens, reason=reason)
    setup()
    from mingbai.detection import daily

    home, began = Home.from_environment(), clock.monotonic()
    _warn(home, day.date())
    asked = daily.detect(
        home,
        day.date(),
        days=days or 0,
        engine=engine,
        master=master,
        memory_gb=memory,
        progress=_progress if sys.stderr.isatty() else lambda step, nth, of: None,
    )
    clear = daily.numbers(asked.found, reason) if opens else []
    daily.write(asked.found, path, clear)
    _tell(asked.found, clear)
    _tell_closed(asked.found, clear)
    said = f"{asked.calls} calls looked at in {clock.monotonic() - began:.1f} s: {len(asked.found)} found"
    click.echo(f"{said}, {asked.new} of them new → {path}")


def _ready(path: Path, *, opens: bool, reason: str) -> None:
    """What would otherwise be met only when all is done."""
    if not path.parent.is_dir():
        raise Problem("detection.out", "there is no such folder", where=str(path.parent), mend="make it first")
    if opens and not reason.strip():
        raise Problem("calls.no_reason", "a number is opened for a stated reason", where="--reason", mend="say why")


def _tell_closed(found: Sequence[Found], clear: Sequence[str]) -> None:
    if clear:
        closed = {one.head for one, number in zip(found, clear, strict=True) if one.tail and not number}
        click.echo(f"{len(closed)} numbers stayed closed: of what was found about them nobody made a case.")


def _warn(home: Home, day: date) -> None:
    """What is not wrong, but to be known before one relies on the answer."""
    from mingbai.calls import queries as calls

    if day == clock.now().astimezone(ZoneInfo(profile.load(home).gate.timezone)).date():
        click.echo(f"{day} is not over: only calls that are in the lake by now are looked at.", err=True)
    elif day not in calls.days(home):
        click.echo(f"The lake has no calls of {day} itself.", err=True)


def _progress(step: str, nth: int, of: int) -> None:
    """A line that is written over: how far, and what is being computed."""
    click.echo(f"\r{100 * (nth - 1) // of:3d} % {step:20}", err=True, nl=False)
    if nth == of:
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
