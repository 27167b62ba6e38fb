"""`mingbai scrub LIST`: the gate's verdict on every row of a campaign list."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from mingbai.gate.scrub import ScrubReport
from mingbai.gate.scrub import scrub as run
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.terms import Use

_USES = [use.value for use in Use if use is not Use.PERSONAL]


@click.command()
@click.argument("list_path", metavar="LIST", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", "-o", required=True, type=int, help="Id of the organisation for which will be called.")
@click.option("--purpose", "-p", required=True, type=click.Choice(_USES), help="What the calls are for.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Default: LIST with .scrubbed in its name."
)
@click.option("--column", default="", help="The column of numbers, when it has no usual name.")
@click.option("--caller", default="", help="The number that will call; default: a number of the organisation's own.")
@click.option("--trunk", default="", help="The trunk it will call on, when it calls for several organisations.")
@click.option("--at", type=click.DateTime(), help="When, in the profile's time zone; default: when it is allowed.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the reasons.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def scrub(
    *,
    list_path: Path,
    organisation: int,
    purpose: str,
    out: Path | None,
    column: str,
    caller: str,
    trunk: str,
    at: datetime | None,
    language: str,
    as_json: bool,
) -> None:
    """Write LIST (CSV or Parquet) again with verdict, reason and the consent cited behind every row."""
    home, began = Home.from_environment(), clock.monotonic()
    zone = ZoneInfo(profile.load(home).gate.timezone)
    report = run(
        list_path,
        organisation=organisation,
        purpose=Use(purpose),
        out=out or list_path.with_name(f"{list_path.stem}.scrubbed{list_path.suffix}"),
        home=home,
        caller=caller,
        trunk=trunk,
        at=at.replace(tzinfo=zone) if at else None,
        column=column,
        language=language,
        progress=_progress if sys.stderr.isatty() else lambda done, total: None,
    )
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        _tell(report, clock.monotonic() - began)


def _progress(done: int, total: int) -> None:
    click.echo(f"\r{100 * done // max(total, 1):3d} %", err=True, nl=done >= total)


def _tell(report: ScrubReport, seconds: float) -> None:
    click.echo(f"{report.rows} rows in {seconds:.1f} s → {report.out}")
    for verdict, rows in sorted(report.verdicts.items()):
        click.echo(f"  {verdict:10} {rows}")
    for rule, rows in sorted(report.rules.items()):
        click.echo(f"    {rule:20} {rows}")
