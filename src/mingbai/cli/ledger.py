"""`mingbai ledger`: check a receipt (needs nothing but the receipt and the key), check the whole log, show the key."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.group()
def ledger() -> None:
    """Check receipts and the evidence log."""


@ledger.command()
@click.argument("receipt", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--vkey", envvar="MINGBAI_VKEY", help="The log's verifier key; else that of this installation.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="One language; else both.")
def verify(receipt: Path, vkey: str | None, lang: str | None) -> None:
    """Check RECEIPT (.tlog-proof, or a .zip of an order) offline. Exit status 0: holds, 1: does not, 2: not checked."""
    from mingbai.ledger import bundles, verify

    if not vkey:
        vkey = _own_vkey()
        click.echo(f"--vkey not given: checked with this installation's own key {vkey}", err=True)
    try:
        check = bundles.check if receipt.suffix == ".zip" else verify.check
        status, text = check(receipt, vkey, (lang,) if lang else ("zh", "en"))
    except OSError as error:
        click.echo(f"{receipt}: {error.strerror}", err=True)
        sys.exit(2)
    click.echo(text)
    sys.exit(status)


@ledger.command()
def vkey() -> None:
    """Print the key that checks this log's signatures; it is served as /log/vkey too."""
    click.echo(_own_vkey())


@ledger.command()
def fsck() -> None:
    """Compute the whole log again from database and files. Exit status 1 when anything is wrong; tells where."""
    from mingbai.cli.django import setup

    setup()
    from mingbai.ledger import fsck as checking

    report = checking.run()
    click.echo(
        f"{report.size} entries in order ({report.unreadable} shredded), {report.waiting} waiting, "
        f"{report.checkpoints} checkpoints, {report.files} files, {report.batches} batches, "
        f"{report.documents} documents, {report.keys} keys"
    )
    for fault in report.faults:
        click.echo(str(fault), err=True)
    if not report.sound:
        click.echo(f"{len(report.faults)} faults", err=True)
        sys.exit(1)
    click.echo("Everything is as it was signed.")


def _own_vkey() -> str:
    """The key of the log under MINGBAI_HOME."""
    from mingbai.cli.django import setup

    setup()
    from mingbai.ledger import queries

    return queries.vkey()
