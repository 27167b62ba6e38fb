"""`mingbai admin import`: files of numbers and of consents, each row that is not taken told with its remedy."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

import click

from mingbai.cli.admin import house
from mingbai.kernel.terms import Purpose

_PURPOSES = [purpose.value for purpose in Purpose if purpose is not Purpose.ANY]
_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


class _Bad(Protocol):
    """A row that was not taken, of either kind of file."""

    @property
    def row(self) -> int: ...
    @property
    def column(self) -> str: ...
    @property
    def message(self) -> Mapping[str, str]: ...
    @property
    def mend(self) -> Mapping[str, str]: ...


@click.group("import", cls=house.Rooms)
def imports() -> None:
    """Files of numbers and of consents. Exit code 1 when nothing of a file was taken."""


@imports.command("numbers")
@click.argument("path", metavar="FILE", type=_FILE)
@click.option("--holder", help="Whose file it is; the column may then be left out.")
@click.option("--keep-good", is_flag=True, help="Take the good rows; else one bad row rejects the file.")
def import_numbers(*, path: Path, holder: str | None, keep_good: bool) -> None:
    """Register the numbers of a CSV file."""
    from mingbai.numbers import actions

    whose = house.organisation(holder, "--holder").id if holder else None
    show = _progress()
    report = actions.import_numbers(
        path, keep_good=keep_good, holder=whose, progress=lambda done, of: show("writing", done, of)
    )
    _tell(report.rows, report.accepted, len(report.rejected), report.rejected)


@imports.command("whitelist")
@click.argument("path", metavar="FILE", type=_FILE)
@click.option("--principal", required=True, help="Name or id of the firm that the people agreed to be called by.")
@click.option("--purpose", required=True, type=click.Choice(_PURPOSES), help="What they agreed to.")
@click.option("--keep-good", is_flag=True, help="Take the good rows; else one bad row rejects the file.")
@click.option("--wording", type=_FILE, help="The text that was shown to them; its SHA-256 is filed.")
def import_whitelist(*, path: Path, principal: str, purpose: str, keep_good: bool, wording: Path | None) -> None:
    """Take a firm's consents from CSV or Parquet. They count as claimed until their proof is shown."""
    from mingbai.consent import importing

    firm = house.organisation(principal, "--principal")
    report = importing.import_whitelist(
        path,
        principal=firm.id,
        purpose=purpose,
        keep_good=keep_good,
        progress=_progress(),
        wording_sha256=hashlib.sha256(wording.read_bytes()).digest() if wording else None,
    )
    click.echo(f"batch {report.batch} of {firm.name}: {report.state}")
    _tell(report.rows, report.accepted, report.rejected, report.bad, report.unchanged)


def _progress() -> Callable[[str, int, int], None]:
    """One line that is written over, for somebody who watches."""
    if not sys.stderr.isatty():
        return lambda stage, done, of: None

    def show(stage: str, done: int, of: int) -> None:
        share = f"{100 * done // of:3d} %" if of else f"{done} rows"
        click.echo(f"\r{stage:8} {share}\033[K", err=True, nl=bool(of) and done >= of)

    return show


def _tell(rows: int, accepted: int, rejected: int, bad: Iterable[_Bad], unchanged: int = 0) -> None:
    for one in bad:
        place = f"row {one.row}, {one.column}" if one.column else f"row {one.row}"
        words = (f"{one.message[lang]}; {one.mend[lang]}" for lang in ("zh", "en"))
        click.echo(f"{place}: {' · '.join(words)}", err=True)
    standing = f", {unchanged} stood already" if unchanged else ""
    click.echo(f"{rows} rows: {accepted} taken, {rejected} not{standing}")
    if not accepted and not unchanged:
        sys.exit(1)
