"""`mingbai calls import FILE…`: call records of switches into the lake."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mingbai.cli.django import setup
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

if TYPE_CHECKING:
    from mingbai.calls.actions import ImportReport, Registered

_FORMATS = ("asterisk", "freeswitch", "csv", "parquet")
_CSV = (".csv", ".csv.gz", ".txt", ".txt.gz")
_ENDS = {"asterisk": _CSV, "freeswitch": (".xml", ".xml.gz", *_CSV), "csv": _CSV, "parquet": (".parquet",)}
_SHOWN = 20  # bad rows on a terminal


@click.group()
def calls() -> None:
    """Call records: import what switches wrote."""


@calls.command("import")
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format", "-f", "form", required=True, type=click.Choice(_FORMATS), help="Who wrote the files, and how."
)
@click.option(
    "--mapping", "-m", type=click.Path(dir_okay=False, path_type=Path), help="What stands where: TOML or JSON."
)
@click.option("--zone", default="", help="Zone of times without one; default: the mapping's, then the profile's.")
@click.option("--offset", type=float, help="Seconds to add to each time: how much the switch's clock was behind.")
@click.option("--source", "--operator", default="", help="Name of the switch or operator, as the lake shall have it.")
@click.option("--trunk", default="", help="Name of the registered trunk that all calls came over.")
@click.option("--ids", is_flag=True, help="Callers and called are ids of a data set, no telephone numbers.")
@click.option("--all-or-nothing", is_flag=True, help="Keep no row when one is bad.")
@click.option("--dry-run", is_flag=True, help="Say what would be taken; keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_(
    *,
    paths: tuple[Path, ...],
    form: str,
    mapping: Path | None,
    zone: str,
    offset: float | None,
    source: str,
    trunk: str,
    ids: bool,
    all_or_nothing: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put call records into the lake; of a folder its files, those in folders below too. Bad rows are left out, told
    with their reason, and set aside to be mended."""
    setup()
    from mingbai.calls import actions
    from mingbai.numbers import queries as numbers

    began, line = clock.monotonic(), numbers.trunk_by_name(trunk) if trunk else None
    if trunk and line is None:
        raise Problem("calls.trunk", "there is no such trunk", where="--trunk", mend="see `mingbai admin trunk`")
    choice = actions.ImportChoice(
        format=form,
        layout=actions.mapping(mapping) if mapping else None,
        zone=zone,
        offset_s=offset,
        source=source,
        trunk=line.id if line else 0,
        all_or_nothing=all_or_nothing,
        dry_run=dry_run,
        ids=ids,
    )
    report = actions.import_calls(
        Home.from_environment(),
        _files(paths, form),
        choice,
        register=_register(),
        trunks=_trunk,
        progress=_progress if sys.stderr.isatty() else None,
    )
    if as_json:
        click.echo(json.dumps(_plain(report), ensure_ascii=False))
    else:
        _tell(report, clock.monotonic() - began, dry_run=dry_run)
    if not report.done and not dry_run and report.files:
        sys.exit(1)


def _files(paths: Sequence[Path], form: str) -> list[Path]:
    """The files, and of folders those whose name ends as the format's do, in the order of their names."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(one for one in path.rglob("*") if one.name.lower().endswith(_ENDS[form]) and one.is_file())
        if not inside:
            mend = f"names end with {', '.join(_ENDS[form])}"
            raise Problem("calls.no_files", "there are no such files in this folder", where=str(path), mend=mend)
        found += inside
    return found


def _register() -> Registered:
    """The register of numbers, as it stands and stood."""
    from mingbai.calls import actions
    from mingbai.kernel.terms import USES, Use
    from mingbai.numbers import queries as numbers

    uses = {use.value: place for place, use in enumerate(USES)}
    stood = (actions.Stood(*one[:7], uses.get(Use(one.use).value, -1)) for one in numbers.spans())
    return actions.Registered(stood, (actions.Assigned(*one) for one in numbers.assigned_spans()))


def _trunk(name: str) -> int:
    from mingbai.numbers import queries as numbers

    found = numbers.trunk_by_name(name)
    return found.id if found else 0


def _plain(report: ImportReport) -> dict[str, Any]:
    found = asdict(report)
    return {**found, "aside": str(report.aside) if report.aside else None}


def _progress(stage: str, done: int, of: int) -> None:
    click.echo(f"\r{stage} {100 * done // max(of, 1):3d} %", err=True, nl=done >= of)


def _tell(report: ImportReport, seconds: float, *, dry_run: bool) -> None:
    if report.known:
        said = "1 file was" if report.known == 1 else f"{report.known} files were"
        click.echo(f"{said} imported before and {'is' if report.known == 1 else 'are'} left out")
    if not report.files:
        return
    what = "would be taken" if dry_run else "taken" if report.done else "taken: nothing was kept"
    click.echo(
        f"{report.rows} rows in {seconds:.1f} s: {report.good} {what}, {report.repeats} repeats, {report.bad} bad"
    )
    for code, count in sorted(report.faults.items(), key=lambda item: -item[1]):
        click.echo(f"  {code:28} {count}")
    for bad in report.bad_rows[:_SHOWN]:
        where = f"{bad.file} row {bad.row}" if report.files > 1 else f"row {bad.row}"
        click.echo(f"  {where}: {bad.column + ': ' if bad.column else ''}{bad.message['en']}; {bad.mend['en']}")
    if report.bad > _SHOWN:
        click.echo("  …")
    if report.aside:
        click.echo(f"bad rows as they stand, and bad.csv with the reasons: {report.aside}")
    for name in report.unknown_trunks[:_SHOWN]:
        click.echo(f"no trunk is called “{name}”: its calls have none")
